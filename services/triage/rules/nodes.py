"""Which reception node a petition goes to, and in which organ its leader is sought (D-30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.triage.rules.addressees import is_organ_accused
from services.triage.rules.directory import Directory
from shared.decisions import decides

COUNTY_NODE: Final = "county"
"""The county's own node: there from the first day, also while its announcement is under way."""


@dataclass(frozen=True, kw_only=True)
class NodeEntry:
    """A node that has opened, with the territory or department it serves."""

    node: str
    territory: str


@dataclass(frozen=True, kw_only=True)
class ReceivingPlace:
    """A node, and the organ whose leaders receive there."""

    node: str
    organ: str


@decides("D-30", "C-04", "C-22", "D-06")
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

    Reference: D-30; D-06.
    """
    node_by_territory = {
        entry.territory: entry.node
        for entry in sorted(nodes, key=lambda entry: entry.node, reverse=True)
    }
    organs = (*((lead_unit,) if lead_unit else ()), *directory.territory_and_above(territory))
    near = tuple(
        ReceivingPlace(node=node_by_territory[organ], organ=organ)
        for organ in organs
        if organ in node_by_territory
        and organ != directory.county
        and not is_organ_accused(organ, accused=accused, directory=directory)
    )
    county = ReceivingPlace(
        node=node_by_territory.get(directory.county, COUNTY_NODE), organ=directory.county
    )
    return (*near, county)
