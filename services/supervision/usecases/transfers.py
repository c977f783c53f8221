"""Forwarded and assigned matters: the unit accepts or objects, the office decides (L22-23, T7)."""

from __future__ import annotations

from sqlalchemy import select

from services.supervision import metrics
from services.supervision.models import Case
from services.supervision.rules.archive import FileItem
from services.supervision.rules.clocks import due_not_before
from services.supervision.rules.transfers import (
    Transfer,
    acceptance_due,
    is_acceptance_overdue,
    may_transfer_be_accepted,
    may_transfer_be_objected_to,
    objection_due,
    stage_after_objection,
)
from services.supervision.usecases.cases import (
    begin_case,
    case_of_subject,
    enter,
    move,
    require_case,
    require_responsible_unit,
    stage_of,
    summary_of,
)
from services.supervision.usecases.clocks import (
    DeadlineKind,
    accept_case,
    cancel,
    meet,
    schedule,
    set_internal_clock,
)
from services.supervision.usecases.file import file_document, issue_document
from services.supervision.usecases.refusing import require
from shared.contracts.common import CaseNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import (
    AcceptanceOverdueV1,
    AcceptTransfer,
    CaseRoute,
    CaseState,
    CaseSummary,
    ObjectionTooLate,
    ObjectToTransfer,
    TransferAcceptedV1,
    TransferAnswered,
    TransferObjectedV1,
)
from shared.contracts.triage import ObjectionDecidedV1, PetitionAssignedV1, PetitionForwardedV1
from shared.deadlines import Deadline
from shared.messaging import TooEarly, Work


def on_petition_forwarded(work: Work, event: PetitionForwardedV1, _envelope: Envelope) -> None:
    """Begin the case of a forwarded petition; the unit's two clocks to answer run (L22-23)."""
    _begin_transfer(work, event)


def on_petition_assigned(work: Work, event: PetitionAssignedV1, _envelope: Envelope) -> None:
    """Begin the case of an assigned petition, with the day the office named (L22-22)."""
    _begin_transfer(work, event)


def _begin_transfer(work: Work, event: PetitionForwardedV1 | PetitionAssignedV1) -> None:
    if _case_of_transfer(work, event.transfer_no) is not None:
        return
    assigned_due_on = event.due_on if isinstance(event, PetitionAssignedV1) else None
    case = begin_case(
        work,
        petition_no=event.petition_no,
        route=CaseRoute.FORWARDED if assigned_due_on is None else CaseRoute.ASSIGNED,
        state=CaseState.TRANSFERRED,
        organ=event.organ,
        field=event.field,
        unit=event.unit,
        channel=event.channel.value,
        transfer_no=event.transfer_no,
        assigned_due_on=assigned_due_on,
    )
    file_document(work, event.petition_no, FileItem.TRANSFER, event.document)
    objection = objection_due(work.calendar, transferred_on=case.opened_on)
    schedule(work, case, DeadlineKind.OBJECTION, objection)
    _run_answering_clocks(work, case)


def accept_transfer(work: Work, request: AcceptTransfer) -> CaseSummary:
    """Accept a transfer, by its unit: the case is opened, and with it the 60 days where they run.

    Raises:
        CaseNotFound, NotYourCase, TransferAnswered
    """
    case = _require_transfer(work, request.petition_no)
    require(
        may_transfer_be_accepted(_facts(work, case)),
        transfer_waits_for_answer=_answered(case),
    )
    meet(work, case, DeadlineKind.ACCEPTANCE, DeadlineKind.OBJECTION)
    move(work, case, CaseState.IN_HANDLING)
    work.record(
        TransferAcceptedV1(
            petition_no=case.petition_no, transfer_no=case.transfer_no or "", unit=case.unit
        )
    )
    work.count(metrics.TRANSFERS_ANSWERED, answer="accepted")
    accept_case(work, case, accepted_on=work.today)
    return summary_of(case)


def object_to_transfer(work: Work, request: ObjectToTransfer) -> CaseSummary:
    """Object to a misdirected transfer, by its unit: while the office verifies, no clock runs on.

    Raises:
        CaseNotFound, NotYourCase, TransferAnswered, ObjectionTooLate
    """
    case = _require_transfer(work, request.petition_no)
    facts = _facts(work, case)
    require(
        may_transfer_be_objected_to(facts, on=work.today),
        transfer_waits_for_answer=_answered(case),
        within_objection_period=ObjectionTooLate(
            f"an objection to {case.transfer_no} could be made until {facts.objection_until}; "
            f"accept the matter, or agree on another unit with the office"
        ),
    )
    document = issue_document(
        work,
        case.petition_no,
        FileItem.OBJECTION,
        "TO",
        {
            "kind": "transfer_objection",
            "transfer_no": case.transfer_no,
            "unit": case.unit,
            "reason": request.reason,
            "objected_on": work.today,
        },
    )
    meet(work, case, DeadlineKind.OBJECTION)
    cancel(work, case, DeadlineKind.ACCEPTANCE, DeadlineKind.ASSIGNMENT)
    case.objected = True
    move(work, case, CaseState.OBJECTED, document=document)
    work.record(
        TransferObjectedV1(
            petition_no=case.petition_no,
            transfer_no=case.transfer_no or "",
            unit=case.unit,
            document=document,
        )
    )
    work.count(metrics.TRANSFERS_ANSWERED, answer="objected")
    return summary_of(case, document=document)


def on_objection_decided(work: Work, event: ObjectionDecidedV1, _envelope: Envelope) -> None:
    """End the case if the objection was agreed to, or give it back to the unit with its clocks.

    Raises:
        TooEarly: the transfer itself has not come yet.
    """
    case = _case_of_transfer(work, event.transfer_no)
    if case is None:
        predecessor = "petition_forwarded"
        raise TooEarly(predecessor)
    file_document(work, event.petition_no, FileItem.OBJECTION, event.document)
    if case.state is not CaseState.OBJECTED:
        return
    move(
        work,
        case,
        CaseState(stage_after_objection(agreed=event.agreed).value),
        document=event.document,
    )
    if not event.agreed:
        _run_answering_clocks(work, case)


def acceptance_fell_due(work: Work, deadline: Deadline) -> None:
    """Tell that a unit let the 15 days pass without an answer."""
    case = case_of_subject(work, deadline.subject)
    if case is None or deadline.due_on is None:
        return
    overdue = is_acceptance_overdue(
        stage=stage_of(case), accepted_on=case.accepted_on, due_on=deadline.due_on
    )
    if overdue.allowed:
        enter(work, case, step="acceptance_overdue")
        work.record(
            AcceptanceOverdueV1(
                petition_no=case.petition_no, unit=case.unit, due_on=deadline.due_on
            )
        )
        work.count(metrics.ACCEPTANCES_OVERDUE)


def objection_window_closed(work: Work, deadline: Deadline) -> None:
    """Note that the unit can no longer object."""
    case = case_of_subject(work, deadline.subject)
    if case is not None:
        enter(work, case, step="objection_window_closed")


def _run_answering_clocks(work: Work, case: Case) -> None:
    due = acceptance_due(work.calendar, transferred_on=case.opened_on)
    schedule(work, case, DeadlineKind.ACCEPTANCE, due_not_before(due, on=work.today))
    if case.assigned_due_on is not None:
        set_internal_clock(work, case, named_on=case.assigned_due_on)


def _case_of_transfer(work: Work, transfer_no: str) -> Case | None:
    return work.session.scalars(select(Case).where(Case.transfer_no == transfer_no)).one_or_none()


def _require_transfer(work: Work, petition_no: str) -> Case:
    case = require_case(work, petition_no)
    require_responsible_unit(work, case)
    if case.transfer_no is None:
        msg = f"{petition_no} was routed to a leader; there is no transfer of it to answer"
        raise CaseNotFound(msg)
    return case


def _facts(work: Work, case: Case) -> Transfer:
    objection = objection_due(work.calendar, transferred_on=case.opened_on)
    return Transfer(stage=stage_of(case), objected=case.objected, objection_until=objection.due_on)


def _answered(case: Case) -> TransferAnswered:
    msg = f"{case.transfer_no} was answered already; it stands at {case.state.value}"
    return TransferAnswered(msg)
