"""What retired nodes have given back of a petition, for whoever routes it next (D-30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.triage.models import HandOver, Rerouting, SortingEntry, TriagedPetition
from shared.contracts.fields import NumbersUsed
from shared.contracts.reception import WorkHandedOverV1
from shared.messaging import Envelope, Work


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What the next node has to know of a petition that others had; empty where none had it."""

    node: str | None = None
    accepted_on: date | None = None
    numbers: tuple[NumbersUsed, ...] = ()


def keep_hand_over(work: Work, event: WorkHandedOverV1, envelope: Envelope) -> bool:
    """Keep a hand-over; tell whether it is news."""
    key = (event.petition_no, event.node, event.routing_version)
    if work.session.get(HandOver, key) is not None:
        return False
    work.session.add(
        HandOver(
            petition_no=event.petition_no,
            node=event.node,
            routing_version=event.routing_version,
            accepted_on=event.accepted_on,
            numbers=[[used.kind, used.last] for used in event.numbers],
            handed_over_at=envelope.occurred_at,
        )
    )
    work.session.flush()
    return True


def handed_over(work: Work, petition_no: str) -> HandedOver:
    """Sum up a petition's hand-overs: the first acceptance and the highest numbers count."""
    rows = work.session.scalars(
        select(HandOver)
        .where(HandOver.petition_no == petition_no)
        .order_by(HandOver.handed_over_at, HandOver.routing_version)
    ).all()
    if not rows:
        return HandedOver()
    highest: dict[str, int] = {}
    for row in rows:
        for kind, last in row.numbers:
            highest[kind] = max(last, highest.get(kind, 0))
    return HandedOver(
        node=rows[-1].node,
        accepted_on=min((row.accepted_on for row in rows if row.accepted_on), default=None),
        numbers=tuple(NumbersUsed(kind=kind, last=last) for kind, last in sorted(highest.items())),
    )


def last_entry(work: Work, petition: TriagedPetition) -> SortingEntry | None:
    """Give the sorting in force, or the last one before the petition came back."""
    return work.session.get(SortingEntry, (petition.petition_no, petition.sortings))


def last_rerouting(work: Work, entry: SortingEntry) -> Rerouting | None:
    """Give where the petition of a sorting went last by itself, if it ever did."""
    return work.session.scalars(
        select(Rerouting)
        .where(Rerouting.petition_no == entry.petition_no, Rerouting.position == entry.position)
        .order_by(Rerouting.count.desc())
        .limit(1)
    ).first()


def node_in_force(work: Work, entry: SortingEntry) -> str | None:
    """Give the node a sorted petition is with by its last routing."""
    rerouted = last_rerouting(work, entry)
    return rerouted.node if rerouted else entry.node
