"""Moulds: a group of petitions taken apart, so that copies of it can be made by the thousand.

Whatever tells one petition, day, person, message or paper from another is left open, and each copy
fills it with its own.
What follows from other values, such as the hash of a paper, is worked out anew for each copy; and
everything sealed is sealed anew, by the real vault.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bench.filler import copies
from bench.filler.copies import Basic, Copy
from bench.filler.digests import CODE_DIGITS, Explained, explain, receipt_code
from bench.filler.snapshots import Group, Opened, Row, Snapshot
from bench.filler.texts import Text, Writer
from shared.vault import Vault

_OPEN: Final = re.compile(
    r"(?P<petition>XF-\d{8}-\d{4,8})"
    r"|(?P<event>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?<![0-9a-f])(?P<digest>[0-9a-f]{64})(?![0-9a-f])"
    r"|(?P<run>cb-[0-9a-f]{16})"
    r"|(?<!\d)(?P<day>20\d\d-\d\d-\d\d)(?!\d)"
    r"|(?P<chinese>20\d\d年\d{1,2}月\d{1,2}日)"
    r"|(?<!\d)(?P<person>\d{11}|\d{16}|\d{17}[0-9X])(?!\d)"
    r"|(?<!\d)(?P<compact>20[2-9]\d[01]\d[0-3]\d)(?!\d)"
)
_DAY: Final = "{day:%Y-%m-%d}"
_COMPACT: Final = "{day:%Y%m%d}"
_CHINESE: Final = "{year}年{month}月{number}日"
_DAY_NUMBER: Final = "day_number"


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A value that follows from a text.

    Args:
        kind: `hash`, `digest` (keyed), `code` (of a receipt), or `seal`.
        text: what it is made of.
        place: where a sealed value belongs.
    """

    kind: str
    text: Text
    place: Text | None = None

    def made(self, values: Sequence[str], vault: Vault) -> str:
        """Make it of the values before it."""
        text = self.text.filled(values)
        match self.kind:
            case "hash":
                return hashlib.sha256(text.encode()).hexdigest()
            case "digest":
                return vault.digest(text)
            case "code":
                return receipt_code(text, vault)
            case _:
                assert self.place is not None  # noqa: S101 - a seal always has one.
                return vault.seal(text, context=self.place.filled(values))


Slot = Basic | Derived


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of one table in a mould, as `COPY` reads them."""

    name: str
    columns: tuple[str, ...]
    rows: Text


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a mould has for one store; a copy is made store by store, in one process each."""

    tables: tuple[Table, ...]
    slots: tuple[Slot, ...]

    def poured(self, copy: Copy, vault: Vault) -> list[str]:
        """Make a copy: the rows of each table, in the order of the tables."""
        values: list[str] = []
        for slot in self.slots:
            values.append(slot.made(values, vault) if isinstance(slot, Derived) else slot(copy))
        return [table.rows.filled(values) for table in self.tables]


@dataclass(frozen=True, kw_only=True)
class Mould:
    """A group of petitions to be copied: its part for each store.

    Args:
        registered: the day and the number of each petition, in their order.
        people: how many people are named in it.
    """

    registered: tuple[tuple[date, str], ...]
    people: int
    parts: Mapping[str, Part]


def moulds_of(snapshot: Snapshot, vault: Vault) -> tuple[list[Mould], Mould]:
    """Make the moulds of a snapshot: of each group, and of what the county shares.

    Args:
        snapshot: the county at one age.
        vault: the keys it was sealed with.

    Raises:
        DigestUnexplained: something could not be found again by its digest in a copy.
    """
    rows = [row for group in (*snapshot.groups, snapshot.shared) for row in group.rows]
    explained = explain(rows, vault)
    made = [_Maker(group=group, explained=explained).mould() for group in snapshot.groups]
    return made, _Maker(group=snapshot.shared, explained=explained).mould()


@dataclass
class _Maker:
    """Makes the mould of one group."""

    group: Group
    explained: Explained
    _people: dict[str, int] = field(default_factory=dict)

    def mould(self) -> Mould:
        """Make it."""
        stores: dict[str, list[Row]] = {}
        for row in self.group.rows:
            stores.setdefault(row.store, []).append(row)
        parts = {store: self._part(rows) for store, rows in stores.items()}
        return Mould(
            registered=tuple(
                (_compact(each[3:11]), each.rpartition("-")[2]) for each in self.group.petitions
            ),
            people=len(self._people),
            parts=parts,
        )

    def _part(self, rows: Sequence[Row]) -> Part:
        openings = _Openings(self.group.petitions, self.explained, self._people)
        tables: dict[str, tuple[tuple[str, ...], Writer]] = {}
        for row in rows:
            columns, writer = tables.setdefault(row.table, (tuple(row.cells), Writer()))
            for number, (name, cell) in enumerate(row.cells.items()):
                if number:
                    writer.write("\t")
                openings.write_cell(writer, row, name, cell)
            writer.write("\n")
            assert columns == tuple(row.cells)  # noqa: S101 - of one table.
        return Part(
            tables=tuple(
                Table(name=name, columns=columns, rows=writer.text)
                for name, (columns, writer) in tables.items()
            ),
            slots=tuple(openings.slots),
        )


@dataclass
class _Openings:
    """The open places of a group in one store, numbered so that each follows what it is made of."""

    petitions: Sequence[str]
    explained: Explained
    people: dict[str, int]
    slots: list[Slot] = field(default_factory=list)
    _known: dict[tuple[str, str], int] = field(default_factory=dict)

    def write_cell(self, writer: Writer, row: Row, name: str, cell: str | Opened | None) -> None:
        """Write one cell, with its places left open."""
        if cell is None:
            writer.write("\\N")
        elif isinstance(cell, Opened):
            text, place = self.open_up(cell.text), self.open_up(cell.place)
            writer.leave_open(self._add(Derived(kind="seal", text=text, place=place)))
        elif name == _DAY_NUMBER:
            said = row.text_of("petition_no")
            position = self.petitions.index(said)
            writer.leave_open(self._slot(name, said, lambda: copies.day_number(position)))
        else:
            writer.append(self.open_up(cell), escaped=True)

    def open_up(self, words: str) -> Text:
        """Leave everything open in a text that differs from copy to copy."""
        writer, end = Writer(), 0
        for found in _OPEN.finditer(words):
            slot = self._slot_for(str(found.lastgroup), found.group())
            if slot is None:
                continue
            writer.write(words[end : found.start()])
            writer.leave_open(slot)
            end = found.end()
        writer.write(words[end:])
        return writer.text

    def _slot_for(self, kind: str, said: str) -> int | None:
        match kind:
            case "petition":
                return self._slot_for_a_petition(said)
            case "event":
                return self._slot(kind, said, lambda: copies.event(said))
            case "run":
                return self._slot(kind, said, copies.run)
            case "person":
                return self._slot_for_a_person(said)
            case "digest":
                return self._slot_for_a_digest(said)
            case _:
                return self._slot_for_a_day(kind, said)

    def _slot_for_a_petition(self, said: str) -> int | None:
        if said not in self.petitions:
            return None
        return self._slot("petition", said, lambda: copies.petition(self.petitions.index(said)))

    def _slot_for_a_day(self, kind: str, said: str) -> int | None:
        try:
            played, written = {
                "day": (date.fromisoformat, _DAY),
                "chinese": (_chinese, _CHINESE),
                "compact": (_compact, _COMPACT),
            }[kind]
            on = played(said)
        except ValueError:
            return None
        return self._slot(kind, said, lambda: copies.day(on, written))

    def _slot_for_a_person(self, said: str) -> int | None:
        if said in self.explained.keyed:
            return self._slot("code", said, lambda: self._keyed(said))
        if len(said) == CODE_DIGITS or not said.startswith(("1", "9")):
            return None
        number = self.people.setdefault(said, len(self.people))
        make = copies.identity if len(said) > CODE_DIGITS else copies.phone
        return self._slot("person", said, lambda: make(number))

    def _slot_for_a_digest(self, said: str) -> int:
        if said in self.explained.keyed:
            return self._slot("keyed", said, lambda: self._keyed(said))
        if said in self.explained.hashes:
            return self._slot(
                "hash",
                said,
                lambda: Derived(kind="hash", text=self.open_up(self.explained.hashes[said])),
            )
        return self._slot("digest", said, lambda: copies.digits(said))

    def _keyed(self, said: str) -> Derived:
        kind, made_of = self.explained.keyed[said]
        return Derived(kind=kind, text=self.open_up(made_of))

    def _slot(self, kind: str, said: str, make: Callable[[], Slot]) -> int:
        known = self._known.get((kind, said))
        if known is None:
            # What it is made of gets its own number while it is made, and so a lower one.
            known = self._known[kind, said] = self._add(make())
        return known

    def _add(self, slot: Slot) -> int:
        self.slots.append(slot)
        return len(self.slots) - 1


def _compact(said: str) -> date:
    return date(int(said[:4]), int(said[4:6]), int(said[6:8]))


def _chinese(said: str) -> date:
    year, month, day = (int(each) for each in re.findall(r"\d+", said))
    return date(year, month, day)
