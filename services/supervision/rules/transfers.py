"""A unit's two answers to a transfer, and what becomes of an objection (L22-23, T7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import le

from services.supervision.rules.terms import Stage
from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import ACCEPTANCE_NOTICE_PERIOD, OBJECTION_PERIOD
from shared.decisions import Decision, condition, decide, decides, known, missing


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A forwarded or assigned matter at its unit; `objection_until` is the last day to object."""

    stage: Stage
    objected: bool
    objection_until: date | None


@decides("L22-23")
def may_transfer_be_accepted(transfer: Transfer) -> Decision:
    """Decide whether the unit may accept: once, and not while its objection is being verified.

    Reference: Regulation on Petition Work, art. 23(3).
    """
    return decide(
        condition("transfer_waits_for_answer", transfer.stage is Stage.TRANSFERRED, cites="L22-23")
    )


@decides("L22-23", "T7")
def may_transfer_be_objected_to(transfer: Transfer, *, on: date) -> Decision:
    """Decide whether the unit may object: unanswered, and within 5 working days of receipt.

    The fifth working day still belongs to the unit.  An objection is made once: after its
    rejection the unit accepts.

    Reference: Regulation on Petition Work, art. 23(3).
    """
    return decide(
        condition(
            "transfer_waits_for_answer",
            transfer.stage is Stage.TRANSFERRED and not transfer.objected,
            cites="L22-23",
        ),
        condition(
            "within_objection_period",
            known(le, on, transfer.objection_until),
            cites="L22-23",
            facts=missing(objection_until=transfer.objection_until),
        ),
    )


@decides("T7")
def stage_after_objection(*, agreed: bool) -> Stage:
    """Tell where a case stands after its objection was decided: back to sorting, or to the unit.

    Reference: T7.
    """
    return Stage.RETURNED if agreed else Stage.TRANSFERRED


@decides("L22-23")
def objection_due(calendar: WorkingCalendar, *, transferred_on: date) -> DueDate:
    """Return the last day on which the unit may object: 5 working days from receipt.

    Raises:
        YearNotCovered, FigureNotInForce: the day lies outside the calendar or the law.

    Reference: Regulation on Petition Work, art. 23(3).
    """
    return calendar.statutory_due(
        OBJECTION_PERIOD, start_on=transferred_on, start_event=StartEvent.TRANSFER_RECEIVED
    )


@decides("L22-23")
def acceptance_due(calendar: WorkingCalendar, *, transferred_on: date) -> DueDate:
    """Return the last day for the unit to tell the petitioner how the matter goes on: 15 days.

    Raises:
        YearNotCovered, FigureNotInForce: as `objection_due`.

    Reference: Regulation on Petition Work, art. 23(3).
    """
    return calendar.statutory_due(
        ACCEPTANCE_NOTICE_PERIOD,
        start_on=transferred_on,
        start_event=StartEvent.TRANSFER_RECEIVED,
    )


@decides("L22-23")
def is_acceptance_overdue(*, stage: Stage, accepted_on: date | None, due_on: date) -> Decision:
    """Decide whether a unit has let the 15 days pass: it has not answered, or accepted too late.

    Reference: Regulation on Petition Work, art. 23(3).
    """
    accepted_late = accepted_on is not None and due_on < accepted_on
    return decide(
        condition(
            "not_answered_in_time", stage is Stage.TRANSFERRED or accepted_late, cites="L22-23"
        )
    )
