"""Where the code decides, refuses or cites a rule, and where a test claims to prove it.

The source is read and not imported: a rule's citation must be visible to the reader of the file,
so what cannot be read there as a literal is told as a fault.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_HYPHENATED_ID = re.compile(
    r"(?:[CMHBXPDI]-\d{1,2}|(?:L22|L05|PIPL|CC|CON|CL|ARC)-\d{1,4})(?:[a-z]|¶\d+)?(?:\([0-9a-z]+\))?"
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Kind(StrEnum):
    """How a place speaks of a rule."""

    DECIDES = "decides"
    REFUSES = "refuses"
    CITES = "cites"
    PROVES = "proves"


class IllegibleCitation(ValueError):
    """Raised for rule ids that are not written out where they stand; write them as literals."""


@dataclass(frozen=True, kw_only=True, order=True)
class Mention:
    """One rule id at one place: a function, an error, a test or a casebook."""

    kind: Kind
    citation: str
    path: str
    name: str
    line: int


def _literal_ids(call: ast.Call, path: str) -> Iterator[str]:
    for argument in call.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            message = f"{path}:{call.lineno}: write the rule ids of this line as plain strings."
            raise IllegibleCitation(message)
        yield argument.value


def _calls_to(name: str, node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            function = child.func
            called = (
                function.attr
                if isinstance(function, ast.Attribute)
                else function.id
                if isinstance(function, ast.Name)
                else ""
            )
            if called == name:
                yield child


def _definitions(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, Definition, tuple[ast.ClassDef, ...]]]:
    """Iterate over functions and classes with their dotted names and the classes around them."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node, ()
        elif isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", node, ()
            for name, inner, around in _definitions(node.body, f"{prefix}{node.name}."):
                yield name, inner, (node, *around)


def _class_text(node: ast.ClassDef, attribute: str) -> str | None:
    """Give the string a class body assigns to an attribute, if it does."""
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) | (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ) if name == attribute:
                return text
    return None


def mentions_in_code(source: str, path: str) -> Iterator[Mention]:
    """List what one source file decides, refuses and cites.

    Raises:
        IllegibleCitation: a ``@decides`` whose ids are not literals.
    """
    tree = ast.parse(source, filename=path)
    for name, node, _around in _definitions(tree.body):
        for decorator in node.decorator_list:
            for call in _calls_to("decides", decorator):
                for citation in _literal_ids(call, path):
                    yield Mention(
                        kind=Kind.DECIDES, citation=citation, path=path, name=name, line=node.lineno
                    )
        if isinstance(node, ast.ClassDef) and _class_text(node, "label"):
            rule = _class_text(node, "rule")
            if rule:
                yield Mention(
                    kind=Kind.REFUSES, citation=rule, path=path, name=name, line=node.lineno
                )
    for constant in ast.walk(tree):
        match constant:
            case ast.Constant(value=str(text)) if _HYPHENATED_ID.fullmatch(text):
                yield Mention(
                    kind=Kind.CITES, citation=text, path=path, name="", line=constant.lineno
                )


def _mark_assignments(body: list[ast.stmt], path: str) -> dict[str, tuple[str, ...]]:
    """Map each name assigned in a body to the rule ids marked within its value."""
    marked: dict[str, tuple[str, ...]] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value) | (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                marked[name] = tuple(
                    citation
                    for call in _calls_to("proves", value)
                    for citation in _literal_ids(call, path)
                )
    return marked


def _marks_on(node: Definition, tables: dict[str, tuple[str, ...]], path: str) -> Iterator[str]:
    """Iterate over the ids a definition is decorated with, also within its tables of cases."""
    for decorator in node.decorator_list:
        for call in _calls_to("proves", decorator):
            yield from _literal_ids(call, path)
        for child in ast.walk(decorator):
            if isinstance(child, ast.Name):
                yield from tables.get(child.id, ())
    if isinstance(node, ast.ClassDef):
        yield from _mark_assignments(node.body, path).get("pytestmark", ())


def mentions_in_test(source: str, path: str) -> Iterator[Mention]:
    """List what the tests of one file claim to prove.

    A mark counts on a test, on its class, in its parameters, and as a ``pytestmark``.

    Raises:
        IllegibleCitation: a ``proves`` mark whose ids are not literals.
    """
    tree = ast.parse(source, filename=path)
    tables = _mark_assignments(tree.body, path)
    of_the_file = tables.get("pytestmark", ())
    for statement in tree.body:
        match statement:
            # A hypothesis state machine becomes a test by assignment: TestX = XMachine.TestCase.
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="TestCase")):
                for citation in of_the_file:
                    yield Mention(
                        kind=Kind.PROVES,
                        citation=citation,
                        path=path,
                        name=name,
                        line=statement.lineno,
                    )
    for name, node, around in _definitions(tree.body):
        if isinstance(node, ast.ClassDef) or not node.name.startswith("test"):
            continue
        marks = [*of_the_file, *_marks_on(node, tables, path)]
        for surrounding in around:
            marks += _marks_on(surrounding, tables, path)
        for citation in dict.fromkeys(marks):
            yield Mention(
                kind=Kind.PROVES, citation=citation, path=path, name=name, line=node.lineno
            )


def mentions_in_casebook(source: str, path: str) -> Iterator[Mention]:
    """List what a casebook claims to prove, by ``"proves": [...]`` in its header line."""
    first_line = source.partition("\n")[0]
    try:
        header = json.loads(first_line)
    except json.JSONDecodeError:
        return
    proves = header.get("proves", []) if isinstance(header, dict) else []
    for citation in proves:
        yield Mention(kind=Kind.PROVES, citation=str(citation), path=path, name="", line=1)


def find_mentions(root: Path) -> list[Mention]:
    """Read every source file, test and casebook of the project.

    Raises:
        IllegibleCitation: a citation is not written out where it stands.
    """
    readers = (
        ("services/**/*.py", mentions_in_code),
        ("shared/**/*.py", mentions_in_code),
        ("tests/**/*.py", mentions_in_test),
        ("tests/journeys/casebooks/**/*.jsonl", mentions_in_casebook),
    )
    return sorted(
        mention
        for pattern, read in readers
        for file in sorted(root.glob(pattern))
        for mention in read(file.read_text(encoding="utf-8"), file.relative_to(root).as_posix())
    )
