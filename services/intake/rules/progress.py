"""Where a petition stands, worked out from everything that was heard of it, in whatever order.

News of one petition comes from three services and may come late, twice, or the later before the
earlier.
So a standing is never moved along by the newest message: it is worked out anew from the whole
set, and the same set gives the same standing however it was shuffled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.decisions import decides


class Standing(StrEnum):
    """Where a petition stands, as its petitioner sees it; the order is that of procedure."""

    REGISTERED = "registered"
    FORWARDED = "forwarded"
    ASSIGNED = "assigned"
    ROUTED = "routed"
    CARDS_ISSUED = "cards_issued"
    PREPARED = "prepared"
    APPOINTED = "appointed"
    ANSWERED_ON_SPOT = "answered_on_spot"
    DECIDED = "decided"
    IN_HANDLING = "in_handling"
    OVERDUE = "overdue"
    RESULT_REPORTED = "result_reported"
    REDIRECTED = "redirected"
    NOT_ACCEPTED = "not_accepted"
    REPLIED = "replied"
    TRANSFERRED_SEALED = "transferred_sealed"
    OPINION_DELIVERED = "opinion_delivered"
    CLOSED = "closed"
    ARCHIVED = "archived"

    @property
    def ended(self) -> bool:
        """Tell whether the matter has ended for this office; it stays queryable."""
        return self in _ENDED


class MilestoneKind(StrEnum):
    """What can be heard of a petition on its way."""

    REGISTERED = "registered"
    VISIT_RECORDED = "visit_recorded"
    SORTING_OVERDUE = "sorting_overdue"
    REDIRECTED = "redirected"
    NOT_ACCEPTED = "not_accepted"
    REPLIED = "replied"
    TRANSFERRED_SEALED = "transferred_sealed"
    FORWARDED = "forwarded"
    ASSIGNED = "assigned"
    OBJECTED = "objected"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_REJECTED = "objection_rejected"
    RETURNED = "returned"
    ROUTED = "routed"
    SESSION_AWAITED = "session_awaited"
    CARDS_ISSUED = "cards_issued"
    PREPARED = "prepared"
    APPOINTED = "appointed"
    RESCHEDULED = "rescheduled"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    ACCEPTED_BY_UNIT = "accepted_by_unit"
    ANSWERED_ON_SPOT = "answered_on_spot"
    DECIDED = "decided"
    SLIPS_ISSUED = "slips_issued"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    PROMISED = "promised"
    PROMISE_BROKEN = "promise_broken"
    RESULT_REPORTED = "result_reported"
    OPINION_DELIVERED = "opinion_delivered"
    CLOSED = "closed"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One thing heard of a petition: what, when it happened, and what it was about.

    `subject` tells two of a kind apart: the transfer, the document, the clock.
    `ACCEPTED` begins a case before a leader's reception and moves nothing; `ACCEPTED_BY_UNIT`
    begins the handling of what was sent to a unit.
    `node` is the reception node it happened at or, of `ROUTED`, that it was routed to.
    """

    kind: MilestoneKind
    occurred_at: datetime
    subject: str
    node: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a petition stands; `was_overdue` is permanent, `live` is what still counts."""

    standing: Standing
    was_overdue: bool
    live: tuple[Milestone, ...]


_ENDED: Final = frozenset(
    {
        Standing.REDIRECTED,
        Standing.NOT_ACCEPTED,
        Standing.REPLIED,
        Standing.TRANSFERRED_SEALED,
        Standing.CLOSED,
        Standing.ARCHIVED,
    }
)

_LEADS_TO: Final[Mapping[MilestoneKind, Standing]] = {
    MilestoneKind.REGISTERED: Standing.REGISTERED,
    MilestoneKind.REDIRECTED: Standing.REDIRECTED,
    MilestoneKind.NOT_ACCEPTED: Standing.NOT_ACCEPTED,
    MilestoneKind.REPLIED: Standing.REPLIED,
    MilestoneKind.TRANSFERRED_SEALED: Standing.TRANSFERRED_SEALED,
    MilestoneKind.FORWARDED: Standing.FORWARDED,
    MilestoneKind.ASSIGNED: Standing.ASSIGNED,
    MilestoneKind.ROUTED: Standing.ROUTED,
    MilestoneKind.CARDS_ISSUED: Standing.CARDS_ISSUED,
    MilestoneKind.PREPARED: Standing.PREPARED,
    MilestoneKind.APPOINTED: Standing.APPOINTED,
    MilestoneKind.ANSWERED_ON_SPOT: Standing.ANSWERED_ON_SPOT,
    MilestoneKind.DECIDED: Standing.DECIDED,
    MilestoneKind.ACCEPTED_BY_UNIT: Standing.IN_HANDLING,
    MilestoneKind.SLIPS_ISSUED: Standing.IN_HANDLING,
    MilestoneKind.RESULT_REPORTED: Standing.RESULT_REPORTED,
    MilestoneKind.OPINION_DELIVERED: Standing.OPINION_DELIVERED,
    MilestoneKind.CLOSED: Standing.CLOSED,
    MilestoneKind.ARCHIVED: Standing.ARCHIVED,
}
"""What a milestone brings a petition to; one that is missing here is told and moves nothing."""

_STEPS_AT_A_NODE: Final = frozenset(
    {
        MilestoneKind.ROUTED,
        MilestoneKind.SESSION_AWAITED,
        MilestoneKind.CARDS_ISSUED,
        MilestoneKind.PREPARED,
        MilestoneKind.APPOINTED,
        MilestoneKind.RESCHEDULED,
    }
)
"""What a petition has to go through anew at the node that takes it over."""

_RANK: Final = {standing: rank for rank, standing in enumerate(Standing)}

_OWED_BY_UNIT: Final = frozenset(
    {Standing.FORWARDED, Standing.ASSIGNED, Standing.DECIDED, Standing.IN_HANDLING}
)
"""Where a date that has passed leaves the petition overdue; elsewhere it is a mark and no stage."""


@decides("P-8", "P-5", "I-7", "T7", "D-30", "L22-21")
def progress_of(milestones: Collection[Milestone]) -> Progress:
    """Where does a petition stand, after all this? At the furthest point of procedure it reached.

    An upheld objection sets the way back to sorting: what happened before it in that transfer
    counts no longer, but stays told, and having been overdue stays for good.
    The same holds for what happened at a node before that node handed the petition over; what was
    decided or answered there stands.
    A date that passes makes the petition overdue while a unit owes the work.

    Reference: Regulation on Petition Work (2022), art. 21(2); P-8.
    """
    live = tuple(milestone for milestone in milestones if _counts(milestone, milestones))
    reached = {_LEADS_TO[milestone.kind] for milestone in live if milestone.kind in _LEADS_TO}
    furthest = max(reached, key=_RANK.__getitem__, default=Standing.REGISTERED)
    overdue_now = any(milestone.kind is MilestoneKind.OVERDUE for milestone in live)
    return Progress(
        standing=Standing.OVERDUE if overdue_now and furthest in _OWED_BY_UNIT else furthest,
        was_overdue=any(milestone.kind is MilestoneKind.OVERDUE for milestone in milestones),
        live=live,
    )


def _counts(milestone: Milestone, milestones: Collection[Milestone]) -> bool:
    """Tell whether no upheld objection lies after a milestone, or in the same moment against it."""
    if milestone.kind is MilestoneKind.REGISTERED:
        return True
    if any(_ends_with(milestone, one) for one in milestones):
        return False
    returns = [one for one in milestones if one.kind is MilestoneKind.OBJECTION_UPHELD]
    return not any(
        milestone.occurred_at < returned.occurred_at
        or (
            milestone.occurred_at == returned.occurred_at
            and milestone.subject == returned.subject
            and milestone.kind is not MilestoneKind.OBJECTION_UPHELD
        )
        for returned in returns
    )


def _ends_with(milestone: Milestone, hand_over: Milestone) -> bool:
    """Tell whether a milestone was a step at a node that has handed the petition over since.

    One moment of the bus may hold all of it: the step at the old node, the hand-over, and the first
    step at the next.  So within one moment the node decides.
    """
    return (
        hand_over.kind is MilestoneKind.HANDED_OVER
        and milestone.kind in _STEPS_AT_A_NODE
        and milestone.node == hand_over.node
        and milestone.occurred_at <= hand_over.occurred_at
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """At which node a routed petition waits, since when; `taken_in` tells that it has arrived."""

    node: str
    since: datetime
    taken_in: bool


@decides("P-8", "P-5", "D-10", "D-30")
def waiting_of(progress: Progress) -> Waiting | None:
    """Where does a petition wait that was routed to a leader? At its node, until that one speaks.

    Before the node's first word the petition lies in the queue of the node, which may be down;
    after it, it waits for a session with room.  None where it does not wait for either.

    Reference: P-8; D-10; D-30.
    """
    if progress.standing is not Standing.ROUTED:
        return None
    routings = [one for one in progress.live if one.kind is MilestoneKind.ROUTED]
    last = max(routings, key=lambda one: one.occurred_at)
    if last.node is None:
        return None
    awaited = [
        one.occurred_at
        for one in progress.live
        if one.kind is MilestoneKind.SESSION_AWAITED and one.node == last.node
    ]
    since = max(awaited, default=last.occurred_at)
    return Waiting(node=last.node, since=since, taken_in=bool(awaited))
