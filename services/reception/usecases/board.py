"""The notice board: this node's published sessions, and the receiving points it has heard of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from services.reception.documents import Names, notice_board_text, portfolio_of_posts
from services.reception.models import (
    NeighbourSession,
    ReceivingPoint,
    ReceptionSession,
    SessionNotice,
    SessionPublication,
    SessionSeat,
)
from services.reception.node import Node
from services.reception.usecases.describing import describe_to
from services.reception.usecases.retired_nodes import retired_since
from shared.contracts import reception as contract
from shared.contracts.envelope import Envelope
from shared.contracts.reception import (
    NodeDescribedV1,
    NodeOpenedV1,
    NoticeBoard,
    NoticeBoardView,
    NoticeLine,
    PublishedSession,
    SessionsPublishedV1,
)
from shared.messaging import Work


def notice_board(
    work: Work, request: NoticeBoard, names: Names | None, *, node: Node
) -> NoticeBoardView:
    """Show the published sessions from a day on: leaders only, never petitioners (P-2).

    Where nobody told the names the board goes on with those it has, and with codes.
    """
    from_on = request.from_on or work.today
    wanted = request.node
    own = _own_lines(work, from_on, names) if wanted in (None, node.code) else []
    others = _lines_of_others(work, from_on, names, wanted=wanted)
    lines = tuple(
        sorted((*own, *others), key=lambda line: (line.on, line.node != node.code, line.session))
    )
    points = _points(work, names, wanted=wanted)
    return NoticeBoardView(
        node=node.code,
        lines=lines,
        points=points,
        text=notice_board_text(
            lines, points=points, intake_days=node.regime.intake_days if own else ()
        ),
    )


def on_node_opened(work: Work, event: NodeOpenedV1, envelope: Envelope) -> None:
    """Put a receiving point on the board, and tell it of this node where it may not have heard."""
    _put_point(work, event, announced_at=envelope.occurred_at)
    describe_to(work, event, envelope)


def on_node_described(work: Work, event: NodeDescribedV1, envelope: Envelope) -> None:
    """Put on the board what another node announced and published, maybe before this one opened."""
    del envelope
    if event.node == work.source.node:
        return
    _put_point(work, event, announced_at=event.announced_at)
    for told in event.sessions:
        _put_session(work, event.node, told, published_at=told.published_at)


def on_sessions_published(work: Work, event: SessionsPublishedV1, envelope: Envelope) -> None:
    """Put another node's sessions on the board."""
    if event.node == work.source.node:
        return
    for told in event.sessions:
        _put_session(work, event.node, told, published_at=envelope.occurred_at)


def _put_point(work: Work, told: NodeOpenedV1 | NodeDescribedV1, *, announced_at: datetime) -> None:
    """Write down how a node receives; of two announcements the later counts."""
    point = work.session.get(ReceivingPoint, told.node)
    if point is None:
        point = ReceivingPoint(node=told.node)
        work.session.add(point)
    elif announced_at < point.announced_at:
        return
    point.territory = told.territory
    point.department = told.department
    point.regime = told.regime
    point.leader_assignment = told.leader_assignment
    point.announced_at = announced_at


def _put_session(work: Work, node: str, told: PublishedSession, *, published_at: datetime) -> None:
    """Write down a session of another node; of two notices of it the later counts."""
    row = work.session.get(NeighbourSession, told.session)
    if row is None:
        row = NeighbourSession(session=told.session, node=node)
        work.session.add(row)
    elif published_at < row.published_at:
        return
    row.held_on = told.on
    row.starts_at = told.starts_at
    row.ends_at = told.ends_at
    row.leaders = list(told.leaders)
    row.published_at = published_at


def _own_lines(work: Work, from_on: date, names: Names | None) -> list[NoticeLine]:
    seats = work.session.execute(
        select(ReceptionSession, SessionSeat.leader, SessionNotice)
        .join(SessionPublication, SessionPublication.session == ReceptionSession.session)
        .join(SessionSeat, SessionSeat.session == ReceptionSession.session)
        .outerjoin(
            SessionNotice,
            (SessionNotice.session == SessionSeat.session)
            & (SessionNotice.leader == SessionSeat.leader),
        )
        .where(ReceptionSession.held_on >= from_on, ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.session, SessionSeat.leader)
    )
    return [_own_line(work, session, leader, notice, names) for session, leader, notice in seats]


def _own_line(
    work: Work,
    session: ReceptionSession,
    leader: str,
    notice: SessionNotice | None,
    names: Names | None,
) -> NoticeLine:
    name, title, portfolio = (
        (notice.leader_name, notice.title, tuple(notice.portfolio))
        if notice
        else _described(leader, names)
    )
    return NoticeLine(
        session=session.session,
        on=session.held_on,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        leader=leader,
        leader_name=name,
        title=title,
        portfolio=portfolio,
        node=work.source.node,
    )


def _lines_of_others(
    work: Work, from_on: date, names: Names | None, *, wanted: str | None
) -> list[NoticeLine]:
    query = select(NeighbourSession).where(NeighbourSession.held_on >= from_on)
    if wanted is not None:
        query = query.where(NeighbourSession.node == wanted)
    lines = []
    for session in work.session.scalars(query):
        if retired_since(work, session.node, announced_at=session.published_at):
            continue
        point = work.session.get(ReceivingPoint, session.node)
        place = _place(point, names) if point else session.node
        for leader in session.leaders:
            name, title, portfolio = _described(leader, names)
            lines.append(
                NoticeLine(
                    session=session.session,
                    on=session.held_on,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    place=place,
                    leader=leader,
                    leader_name=name,
                    title=title,
                    portfolio=portfolio,
                    node=session.node,
                )
            )
    return lines


def _points(
    work: Work, names: Names | None, *, wanted: str | None
) -> tuple[contract.ReceivingPoint, ...]:
    query = select(ReceivingPoint).order_by(ReceivingPoint.node)
    if wanted is not None:
        query = query.where(ReceivingPoint.node == wanted)
    return tuple(
        contract.ReceivingPoint(
            node=point.node,
            place=_place(point, names),
            territory=point.territory,
            department=point.department,
            regime=point.regime,
            leader_assignment=point.leader_assignment,
        )
        for point in work.session.scalars(query)
        if retired_since(work, point.node, announced_at=point.announced_at) is None
    )


def _place(point: ReceivingPoint, names: Names | None) -> str:
    organ = point.department or point.territory
    return names.place_zh(organ) if names else organ


def _described(leader: str, names: Names | None) -> tuple[str, str, tuple[str, ...]]:
    """Give a leader's name, post and portfolio; the code where the directory has none."""
    found = names.leader(leader) if names else None
    if names is None or found is None:
        return leader, "领导", ()
    portfolio = tuple(names.field_zh(field) for field in found.portfolio)
    return found.name, found.title, portfolio or portfolio_of_posts(found.posts)
