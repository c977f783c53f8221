"""Who sits at a session, and what a change of session or leader does to the petitions there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select

from services.reception.models import DocketHour, Preparation, ReceptionSession, SessionSeat
from services.reception.rules.sessions import Sitting
from services.reception.usecases.card_sets import issue, void
from services.reception.usecases.preparations import move, release_hour, set_in_force
from services.reception.usecases.sittings import leaders_at, minute, slots_in
from shared.contracts.reception import PreparationState
from shared.messaging import Work

_ON_THE_WAY: Final = (
    PreparationState.CARDS_ISSUED,
    PreparationState.PREPARED,
    PreparationState.APPOINTED,
)
"""Where a petition stands that has a session reserved and has not been heard."""


def seat(work: Work, session: str, leaders: Collection[str]) -> None:
    """Let these leaders sit at a session, and nobody else."""
    work.session.execute(
        delete(SessionSeat)
        .where(SessionSeat.session == session)
        .execution_options(synchronize_session="fetch")
    )
    for leader in leaders:
        work.session.add(SessionSeat(session=session, leader=leader))
    work.session.flush()


def let_go(work: Work, session: ReceptionSession) -> None:
    """Let go of what petitions have of a session that is corrected.

    Where its place is another, its leader sits no more or it is withdrawn, a petition waits for a
    session again; where only the hours are others, it loses an hour that is none any more.
    """
    sitting = set() if session.withdrawn_at else set(leaders_at(work, session.session))
    slots = {minute(slot) for slot in slots_in(session)}
    for preparation in _reserved_at(work, session.session):
        card_set = set_in_force(work, preparation)
        is_its_own = card_set is not None and card_set.session == session.session
        if is_its_own and card_set is not None and card_set.place != session.place:
            void(work, preparation)
            move(work, preparation, PreparationState.AWAITING_SESSION, session=None)
        elif preparation.leader not in sitting:
            if is_its_own:
                void(work, preparation)
            release_hour(work, preparation.petition_no)
            move(work, preparation, PreparationState.AWAITING_SESSION, session=None)
        elif not _hours_of(work, preparation) <= slots:
            release_hour(work, preparation.petition_no)


def issue_anew(
    work: Work, session: ReceptionSession, *, in_place_of: str, leader: str
) -> list[str]:
    """Issue the cards of a session's petitions anew in the name of who sits there now.

    The day stays; opinion and appointment notice follow the new cards (C-11).  The answer is the
    numbers of the petitions.
    """
    numbers = []
    for preparation in _reserved_at(work, session.session):
        if preparation.leader != in_place_of:
            continue
        void(work, preparation)
        sitting = Sitting(
            session=session.session,
            held_on=session.held_on,
            leader=leader,
            slots=len(slots_in(session)),
            reserved=0,
        )
        issue(work, preparation, sitting)
        numbers.append(preparation.petition_no)
    return numbers


def _reserved_at(work: Work, session: str) -> list[Preparation]:
    return list(
        work.session.scalars(
            select(Preparation)
            .where(Preparation.session == session, Preparation.state.in_(_ON_THE_WAY))
            .order_by(Preparation.petition_no)
        )
    )


def _hours_of(work: Work, preparation: Preparation) -> set[str]:
    return set(
        work.session.scalars(
            select(DocketHour.starts_at).where(
                DocketHour.petition_no == preparation.petition_no,
                DocketHour.released_at.is_(None),
            )
        )
    )
