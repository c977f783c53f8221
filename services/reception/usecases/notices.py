"""Publishing sessions ahead, with all that people need to know (L22-18)."""

from __future__ import annotations

from typing import Final

from services.reception import metrics
from services.reception.documents import Names, portfolio_of_posts
from services.reception.models import ReceptionSession, SessionNotice, SessionPublication
from services.reception.rules.sessions import SeatNotice, may_publish
from services.reception.rules.sessions import SessionNotice as SessionFacts
from services.reception.usecases.refusing import require
from services.reception.usecases.retired_nodes import require_open
from services.reception.usecases.sessions import listed, sessions_of_period
from services.reception.usecases.sittings import is_published, leaders_at, sitting_no
from shared.contracts.fields import Document
from shared.contracts.reception import (
    NoSessionPlanned,
    NoticeIncomplete,
    PublishedSession,
    PublishSessions,
    SessionList,
    SessionsNotAhead,
    SessionsPublishedV1,
)
from shared.messaging import Work

_NOTICE: Final = "NB"


def publish_sessions(work: Work, request: PublishSessions, names: Names) -> SessionList:
    """Publish the planned sessions of a period; those published already stay as they are.

    Raises:
        NoSessionPlanned, SessionsNotAhead, NoticeIncomplete: as their docstrings say.
    """
    require_open(work)
    sessions = sessions_of_period(work, request.from_on, request.until_on)
    if not sessions:
        msg = (
            f"no session from {request.from_on} to {request.until_on} is planned at"
            f" {work.source.node}; call plan_sessions first"
        )
        raise NoSessionPlanned(msg)
    planned = [session for session in sessions if not is_published(work, session.session)]
    published = [_publish(work, session, names) for session in planned]
    if published:
        work.record(
            SessionsPublishedV1(
                node=work.source.node,
                sessions=tuple(session for session, _ in published),
                documents=tuple(document for _, document in published),
            )
        )
    return listed(work, sessions)


def _publish(
    work: Work, session: ReceptionSession, names: Names
) -> tuple[PublishedSession, Document]:
    leaders = leaders_at(work, session.session)
    seats = tuple(_seat(leader, names) for leader in leaders)
    facts = SessionFacts(held_on=session.held_on, place=session.place, seats=seats)
    incomplete = NoticeIncomplete(
        f"session {session.session} lacks a leader, or a name, post, portfolio or place of one of"
        f" {', '.join(leaders) or 'nobody'}; complete the directory with triage.put_directory"
    )
    behind = SessionsNotAhead(
        f"session {session.session} is not later than today, {work.today};"
        " publish sessions before their day"
    )
    require(
        may_publish(facts, on=work.today),
        {
            "lies_ahead": behind,
            "has_a_leader": incomplete,
            "names_its_place": incomplete,
            "names_every_leader": incomplete,
            "names_every_post": incomplete,
            "names_every_portfolio": incomplete,
        },
    )
    document = _put_up(work, session, seats)
    work.count(metrics.SESSIONS_PUBLISHED)
    shown = PublishedSession(
        session=session.session,
        on=session.held_on,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        leaders=tuple(leaders),
    )
    return shown, document


def _seat(leader: str, names: Names) -> SeatNotice:
    found = names.leader(leader)
    if found is None:
        return SeatNotice(leader=leader, name=None, title=None, portfolio=())
    portfolio = tuple(names.field_zh(field) for field in found.portfolio)
    return SeatNotice(
        leader=leader,
        name=found.name,
        title=found.title,
        portfolio=portfolio or portfolio_of_posts(found.posts),
    )


def _put_up(work: Work, session: ReceptionSession, seats: tuple[SeatNotice, ...]) -> Document:
    document = work.document(
        sitting_no(session),
        _NOTICE,
        {
            "session": session.session,
            "on": session.held_on,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "place": session.place,
            "leaders": [
                {
                    "leader": seat.leader,
                    "name": seat.name,
                    "title": seat.title,
                    "portfolio": list(seat.portfolio),
                }
                for seat in seats
            ],
        },
    )
    work.session.add(
        SessionPublication(
            session=session.session,
            document_no=document.no,
            sha256=document.sha256,
            published_at=work.now,
            published_by=work.actor.id,
        )
    )
    work.session.flush()
    for seat in seats:
        work.session.add(
            SessionNotice(
                session=session.session,
                leader=seat.leader,
                leader_name=seat.name or "",
                title=seat.title or "",
                portfolio=list(seat.portfolio),
            )
        )
    return document
