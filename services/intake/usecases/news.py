"""What the other services tell of a petition on its way, as milestones of its progress.

Each event says one thing that a petitioner will read; `milestone_told` names it, and `on_news`
keeps it.
The order in which news arrives decides nothing: the standing is worked out from all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import Final

from services.intake.models import PetitionStanding
from services.intake.rules import MilestoneKind, acceptance_notice_due
from services.intake.usecases.standings import hear
from shared.calendar import local_date
from shared.contracts import reception, supervision, triage
from shared.contracts.base import Event
from shared.contracts.envelope import Envelope
from shared.contracts.intake import PetitionRegisteredV1
from shared.messaging.work import TooEarly, Work

_SORTED_BY: Final = frozenset(
    {
        MilestoneKind.REDIRECTED,
        MilestoneKind.NOT_ACCEPTED,
        MilestoneKind.REPLIED,
        MilestoneKind.TRANSFERRED_SEALED,
        MilestoneKind.FORWARDED,
        MilestoneKind.ASSIGNED,
        MilestoneKind.ROUTED,
    }
)
"""Milestones that only a sorted petition reaches, should they come before `petition_sorted`."""


_REPEATABLE: Final = frozenset({MilestoneKind.ROUTED, MilestoneKind.SESSION_AWAITED})
"""Milestones without a document of their own that a petition may reach more than once."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A milestone as an event tells it; `day` is the next day that counts, `hour` goes with it.

    `node` is whom a routing names; of what a node tells it is the node itself.
    `place` is the name a routing gives to where the petition goes.
    """

    kind: MilestoneKind
    subject: str
    day: date | None = None
    hour: str | None = None
    node: str | None = None
    place: str | None = None


def on_news(work: Work, event: Event, envelope: Envelope) -> None:
    """Keep what an event tells of a petition, and work out where the petition stands.

    Raises:
        TooEarly: the petition is not in the register yet.
    """
    told = milestone_told(event)
    standing = _standing(work, envelope)
    if told.kind in _SORTED_BY:
        standing.was_sorted = True
    if isinstance(event, triage.DisciplineTransferredV1):
        standing.sealed = standing.transferred = True
        standing.receiving_organ = standing.receiving_organ or event.organ
    day = told.day
    if told.kind is MilestoneKind.FORWARDED:
        transferred_on = local_date(envelope.occurred_at)
        day = acceptance_notice_due(transferred_on=transferred_on, calendar=work.calendar).due_on
    hear(
        work,
        standing=standing,
        kind=told.kind,
        subject=_subject(told, envelope),
        occurred_at=envelope.occurred_at,
        day=day,
        hour=told.hour,
        node=told.node or envelope.source.node or None,
        place=told.place,
    )


def on_petition_sorted(work: Work, event: triage.PetitionSortedV1, envelope: Envelope) -> None:
    """Note that a petition was sorted; a sealed transfer closes it to the office at once.

    What follows from the sorting comes as an event of its own.

    Raises:
        TooEarly: the petition is not in the register yet.
    """
    standing = _standing(work, envelope)
    standing.was_sorted = True
    if standing.sorted_at is None or standing.sorted_at <= envelope.occurred_at:
        standing.category, standing.sorted_at = event.category, envelope.occurred_at
    if event.outcome is triage.SortingOutcome.DISCIPLINE_TRANSFER:
        standing.sealed = True


def _standing(work: Work, envelope: Envelope) -> PetitionStanding:
    # Every petition of the register has one from its first moment.
    number = envelope.petition_no
    standing = work.session.get(PetitionStanding, number) if number else None
    if standing is None:
        raise TooEarly(PetitionRegisteredV1.wire_type.partition(".")[0])
    return standing


def _subject(told: Told, envelope: Envelope) -> str:
    # A petition may come back to a node and leader it was with before: each time is its own.
    if told.kind in _REPEATABLE:
        return f"{told.subject}-{envelope.occurred_at.isoformat()}"
    return told.subject


@singledispatch
def milestone_told(event: Event) -> Told:
    """Name the milestone that an event tells.

    Raises:
        LookupError: no milestone is known for events of this type.
    """
    msg = f"{event.wire_type} tells no milestone"
    raise LookupError(msg)


@milestone_told.register
def _(event: triage.SortingOverdueV1) -> Told:
    return Told(kind=MilestoneKind.SORTING_OVERDUE, subject=event.due_on.isoformat())


@milestone_told.register
def _(event: triage.PetitionRedirectedV1) -> Told:
    return Told(kind=MilestoneKind.REDIRECTED, subject=event.document.no)


@milestone_told.register
def _(event: triage.PetitionDeclinedV1) -> Told:
    return Told(kind=MilestoneKind.NOT_ACCEPTED, subject=event.document.no)


@milestone_told.register
def _(event: triage.PetitionRepliedV1) -> Told:
    return Told(kind=MilestoneKind.REPLIED, subject=event.document.no)


@milestone_told.register
def _(event: triage.DisciplineTransferredV1) -> Told:
    return Told(kind=MilestoneKind.TRANSFERRED_SEALED, subject=event.document.no)


@milestone_told.register
def _(event: triage.PetitionForwardedV1) -> Told:
    return Told(kind=MilestoneKind.FORWARDED, subject=event.transfer_no)


@milestone_told.register
def _(event: triage.PetitionAssignedV1) -> Told:
    return Told(kind=MilestoneKind.ASSIGNED, subject=event.transfer_no, day=event.due_on)


@milestone_told.register
def _(event: triage.PetitionRoutedV1) -> Told:
    return Told(
        kind=MilestoneKind.ROUTED,
        subject=event.node,
        node=event.node,
        place=event.organ_name,
    )


@milestone_told.register
def _(event: triage.PetitionReturnedV1) -> Told:
    return Told(
        kind=MilestoneKind.RETURNED, subject=f"{event.node}-{event.due_on}", day=event.due_on
    )


@milestone_told.register
def _(event: triage.ObjectionDecidedV1) -> Told:
    kind = MilestoneKind.OBJECTION_UPHELD if event.agreed else MilestoneKind.OBJECTION_REJECTED
    return Told(kind=kind, subject=event.transfer_no)


@milestone_told.register
def _(_event: reception.SessionAwaitedV1) -> Told:
    return Told(kind=MilestoneKind.SESSION_AWAITED, subject="session")


@milestone_told.register
def _(event: reception.WorkHandedOverV1) -> Told:
    return Told(
        kind=MilestoneKind.HANDED_OVER,
        subject=f"{event.node}-{event.routing_version}",
        node=event.node,
    )


@milestone_told.register
def _(event: reception.CardsIssuedV1) -> Told:
    return Told(kind=MilestoneKind.CARDS_ISSUED, subject=event.set_no, day=event.on)


@milestone_told.register
def _(event: reception.PreliminaryOpinionRecordedV1) -> Told:
    return Told(kind=MilestoneKind.PREPARED, subject=event.document.no)


@milestone_told.register
def _(event: reception.AppointmentNotifiedV1) -> Told:
    return Told(
        kind=MilestoneKind.APPOINTED,
        subject=event.document.no,
        day=event.on,
        hour=event.starts_at,
    )


@milestone_told.register
def _(event: reception.AppointmentRescheduledV1) -> Told:
    return Told(kind=MilestoneKind.RESCHEDULED, subject=event.document.no, day=event.on)


@milestone_told.register
def _(event: reception.AnsweredOnSpotV1) -> Told:
    return Told(kind=MilestoneKind.ANSWERED_ON_SPOT, subject=event.document.no)


@milestone_told.register
def _(event: reception.DecisionMadeV1) -> Told:
    return Told(kind=MilestoneKind.DECIDED, subject=event.document.no, day=event.due_on)


@milestone_told.register
def _(event: supervision.CaseOpenedV1) -> Told:
    by_leader = event.route is supervision.CaseRoute.LEADER
    return Told(
        kind=MilestoneKind.ACCEPTED if by_leader else MilestoneKind.ACCEPTED_BY_UNIT,
        subject=f"{event.route.value}-{event.accepted_on.isoformat()}",
        day=event.due_on or event.statutory_due_on,
    )


@milestone_told.register
def _(event: supervision.TransferObjectedV1) -> Told:
    return Told(kind=MilestoneKind.OBJECTED, subject=event.transfer_no)


@milestone_told.register
def _(event: supervision.SlipsIssuedV1) -> Told:
    return Told(kind=MilestoneKind.SLIPS_ISSUED, subject=event.set_no, day=event.due_on)


@milestone_told.register
def _(event: supervision.ExtensionGrantedV1) -> Told:
    return Told(kind=MilestoneKind.EXTENDED, subject=event.document.no, day=event.until_on)


@milestone_told.register
def _(event: supervision.CaseOverdueV1) -> Told:
    return Told(
        kind=MilestoneKind.OVERDUE,
        subject=f"{event.clock.value}-{event.due_on.isoformat()}",
        day=event.due_on,
    )


@milestone_told.register
def _(event: supervision.PromiseMadeV1) -> Told:
    return Told(kind=MilestoneKind.PROMISED, subject=event.document.no, day=event.promised_on)


@milestone_told.register
def _(event: supervision.PromiseBrokenV1) -> Told:
    return Told(
        kind=MilestoneKind.PROMISE_BROKEN,
        subject=event.promised_on.isoformat(),
        day=event.promised_on,
    )


@milestone_told.register
def _(event: supervision.ResultReportedV1) -> Told:
    return Told(kind=MilestoneKind.RESULT_REPORTED, subject=event.document.no)


@milestone_told.register
def _(event: supervision.OpinionDeliveredV1) -> Told:
    return Told(
        kind=MilestoneKind.OPINION_DELIVERED,
        subject=event.document.no,
        day=event.review_until,
    )


@milestone_told.register
def _(event: supervision.CaseClosedV1) -> Told:
    return Told(kind=MilestoneKind.CLOSED, subject=event.document.no)


@milestone_told.register
def _(_event: supervision.CaseArchivedV1) -> Told:
    return Told(kind=MilestoneKind.ARCHIVED, subject="archive")
