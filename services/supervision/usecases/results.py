"""The unit's report of the result: to the six leaders, with evidence (C-15, C-16, D-19, T19)."""

from __future__ import annotations

from services.supervision import metrics
from services.supervision.models import Case
from services.supervision.rules.archive import FileItem
from services.supervision.rules.clocks import is_on_time
from services.supervision.rules.results import Report, ReportedCase, may_result_be_reported
from services.supervision.rules.terms import Post
from services.supervision.usecases.cases import (
    move,
    require_case,
    require_responsible_unit,
    route_of,
    stage_of,
    summary_of,
)
from services.supervision.usecases.clocks import DeadlineKind, meet
from services.supervision.usecases.duties import end_duty_on_result
from services.supervision.usecases.file import issue_document
from services.supervision.usecases.refusing import require, wrong_stage
from shared.contracts.fields import Document
from shared.contracts.supervision import (
    CaseState,
    CaseSummary,
    ReportIncomplete,
    ReportResult,
    ResultReported,
    ResultReportedV1,
    StandardNotMet,
)
from shared.messaging import Work


def report_result(work: Work, request: ReportResult) -> CaseSummary:
    """Report the result, by the responsible unit: the internal clock stops, the statutory runs on.

    Raises:
        CaseNotFound, NotYourCase, ResultReported, WrongStage, ReportIncomplete, StandardNotMet
    """
    case = require_case(work, request.petition_no)
    require_responsible_unit(work, case)
    _require_full_report(case, request)
    document = _issue_report(work, case, request)
    due_on = case.due_on or case.statutory_due_on
    on_time = is_on_time(on=work.today, due_on=due_on)
    case.result_reported_on = work.today
    meet(work, case, DeadlineKind.SLIP, DeadlineKind.ASSIGNMENT)
    end_duty_on_result(work, case)
    move(work, case, CaseState.RESULT_REPORTED, document=document)
    work.record(
        ResultReportedV1(
            petition_no=case.petition_no,
            unit=case.unit,
            reported_on=work.today,
            on_time=on_time,
            document=document,
        )
    )
    work.count(metrics.RESULTS_REPORTED, on_time="yes" if on_time else "no")
    return summary_of(case, document=document)


def _require_full_report(case: Case, request: ReportResult) -> None:
    number = case.petition_no
    not_met = StandardNotMet(
        f"{number} has {len(case.standards)} completion standards; show evidence for each of them"
        f" and for no other in standards_met, by its position from 1"
    )
    require(
        may_result_be_reported(
            ReportedCase(
                route=route_of(case),
                stage=stage_of(case),
                already_reported=case.result_reported_on is not None,
                standards=len(case.standards),
            ),
            Report(
                reported_to=frozenset(Post(post.value) for post in request.reported_to),
                evidenced=frozenset(met.standard for met in request.standards_met),
            ),
        ),
        not_reported_yet=ResultReported(
            f"the result of {number} was reported on {case.result_reported_on}"
        ),
        in_handling=wrong_stage(case),
        six_leaders_told=ReportIncomplete(
            f"the result of {number} must be reported to all six leaders of its slips; "
            f"name the six posts in reported_to"
        ),
        every_standard_evidenced=not_met,
        no_other_standard=not_met,
    )


def _issue_report(work: Work, case: Case, request: ReportResult) -> Document:
    content = {
        "kind": "result_report",
        "unit": case.unit,
        "reported_to": [post.value for post in request.reported_to],
        "standards_met": [met.dump() for met in request.standards_met],
        "result": request.result,
        "reported_on": work.today,
    }
    return issue_document(work, case.petition_no, FileItem.RESULT, "RE", content)
