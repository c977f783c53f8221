"""A unit's answer to a transfer: accepted, or objected and decided by the office (T7, L22-23)."""

from __future__ import annotations

from sqlalchemy import select

from services.triage import documents, metrics
from services.triage.models import SortingEntry, TransferAnswer, TriagedPetition
from services.triage.rules.clock import when_sorting_is_due_again
from services.triage.rules.objections import may_objection_be_decided
from services.triage.usecases import papers
from services.triage.usecases.arriving import SORTING_DUE, petition_awaited, petition_in_triage
from services.triage.usecases.directory import directory_in_force
from services.triage.usecases.refusing import insist
from shared.contracts.supervision import TransferAcceptedV1, TransferObjectedV1
from shared.contracts.triage import (
    DecideObjection,
    ObjectionDecidedV1,
    ObjectionDecision,
    SortingState,
)
from shared.messaging import Envelope, Work


def on_transfer_objected(work: Work, event: TransferObjectedV1, envelope: Envelope) -> None:
    """Note an objection that waits for the office, unless this transfer was answered already.

    Raises:
        TooEarly: the petition is not known here yet.
    """
    petition_awaited(work, event.petition_no)
    if work.session.get(TransferAnswer, event.transfer_no) is not None:
        return
    work.append(
        TransferAnswer(
            transfer_no=event.transfer_no,
            petition_no=event.petition_no,
            unit=event.unit,
            objected_at=envelope.occurred_at,
        )
    )


def on_transfer_accepted(work: Work, event: TransferAcceptedV1, envelope: Envelope) -> None:
    """Note an acceptance; an objection that still waited for a decision is given up by it.

    Raises:
        TooEarly: the petition is not known here yet.
    """
    petition_awaited(work, event.petition_no)
    answer = work.session.get(TransferAnswer, event.transfer_no)
    if answer is None:
        answer = TransferAnswer(
            transfer_no=event.transfer_no, petition_no=event.petition_no, unit=event.unit
        )
        work.session.add(answer)
    if answer.accepted_at is None and not answer.agreed:
        answer.accepted_at = envelope.occurred_at


def decide_objection(work: Work, request: DecideObjection) -> ObjectionDecision:
    """Agree to an objection, which brings the petition back to sorting, or reject it.

    Raises:
        PetitionNotFound, NoObjectionPending
    """
    petition = petition_in_triage(work, request.petition_no)
    entry = _last_entry(work, petition)
    objection = _pending_objection(work, entry)
    insist(may_objection_be_decided(pending=objection is not None), request.petition_no)
    if objection is None or entry is None:
        raise AssertionError  # The rule has just said that one waits.
    directory = directory_in_force(work)
    unit = directory.name_of_unit(objection.unit)
    decision, _text = papers.issue(
        work,
        petition_no=petition.petition_no,
        kind=papers.OBJECTION_DECISION,
        directory=directory,
        write=lambda head: documents.objection_decision(
            head,
            unit=documents.Body(name=unit),
            transfer_no=objection.transfer_no,
            agreed=request.agreed,
            reason=request.reason,
        ),
    )
    objection.agreed = request.agreed
    objection.decided_by = work.actor.id
    objection.decided_at = work.now
    objection.decision_no = decision.no
    objection.reason_sealed = work.vault.seal(
        request.reason, context=f"transfer_answers|{objection.transfer_no}|reason"
    )
    if request.agreed:
        _back_to_sorting(work, petition, entry)
    work.record(
        ObjectionDecidedV1(
            petition_no=petition.petition_no,
            transfer_no=objection.transfer_no,
            agreed=request.agreed,
            document=decision,
        )
    )
    work.count(metrics.OBJECTIONS, decision="agreed" if request.agreed else "rejected")
    return ObjectionDecision(
        petition_no=petition.petition_no,
        agreed=request.agreed,
        state=petition.state,
        sorting_due_on=petition.due_on if request.agreed else None,
    )


def units_that_objected(work: Work, petition_no: str) -> frozenset[str]:
    """Give every unit whose objection to a transfer of this petition was agreed to, at any time."""
    agreed = select(TransferAnswer.unit).where(
        TransferAnswer.petition_no == petition_no, TransferAnswer.agreed.is_(True)
    )
    return frozenset(work.session.scalars(agreed))


def _back_to_sorting(work: Work, petition: TriagedPetition, entry: SortingEntry) -> None:
    """Let the rest of the sorting clock run from today; what was late stays late (I-7)."""
    clock = work.deadlines.find(kind=SORTING_DUE, subject=petition.petition_no)
    before = clock.due if clock else None
    if before is None:
        msg = f"{petition.petition_no} was sorted without a clock"
        raise LookupError(msg)
    due = when_sorting_is_due_again(
        before=before,
        sorted_on=entry.sorted_on,
        agreed_on=work.today,
        calendar=work.calendar,
    )
    work.deadlines.schedule(
        kind=SORTING_DUE,
        subject=petition.petition_no,
        petition_no=petition.petition_no,
        due=due,
    )
    petition.state = SortingState.UNSORTED
    petition.due_on = due.due_on


def _last_entry(work: Work, petition: TriagedPetition) -> SortingEntry | None:
    return work.session.get(SortingEntry, (petition.petition_no, petition.sortings))


def _pending_objection(work: Work, entry: SortingEntry | None) -> TransferAnswer | None:
    if entry is None or entry.transfer_no is None:
        return None
    return work.session.scalars(
        select(TransferAnswer).where(
            TransferAnswer.transfer_no == entry.transfer_no,
            TransferAnswer.objected_at.is_not(None),
            TransferAnswer.accepted_at.is_(None),
            TransferAnswer.agreed.is_(None),
        )
    ).first()
