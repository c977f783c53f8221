"""Which reception node a petition goes to, and in which organ its leader is sought (D-30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.triage.rules.addressees import is_leader_accused, is_organ_accused
from services.triage.rules.directory import Directory
from shared.decisions import decides

COUNTY_NODE: Final = "county"
"""The county's own node: there from the first day, also while its announcement is under way."""


@dataclass(frozen=True, kw_only=True)
class NodeEntry:
    """A node that has opened, and the territory or department it serves.

    `by_rota` tells that its leaders receive in turn.
    """

    node: str
    territory: str
    by_rota: bool = False


@dataclass(frozen=True, kw_only=True)
class ReceivingPlace:
    """A node, and the organ whose leaders receive there, in turn where `by_rota`."""

    node: str
    organ: str
    by_rota: bool = False


@decides("D-30", "C-04", "C-22", "D-06", "X-4")
def places_that_may_receive(
    *,
    territory: str,
    lead_unit: str | None,
    nodes: tuple[NodeEntry, ...],
    accused: frozenset[str],
    directory: Directory,
) -> tuple[ReceivingPlace, ...]:
    """List the places that may receive a petition, the nearest first and the county last.

    The lead unit's own node, where the department has one; the petition's territory, where it
    has one; then the territories above.  What complains of a township or a department is not
    received there but at the next higher organ.
    The county's own node receives for the county, also where another one announces itself for
    it; another one does so only where the county's own is not there.
    Reading: with a rota whoever sits receives and no leader can be named to stand in, so what
    complains of any leader of the organ goes to the next higher one as well.  The county's own
    node never has a rota (C-05), whatever it announces.

    Reference: D-30; D-06; X-4.
    """
    node_by_organ = {
        entry.territory: entry
        for entry in sorted(nodes, key=lambda entry: entry.node, reverse=True)
    }
    organs = (*((lead_unit,) if lead_unit else ()), *directory.territory_and_above(territory))
    near = tuple(
        ReceivingPlace(node=entry.node, organ=organ, by_rota=entry.by_rota)
        for organ in dict.fromkeys(organs)
        if (entry := node_by_organ.get(organ)) is not None
        and organ != directory.county
        and not is_organ_accused(organ, accused=accused, directory=directory)
        and not (entry.by_rota and _is_any_leader_accused(organ, accused, directory))
    )
    county = ReceivingPlace(node=_node_of_county(nodes, directory), organ=directory.county)
    return (*near, county)


def _node_of_county(nodes: tuple[NodeEntry, ...], directory: Directory) -> str:
    serving = sorted(entry.node for entry in nodes if entry.territory == directory.county)
    return COUNTY_NODE if COUNTY_NODE in serving or not serving else serving[0]


def _is_any_leader_accused(organ: str, accused: frozenset[str], directory: Directory) -> bool:
    """Tell whether a petition complains of a leader of an organ; they may all come to sit."""
    return any(
        is_leader_accused(leader.code, accused=accused, directory=directory)
        for leader in directory.leaders_of(organ)
    )
