"""What a passed due date leads to, for good (C-17, D-20, D-23, T16)."""

from __future__ import annotations

from datetime import date

from services.supervision.rules.terms import Clock, Stage
from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import EXPLANATION_PERIOD
from shared.decisions import Decision, condition, decide, decides


@decides("C-17", "D-20", "T16")
def is_case_overdue(
    clock: Clock,
    *,
    stage: Stage,
    due_on: date,
    reported_on: date | None,
    delivered_on: date | None,
) -> Decision:
    """Decide whether a case is overdue when one of its clocks has run out.

    The clock of a slip or an assignment is stopped by the unit's report, the statutory one only
    by the opinion delivered to the petitioner, and either only up to the due date.  While an
    objection is being verified, and after a case has gone back, no clock of it runs.
    A closed case is judged by the same days: closing asks for both, and does not cure either.

    Reference: C-17; D-20; T16.
    """
    stopped_on = delivered_on if clock is Clock.STATUTORY else reported_on
    return decide(
        condition("case_is_here", stage is not Stage.RETURNED, cites="T16"),
        condition("no_objection_pending", stage is not Stage.OBJECTED, cites="L22-23"),
        condition("not_stopped_in_time", stopped_on is None or due_on < stopped_on, cites="D-20"),
    )


@decides("D-23", "I-7")
def was_ever_overdue(*, was_overdue: bool, overdue_now: bool) -> bool:
    """Tell whether a case counts as overdue: once it has been, it always has been.

    Reference: D-23.
    """
    return was_overdue or overdue_now


@decides("C-17", "D-23", "I-8")
def is_explanation_due(
    *, answer_owed: bool, promise_runs: bool, explanation_owed: bool
) -> Decision:
    """Decide whether an overdue case newly owes the petitioner an explanation and a day.

    The duty arises once: not again while it is owed, nor while a promise runs; and not where the
    petitioner has got late what the day was for, because nothing is left to promise.

    Reference: C-17; D-23.
    """
    return decide(
        condition("answer_still_owed", answer_owed, cites="D-23"),
        condition("no_promise_runs", not promise_runs, cites="D-23"),
        condition("not_owed_already", not explanation_owed, cites="D-23"),
    )


@decides("D-23")
def explanation_due(calendar: WorkingCalendar, *, overdue_on: date) -> DueDate:
    """Return the last day to explain and promise: 5 working days from the day overdue began.

    Raises:
        YearNotCovered, FigureNotInForce: the day lies outside the calendar or the law.

    Reference: D-23.
    """
    return calendar.statutory_due(
        EXPLANATION_PERIOD, start_on=overdue_on, start_event=StartEvent.OVERDUE
    )
