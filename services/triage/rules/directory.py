"""The office directory as rules see it: codes, posts, portfolios and who stands above whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from services.triage.rules.terms import Principal, Side, UnitKind
from shared.decisions import decides


@dataclass(frozen=True, kw_only=True)
class TerritoryEntry:
    """A county or township; the county has no parent."""

    code: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class FieldEntry:
    """A field of matters and the side it falls to."""

    code: str
    side: Side = Side.GOVERNMENT


@dataclass(frozen=True, kw_only=True)
class LeaderEntry:
    """A leader: organ (a territory, or a unit with a node), posts, portfolio, deputy."""

    code: str
    organ: str
    posts: tuple[str, ...] = ()
    portfolio: tuple[str, ...] = ()
    deputy: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnitEntry:
    """A unit: organ (territory), fields, and the next higher organ."""

    code: str
    kind: UnitKind = UnitKind.GOVERNMENT
    organ: str
    fields: tuple[str, ...] = ()
    parent: str | None = None
    has_address: bool = False


@dataclass(frozen=True, kw_only=True)
class Directory:
    """One version of the directory, whole; `authorising` are the organs that authorise slips."""

    office: str
    territories: tuple[TerritoryEntry, ...]
    fields: tuple[FieldEntry, ...]
    leaders: tuple[LeaderEntry, ...]
    units: tuple[UnitEntry, ...]
    authorising: tuple[str, ...] = ()

    @cached_property
    def territory_by_code(self) -> dict[str, TerritoryEntry]:
        """Index the territories."""
        return {territory.code: territory for territory in self.territories}

    @cached_property
    def field_by_code(self) -> dict[str, FieldEntry]:
        """Index the fields of matters."""
        return {field.code: field for field in self.fields}

    @cached_property
    def leader_by_code(self) -> dict[str, LeaderEntry]:
        """Index the leaders."""
        return {leader.code: leader for leader in self.leaders}

    @cached_property
    def unit_by_code(self) -> dict[str, UnitEntry]:
        """Index the units."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def county(self) -> str:
        """Give the root of the territories; a directory in force has exactly one."""
        return next(territory.code for territory in self.territories if territory.parent is None)

    def leaders_of(self, organ: str) -> tuple[LeaderEntry, ...]:
        """List an organ's leaders in the order of their codes."""
        return tuple(
            sorted(
                (leader for leader in self.leaders if leader.organ == organ),
                key=lambda leader: leader.code,
            )
        )

    def unit_and_above(self, code: str) -> Iterator[str]:
        """Iterate over a unit and the organs above it, each once."""
        seen: set[str] = set()
        above: str | None = code
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            unit = self.unit_by_code.get(above)
            above = unit.parent if unit else None

    def territory_and_above(self, code: str) -> Iterator[str]:
        """Iterate over a territory and those above it, the county last, each once."""
        seen: set[str] = set()
        above: str | None = code
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            territory = self.territory_by_code.get(above)
            above = territory.parent if territory else None


@decides("C-07", "I-14")
def directory_faults(directory: Directory) -> tuple[str, ...]:
    """List everything that keeps a directory from being used, in words that name only codes.

    A leader and a unit may not share a code: whom a petition complains of is named by code alone.

    Reference: C-07.
    """
    return (
        *_duplicates(directory),
        *_territory_faults(directory),
        *_leader_faults(directory),
        *_principal_faults(directory),
        *_unit_faults(directory),
        *(
            f"authorisation by unknown organ {organ}"
            for organ in directory.authorising
            if organ not in directory.territory_by_code
        ),
    )


def _duplicates(directory: Directory) -> Iterator[str]:
    lists: dict[str, Iterable[str]] = {
        "territory": (territory.code for territory in directory.territories),
        "field": (field.code for field in directory.fields),
        "leader": (leader.code for leader in directory.leaders),
        "unit": (unit.code for unit in directory.units),
    }
    for kind, codes in lists.items():
        for code, times in Counter(codes).items():
            if times > 1:
                yield f"{kind} {code} stands {times} times"
    for code in directory.leader_by_code:
        if code in directory.unit_by_code:
            yield f"{code} is both a leader and a unit"


def _territory_faults(directory: Directory) -> Iterator[str]:
    roots = [territory.code for territory in directory.territories if territory.parent is None]
    if not roots:
        yield "no territory is the county (one without a parent)"
    if len(roots) > 1:
        yield f"more than one territory has no parent: {', '.join(roots)}"
    for territory in directory.territories:
        if territory.parent is not None and territory.parent not in directory.territory_by_code:
            yield f"territory {territory.code} has unknown parent {territory.parent}"
        elif roots and not set(roots) & set(directory.territory_and_above(territory.code)):
            yield f"territory {territory.code} hangs in a circle"


def _leader_faults(directory: Directory) -> Iterator[str]:
    for leader in directory.leaders:
        if leader.organ not in directory.territory_by_code | directory.unit_by_code:
            yield f"leader {leader.code} has unknown organ {leader.organ}"
        for field in leader.portfolio:
            if field not in directory.field_by_code:
                yield f"leader {leader.code} has unknown field {field}"
        if leader.deputy is not None and leader.deputy not in directory.leader_by_code:
            yield f"leader {leader.code} has unknown deputy {leader.deputy}"
        if leader.deputy == leader.code:
            yield f"leader {leader.code} is named as their own deputy"


def _principal_faults(directory: Directory) -> Iterator[str]:
    for post in Principal:
        holders = Counter(leader.organ for leader in directory.leaders if post in leader.posts)
        for organ, times in holders.items():
            if times > 1:
                yield f"{post} of {organ} is held {times} times"
        roots = {each.code for each in directory.territories if each.parent is None}
        if roots and not roots & holders.keys():
            yield f"nobody in the county holds the post {post}"


def _unit_faults(directory: Directory) -> Iterator[str]:
    office = directory.unit_by_code.get(directory.office)
    if office is not None and office.kind is not UnitKind.PETITION_OFFICE:
        yield f"the office {directory.office} is a unit of kind {office.kind}"
    if all(unit.kind is not UnitKind.PETITION_OFFICE for unit in directory.units):
        yield "no unit is the petition office (kind petition_office)"
    for unit in directory.units:
        if unit.organ not in directory.territory_by_code:
            yield f"unit {unit.code} has unknown organ {unit.organ}"
        for field in unit.fields:
            if field not in directory.field_by_code:
                yield f"unit {unit.code} has unknown field {field}"
        if unit.parent is not None and unit.parent not in directory.unit_by_code:
            yield f"unit {unit.code} has unknown parent {unit.parent}"
        elif _hangs_in_a_circle(directory, unit):
            yield f"unit {unit.code} hangs in a circle"


def _hangs_in_a_circle(directory: Directory, unit: UnitEntry) -> bool:
    top = list(directory.unit_and_above(unit.code))[-1]
    highest = directory.unit_by_code.get(top)
    return (
        highest is not None
        and highest.parent is not None
        and highest.parent in (directory.unit_by_code)
    )
