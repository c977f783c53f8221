"""The rows of a county at one age: read from its stores, opened, and parted into what is copied.

Petitions that one row names together belong together, and are copied together.
Those that have a part in what a whole county shares, such as its sessions, are copied all at once
and only so often that no two weeks plan the same session.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import JSON, Table, create_engine, select

from bench.filler.sealed import is_sealed, opened, place_of
from shared.documents import canonical_json
from shared.vault import Vault

PETITION: Final = re.compile(r"XF-\d{8}-\d{4,8}")

_OTHER_NUMBER: Final = re.compile(r"\b(?!XF-)[A-Z]{2}-\d{8}-\d{4,8}")
_ONCE: Final = frozenset(
    {
        "day_counts",
        "directory_entries",
        "directory_versions",
        "neighbour_sessions",
        "node_announcements",
        "nodes",
        "receiving_points",
        "rota_places",
    }
)
"""What a county has once, however many petitions; its services write it when they start."""
_NO_NEWS_OF_A_PETITION: Final = ("directory_changed.", "node_opened.", "node_described.")
_ANNOUNCING: Final = "announce_node"
_NO_COMMANDS_OF_A_COUNTY: Final = ("put_directory", "sweep")
_MACHINE_TIMES: Final[Mapping[str, Mapping[str, str]]] = {
    "commands": {"done_at": "now"},
    "early_messages": {"received_at": "", "settled_at": ""},
    "outbox_messages": {"created_at": "", "sent_at": ""},
    "processed_messages": {"processed_at": ""},
}
"""Instants by the machine's clock, which the play did not simulate, and what stands for each."""

STORES: Final = ("intake", "triage", "supervision", "accountability", "reception_county")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A sealed value: what it says, and where it belongs."""

    text: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its cells by the names of the columns, those that the database counts left out."""

    store: str
    table: str
    cells: Mapping[str, str | Opened | None]

    @cached_property
    def said(self) -> str:
        """Give everything it says, to search in."""
        return "\n".join(
            f"{cell.place}\n{cell.text}" if isinstance(cell, Opened) else cell
            for cell in self.cells.values()
            if cell is not None
        )

    @cached_property
    def petitions(self) -> frozenset[str]:
        """Name the petitions it has to do with."""
        return frozenset(PETITION.findall(self.said))

    @cached_property
    def is_shared(self) -> bool:
        """Tell whether it is of the whole county, or of something that is no petition's alone."""
        return (
            not self.petitions
            or self.store.startswith("reception")
            or _OTHER_NUMBER.search(self.said) is not None
        )

    def text_of(self, column: str) -> str:
        """Give the text of a cell, opened where it is sealed.

        Raises:
            LookupError: the cell is empty, or there is no such column.
        """
        cell = self.cells[column]
        if cell is None:
            raise LookupError(column)
        return cell.text if isinstance(cell, Opened) else cell


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows that are copied together, and the petitions they are of."""

    petitions: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A county at one age: the groups of its petitions, and what the county shares."""

    groups: tuple[Group, ...]
    shared: Group


def read_snapshot(kept: Path, keys: Path, *, began: datetime) -> Snapshot:
    """Read the stores of a county and part their rows.

    Args:
        kept: where the stores are.
        keys: the keys they are sealed with.
        began: what stands for an instant of the machine's clock that nothing else tells.

    Raises:
        PlaceUnknown: a sealed value stands where none was known to stand.
    """
    vault = Vault.open_existing(keys)
    rows = [row for store in STORES for row in _rows(store, kept, vault, began)]
    return parted(rows)


def parted(rows: Sequence[Row]) -> Snapshot:
    """Part rows into groups that have no petition in common."""
    heads: dict[str, str] = {}

    def head(petition: str) -> str:
        while heads.setdefault(petition, petition) != petition:
            petition = heads[petition]
        return petition

    shared = ""
    for row in rows:
        named = [*sorted(row.petitions), *([shared] if row.is_shared else [])]
        for other in named[1:]:
            heads[head(other)] = head(named[0])
        for petition in named[:1]:
            head(petition)
    together: dict[str, list[Row]] = {head(shared): []}
    for row in rows:
        one = shared if row.is_shared else min(row.petitions)
        together.setdefault(head(one), []).append(row)
    groups = {top: _group(of_one) for top, of_one in together.items()}
    common = groups.pop(head(shared))
    return Snapshot(groups=tuple(groups[top] for top in sorted(groups)), shared=common)


def _group(rows: Sequence[Row]) -> Group:
    petitions = sorted({petition for row in rows for petition in row.petitions})
    return Group(petitions=tuple(petitions), rows=tuple(rows))


def tables_of(store: str) -> Sequence[Table]:
    """Give the tables of a store, those before that others point to."""
    models = importlib.import_module(f"services.{store.partition('_')[0]}.models")
    return tuple(models.Base.metadata.sorted_tables)


def _rows(store: str, kept: Path, vault: Vault, began: datetime) -> Iterator[Row]:
    engine = create_engine(f"sqlite:///{kept / store}.sqlite3")
    try:
        with engine.connect() as connection:
            for table in tables_of(store):
                if table.name in _ONCE:
                    continue
                for found in connection.execute(select(table)):
                    values = dict(found._mapping)  # noqa: SLF001 - SQLAlchemy's public name.
                    if _is_a_countys(table.name, values):
                        yield _row(store, table, _simulated(table.name, values, began), vault)
    finally:
        engine.dispose()


def _is_a_countys(table: str, values: Mapping[str, Any]) -> bool:
    """Leave out what a running county has of its own accord, or never: the play's own steps."""
    match table:
        case "commands":
            return str(values["method"]).partition(".")[2] not in _NO_COMMANDS_OF_A_COUNTY
        case "outbox_messages" | "processed_messages":
            return not str(values["type"]).startswith(_NO_NEWS_OF_A_PETITION)
        case "case_versions":
            return bool(values["petition_no"])
        case "deadlines":
            return str(values["kind"]) != _ANNOUNCING
        case _:
            return True


def _simulated(table: str, values: Mapping[str, Any], began: datetime) -> dict[str, Any]:
    """Replace instants of the machine's clock by those of the story."""
    told = dict(values)
    for column, stands in _MACHINE_TIMES.get(table, {}).items():
        if told[column] is None:
            continue
        if stands:
            told[column] = told[stands]
        elif isinstance(told.get("headers"), Mapping) and "now" in told["headers"]:
            told[column] = datetime.fromisoformat(told["headers"]["now"])
        else:
            told[column] = began
    return told


def _row(store: str, table: Table, values: Mapping[str, Any], vault: Vault) -> Row:
    owner = store.partition("_")[0]
    counted = table.autoincrement_column
    cells: dict[str, str | Opened | None] = {}
    for column in table.columns:
        value = values[column.name]
        if column is counted:
            continue
        if is_sealed(value):
            place = place_of(owner, table.name, column.name, values)
            cells[column.name] = Opened(text=opened(vault, value, place), place=place)
        else:
            cells[column.name] = _written(value, is_json=isinstance(column.type, JSON))
    return Row(store=store, table=table.name, cells=cells)


def _written(value: Any, *, is_json: bool) -> str | None:
    """Write a value as PostgreSQL reads it."""
    if value is None:
        return None
    if is_json:
        return canonical_json(value)
    match value:
        case bool():
            return "t" if value else "f"
        case Enum():
            return str(value.value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
