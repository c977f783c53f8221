"""The meeting's one outcome: who may take it, what it must hold, and whose hand stands under it."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reception.rules.terms import ENDED, Seat, Step
from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import HANDLING_PERIOD
from shared.decisions import Decision, condition, decide, decides, known


class Outcome(StrEnum):
    """What a meeting ends with: exactly one."""

    ANSWERED_ON_SPOT = "answered_on_spot"  # 当场答复
    DECISION = "decision"  # 作出决定


class Hand(StrEnum):
    """How a party put their hand to the record, or did not."""

    SIGNATURE = "signature"  # 签名
    THUMBPRINT = "thumbprint"  # 捺印
    REFUSED = "refused"  # 拒签


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting about to be held; None is not known because no appointment was notified."""

    step: Step
    appointed_on: date | None
    receiving_leader: str | None
    caller: str
    complete: bool | None


@decides("C-13", "T12", "I-4", "C-04")
def may_hold(meeting: Meeting, *, on: date) -> Decision:
    """Decide whether the meeting may be held: by the leader in person, on the day, all four there.

    Reference: C-13; procedure §3.1, T12.
    """
    return decide(
        condition("no_decision_yet", meeting.step not in ENDED, cites="C-13"),
        condition("appointment_notified", meeting.appointed_on is not None, cites="C-12"),
        condition(
            "received_in_person",
            known(operator.eq, meeting.receiving_leader, meeting.caller),
            cites="T12",
        ),
        condition("is_the_day", known(operator.eq, meeting.appointed_on, on), cites="D-10"),
        condition("four_parties_complete", meeting.complete, cites="C-13"),
    )


@decides("X-5", "L22-34", "D-21", "D-22")
def statutory_limit(*, calendar: WorkingCalendar, accepted_on: date) -> DueDate:
    """Give the last day of handling: 60 days from acceptance.

    Raises:
        FigureNotInForce, YearNotCovered: as `WorkingCalendar.statutory_due` does.

    Reference: L22-34; X-5.
    """
    return calendar.statutory_due(
        HANDLING_PERIOD, start_on=accepted_on, start_event=StartEvent.ACCEPTED
    )


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What the leader rules: an answer on the spot, or a decision with its terms."""

    outcome: Outcome
    lead_unit: str
    units_at_table: tuple[str, ...]
    due_on: date | None
    standards: int
    remaining_work: bool
    limit_on: date


@decides("C-13", "C-15", "D-14", "T13", "X-5", "I-14")
def may_rule(ruling: Ruling, *, on: date) -> Decision:
    """Decide whether an outcome is complete.

    A decision states due date and standard and names a lead unit that was there.
    An answer on the spot leaves nothing to be executed: no due date, no standard, no work.
    Reading: the due date may be today, and at the latest the statutory one.

    Reference: C-13; C-15; D-14; X-5.
    """
    at_table = condition(
        "lead_unit_at_table", ruling.lead_unit in ruling.units_at_table, cites="C-13"
    )
    if ruling.outcome is Outcome.ANSWERED_ON_SPOT:
        leaves_nothing = not (ruling.remaining_work or ruling.standards or ruling.due_on)
        return decide(at_table, condition("nothing_remains", leaves_nothing, cites="D-14"))
    due_on = ruling.due_on
    return decide(
        at_table,
        condition("due_date_stated", due_on is not None, cites="C-15"),
        condition("standard_stated", ruling.standards > 0, cites="C-15"),
        condition("due_date_ahead", known(operator.ge, due_on, on), cites="C-15"),
        condition("within_the_statute", known(operator.le, due_on, ruling.limit_on), cites="X-5"),
    )


@dataclass(frozen=True, kw_only=True)
class Signing:
    """One party's hand to the record."""

    seat: Seat
    unit: str | None
    hand: Hand
    witness: str | None


@decides("D-15", "T12")
def may_sign(signings: Sequence[Signing], *, units_at_table: Sequence[str]) -> Decision:
    """Decide whether signatures are complete: each of a party at the table, refusals witnessed.

    A thumbprint counts.

    Reference: D-15.
    """
    witnessed = all(each.witness for each in signings if each.hand is Hand.REFUSED)
    seated = all(each.unit in units_at_table for each in signings if each.seat is Seat.UNIT)
    return decide(
        condition("refusals_witnessed", witnessed, cites="D-15"),
        condition("signers_at_table", seated, cites="D-15"),
    )


@decides("D-15")
def signed_parties(signings: Sequence[Signing]) -> tuple[str, ...]:
    """Name the parties whose hand is on the record; of several entries of one the last counts.

    Reference: D-15.
    """
    latest = {each.unit or each.seat.value: each.hand for each in signings}
    return tuple(party for party, hand in latest.items() if hand is not Hand.REFUSED)
