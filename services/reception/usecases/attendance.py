"""Who came on the day, and what an absence leads to (C-13, C-25, D-13, T12b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Final

from sqlalchemy import select

from services.reception import metrics
from services.reception.models import (
    Appointment,
    PartyAbsence,
    Preparation,
    Routing,
)
from services.reception.rules.attendance import (
    Absence,
    AfterAttendance,
    Presence,
    Sequel,
    absences_of,
    after_attendance,
    may_presence_be_recorded,
    missing_parties,
)
from services.reception.rules.sessions import Sitting
from services.reception.rules.terms import Seat
from services.reception.usecases.preparations import (
    appointment_in_force,
    has_ended,
    move,
    not_the_day,
    preparation_in_hand,
    release_hour,
    routing_of,
    take_hour,
)
from services.reception.usecases.presences import (
    Entry,
    keep_attendance,
    parties_of,
    presence_of,
    recorded_presences,
)
from services.reception.usecases.refusing import require
from services.reception.usecases.rescheduling import (
    REASONS,
    move_meeting,
    sitting_for_new_date,
)
from services.reception.usecases.sittings import hours_taken, minute
from shared.calendar import local_time
from shared.contracts.fields import Document
from shared.contracts.reception import (
    AppointmentMissing,
    AttendanceView,
    DecisionAlreadyMade,
    NotTheDay,
    NotYetKnown,
    Party,
    PartyAbsentV1,
    PreparationState,
    RecordAttendance,
)
from shared.messaging import Work

_ATTENDANCE: Final = "AT"
_MEETING_RECORD: Final = "MR"


def record_attendance(work: Work, request: RecordAttendance) -> AttendanceView:
    """Record who came; again on the same day, before the outcome, corrects the earlier entry.

    A party not named counts as missing, but only one recorded absent moves the meeting.

    Raises:
        PetitionNotFound, AppointmentMissing, NotTheDay, NotYetKnown, DecisionAlreadyMade,
            UnitUnknown: as their docstrings say.
        MalformedRequest: a party is named twice, or an excuse names nobody who gave it.
    """
    preparation = preparation_in_hand(work, request.petition_no, missing=AppointmentMissing)
    routing = routing_of(work, preparation)
    appointment = _appointment_of_today(work, preparation)
    parties = parties_of(request, routing)
    presences = [presence_of(party) for party in parties]
    begins_at = time.fromisoformat(appointment.starts_at)
    _require_known(work, presences, begins_at=begins_at)
    sequel = after_attendance(
        presences,
        units=routing.units,
        earlier_absences_of_petitioner=_earlier_absences(work, routing, appointment),
    )
    sitting = _new_date(work, preparation, sequel)
    entry = Entry(
        appointment=appointment,
        parties=parties,
        fell_through=sequel.on_account_of is not None,
        moved_to=sitting,
    )
    document = keep_attendance(work, entry)
    for absence in absences_of(presences, begins_at=begins_at):
        _report(work, appointment, absence)
    _follow(work, preparation, entry, sequel, document)
    return AttendanceView(
        petition_no=preparation.petition_no,
        complete=sequel.what is AfterAttendance.MEETING,
        missing=tuple(
            unit or seat.value for seat, unit in missing_parties(presences, units=routing.units)
        ),
        rescheduled_to=sitting.session if sitting else None,
        rescheduled_on=sitting.held_on if sitting else None,
        document=document,
    )


# --- What is recorded ---------------------------------------------------------------------------


def _require_known(work: Work, presences: Sequence[Presence], *, begins_at: time) -> None:
    now = local_time(work.now)
    not_yet = NotYetKnown(
        f"the hour is {minute(begins_at)} and it is {minute(now)}; record an absence once the hour"
        " has come, and an arrival once it has been"
    )
    for presence in presences:
        require(
            may_presence_be_recorded(presence, begins_at=begins_at, recorded_at=now),
            {"hour_has_come": not_yet, "arrival_has_been": not_yet},
        )


def _appointment_of_today(work: Work, preparation: Preparation) -> Appointment:
    number = preparation.petition_no
    if has_ended(preparation):
        msg = f"{number} has its outcome; its attendance is corrected no more"
        raise DecisionAlreadyMade(msg)
    appointment = appointment_in_force(work, preparation)
    if appointment is None:
        msg = f"no appointment of {number} is notified; call notify_appointment first"
        raise AppointmentMissing(msg)
    if appointment.held_on != work.today:
        msg = not_the_day(work, number, appointment.held_on)
        raise NotTheDay(msg)
    return appointment


def _earlier_absences(work: Work, routing: Routing, appointment: Appointment) -> int:
    """Count the earlier appointments that fell through on the petitioner's account alone."""
    earlier = work.session.scalars(
        select(Appointment).where(
            Appointment.petition_no == appointment.petition_no,
            Appointment.appointment_no != appointment.appointment_no,
        )
    ).all()
    sequels = (
        after_attendance(
            recorded_presences(work, each),
            units=routing.units,
            earlier_absences_of_petitioner=0,
        )
        for each in earlier
    )
    return sum(sequel.on_account_of is Seat.PETITIONER for sequel in sequels)


# --- What follows -------------------------------------------------------------------------------


def _new_date(work: Work, preparation: Preparation, sequel: Sequel) -> Sitting | None:
    if sequel.what is not AfterAttendance.NEW_DATE:
        return None
    return sitting_for_new_date(work, preparation)


def _report(work: Work, appointment: Appointment, absence: Absence) -> None:
    """Tell of a party's absence, once for each appointment, however often it is recorded."""
    party, unit = Party(absence.seat.value), absence.unit or ""
    key = (appointment.appointment_no, party, unit)
    if work.session.get(PartyAbsence, key) is not None:
        return
    work.session.add(
        PartyAbsence(
            appointment_no=appointment.appointment_no,
            party=party,
            unit=unit,
            late=absence.late,
            excused=absence.excused,
            reported_at=work.now,
        )
    )
    work.record(
        PartyAbsentV1(
            petition_no=appointment.petition_no,
            session=appointment.session,
            on=appointment.held_on,
            party=party,
            unit=absence.unit,
            leader=appointment.leader if party is Party.LEADER else None,
            late=absence.late,
            excused=absence.excused,
        )
    )
    work.count(
        metrics.PARTIES_ABSENT,
        party=party.value,
        late=str(absence.late).lower(),
        excused=str(absence.excused).lower(),
    )


def _follow(
    work: Work,
    preparation: Preparation,
    entry: Entry,
    sequel: Sequel,
    document: Document,
) -> None:
    appointment = entry.appointment
    if sequel.on_account_of is None:
        _stay(work, preparation, appointment)
        return
    reason = REASONS[sequel.on_account_of]
    work.count(metrics.MEETINGS_MOVED, reason=reason.value)
    if sequel.what is AfterAttendance.ASK_THE_PETITIONER:
        release_hour(work, preparation.petition_no)
        move(work, preparation, PreparationState.AWAITING_PETITIONER, session=None)
        return
    move_meeting(
        work,
        preparation,
        entry.moved_to,
        appointment_no=appointment.appointment_no,
        reason=reason,
        document=document,
    )


def _stay(work: Work, preparation: Preparation, appointment: Appointment) -> None:
    """Keep the meeting on its day, also where an earlier entry of the day had moved it."""
    if preparation.state is PreparationState.APPOINTED:
        return
    preparation.leader = appointment.leader
    move(work, preparation, PreparationState.APPOINTED, session=appointment.session)
    taken = hours_taken(work, session=appointment.session, leader=appointment.leader)
    if (appointment.leader, time.fromisoformat(appointment.starts_at)) not in taken:
        take_hour(work, preparation, session=appointment.session, starts_at=appointment.starts_at)
