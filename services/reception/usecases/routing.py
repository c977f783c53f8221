"""Petitions routed to this node: taken in, and given cards as soon as a session has room."""

from __future__ import annotations

from sqlalchemy import select

from services.reception.models import Preparation, Routing
from services.reception.usecases.card_sets import issue_if_planned, void
from services.reception.usecases.preparations import has_ended, move, routing_of
from services.reception.usecases.rescheduling import find_new_date
from services.reception.usecases.retirement import hand_over_if_retired
from shared.contracts.common import LeaderAssignment
from shared.contracts.envelope import Envelope
from shared.contracts.reception import PreparationState, SessionAwaitedV1
from shared.contracts.triage import PetitionRoutedV1
from shared.messaging import Work


def on_petition_routed(work: Work, event: PetitionRoutedV1, envelope: Envelope) -> None:
    """Take in a petition for a leader of this node, and issue its cards where a session has room.

    A later routing voids the cards of the earlier and starts again; an older one that comes late,
    or one of a matter that is decided, changes nothing.
    A retired node hands over at once what still reaches it (D-30).
    """
    preparation = work.session.get(Preparation, event.petition_no)
    if preparation is not None and (
        has_ended(preparation)
        or routing_of(work, preparation).case_version >= envelope.case_version
    ):
        return
    routing = _keep(work, event, envelope)
    if preparation is None:
        preparation = Preparation(
            petition_no=event.petition_no,
            state=PreparationState.AWAITING_SESSION,
            routing_no=routing.routing_no,
            leader=routing.leader,
        )
        work.session.add(preparation)
    void(work, preparation)
    preparation.routing_no = routing.routing_no
    preparation.leader = routing.leader
    move(work, preparation, PreparationState.AWAITING_SESSION, session=None)
    if hand_over_if_retired(work, preparation):
        return
    issue_if_planned(work, preparation)
    if preparation.state is PreparationState.AWAITING_SESSION:
        work.record(
            SessionAwaitedV1(petition_no=preparation.petition_no, leader=preparation.leader)
        )


def settle_waiting(work: Work) -> None:
    """Give every petition that waits for a session the next it may come to, lowest number first.

    A first set of cards is issued; a meeting that an absence stopped gets its new date.
    """
    waiting = work.session.scalars(
        select(Preparation)
        .where(Preparation.state == PreparationState.AWAITING_SESSION)
        .order_by(Preparation.petition_no)
    ).all()
    for preparation in waiting:
        if preparation.set_no is None:
            issue_if_planned(work, preparation)
        else:
            find_new_date(work, preparation)


def _keep(work: Work, event: PetitionRoutedV1, envelope: Envelope) -> Routing:
    routing = Routing(
        petition_no=event.petition_no,
        case_version=envelope.case_version,
        organ=event.organ,
        leader=event.leader,
        leader_in_charge=event.leader_in_charge,
        principal=event.principal,
        severity=event.severity,
        field=event.field,
        lead_unit=event.lead_unit,
        co_units=[unit for unit in dict.fromkeys(event.co_units) if unit != event.lead_unit],
        whoever_sits=event.leader_assignment is LeaderAssignment.ROTA,
        accepted_on=event.accepted_on,
        routed_at=envelope.occurred_at,
    )
    work.session.add(routing)
    work.session.flush()
    for used in event.numbers:
        work.count_on(event.petition_no, used.kind, last=used.last)
    return routing
