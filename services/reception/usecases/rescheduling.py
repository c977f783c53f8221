"""A new date for a meeting that an absence stopped: within two sittings (D-13)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.reception.models import Preparation, Rescheduling
from services.reception.rules.sessions import Sitting, sitting_after_absence
from services.reception.rules.terms import Seat
from services.reception.usecases.preparations import move, release_hour
from services.reception.usecases.sittings import sittings_of
from shared.contracts.fields import Document
from shared.contracts.reception import (
    AbsenceReason,
    AppointmentRescheduledV1,
    PreparationState,
)
from shared.messaging import Work

REASONS: Final = {
    Seat.PETITIONER: AbsenceReason.PETITIONER_ABSENT,
    Seat.LEADER: AbsenceReason.LEADER_ABSENT,
    Seat.UNIT: AbsenceReason.UNIT_ABSENT,
    Seat.PETITION_OFFICER: AbsenceReason.OFFICER_ABSENT,
}


def sitting_for_new_date(work: Work, preparation: Preparation) -> Sitting | None:
    """Find the sitting that a stopped meeting moves to; None while none is planned."""
    ahead = sittings_of(work, preparation, after=work.today)
    return sitting_after_absence(ahead, after=work.today)


def move_meeting(
    work: Work,
    preparation: Preparation,
    sitting: Sitting | None,
    *,
    appointment_no: str,
    reason: AbsenceReason,
    document: Document,
) -> None:
    """Move a meeting to another sitting, or let it wait for one; the hour is notified anew."""
    release_hour(work, preparation.petition_no)
    state = PreparationState.PREPARED if sitting else PreparationState.AWAITING_SESSION
    if sitting is not None:
        preparation.leader = sitting.leader
    move(work, preparation, state, session=sitting.session if sitting else None)
    last = last_rescheduling(work, appointment_no)
    target = sitting.session if sitting else None
    if last is not None and (last.session, last.reason) == (target, reason):
        return  # A correcting entry of the day that moves nothing further.
    work.session.add(
        Rescheduling(
            petition_no=preparation.petition_no,
            appointment_no=appointment_no,
            reason=reason,
            session=target,
            held_on=sitting.held_on if sitting else None,
            document_no=document.no,
            sha256=document.sha256,
            recorded_at=work.now,
        )
    )
    work.session.flush()
    if sitting is not None:
        work.record(
            AppointmentRescheduledV1(
                petition_no=preparation.petition_no,
                session=sitting.session,
                on=sitting.held_on,
                reason=reason,
                document=document,
            )
        )


def find_new_date(work: Work, preparation: Preparation) -> None:
    """Give a stopped meeting the date it waits for, once a sitting it may come to is planned."""
    if preparation.appointment_no is None:
        return
    waiting = last_rescheduling(work, preparation.appointment_no)
    sitting = sitting_for_new_date(work, preparation)
    if waiting is None or sitting is None:
        return
    move_meeting(
        work,
        preparation,
        sitting,
        appointment_no=waiting.appointment_no,
        reason=waiting.reason,
        document=Document(no=waiting.document_no, sha256=waiting.sha256),
    )


def last_rescheduling(work: Work, appointment_no: str) -> Rescheduling | None:
    """Give the last move that an appointment's absence led to, if any."""
    return work.session.scalars(
        select(Rescheduling)
        .where(Rescheduling.appointment_no == appointment_no)
        .order_by(Rescheduling.rescheduling_no.desc())
        .limit(1)
    ).first()
