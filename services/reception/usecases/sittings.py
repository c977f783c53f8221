"""What the other use cases ask of a session: its slots, who sits there, what is reserved."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from sqlalchemy import func, select

from services.reception.models import (
    DocketHour,
    Preparation,
    ReceptionSession,
    Routing,
    SessionPublication,
    SessionSeat,
)
from services.reception.rules.sessions import Sitting, may_come_before, slots_of
from shared.contracts.reception import (
    NoSessionPlanned,
    SeatView,
    SessionState,
    SessionView,
)
from shared.messaging import Work

_MINUTE: Final = "%H:%M"


def minute(at: time) -> str:
    """Write a local time as the contracts do, such as 08:30."""
    return at.strftime(_MINUTE)


def session_named(work: Work, session: str) -> ReceptionSession:
    """Find a session of this node.

    Raises:
        NoSessionPlanned: there is none of this number.
    """
    found = work.session.get(ReceptionSession, session)
    if found is None or found.withdrawn_at is not None:
        msg = f"no session {session} is planned at this node; see reception.list_sessions"
        raise NoSessionPlanned(msg)
    return found


def sitting_no(session: ReceptionSession) -> str:
    """Give the number a sitting's documents hang on; a node holds one sitting a day."""
    return f"JD-{session.held_on:%Y%m%d}-0001"


def slots_in(session: ReceptionSession) -> tuple[time, ...]:
    """List the hours of a session."""
    return slots_of(
        starts_at=time.fromisoformat(session.starts_at),
        ends_at=time.fromisoformat(session.ends_at),
        slot_minutes=session.slot_minutes,
    )


def is_published(work: Work, session: str) -> bool:
    """Tell whether a session stands on the notice board."""
    return work.session.get(SessionPublication, session) is not None


def hours_taken(work: Work, *, session: str, leader: str | None = None) -> list[tuple[str, time]]:
    """List the hours given at a session, by leader."""
    taken = select(DocketHour.leader, DocketHour.starts_at).where(
        DocketHour.session == session, DocketHour.released_at.is_(None)
    )
    if leader is not None:
        taken = taken.where(DocketHour.leader == leader)
    return [(each, time.fromisoformat(at)) for each, at in work.session.execute(taken)]


def sittings_of(work: Work, preparation: Preparation, *, after: date) -> list[Sitting]:
    """List the sittings a petition may come to later than a day, in their order.

    With what other petitions have reserved of each.
    """
    routing = work.session.get_one(Routing, preparation.routing_no)
    reserved = (
        select(func.count())
        .where(
            Preparation.session == ReceptionSession.session,
            Preparation.leader == SessionSeat.leader,
            Preparation.petition_no != preparation.petition_no,
        )
        .scalar_subquery()
    )
    seats = (
        select(ReceptionSession, SessionSeat.leader, reserved)
        .join(SessionSeat, SessionSeat.session == ReceptionSession.session)
        .where(ReceptionSession.held_on > after, ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.held_on)
    )
    if not routing.whoever_sits:
        seats = seats.where(SessionSeat.leader == routing.leader)
    return [
        Sitting(
            session=session.session,
            held_on=session.held_on,
            leader=sits,
            slots=len(slots_in(session)),
            reserved=count,
        )
        for session, sits, count in work.session.execute(seats)
        if may_come_before(
            leader=routing.leader,
            sits=sits,
            by_turn=session.turn is not None,
            whoever_sits=routing.whoever_sits,
        )
    ]


def leaders_at(work: Work, session: str) -> list[str]:
    """List who sits at a session, by code."""
    return list(
        work.session.scalars(
            select(SessionSeat.leader)
            .where(SessionSeat.session == session)
            .order_by(SessionSeat.leader)
        )
    )


def session_view(work: Work, session: ReceptionSession) -> SessionView:
    """Show a session with its seats."""
    reserved = (
        select(Preparation.leader, func.count())
        .where(Preparation.session == session.session)
        .group_by(Preparation.leader)
    )
    counts = {row[0]: row[1] for row in work.session.execute(reserved)}
    published = is_published(work, session.session)
    return SessionView(
        session=session.session,
        node=work.source.node,
        on=session.held_on,
        nominal_on=date.fromisoformat(session.nominal_days[-1]),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        state=SessionState.PUBLISHED if published else SessionState.PLANNED,
        seats=tuple(
            SeatView(leader=leader, slots=len(slots_in(session)), taken=counts.get(leader, 0))
            for leader in leaders_at(work, session.session)
        ),
    )
