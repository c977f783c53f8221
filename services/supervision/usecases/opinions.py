"""Delivering the written handling opinion to the petitioner (L22-32, L22-35, D-20, T20)."""

from __future__ import annotations

from datetime import date

from services.supervision import metrics
from services.supervision.documents import OpinionPaper, Printing, opinion_text
from services.supervision.models import Case, Opinion
from services.supervision.rules.archive import FileItem
from services.supervision.rules.opinions import (
    AnswerableCase,
    may_opinion_be_delivered,
    review_due,
)
from services.supervision.usecases.cases import (
    case_owes_result,
    move,
    require_case,
    require_office_or_unit,
    stage_of,
    summary_of,
)
from services.supervision.usecases.clocks import DeadlineKind, meet
from services.supervision.usecases.duties import drop_explanation, keep_promise
from services.supervision.usecases.file import issue_document
from services.supervision.usecases.refusing import require, wrong_stage
from shared.calendar import DueDate
from shared.contracts.common import DateInFuture, DateInPast
from shared.contracts.fields import Document
from shared.contracts.supervision import (
    CaseState,
    CaseSummary,
    DeliverOpinion,
    OpinionDeliveredV1,
    ResultNotReported,
)
from shared.messaging import Work


def deliver_opinion(work: Work, request: DeliverOpinion, printing: Printing | None) -> CaseSummary:
    """Deliver the opinion: the statutory clock stops, and the 30 days to ask for review begin.

    Raises:
        CaseNotFound, NotYourCase, WrongStage, ResultNotReported, DateInFuture, DateInPast
    """
    case = require_case(work, request.petition_no)
    require_office_or_unit(work, case)
    delivered_on = request.delivered_on or work.today
    _require_deliverable(work, case, delivered_on)
    review = review_due(work.calendar, delivered_on=delivered_on)
    document = _issue_opinion(work, case, request, delivered_on, review)
    case.opinion_delivered_on = delivered_on
    case.review_until = review.due_on
    meet(work, case, DeadlineKind.STATUTORY, done_on=delivered_on)
    keep_promise(work, case)
    drop_explanation(work, case, done_on=delivered_on)
    move(work, case, CaseState.OPINION_DELIVERED, document=document)
    work.record(
        OpinionDeliveredV1(
            petition_no=case.petition_no,
            outcome=request.outcome,
            delivered_on=delivered_on,
            review_until=review.due_on,
            document=document,
        )
    )
    work.count(metrics.OPINIONS_DELIVERED, outcome=request.outcome.value)
    paper = OpinionPaper(
        opinion_no=document.no,
        petition_no=case.petition_no,
        unit=case.unit,
        outcome=request.outcome,
        claim=request.claim,
        facts=request.facts,
        opinion=request.opinion,
        legal_basis=request.legal_basis,
        review=review,
    )
    text = opinion_text(paper, printing=printing) if printing else None
    return summary_of(case, document=document, text=text)


def _require_deliverable(work: Work, case: Case, delivered_on: date) -> None:
    number = case.petition_no
    require(
        may_opinion_be_delivered(
            AnswerableCase(
                stage=stage_of(case),
                owes_result=case_owes_result(case),
                accepted_on=case.accepted_on,
                reported_on=case.result_reported_on,
            ),
            delivered_on=delivered_on,
            on=work.today,
        ),
        accepted_and_not_answered=wrong_stage(case),
        result_reported=ResultNotReported(
            f"the result of {number} is not reported; the unit reports it first (report_result)"
        ),
        not_in_the_future=DateInFuture(
            f"{delivered_on} lies ahead; give the day on which the petitioner got the opinion"
        ),
        not_before_its_ground=DateInPast(
            f"{delivered_on} lies before the result or the acceptance of {number}"
        ),
    )


def _issue_opinion(
    work: Work, case: Case, request: DeliverOpinion, delivered_on: date, review: DueDate
) -> Document:
    content = {
        "kind": "handling_opinion",
        "unit": case.unit,
        "outcome": request.outcome.value,
        "claim": request.claim,
        "facts": request.facts,
        "opinion": request.opinion,
        "legal_basis": request.legal_basis,
        "delivered_on": delivered_on,
        "review_until": review.due_on,
    }
    document = issue_document(work, case.petition_no, FileItem.HANDLING_OPINION, "HO", content)
    work.append(
        Opinion(
            opinion_no=document.no,
            petition_no=case.petition_no,
            case_no=case.case_no,
            outcome=request.outcome,
            delivered_on=delivered_on,
            review_due=review.dump(),
        )
    )
    return document
