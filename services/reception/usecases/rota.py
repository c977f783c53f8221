"""The rota as rows: whose turn comes next, and what becomes of a turn whose leader has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from services.reception.models import DirectoryVersion, ReceptionSession, RotaPlace
from services.reception.node import Node
from services.reception.rules.rota import roster_with_newcomers, turns
from services.reception.usecases.directory import keep_directory, leaders_of_node
from services.reception.usecases.reseating import Reseating, put_up_anew, reseat
from services.reception.usecases.seats import issue_anew
from services.reception.usecases.sittings import leaders_at
from shared.contracts.envelope import Envelope
from shared.contracts.triage import DirectoryChangedV1
from shared.messaging import Work


def leaders_in_turn(
    work: Work, sessions: Sequence[str], *, present: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Give the one leader of each session that is to be planned, in turn.

    A session planned before keeps its leader, unless that one has left.
    """
    kept = {
        session: (sits,)
        for session in sessions
        if (sits := _sits_in_turn(work, session)) is not None and sits in present
    }
    fresh = [session for session in sessions if session not in kept]
    coming = _next_turns(work, present=present, sessions=len(fresh))
    return kept | {session: (leader,) for session, leader in zip(fresh, coming, strict=True)}


def on_directory_changed(
    work: Work, event: DirectoryChangedV1, envelope: Envelope, *, node: Node
) -> None:
    """Take over a version of the directory, and fill the duties of those who left with it (I-11).

    The next in turn takes each coming session whose leader is of this organ no more.
    """
    del envelope
    keep_directory(work, event)
    is_in_force = not work.session.scalars(
        select(DirectoryVersion.version).where(DirectoryVersion.version > event.version).limit(1)
    ).first()
    if is_in_force and node.regime.has_rota:
        _fill_vacancies(work, node)


def _fill_vacancies(work: Work, node: Node) -> None:
    present = leaders_of_node(work, node)
    vacant = [
        (session, leader)
        for session in _coming(work)
        for leader in leaders_at(work, session.session)
        if leader not in present
    ]
    if not present or not vacant:
        return
    successors = _next_turns(work, present=present, sessions=len(vacant))
    done = []
    for (session, leader), successor in zip(vacant, successors, strict=True):
        session.turn = successor
        done.append(reseat(work, Reseating(session=session, leader=successor, in_place_of=leader)))
    put_up_anew(work, done)
    for (session, leader), successor in zip(vacant, successors, strict=True):
        issue_anew(work, session, in_place_of=leader, leader=successor)


def _next_turns(work: Work, *, present: Sequence[str], sessions: int) -> tuple[str, ...]:
    """Give the next turns, and enter newcomers into the rota."""
    places = work.session.scalars(select(RotaPlace.leader).order_by(RotaPlace.place)).all()
    roster = roster_with_newcomers(places, present=present)
    for leader in roster[len(places) :]:
        work.session.add(RotaPlace(leader=leader, joined_at=work.now))
        work.session.flush()
    last = work.session.scalars(
        select(ReceptionSession.turn)
        .where(ReceptionSession.turn.is_not(None), ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.held_on.desc())
        .limit(1)
    ).first()
    return turns(roster, present=present, last=last, sessions=sessions)


def _sits_in_turn(work: Work, session: str) -> str | None:
    """Give who sits at a planned session by the rota; None where nobody does."""
    row = work.session.get(ReceptionSession, session)
    if row is None or row.turn is None:
        return None
    return next(iter(leaders_at(work, session)), None)


def _coming(work: Work) -> list[ReceptionSession]:
    """List the sessions of the rota whose day has not begun."""
    return list(
        work.session.scalars(
            select(ReceptionSession)
            .where(
                ReceptionSession.held_on > work.today,
                ReceptionSession.turn.is_not(None),
                ReceptionSession.withdrawn_at.is_(None),
            )
            .order_by(ReceptionSession.held_on)
        )
    )
