"""Closing a case, and archiving its file under a seal (C-16, C-18, P-6, T21, T22)."""

from __future__ import annotations

from services.supervision import metrics
from services.supervision.models import Case, SealedFile
from services.supervision.rules.archive import (
    FiledDocument,
    FileItem,
    may_case_be_archived,
    missing_items,
    required_items,
    seal_of,
)
from services.supervision.rules.closing import ClosableCase, may_case_be_closed
from services.supervision.usecases.cases import (
    case_owes_opinion,
    case_owes_result,
    move,
    require_case,
    route_of,
    stage_of,
    summary_of,
)
from services.supervision.usecases.clocks import DeadlineKind, cancel
from services.supervision.usecases.file import documents_of, issue_document, items_held
from services.supervision.usecases.refusing import require, wrong_stage
from services.supervision.usecases.slips import slip_set_of, slips_outstanding
from shared.contracts.fields import Document
from shared.contracts.supervision import (
    ArchiveCase,
    ArchiveView,
    CaseArchivedV1,
    CaseClosedV1,
    CaseNotClosed,
    CaseState,
    CaseSummary,
    CloseCase,
    EvaluationNotInvited,
    FileIncomplete,
    OpinionNotDelivered,
    ResultNotReported,
    SlipSetState,
    SlipsOutstanding,
)
from shared.messaging import Work


def close_case(work: Work, request: CloseCase) -> CaseSummary:
    """Close a case whose result the office has verified.

    Raises:
        CaseNotFound, WrongStage, ResultNotReported, SlipsOutstanding, OpinionNotDelivered,
        EvaluationNotInvited
    """
    case = require_case(work, request.petition_no)
    _require_closable(work, case, evaluation_invited=request.evaluation_invited)
    document = issue_document(
        work,
        case.petition_no,
        FileItem.CLOSING_NOTE,
        "CL",
        {
            "kind": "closing_note",
            "verification": request.verification,
            "evaluation_invited": request.evaluation_invited,
            "closed_by": work.actor.id,
            "closed_on": work.today,
        },
    )
    cancel(work, case, *DeadlineKind)
    case.closed_on = work.today
    move(work, case, CaseState.CLOSED, document=document)
    work.record(CaseClosedV1(petition_no=case.petition_no, document=document))
    work.count(metrics.CASES_CLOSED, route=case.route.value)
    return summary_of(case, document=document)


def _require_closable(work: Work, case: Case, *, evaluation_invited: bool) -> None:
    number = case.petition_no
    left = slips_outstanding(work, case)
    require(
        may_case_be_closed(
            ClosableCase(
                stage=stage_of(case),
                owes_result=case_owes_result(case),
                result_reported=case.result_reported_on is not None,
                slips_outstanding=left,
                owes_opinion=case_owes_opinion(case),
                opinion_delivered=case.opinion_delivered_on is not None,
            ),
            evaluation_invited=evaluation_invited,
        ),
        accepted_and_open=wrong_stage(case),
        result_reported=ResultNotReported(
            f"the result of {number} is not reported; the unit reports it first (report_result)"
        ),
        slips_back=_slips_out(case, left),
        opinion_delivered=OpinionNotDelivered(
            f"the petitioner of {number} has no handling opinion; deliver it (deliver_opinion)"
        ),
        evaluation_invited=EvaluationNotInvited(
            f"invite the petitioner of {number} to evaluate, then close the case"
        ),
    )


def archive_case(work: Work, request: ArchiveCase) -> ArchiveView:
    """Archive a closed case: list and seal its file, and strike it off; again changes nothing.

    Raises:
        CaseNotFound, SlipsOutstanding, CaseNotClosed, FileIncomplete
    """
    case = require_case(work, request.petition_no)
    sealed = work.session.get(SealedFile, (case.petition_no, case.case_no))
    if sealed is not None:
        return _view(sealed)
    _require_archivable(work, case)
    documents = documents_of(work, case.petition_no)
    sealed = SealedFile(
        petition_no=case.petition_no,
        case_no=case.case_no,
        seal=seal_of(
            petition_no=case.petition_no,
            documents=(FiledDocument(no=one.no, sha256=one.sha256) for one in documents),
        ),
        documents=[one.dump() for one in documents],
        archived_on=work.today,
        archived_by=work.actor.id,
    )
    work.append(sealed)
    case.archived_on = work.today
    slip_set = slip_set_of(work, case)
    if slip_set is not None:
        slip_set.state = SlipSetState.FILED
    move(work, case, CaseState.ARCHIVED)
    work.record(
        CaseArchivedV1(petition_no=case.petition_no, documents=len(documents), seal=sealed.seal)
    )
    work.count(metrics.CASES_ARCHIVED)
    return _view(sealed)


def seal_of_case(work: Work, case: Case) -> str | None:
    """Give the seal of an archived case."""
    sealed = work.session.get(SealedFile, (case.petition_no, case.case_no))
    return sealed.seal if sealed else None


def _require_archivable(work: Work, case: Case) -> None:
    left = slips_outstanding(work, case)
    lacking = missing_items(
        required_items(
            route=route_of(case),
            answered_on_spot=case.answered_on_spot,
            owes_opinion=case_owes_opinion(case),
        ),
        held=items_held(work, case.petition_no),
    )
    require(
        may_case_be_archived(stage=stage_of(case), slips_outstanding=left, items_missing=lacking),
        slips_back=_slips_out(case, left),
        case_closed=CaseNotClosed(
            f"{case.petition_no} stands at {case.state.value}; close it first (close_case)"
        ),
        file_complete=FileIncomplete(
            f"the file of {case.petition_no} lacks: {', '.join(lacking)}; "
            f"it is archived when they are in"
        ),
    )


def _slips_out(case: Case, left: int) -> SlipsOutstanding:
    return SlipsOutstanding(
        f"{left} slips of {case.petition_no} are not back; receive them first (return_slip)"
    )


def _view(sealed: SealedFile) -> ArchiveView:
    return ArchiveView(
        petition_no=sealed.petition_no,
        documents=tuple(Document.load(one) for one in sealed.documents),
        seal=sealed.seal,
        archived_on=sealed.archived_on,
    )
