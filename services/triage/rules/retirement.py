"""Retiring a reception node: whether it may be, which node stands above it, what goes on (D-30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.triage.rules.clock import what_remains_of_sorting
from services.triage.rules.directory import Directory
from services.triage.rules.nodes import COUNTY_NODE, NodeEntry, places_that_may_receive
from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.decisions import Decision, condition, decide, decides


@dataclass(frozen=True, kw_only=True)
class NodeStanding:
    """What is known of a node that somebody wants to retire; nothing where it never opened."""

    node: str
    territory: str | None
    is_open: bool | None


@decides("D-30")
def is_node_open(*, opened_at: datetime, retired_at: datetime | None) -> bool:
    """Tell whether a node receives: it was never retired, or it has opened later than that.

    Reading: an announcement of the very instant of the retirement is the older news.

    Reference: D-30.
    """
    return retired_at is None or opened_at > retired_at


@decides("D-30")
def may_node_be_retired(standing: NodeStanding, *, county_node: str) -> Decision:
    """Decide whether a node may be retired: one that has opened, is open, and is not the county's.

    `county_node` is the one where every petition without a nearer one is received (C-04); a
    second one that announced itself for the county by mistake may go.

    Reference: D-30.
    """
    return decide(
        condition("node_has_opened", standing.territory is not None, cites="D-30"),
        condition("node_is_open", standing.is_open, cites="D-30"),
        condition(
            "node_is_not_the_countys",
            standing.node not in {COUNTY_NODE, county_node},
            cites="D-30",
        ),
    )


@decides("D-30", "C-04")
def node_above(*, territory: str, others: tuple[NodeEntry, ...], directory: Directory) -> str:
    """Give the node that receives for a territory or department without a node of its own.

    `others` are the nodes that stay open.  Of a department it is the node of its territory.

    Reference: D-30.
    """
    unit = directory.unit_by_code.get(territory)
    places = places_that_may_receive(
        territory=unit.organ if unit else territory,
        lead_unit=None,
        nodes=others,
        accused=frozenset(),
        directory=directory,
    )
    return places[0].node


@decides("D-30")
def does_routing_end_with_hand_over(*, is_sorted: bool, node: str | None, given_up_by: str) -> bool:
    """Tell whether a petition is to be routed anew: it is sorted, and to the node that gave it up.

    Anything else is late news of an earlier routing.

    Reference: D-30.
    """
    return is_sorted and node == given_up_by


@decides("D-30", "T2", "L22-22")
def when_sorting_is_due_after_hand_over(
    *, before: DueDate, sorted_on: date, handed_over_on: date, calendar: WorkingCalendar
) -> DueDate:
    """Give the day by which a petition is sorted anew whose node was retired and none resolved.

    Reading: as after an agreed objection the days before the sorting are used up, the days at the
    node are not counted, and the rest, at least one day, runs from the hand-over.

    Reference: 《信访工作条例》, art. 22; D-30.
    """
    return calendar.due(
        start_on=handed_over_on,
        within=what_remains_of_sorting(before, sorted_on),
        article="L22-22",
        start_event=StartEvent.HANDED_OVER,
    )
