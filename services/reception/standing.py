"""How a reception node stands, for whoever watches: sessions without a leader, and who waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.reception.metrics import DOCKETS_UNPLACED, SESSIONS_WITHOUT_LEADER
from services.reception.models import (
    DirectoryVersion,
    DocketHour,
    Preparation,
    PreparationStep,
    ReceptionSession,
    SessionSeat,
)
from services.reception.node import Node
from services.reception.rules.sessions import organ_of_node
from shared.calendar import local_date, local_instant
from shared.contracts.reception import PreparationState
from shared.contracts.triage import LeaderRow, TerritoryRow
from shared.metrics import Standing, how_many


def how_it_stands(session: Session, *, now: datetime, node: Node) -> Sequence[Standing]:
    """Tell at how many sessions ahead nobody receives, and how many petitions have no place."""
    return [*_sessions_without_leader(session, now=now, node=node), *_unplaced(session)]


def _sessions_without_leader(session: Session, *, now: datetime, node: Node) -> Iterator[Standing]:
    """Count sessions that are not over and at which no leader of the directory in force sits.

    A leader who has left the directory keeps the seat until somebody else is seated, so an empty
    seat and one of somebody who left are alike: nobody will be there.
    """
    present = _leaders_of(session, node)
    ahead = session.execute(
        select(ReceptionSession, SessionSeat.leader)
        .outerjoin(SessionSeat, SessionSeat.session == ReceptionSession.session)
        .where(
            ReceptionSession.held_on >= local_date(now),
            ReceptionSession.withdrawn_at.is_(None),
        )
    ).all()
    coming = {
        sitting.session: _instant(sitting, sitting.starts_at)
        for sitting, _ in ahead
        if _instant(sitting, sitting.ends_at) > now
    }
    received = {sitting.session for sitting, leader in ahead if leader in present}
    empty = [begins_at for number, begins_at in coming.items() if number not in received]
    yield from how_many(SESSIONS_WITHOUT_LEADER, len(empty), oldest=min(empty, default=None))


def _unplaced(session: Session) -> Iterator[Standing]:
    """Count petitions that wait for a session with room, or for an hour of their session."""
    since = (
        select(func.max(PreparationStep.taken_at))
        .where(PreparationStep.petition_no == Preparation.petition_no)
        .correlate(Preparation)
        .scalar_subquery()
    )
    waiting = (
        select(since.label("since"))
        .select_from(Preparation)
        .outerjoin(
            DocketHour,
            and_(
                DocketHour.petition_no == Preparation.petition_no,
                DocketHour.released_at.is_(None),
            ),
        )
        .where(
            Preparation.state.in_((PreparationState.AWAITING_SESSION, PreparationState.PREPARED)),
            or_(
                Preparation.state == PreparationState.AWAITING_SESSION,
                DocketHour.hour_no.is_(None),
            ),
        )
        .subquery()
    )
    count, oldest = session.execute(
        select(func.count(), func.min(waiting.c.since)).select_from(waiting)
    ).one()
    yield from how_many(DOCKETS_UNPLACED, count, oldest=oldest)


def _leaders_of(session: Session, node: Node) -> frozenset[str]:
    """Name the leaders of a node's organ in the directory in force; nobody before the first."""
    newest = session.scalars(
        select(DirectoryVersion).order_by(DirectoryVersion.version.desc()).limit(1)
    ).first()
    if newest is None:
        return frozenset()
    territories = map(TerritoryRow.load, newest.territories)
    organ = organ_of_node(
        node=node.code,
        territory=node.organ,
        parents={territory.code: territory.parent for territory in territories},
    )
    leaders = map(LeaderRow.load, newest.leaders)
    return frozenset(leader.code for leader in leaders if leader.organ == organ)


def _instant(sitting: ReceptionSession, at: str) -> datetime:
    return local_instant(sitting.held_on, time.fromisoformat(at))
