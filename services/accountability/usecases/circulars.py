"""Circulars: a person decides, the unit and person named answer, the committee issues."""

from __future__ import annotations

from typing import NoReturn

from sqlalchemy import select

from services.accountability import documents, metrics
from services.accountability.models import Circular, CircularAnswer, CircularEntry, Ground
from services.accountability.rules.circulars import (
    Step,
    may_circular_be_answered,
    may_circular_be_decided,
    may_circular_be_issued,
)
from services.accountability.usecases.directory import own_or_asked, require_leader
from shared.calendar import StartEvent
from shared.calendar.statutory import CIRCULAR_ANSWER_PERIOD
from shared.contracts.accountability import (
    AnswerCircular,
    AnswerGiven,
    AnswerPending,
    AnswerTooLate,
    CircularAnsweredV1,
    CircularAnswerView,
    CircularApprovedV1,
    CircularDecided,
    CircularIssued,
    CircularIssuedV1,
    CircularList,
    CircularNotApproved,
    CircularNotFound,
    CircularRejectedV1,
    CircularState,
    CircularView,
    DecideCircular,
    GetCircular,
    GroundKind,
    IssueCircular,
    IssuingBody,
    ListCirculars,
)
from shared.contracts.base import Refusal
from shared.contracts.common import NotYourCase
from shared.contracts.fields import Document
from shared.decisions import Decision
from shared.messaging import Work
from shared.policy import Role

_REFUSED_FOR: dict[str, type[Refusal]] = {
    "proposal_is_open": CircularDecided,
    "circular_approved": CircularNotApproved,
    "not_answered_yet": AnswerGiven,
    "answered_or_answer_days_over": AnswerPending,
}


def decide_circular(work: Work, request: DecideCircular) -> CircularView:
    """Approve or reject a proposed circular, by a person and with a reason.

    Approving tells the unit and the person named, who have 5 working days to answer (D-27).

    Raises:
        CircularNotFound, CircularDecided, LeaderUnknown
    """
    circular = _circular(work, request.circular_no)
    _insist(may_circular_be_decided(step=Step(circular.state)), circular)
    require_leader(work, request.person)
    circular.decided_by = work.actor.id
    circular.decided_on = work.today
    circular.reason_sealed = work.vault.seal(
        request.reason, context=f"circulars|{circular.circular_no}|reason"
    )
    if not request.approved:
        _step(work, circular, Step.REJECTED)
        work.record(
            CircularRejectedV1(
                circular_no=circular.circular_no,
                petition_no=circular.petition_no,
                unit=circular.unit,
                leader=circular.leader,
            ),
            petition_no=circular.petition_no,
        )
        return _view(work, circular)
    circular.issuing_body = request.issuing_body.value
    circular.leader = request.person or circular.leader
    answer_due = work.calendar.statutory_due(
        CIRCULAR_ANSWER_PERIOD, start_on=work.today, start_event=StartEvent.TOLD
    )
    circular.answer_by = answer_due.due_on
    notice = work.document(
        circular.petition_no,
        "CN",
        documents.notice_facts(
            circular_no=circular.circular_no,
            unit=circular.unit,
            leader=circular.leader,
            answer_by=answer_due.due_on,
        ),
    )
    _step(work, circular, Step.APPROVED, document=notice)
    work.record(
        CircularApprovedV1(
            circular_no=circular.circular_no,
            petition_no=circular.petition_no,
            unit=circular.unit,
            leader=circular.leader,
            answer_by=answer_due.due_on,
            document=notice,
        ),
        petition_no=circular.petition_no,
    )
    return _view(work, circular)


def answer_circular(work: Work, request: AnswerCircular) -> CircularView:
    """Hear the unit or the person named before a circular is issued (D-27, P-11).

    Raises:
        CircularNotFound, NotYourCase, CircularNotApproved, AnswerGiven, AnswerTooLate
    """
    circular = _circular(work, request.circular_no)
    _insist_named(work, circular)
    answered = {row.party for row in _answers(work, circular)}
    party = work.actor.code
    _insist(
        may_circular_be_answered(step=Step(circular.state), answered_before=party in answered),
        circular,
        circular_not_issued=AnswerTooLate,
    )
    work.session.add(
        CircularAnswer(
            circular_no=circular.circular_no,
            party=party,
            answered_by=work.actor.id,
            answered_on=work.today,
            answer_sealed=work.vault.seal(
                request.answer, context=_answer_place(circular.circular_no, party)
            ),
        )
    )
    named = {circular.unit, circular.leader} - {None}
    step = Step.ANSWERED if named <= answered | {party} else Step.APPROVED
    answer = work.document(
        circular.petition_no,
        "CW",
        {
            "circular_no": circular.circular_no,
            "answered_by": work.actor.id,
            "on": work.today.isoformat(),
        },
    )
    _step(work, circular, step, entry=Step.ANSWERED, document=answer)
    work.record(
        CircularAnsweredV1(
            circular_no=circular.circular_no, petition_no=circular.petition_no, document=answer
        ),
        petition_no=circular.petition_no,
    )
    return _view(work, circular)


def issue_circular(work: Work, request: IssueCircular, names: documents.Names) -> CircularView:
    """Issue an approved circular, naming its issuing body, the unit and the person (C-25, D-25).

    Raises:
        CircularNotFound, CircularNotApproved, AnswerPending, CircularIssued
    """
    circular = _circular(work, request.circular_no)
    _insist(
        may_circular_be_issued(
            step=Step(circular.state), answer_by=circular.answer_by, on=work.today
        ),
        circular,
        circular_not_issued=CircularIssued,
    )
    grounds = work.session.scalars(
        select(Ground).where(Ground.circular_no == circular.circular_no).order_by(Ground.ground_no)
    ).all()
    facts = documents.circular_facts(
        circular_no=circular.circular_no,
        issuing_body=IssuingBody(circular.issuing_body or IssuingBody.COUNTY_COMMITTEE.value),
        unit=circular.unit,
        leader=circular.leader,
        grounds=[
            (ground.ground_no, GroundKind(ground.kind), ground.occurred_on) for ground in grounds
        ],
        issued_on=work.today,
    )
    document = work.document(circular.petition_no, "CD", facts)
    circular.issued_by = work.actor.id
    circular.issued_on = work.today
    circular.document_no, circular.document_sha256 = document.no, document.sha256
    circular.text_sealed = work.vault.seal(
        documents.circular_text(facts, names=names),
        context=f"circulars|{circular.circular_no}|text",
    )
    _step(work, circular, Step.ISSUED, document=document)
    work.record(
        CircularIssuedV1(
            circular_no=circular.circular_no,
            petition_no=circular.petition_no,
            unit=circular.unit,
            leader=circular.leader,
            issuing_body=IssuingBody(facts["issuing_body"]),
            document=document,
        ),
        petition_no=circular.petition_no,
    )
    return _view(work, circular)


def get_circular(work: Work, request: GetCircular) -> CircularView:
    """Show one circular; a unit sees its own and no other.

    Raises:
        CircularNotFound, NotYourCase
    """
    circular = _circular(work, request.circular_no)
    if work.actor.has(Role.UNIT):
        _insist_named(work, circular)
    return _view(work, circular)


def list_circulars(work: Work, request: ListCirculars) -> CircularList:
    """List circulars in the order they were proposed; a unit sees its own and no other.

    Raises:
        NotYourCase: a unit asks for another's.
    """
    unit = own_or_asked(work, request.unit)
    wanted = (
        select(Circular).order_by(Circular.proposed_on, Circular.circular_no).limit(request.limit)
    )
    if unit is not None:
        wanted = wanted.where(Circular.unit == unit)
    if request.petition_no is not None:
        wanted = wanted.where(Circular.petition_no == request.petition_no)
    if request.state is not None:
        wanted = wanted.where(Circular.state == request.state.value)
    return CircularList(circulars=tuple(_view(work, row) for row in work.session.scalars(wanted)))


def _circular(work: Work, circular_no: str) -> Circular:
    circular = work.session.get(Circular, circular_no, with_for_update=True)
    if circular is None:
        msg = f"no circular has the number {circular_no}; list_circulars names those there are"
        raise CircularNotFound(msg)
    return circular


def _insist(decision: Decision, circular: Circular, **refused_for: type[Refusal]) -> None:
    refusal = decision.first_refusal()
    if refusal is not None:
        _refuse(circular, (_REFUSED_FOR | refused_for)[refusal.code])


def _refuse(circular: Circular, refusal: type[Refusal]) -> NoReturn:
    until = f" and may be answered until {circular.answer_by}" if circular.answer_by else ""
    msg = f"circular {circular.circular_no} is {circular.state}{until}"
    raise refusal(msg)


def _insist_named(work: Work, circular: Circular) -> None:
    if work.actor.code not in (circular.unit, circular.leader):
        msg = f"circular {circular.circular_no} does not name {work.actor.id}"
        raise NotYourCase(msg)


def _answers(work: Work, circular: Circular) -> list[CircularAnswer]:
    return list(
        work.session.scalars(
            select(CircularAnswer)
            .where(CircularAnswer.circular_no == circular.circular_no)
            .order_by(CircularAnswer.answered_on, CircularAnswer.party)
        )
    )


def _answer_place(circular_no: str, party: str) -> str:
    return f"circular_answers|{circular_no}|{party}"


def _step(
    work: Work,
    circular: Circular,
    step: Step,
    *,
    entry: Step | None = None,
    document: Document | None = None,
) -> None:
    """Move a circular forward and keep what was done, `entry`, as an entry of its own."""
    circular.state = step.value
    work.session.add(
        CircularEntry(
            circular_no=circular.circular_no,
            step=(entry or step).value,
            at=work.now,
            by=work.actor.id,
            document_no=document.no if document else None,
            document_sha256=document.sha256 if document else None,
        )
    )
    work.count(metrics.CIRCULARS, step=(entry or step).value)


def _view(work: Work, circular: Circular) -> CircularView:
    def opened(sealed: str | None, column: str) -> str | None:
        if sealed is None:
            return None
        return work.vault.open(sealed, context=f"circulars|{circular.circular_no}|{column}")

    grounds = work.session.scalars(
        select(Ground.ground_no)
        .where(Ground.circular_no == circular.circular_no)
        .order_by(Ground.ground_no)
    ).all()
    document = None
    if circular.document_no and circular.document_sha256:
        document = Document(no=circular.document_no, sha256=circular.document_sha256)
    return CircularView(
        circular_no=circular.circular_no,
        petition_no=circular.petition_no,
        unit=circular.unit,
        leader=circular.leader,
        state=CircularState(circular.state),
        grounds=tuple(grounds),
        to_joint_conference=circular.to_joint_conference,
        issuing_body=IssuingBody(circular.issuing_body) if circular.issuing_body else None,
        decided_by=circular.decided_by,
        decided_on=circular.decided_on,
        reason=opened(circular.reason_sealed, "reason"),
        answer_by=circular.answer_by,
        answers=tuple(
            CircularAnswerView(
                party=row.party,
                answered_on=row.answered_on,
                answer=work.vault.open(
                    row.answer_sealed, context=_answer_place(row.circular_no, row.party)
                ),
            )
            for row in _answers(work, circular)
        ),
        issued_on=circular.issued_on,
        document=document,
        text=opened(circular.text_sealed, "text"),
    )
