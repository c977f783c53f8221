"""Explaining an overdue case and promising a day, and what becomes of the promise (C-17, T18)."""

from __future__ import annotations

from services.supervision import metrics
from services.supervision.documents import Printing, promise_text
from services.supervision.models import Promise
from services.supervision.rules.archive import FileItem
from services.supervision.rules.promises import (
    PromiseStanding,
    may_promise_be_recorded,
    standing_of_promise,
)
from services.supervision.usecases.cases import (
    case_of_subject,
    enter,
    require_case,
    require_office_or_unit,
    summary_of,
)
from services.supervision.usecases.clocks import DeadlineKind, meet, schedule
from services.supervision.usecases.duties import (
    overdue_case,
    owe_explanation,
    promises_of,
    running_promise,
)
from services.supervision.usecases.file import issue_document
from services.supervision.usecases.refusing import require
from shared.calendar import fixed_due
from shared.contracts.supervision import (
    CaseSummary,
    NotOverdue,
    PromiseBrokenV1,
    PromiseMadeV1,
    PromiseNotAhead,
    PromiseStillRuns,
    RecordPromise,
    ResultReported,
)
from shared.deadlines import Deadline
from shared.messaging import Work


def record_promise(work: Work, request: RecordPromise, printing: Printing | None) -> CaseSummary:
    """Explain an overdue case to the petitioner and promise the day by which it is done.

    Raises:
        CaseNotFound, NotYourCase, NotOverdue, ResultReported, PromiseStillRuns, PromiseNotAhead
    """
    case = require_case(work, request.petition_no)
    require_office_or_unit(work, case)
    not_ahead = PromiseNotAhead(
        f"{request.promised_on} is no day from tomorrow to 30 days ahead; promise one that is"
    )
    require(
        may_promise_be_recorded(
            overdue_case(work, case),
            promised_on=request.promised_on,
            on=work.today,
        ),
        case_overdue=NotOverdue(
            f"{case.petition_no} is not overdue; nothing is to be explained and promised"
        ),
        still_owed=ResultReported(
            f"the result of {case.petition_no} is there; nothing is left to promise"
        ),
        no_promise_runs=PromiseStillRuns(
            f"a promise to the petitioner of {case.petition_no} is running; keep it first"
        ),
        promised_day_ahead=not_ahead,
        at_most_thirty_days_ahead=not_ahead,
    )
    times = len(promises_of(work, case)) + 1
    document = issue_document(
        work,
        case.petition_no,
        FileItem.PROMISE,
        "PM",
        {
            "kind": "promise",
            "unit": case.unit,
            "times": times,
            "explanation": request.explanation,
            "promised_on": request.promised_on,
            "made_on": work.today,
        },
    )
    work.append(
        Promise(
            promise_no=document.no,
            petition_no=case.petition_no,
            case_no=case.case_no,
            times=times,
            made_on=work.today,
            promised_on=request.promised_on,
            standing=PromiseStanding.RUNNING.value,
        )
    )
    case.explanation_owed = False
    meet(work, case, DeadlineKind.EXPLANATION)
    due = fixed_due(on=request.promised_on, article="C-17")
    schedule(work, case, DeadlineKind.PROMISE, due)
    enter(work, case, step="promise_made", document=document, times=times)
    work.record(
        PromiseMadeV1(
            petition_no=case.petition_no, promised_on=request.promised_on, document=document
        )
    )
    work.count(metrics.PROMISES, standing="made")
    return summary_of(
        case,
        document=document,
        text=promise_text(
            document_no=document.no,
            unit=case.unit,
            explanation=request.explanation,
            promised_on=request.promised_on,
            printing=printing,
            issued_on=work.today,
        )
        if printing
        else None,
    )


def promise_fell_due(work: Work, deadline: Deadline) -> None:
    """Break a promise whose day has passed without a result; a new explanation is owed (D-23)."""
    case = case_of_subject(work, deadline.subject)
    promise = running_promise(work, case) if case is not None else None
    if case is None or promise is None:
        return
    promise.standing = standing_of_promise(promised_on=promise.promised_on, done_on=None).value
    promise.settled_on = work.today
    work.session.flush()
    enter(work, case, step="promise_broken", times=promise.times)
    work.record(
        PromiseBrokenV1(
            petition_no=case.petition_no,
            unit=case.unit,
            promised_on=promise.promised_on,
            times=sum(one.standing == PromiseStanding.BROKEN for one in promises_of(work, case)),
        )
    )
    work.count(metrics.PROMISES, standing=promise.standing)
    owe_explanation(work, case)
