"""The duty that overdue leaves: explain to the petitioner, promise a day, keep it (C-17, D-23).

Marking a case overdue, recording a promise and ending either by a result or an opinion all touch
the same duty, so its beginning and its end stand here.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.supervision import metrics
from services.supervision.models import Case, OverdueMark, Promise
from services.supervision.rules.overdue import explanation_due, is_explanation_due
from services.supervision.rules.promises import (
    OverdueCase,
    PromiseStanding,
    is_answer_owed,
    standing_of_promise,
)
from services.supervision.usecases.cases import enter, stage_of
from services.supervision.usecases.clocks import DeadlineKind, let_off, meet, schedule
from shared.contracts.supervision import OverdueClock
from shared.messaging import Work


def promises_of(work: Work, case: Case) -> list[Promise]:
    """List a case's promises in the order they were made."""
    return list(
        work.session.scalars(
            select(Promise)
            .where(Promise.petition_no == case.petition_no, Promise.case_no == case.case_no)
            .order_by(Promise.times)
        )
    )


def running_promise(work: Work, case: Case) -> Promise | None:
    """Find the promise that is neither kept nor broken yet; there is one at most."""
    return next(
        (
            promise
            for promise in promises_of(work, case)
            if promise.standing == PromiseStanding.RUNNING
        ),
        None,
    )


def is_marked_overdue(work: Work, case: Case, clock: OverdueClock) -> bool:
    """Tell whether one clock of a case has run out."""
    found = select(OverdueMark.mark_no).where(
        OverdueMark.petition_no == case.petition_no,
        OverdueMark.case_no == case.case_no,
        OverdueMark.clock == clock,
    )
    return work.session.scalar(found) is not None


def overdue_case(work: Work, case: Case) -> OverdueCase:
    """Gather what the duty to explain and promise depends on."""
    return OverdueCase(
        stage=stage_of(case),
        was_overdue=case.was_overdue,
        result_reported=case.result_reported_on is not None,
        opinion_delivered=case.opinion_delivered_on is not None,
        statutory_overdue=is_marked_overdue(work, case, OverdueClock.STATUTORY),
        promise_runs=running_promise(work, case) is not None,
    )


def owe_explanation(work: Work, case: Case) -> None:
    """Begin the duty to explain and promise within 5 working days, unless it is there already."""
    overdue = overdue_case(work, case)
    decision = is_explanation_due(
        answer_owed=is_answer_owed(overdue),
        promise_runs=overdue.promise_runs,
        explanation_owed=case.explanation_owed,
    )
    if decision.allowed:
        case.explanation_owed = True
        due = explanation_due(work.calendar, overdue_on=work.today)
        schedule(work, case, DeadlineKind.EXPLANATION, due)


def end_duty_on_result(work: Work, case: Case) -> None:
    """Let a result keep a running promise and end the duty, but for a late opinion still owed."""
    keep_promise(work, case)
    if not is_marked_overdue(work, case, OverdueClock.STATUTORY):
        drop_explanation(work, case)


def drop_explanation(work: Work, case: Case, *, done_on: date | None = None) -> None:
    """End the duty to explain: what was owed has come, today if not otherwise told.

    Where its last day was over by then the sweep that is about to come still tells so.
    """
    case.explanation_owed = False
    let_off(work, case, DeadlineKind.EXPLANATION, done_on=done_on or work.today)


def keep_promise(work: Work, case: Case) -> None:
    """Settle a running promise by what has come today; lateness itself is not cured."""
    promise = running_promise(work, case)
    if promise is None:
        return
    standing = standing_of_promise(promised_on=promise.promised_on, done_on=work.today)
    if standing is not PromiseStanding.KEPT:
        # Its day is over and the sweep is about to tell so; a late result must not hide it.
        return
    promise.standing = standing.value
    promise.settled_on = work.today
    meet(work, case, DeadlineKind.PROMISE)
    enter(work, case, step="promise_settled", times=promise.times, standing=standing.value)
    work.count(metrics.PROMISES, standing=standing.value)
