"""Correcting a published session before its day, and the notice board that must say so (L22-18).

What people read on the board they rely on, so a correction is told there with a notice of its own;
what stood before is kept with the reason, and nobody is left with an hour or place that is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import select

from services.reception import metrics
from services.reception.models import (
    Appointment,
    Preparation,
    ReceptionSession,
    SessionCorrection,
)
from services.reception.rules.sessions import may_correct
from services.reception.usecases.preparations import move, release_hour
from services.reception.usecases.refusing import require
from services.reception.usecases.reseating import Renewed
from services.reception.usecases.sittings import (
    is_published,
    leaders_at,
    minute,
    sitting_no,
    slots_in,
)
from shared.contracts.reception import PreparationState, PublishedSession, SessionsNotAhead
from shared.messaging import Work

_NOTICE: Final = "NB"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What the board says of a session."""

    starts_at: str
    ends_at: str
    slot_minutes: int
    place: str
    leaders: tuple[str, ...]


def is_to_be_written(work: Work, session: str, *, held_on: date, correction: str | None) -> bool:
    """Tell whether planning writes a session: one not published, or one that is to be corrected.

    Raises:
        SessionsNotAhead: a published session is to be corrected on its day.
    """
    if not is_published(work, session):
        return True
    if correction is None:
        return False
    require(
        may_correct(held_on=held_on, on=work.today),
        {
            "lies_ahead": SessionsNotAhead(
                f"session {session} is not later than today, {work.today}; a published session is"
                " corrected before its day, so let the period begin later"
            )
        },
    )
    return True


def on_the_board(work: Work, session: ReceptionSession) -> Notice | None:
    """Give what the board says of a session; None where it does not stand there."""
    return _notice_of(work, session) if is_published(work, session.session) else None


def corrected(
    work: Work, session: ReceptionSession, *, before: Notice, reason: str
) -> Renewed | None:
    """Keep a correction and write its notice; None where nothing has become other than it was."""
    now = _notice_of(work, session)
    if now == before:
        return None
    content = {field.name: getattr(now, field.name) for field in fields(now)}
    document = work.document(
        sitting_no(session),
        _NOTICE,
        {
            "session": session.session,
            "on": session.held_on,
            **content,
            "leaders": list(now.leaders),
        },
    )
    work.session.add(
        SessionCorrection(
            document_no=document.no,
            session=session.session,
            sha256=document.sha256,
            starts_at=before.starts_at,
            ends_at=before.ends_at,
            slot_minutes=before.slot_minutes,
            place=before.place,
            leaders=list(before.leaders),
            reason_sealed=work.vault.seal(
                reason, context=f"session_corrections|{document.no}|reason"
            ),
            corrected_at=work.now,
            corrected_by=work.actor.id,
        )
    )
    work.count(metrics.SESSIONS_CORRECTED)
    _ask_for_new_notices(work, session, is_elsewhere=now.place != before.place)
    shown = PublishedSession(
        session=session.session,
        on=session.held_on,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        leaders=now.leaders,
    )
    return shown, document


def _notice_of(work: Work, session: ReceptionSession) -> Notice:
    return Notice(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        slot_minutes=session.slot_minutes,
        place=session.place,
        leaders=tuple(leaders_at(work, session.session)),
    )


def _ask_for_new_notices(work: Work, session: ReceptionSession, *, is_elsewhere: bool) -> None:
    """Take back the appointments whose notice names a place or an hour that is none any more."""
    slots = {minute(slot) for slot in slots_in(session)}
    for preparation, appointment in _appointed_at(work, session.session):
        if is_elsewhere or appointment.starts_at not in slots:
            release_hour(work, preparation.petition_no)
            preparation.appointment_no = None
            move(work, preparation, PreparationState.PREPARED, session=session.session)


def _appointed_at(work: Work, session: str) -> Sequence[tuple[Preparation, Appointment]]:
    appointed = (
        select(Preparation, Appointment)
        .join(Appointment, Appointment.appointment_no == Preparation.appointment_no)
        .where(
            Preparation.session == session,
            Preparation.state == PreparationState.APPOINTED,
        )
        .order_by(Preparation.petition_no)
    )
    return [(row[0], row[1]) for row in work.session.execute(appointed)]
