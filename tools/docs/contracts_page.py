"""docs/contracts.md: every call, event and refusal with its fields, from shared/contracts."""

import enum
import importlib
import inspect
import json
import pkgutil
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from shared import contracts
from shared.contracts.base import (
    Between,
    Command,
    Contract,
    Event,
    FieldShape,
    Items,
    Part,
    Pattern,
    Query,
    Refusal,
    Reply,
    Request,
    Sensitive,
    Text,
    shape_of,
)
from shared.contracts.flows import LISTENS
from shared.policy import POLICY, Role, UndeclaredMethod, roles_allowed

Kind = TypeVar("Kind")

_INTRODUCTION = """\
# Contracts

This page is made by `make docs` from `shared/contracts`; do not edit it.
It lists every call, event and refusal, owner by owner, with the terms they use.
A call takes one mapping, `request`, and returns one mapping.
A command carries a `request_id` made by its caller: the same id again returns the first answer.
A call of `reception` is addressed to one node, such as `reception_county.plan_sessions`.
A call of `every_service` may be made to any service.
A refusal is an answer: the rule it cites stands before its message, and no record has changed.
A field marked "sealed" holds personal data or the content of a petition.
No event holds such a field, and none of it reaches a log or a metric.
An event travels in an envelope, its fields being the envelope's `data`.
A published version is frozen but for new optional fields.
"""

_SIMPLE_TYPES: Mapping[object, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    date: "date",
    datetime: "instant",
    Any: "anything",
}

_KINDS = frozenset({Contract, Part, Reply, Request, Query, Command, Event})
"""What contracts are made from; none of them crosses the wire itself."""

_FIELDS_HEADER = "| field | type | required | constraint |\n| --- | --- | --- | --- |"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One module of shared/contracts with the classes it declares, in the order it does."""

    name: str
    about: str
    declared: tuple[type, ...]

    def all_of(self, kind: type[Kind]) -> list[type[Kind]]:
        """List the declared classes of one kind."""
        return [one for one in self.declared if issubclass(one, kind)]


def _owner(module: ModuleType) -> Owner:
    return Owner(
        name=module.__name__.rpartition(".")[2],
        about=(inspect.getdoc(module) or "").partition("\n\n")[0],
        declared=tuple(
            declared
            for declared in vars(module).values()
            if isinstance(declared, type)
            and declared.__module__ == module.__name__
            and declared not in _KINDS
        ),
    )


def read_owners() -> list[Owner]:
    """Import every module of shared/contracts; services come first, in the order of the phases."""
    names = [found.name for found in pkgutil.iter_modules(contracts.__path__)]
    phases = [*LISTENS, "every_service"]
    names.sort(key=lambda name: (phases.index(name) if name in phases else len(phases), name))
    return [_owner(importlib.import_module(f"{contracts.__name__}.{name}")) for name in names]


def _sentence(documented: object) -> str:
    """Give a docstring as one flowing paragraph."""
    return " ".join((inspect.getdoc(documented) or "").split())


def _anchor(declared: type) -> str:
    return f"{declared.__module__.rpartition('.')[2]}-{declared.__name__}"


def _link(declared: type) -> str:
    return f"[{declared.__name__}](#{_anchor(declared)})"


def _links(declared: Iterable[type]) -> str:
    return ", ".join(_link(one) for one in declared)


def name_of_type(annotation: object) -> str:
    """Name a field's type as a reader of the wire meets it."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return name_of_type(arguments[0])
    if origin is tuple:
        return f"list of {name_of_type(arguments[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {name_of_type(arguments[0])} to {name_of_type(arguments[1])}"
    if annotation in _SIMPLE_TYPES:
        return _SIMPLE_TYPES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Contract | enum.Enum):
        return _link(annotation)
    return str(annotation)


def _words_for(mark: object) -> str:
    match mark:
        case Text(longest=longest, shortest=shortest):
            return f"{shortest} to {longest} characters, not blank"
        case Pattern(form=form):
            return form
        case Between(least=least, most=most):
            return f"{least} to {most}"
        case Items(least=least, most=most):
            return f"{least} to {most} items"
        case Sensitive():
            return "sealed"
    return type(mark).__name__


def _default_of(shape: FieldShape) -> str:
    match shape.default:
        case enum.Enum(value=value):
            return json.dumps(value, ensure_ascii=False)
        case tuple() if not shape.default:
            return "empty"
        case None:
            return "null"
    return json.dumps(shape.default, ensure_ascii=False, default=str)


def _required(shape: FieldShape) -> str:
    if not shape.required:
        return f"no, else {_default_of(shape)}"
    return "yes, may be null" if shape.optional else "yes"


def _cell(text: str) -> str:
    """Make a text fit for a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _fields(contract: type[Contract]) -> str:
    shapes = shape_of(contract)
    if not shapes:
        return "No fields."
    rows = [
        "| "
        + " | ".join(
            _cell(text)
            for text in (
                f"`{shape.name}`",
                name_of_type(shape.bare),
                _required(shape),
                "; ".join(dict.fromkeys(_words_for(mark) for mark in shape.marks)),
            )
        )
        + " |"
        for shape in shapes
    ]
    return "\n".join((_FIELDS_HEADER, *rows))


def _sample(contract: type[Contract], samples: Path) -> str:
    """Show the golden sample of a contract, if there is one."""
    file = samples / contract.owner / f"{contract.__name__}.json"
    if not file.exists():
        return ""
    return (
        "<details><summary>Sample</summary>\n\n"
        f"```json\n{file.read_text(encoding='utf-8').strip()}\n```\n\n</details>"
    )


def _roles(wire_name: str) -> str:
    try:
        roles = roles_allowed(wire_name)
    except UndeclaredMethod:
        return "nobody, for want of a line in the policy"
    if roles == frozenset(Role):
        return "everyone"
    return ", ".join(f"`{role}`" for role in Role if role in roles)


def _render_request(request: type[Request[Any]], samples: Path) -> str:
    wire_name = request.wire_name()
    lines = [
        f'<a id="{_anchor(request)}"></a>',
        f"#### `{wire_name}`\n",
        f"{_sentence(request)}\n",
        f"- Roles: {_roles(wire_name)}",
        f"- Replies: {_link(request.reply_type)}",
    ]
    if request.refused_with:
        lines.append(f"- Refused with: {_links(request.refused_with)}")
    lines += ["", _fields(request), "", _sample(request, samples)]
    return "\n".join(lines).rstrip() + "\n"


def _render_event(event: type[Event], samples: Path) -> str:
    listeners = [name for name, heard in LISTENS.items() if event in heard]
    lines = [
        f'<a id="{_anchor(event)}"></a>',
        f"#### `{event.wire_type}`\n",
        f"{_sentence(event)}\n",
        f"- Heard by: {', '.join(listeners) or 'no service; it stands in the ledger'}",
    ]
    if event.addressed_by:
        lines.append(f"- Addressed to the node named in `{event.addressed_by}`")
    lines += ["", _fields(event), "", _sample(event, samples)]
    return "\n".join(lines).rstrip() + "\n"


def _render_piece(piece: type[Contract], samples: Path) -> str:
    lines = [
        f'<a id="{_anchor(piece)}"></a>',
        f"#### {piece.__name__}\n",
        f"{_sentence(piece)}\n",
        _fields(piece),
        "",
        _sample(piece, samples),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _render_refusals(refusals: Iterable[type[Refusal]]) -> str:
    rows = [
        f'| <a id="{_anchor(one)}"></a>`{one.__name__}` | {one.rule} | {_cell(_sentence(one))} '
        f"| {_cell(one.label)} |"
        for one in refusals
    ]
    header = "| error | rule | meaning | label |\n| --- | --- | --- | --- |"
    return "\n".join((header, *rows)) + "\n"


def _chinese_terms(term: type[enum.Enum]) -> dict[str, str]:
    """Read the Chinese term that stands behind each member in the source."""
    found = re.findall(r"^\s+(\w+) = .*?#\s*(.+)$", inspect.getsource(term), flags=re.MULTILINE)
    return dict(found)


def _render_term(term: type[enum.Enum]) -> str:
    chinese = _chinese_terms(term)
    members = "\n".join(
        f"- `{member.value}` {chinese.get(member.name, '')}".rstrip() for member in term
    )
    return f'<a id="{_anchor(term)}"></a>\n#### {term.__name__}\n\n{_sentence(term)}\n\n{members}\n'


def _sections(owner: Owner, samples: Path) -> Iterator[tuple[str, list[str]]]:
    yield "Commands", [_render_request(one, samples) for one in owner.all_of(Command)]
    yield "Queries", [_render_request(one, samples) for one in owner.all_of(Query)]
    yield "Events", [_render_event(one, samples) for one in owner.all_of(Event)]
    pieces = [one for one in owner.all_of(Contract) if issubclass(one, Part | Reply)]
    yield "Replies and parts", [_render_piece(one, samples) for one in pieces]
    refusals = [one for one in owner.all_of(Refusal) if one.rule]
    yield "Refusals", [_render_refusals(refusals)] if refusals else []
    yield "Terms", [_render_term(one) for one in owner.all_of(enum.Enum)]


def render_contracts(owners: Iterable[Owner], *, samples: Path) -> str:
    """Write the page."""
    parts = [_INTRODUCTION]
    for owner in owners:
        sections = [(title, texts) for title, texts in _sections(owner, samples) if texts]
        if not sections:
            continue
        parts.append(f"## {owner.name}\n\n{owner.about}\n")
        for title, texts in sections:
            parts.append(f"### {owner.name}: {title.lower()}\n")
            parts += texts
    return "\n".join(parts)


def faults(owners: Iterable[Owner]) -> Iterator[str]:
    """Iterate over calls nobody may make, and lines of the policy that no call answers to."""
    declared: set[str] = set()
    for owner in owners:
        for request in owner.all_of(Request):
            declared.add(request.wire_name())
            try:
                roles_allowed(request.wire_name())
            except UndeclaredMethod:
                yield f"{request.wire_name()} has no line in shared/policy.py; add its roles."
    for wire_name in POLICY:
        if wire_name not in declared:
            yield f"shared/policy.py names {wire_name}, which no contract declares; add or drop it."
