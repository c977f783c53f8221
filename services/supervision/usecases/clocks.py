"""The clocks of a case as deadlines in the store: what each kind is called, and when it begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from services.supervision import metrics
from services.supervision.models import Case
from services.supervision.rules.clocks import (
    acceptance_that_counts,
    does_statutory_clock_run,
    due_not_before,
    internal_due,
    is_on_time,
    statutory_due,
)
from services.supervision.rules.terms import Clock
from services.supervision.usecases.cases import enter, route_of, subject_of
from shared.calendar import DueDate, local_midnight
from shared.contracts.supervision import CaseOpenedV1, CaseRoute
from shared.deadlines import DeadlineState
from shared.messaging import Work


class DeadlineKind(StrEnum):
    """The kinds of deadline a case may have."""

    OBJECTION = "objection_due"  # 异议期限
    ACCEPTANCE = "acceptance_due"  # 告知受理期限
    ASSIGNMENT = "assignment_due"  # 交办期限
    SLIP = "slip_due"  # 八单时限
    STATUTORY = "statutory_due"  # 法定办理期限
    EXPLANATION = "explanation_due"  # 逾期说明期限
    PROMISE = "promise_due"  # 承诺办结时间
    AUTHORISATION = "authorisation_begins"  # 授权生效日


KIND_OF_CLOCK: Final[Mapping[Clock, DeadlineKind]] = {
    Clock.SLIP: DeadlineKind.SLIP,
    Clock.ASSIGNMENT: DeadlineKind.ASSIGNMENT,
    Clock.STATUTORY: DeadlineKind.STATUTORY,
}
INTERNAL_KIND: Final[Mapping[CaseRoute, DeadlineKind]] = {
    CaseRoute.LEADER: DeadlineKind.SLIP,
    CaseRoute.ASSIGNED: DeadlineKind.ASSIGNMENT,
}
_NAMED_UNDER: Final[Mapping[CaseRoute, str]] = {
    CaseRoute.LEADER: "C-15",
    CaseRoute.ASSIGNED: "L22-22",
}


def schedule(work: Work, case: Case, kind: DeadlineKind, due: DueDate) -> None:
    """Set one clock of a case going, in place of an earlier one of the same kind."""
    work.deadlines.schedule(
        kind=kind.value, subject=subject_of(case), petition_no=case.petition_no, due=due
    )


def schedule_beginning(work: Work, case: Case, kind: DeadlineKind, *, begins_on: date) -> None:
    """Have something done by itself as a day begins, in place of an earlier one of its kind."""
    work.deadlines.schedule_at(
        kind=kind.value,
        subject=subject_of(case),
        petition_no=case.petition_no,
        fires_at=local_midnight(begins_on),
    )


def meet(work: Work, case: Case, *kinds: DeadlineKind, done_on: date | None = None) -> None:
    """Stop clocks whose duty was done, today if not otherwise told.

    One whose day is over stays, so that the sweep that is about to come still marks it.
    """
    for kind in kinds:
        if _is_in_time(work, case, kind, done_on or work.today):
            work.deadlines.meet(kind=kind.value, subject=subject_of(case))


def let_off(work: Work, case: Case, kind: DeadlineKind, *, done_on: date) -> None:
    """Stop a clock whose duty ended on a day by something else; one whose day was over stays."""
    if _is_in_time(work, case, kind, done_on):
        work.deadlines.cancel(kind=kind.value, subject=subject_of(case))


def _is_in_time(work: Work, case: Case, kind: DeadlineKind, done_on: date) -> bool:
    found = work.deadlines.find(kind=kind.value, subject=subject_of(case))
    return found is not None and is_on_time(on=done_on, due_on=found.due_on)


def cancel(work: Work, case: Case, *kinds: DeadlineKind) -> None:
    """Stop clocks whose duty is no longer owed from today on.

    One whose day is over stays: the duty was owed until then, and the sweep tells what of it.
    """
    for kind in kinds:
        if _is_in_time(work, case, kind, work.today):
            work.deadlines.cancel(kind=kind.value, subject=subject_of(case))


def accept_case(work: Work, case: Case, *, accepted_on: date) -> None:
    """Record the acceptance: the statutory clock begins, and the case counts as opened (D-21).

    Of a matter that was accepted before and came back the first acceptance counts (D-30).
    """
    accepted_on = acceptance_that_counts(
        accepted_on=accepted_on, earlier=_earlier_acceptances(work, case)
    )
    case.accepted_on = accepted_on
    if does_statutory_clock_run(route=route_of(case), channel=case.channel).allowed:
        due = statutory_due(work.calendar, accepted_on=accepted_on)
        case.statutory_due_on = due.due_on
        schedule(work, case, DeadlineKind.STATUTORY, due)
    if case.assigned_due_on is not None:
        set_internal_clock(work, case, named_on=case.assigned_due_on)
    enter(work, case, step="opened", accepted_on=accepted_on.isoformat())
    work.record(
        CaseOpenedV1(
            petition_no=case.petition_no,
            route=case.route,
            unit=case.unit,
            accepted_on=accepted_on,
            due_on=case.due_on,
            statutory_due_on=case.statutory_due_on,
        )
    )
    work.count(metrics.CASES_OPENED, route=case.route.value)


def _earlier_acceptances(work: Work, case: Case) -> list[date]:
    earlier = select(Case.accepted_on).where(
        Case.petition_no == case.petition_no,
        Case.case_no < case.case_no,
        Case.accepted_on.is_not(None),
    )
    return [accepted_on for accepted_on in work.session.scalars(earlier) if accepted_on]


def set_internal_clock(work: Work, case: Case, *, named_on: date) -> None:
    """Set a slip's or assignment's clock to the day a person named, within the statute (X-5).

    One that has run out stays as it fired: overdue is never taken back.
    """
    due = internal_due(
        named_on=named_on,
        statutory_on=case.statutory_due_on,
        article=_NAMED_UNDER[case.route],
    )
    case.due_on = due.due_on
    kind = INTERNAL_KIND[case.route]
    running = work.deadlines.find(kind=kind.value, subject=subject_of(case))
    if running is None or running.state is not DeadlineState.FIRED:
        schedule(work, case, kind, due_not_before(due, on=work.today))
