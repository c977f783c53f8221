"""What happens when a clock runs out, at 00:00 of the next day (C-17, D-20, D-23, T16)."""

from __future__ import annotations

from services.supervision import metrics
from services.supervision.models import OverdueMark
from services.supervision.rules.overdue import is_case_overdue, was_ever_overdue
from services.supervision.rules.terms import Clock
from services.supervision.usecases.cases import case_of_subject, enter, stage_of
from services.supervision.usecases.duties import owe_explanation
from shared.contracts.supervision import CaseOverdueV1, ExplanationOverdueV1, OverdueClock
from shared.deadlines import Deadline
from shared.messaging import Work


def slip_fell_due(work: Work, deadline: Deadline) -> None:
    """Mark a case whose slip due date has passed without a result."""
    _mark_overdue(work, deadline, Clock.SLIP)


def assignment_fell_due(work: Work, deadline: Deadline) -> None:
    """Mark a case whose assignment has passed its day without a completion report."""
    _mark_overdue(work, deadline, Clock.ASSIGNMENT)


def statutory_limit_fell_due(work: Work, deadline: Deadline) -> None:
    """Mark a case whose 60 days, or its extended days, have passed without a delivered opinion."""
    _mark_overdue(work, deadline, Clock.STATUTORY)


def explanation_fell_due(work: Work, deadline: Deadline) -> None:
    """Tell that an overdue case was not explained to the petitioner within 5 working days.

    What was explained, reported or delivered in time has stopped this clock; what came after its
    last day, though before this sweep, has not, and the lateness stays told (I-7).
    """
    case = case_of_subject(work, deadline.subject)
    if case is None or deadline.due_on is None:
        return
    enter(work, case, step="explanation_overdue")
    work.record(
        ExplanationOverdueV1(petition_no=case.petition_no, unit=case.unit, due_on=deadline.due_on)
    )
    work.count(metrics.EXPLANATIONS_OVERDUE)


def _mark_overdue(work: Work, deadline: Deadline, clock: Clock) -> None:
    case = case_of_subject(work, deadline.subject)
    if case is None or deadline.due_on is None:
        return
    decision = is_case_overdue(
        clock,
        stage=stage_of(case),
        due_on=deadline.due_on,
        reported_on=case.result_reported_on,
        delivered_on=case.opinion_delivered_on,
    )
    case.was_overdue = was_ever_overdue(was_overdue=case.was_overdue, overdue_now=decision.allowed)
    if not decision.allowed:
        return
    marked = OverdueClock(clock.value)
    work.append(
        OverdueMark(
            petition_no=case.petition_no,
            case_no=case.case_no,
            clock=marked,
            due_on=deadline.due_on,
            marked_at=work.now,
        )
    )
    enter(work, case, step="overdue", clock=clock.value, due_on=deadline.due_on.isoformat())
    work.record(
        CaseOverdueV1(
            petition_no=case.petition_no,
            clock=marked,
            unit=case.unit,
            route=case.route,
            due_on=deadline.due_on,
        )
    )
    work.count(metrics.CLOCKS_RUN_OUT, clock=clock.value)
    owe_explanation(work, case)
