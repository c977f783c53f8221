"""A casebook: calls at their moments, read and checked whole before anything is played.

The first line is a header, every further line one call or one step of time (`docs/casebooks.md`).
Whatever can be wrong without playing is found here: a file that is no casebook touches nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from balian.casebook_lines import AdvanceLine, CallLine, Line, LineReader, read_instant, read_object
from balian.faults import BadInput
from balian.node_setups import NodeSetup, NodeSetupUnreadable, read_setups
from balian.references import references_in
from shared.contracts.base import MalformedRequest
from shared.contracts.triage import PutDirectory

__all__ = ["AdvanceLine", "CallLine", "Casebook", "Header", "Line", "NoCasebook", "read_casebook"]

VERSION: Final = 1
_HEADER_KEYS: Final = {"casebook", "directory", "start", "title", "proves", "nodes"}
_MOST_FAULTS_SHOWN: Final = 20


class _PlainLoader(yaml.SafeLoader):
    """Reads YAML as JSON would be: a date stays text, and the key `no` is no false."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith((":bool", ":timestamp"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


class NoCasebook(BadInput):
    """The file is no casebook that can be played; the message lists every fault with its line."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where a casebook begins, with which directory and nodes, and what it shows.

    `nodes` are those that are not of the county's regime; services that run already keep theirs.
    """

    start: datetime
    directory: Path
    title: str
    proves: tuple[str, ...]
    nodes: Mapping[str, NodeSetup] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Casebook:
    """A whole casebook, checked, with the directory it begins with."""

    path: Path
    header: Header
    header_text: str
    directory: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def last_number(self) -> int:
        """Give the number of the last line in the file."""
        return self.lines[-1].number if self.lines else 1

    def paths_into(self, name: str) -> set[tuple[str, ...]]:
        """List the paths by which the lines refer to the reply saved under a name."""
        return {
            reference.path
            for line in self.lines
            if isinstance(line, CallLine)
            for content in (line.arguments, line.expect)
            for reference in references_in(content)
            if reference.name == name
        }

    def places(self) -> tuple[str, ...]:
        """List the codes of its directory's territories and units, where a node may receive."""
        listed = (*self.directory["territories"], *self.directory.get("units", ()))
        return tuple(str(place["code"]) for place in listed)

    def request_prefix(self, run: str = "") -> str:
        """Give what every request id of a run of this casebook begins with.

        It derives from the header and the run's name alone, so that a casebook which was cut
        short, or has grown since, continues.
        """
        digest = hashlib.sha256((self.header_text + run).encode()).hexdigest()
        return f"cb-{digest[:16]}"


def read_casebook(path: Path) -> Casebook:
    """Read a casebook and the directory it names, and check both.

    Raises:
        NoCasebook: the file cannot be read or is not what it should be.
    """
    texts = _texts(path)
    if not texts:
        raise _no_casebook(path, ["the file is empty; its first line is the header"])
    number, header_text = texts[0]
    faults: list[str] = []
    header = _header(path, number, header_text, faults)
    if header is None:
        raise _no_casebook(path, faults)
    directory = _directory(header.directory, faults)
    lines = tuple(LineReader(faults).read(texts[1:], since=header.start))
    if faults:
        raise _no_casebook(path, faults)
    return Casebook(
        path=path, header=header, header_text=header_text, directory=directory, lines=lines
    )


def _no_casebook(path: Path, faults: list[str]) -> NoCasebook:
    shown = faults[:_MOST_FAULTS_SHOWN]
    if len(faults) > len(shown):
        shown.append(f"... and {len(faults) - len(shown)} more")
    return NoCasebook(
        what=f"{path} is no casebook that can be played",
        why="\n".join(shown),
        todo="Correct the file; nothing was touched. docs/casebooks.md shows the form.",
    )


def _texts(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise _no_casebook(path, [f"it cannot be read: {fault.strerror}"]) from None
    except UnicodeDecodeError as fault:
        raise _no_casebook(path, [f"it is no UTF-8 text: byte {fault.start}"]) from None
    numbered = enumerate(text.split("\n"), start=1)
    return [(number, line.strip()) for number, line in numbered if line.strip()]


def _header(path: Path, number: int, text: str, faults: list[str]) -> Header | None:
    value = read_object(number, text, faults)
    if value is None:
        return None
    where = f"line {number}: the header"
    if value.get("casebook") != VERSION or isinstance(value.get("casebook"), bool):
        faults.append(f'{where} must say "casebook": {VERSION}')
    faults.extend(f"{where} has no key {key!r}" for key in sorted(set(value) - _HEADER_KEYS))
    start = read_instant(value.get("start"), f"{where}'s start", faults)
    directory = value.get("directory")
    if not isinstance(directory, str) or not directory:
        faults.append(f"{where} must name the directory file, such as county.yaml")
    title = value.get("title", "")
    proves = value.get("proves", [])
    if not isinstance(title, str):
        faults.append(f"{where}'s title must be text")
    if not isinstance(proves, list) or not all(isinstance(rule, str) for rule in proves):
        faults.append(f"{where}'s proves must be a list of rule ids")
    nodes = _nodes(value.get("nodes", {}), path, where, faults)
    if faults or start is None:
        return None
    return Header(
        start=start,
        directory=path.parent / str(directory),
        title=title,
        proves=tuple(proves),
        nodes=nodes,
    )


def _nodes(value: object, path: Path, where: str, faults: list[str]) -> Mapping[str, NodeSetup]:
    try:
        return read_setups(value, beside=path.parent)
    except NodeSetupUnreadable as unreadable:
        faults.append(f"{where}: {unreadable}")
        return {}


def _directory(path: Path, faults: list[str]) -> Mapping[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _PlainLoader)  # noqa: S506 - safe.
    except OSError as fault:
        faults.append(f"the directory {path} cannot be read: {fault.strerror}")
        return {}
    except (UnicodeDecodeError, yaml.YAMLError) as fault:
        first = str(fault).replace("\n", " ")
        faults.append(f"the directory {path} is no YAML: {first}")
        return {}
    if not isinstance(content, dict):
        faults.append(f"the directory {path} is no mapping")
        return {}
    try:
        PutDirectory.load({**content, "request_id": "directory-check"})
    except MalformedRequest as malformed:
        faults.append(f"the directory {path}: {malformed.message}")
    return content
