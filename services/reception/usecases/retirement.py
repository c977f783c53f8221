"""What a node does when it is retired: it hands over every petition that has not met its leader.

All of it is one transaction, so that a node killed in between has handed over all or nothing; and
what reaches a retired node later, from its queue, is handed over in the moment it is taken in.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from services.reception import metrics
from services.reception.documents import HandOverPaper, hand_over_text
from services.reception.models import (
    CardSet,
    HandOver,
    Preparation,
    Reception,
    ReceptionSession,
    Routing,
)
from services.reception.node import Node
from services.reception.rules.retirement import is_petitioner_to_be_told, is_to_be_handed_over
from services.reception.rules.terms import Step
from services.reception.usecases.asking import CaseFacts
from services.reception.usecases.card_sets import unit_had_its_card_on, void
from services.reception.usecases.preparations import (
    appointment_noted,
    move,
    routing_of,
    set_in_force,
)
from services.reception.usecases.retired_nodes import count_rows, keep_retirement, own_retirement
from services.reception.usecases.sittings import is_published
from shared.calendar import local_date
from shared.contracts.envelope import Envelope
from shared.contracts.fields import Document, NumbersUsed
from shared.contracts.reception import (
    GetHandOver,
    GetOpenWork,
    HandOverView,
    NothingHandedOver,
    OpenWork,
    PreparationState,
    SessionsWithdrawnV1,
    WorkHandedOverV1,
)
from shared.contracts.triage import NodeRetiredV1
from shared.messaging import Work

_NOTICE: Final = "HN"

_OPEN: Final = tuple(PreparationState(step.value) for step in Step if is_to_be_handed_over(step))


def on_node_retired(work: Work, event: NodeRetiredV1, envelope: Envelope) -> None:
    """Keep that a node was retired; where it is this one, hand its open work over."""
    del envelope
    keep_retirement(work, event)
    if event.node != work.source.node or own_retirement(work) is None:
        return  # Another one, or this one has opened again since.
    _withdraw_sessions(work)
    for preparation in _open_preparations(work):
        hand_over(work, preparation)


def hand_over_if_retired(work: Work, preparation: Preparation) -> bool:
    """Hand over a petition that reached this node after it was retired; tell whether it was."""
    retired = own_retirement(work) is not None
    if retired:
        hand_over(work, preparation)
    return retired


def hand_over(work: Work, preparation: Preparation) -> None:
    """Hand one petition over: its cards are void, its hour is free, its petitioner is told."""
    routing = routing_of(work, preparation)
    left = _as_it_stands(work, preparation, routing)
    document = _notice(work, left)
    if document is not None:
        left.document_no, left.sha256 = document.no, document.sha256
    work.session.add(left)
    void(work, preparation)
    move(work, preparation, PreparationState.HANDED_OVER, session=None)
    work.record(
        WorkHandedOverV1(
            petition_no=preparation.petition_no,
            node=work.source.node,
            routing_version=routing.case_version,
            stood_at=left.stood_at,
            accepted_on=min(unit_had_its_card_on(work, routing), default=None),
            numbers=tuple(
                NumbersUsed(kind=kind, last=last)
                for kind, last in work.numbers_of(preparation.petition_no).items()
            ),
            document=document,
        )
    )
    work.count(metrics.HANDED_OVER, stood_at=left.stood_at.value)


def get_hand_over(
    work: Work, request: GetHandOver, facts: CaseFacts, *, node: Node
) -> HandOverView:
    """Show how a petition left this node, with the notice to its petitioner.

    Raises:
        NothingHandedOver: as its docstring says.
    """
    row = work.session.scalars(
        select(HandOver)
        .where(HandOver.petition_no == request.petition_no)
        .order_by(HandOver.hand_over_no.desc())
        .limit(1)
    ).first()
    if row is None:
        msg = f"{request.petition_no} was not handed over by {work.source.node}"
        raise NothingHandedOver(msg)
    return HandOverView(
        petition_no=row.petition_no,
        handed_over_on=local_date(row.handed_over_at),
        stood_at=row.stood_at,
        set_no=row.set_no,
        appointment_no=row.appointment_no,
        document=_document(row),
        text=_text(row, facts, node),
    )


def get_open_work(work: Work, _request: GetOpenWork) -> OpenWork:
    """Count what is open here, what was handed over, and what met its leader."""
    return OpenWork(
        node=work.source.node,
        retired_at=own_retirement(work),
        open=count_rows(work, Preparation, Preparation.state.in_(_OPEN)),
        handed_over=count_rows(work, HandOver),
        received=count_rows(work, Reception),
    )


# --- How it is done -------------------------------------------------------------------------------


def _open_preparations(work: Work) -> list[Preparation]:
    return list(
        work.session.scalars(
            select(Preparation)
            .where(Preparation.state.in_(_OPEN))
            .order_by(Preparation.petition_no)
        )
    )


def _withdraw_sessions(work: Work) -> None:
    """Withdraw every session that lies ahead; those on the notice board are told of."""
    ahead = work.session.scalars(
        select(ReceptionSession)
        .where(
            ReceptionSession.held_on >= work.today,
            ReceptionSession.withdrawn_at.is_(None),
        )
        .order_by(ReceptionSession.held_on)
    ).all()
    for session in ahead:
        session.withdrawn_at = work.now
        published_before = str(is_published(work, session.session)).lower()
        work.count(metrics.SESSIONS_WITHDRAWN, published=published_before)
    work.session.flush()
    published = tuple(s.session for s in ahead if is_published(work, s.session))
    if published:
        work.record(SessionsWithdrawnV1(node=work.source.node, sessions=published))


def _as_it_stands(work: Work, preparation: Preparation, routing: Routing) -> HandOver:
    """Describe what is cancelled: the day of the cards, and the hour of the appointment."""
    card_set: CardSet | None = set_in_force(work, preparation)
    appointment = appointment_noted(work, preparation)
    told = appointment or card_set
    session = work.session.get(ReceptionSession, told.session) if told else None
    return HandOver(
        petition_no=preparation.petition_no,
        routing_no=routing.routing_no,
        stood_at=preparation.state,
        set_no=card_set.set_no if card_set else None,
        appointment_no=appointment.appointment_no if appointment else None,
        held_on=told.held_on if told else None,
        starts_at=appointment.starts_at if appointment else None,
        place=session.place if session else None,
        document_no=None,
        sha256=None,
        handed_over_at=work.now,
    )


def _notice(work: Work, left: HandOver) -> Document | None:
    if not is_petitioner_to_be_told(cards_issued=left.set_no is not None):
        return None
    content: dict[str, Any] = {
        "node": work.source.node,
        "set_no": left.set_no,
        "appointment_no": left.appointment_no,
        "on": left.held_on,
        "starts_at": left.starts_at,
        "place": left.place,
    }
    return work.document(left.petition_no, _NOTICE, content)


def _document(row: HandOver) -> Document | None:
    if row.document_no is None or row.sha256 is None:
        return None
    return Document(no=row.document_no, sha256=row.sha256)


def _text(row: HandOver, facts: CaseFacts, node: Node) -> str | None:
    if row.document_no is None or row.held_on is None:
        return None
    paper = HandOverPaper(
        notice_no=row.document_no,
        petition_no=row.petition_no,
        place_of_node=node.organ,
        held_on=row.held_on,
        starts_at=row.starts_at,
        place=row.place or "",
        notified_on=local_date(row.handed_over_at),
        petitioner=facts.petitioner,
    )
    return hand_over_text(paper, names=facts.names)
