"""Who came, as rows: read from a request, kept with its document, and read back for the rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import time
from typing import Final

from sqlalchemy import func, select

from services.reception.models import Appointment, Attendance, AttendanceParty, Routing
from services.reception.rules.attendance import Presence, four_parties_complete
from services.reception.rules.sessions import Sitting
from services.reception.rules.terms import Seat
from shared.contracts.base import MalformedRequest
from shared.contracts.common import UnitUnknown
from shared.contracts.fields import Document
from shared.contracts.reception import Party, PartyAttendance, RecordAttendance
from shared.messaging import Work

_ATTENDANCE: Final = "AT"
_MEETING_RECORD: Final = "MR"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One recording of who came to an appointment, and what it led to."""

    appointment: Appointment
    parties: list[PartyAttendance]
    fell_through: bool
    moved_to: Sitting | None


def recorded_presences(work: Work, appointment: Appointment) -> list[Presence]:
    """Give who came to an appointment as last recorded; nobody where nothing was recorded."""
    last = work.session.scalars(
        select(Attendance.attendance_no)
        .where(Attendance.appointment_no == appointment.appointment_no)
        .order_by(Attendance.version.desc())
        .limit(1)
    ).first()
    rows = work.session.scalars(
        select(AttendanceParty).where(AttendanceParty.attendance_no == last)
    )
    return [
        Presence(
            seat=Seat(row.party.value),
            unit=row.unit or None,
            present=row.present,
            arrived_at=time.fromisoformat(row.arrived_at) if row.arrived_at else None,
            excused=row.excused,
        )
        for row in rows
    ]


def is_complete(work: Work, appointment: Appointment, routing: Routing) -> bool:
    """Tell whether all four parties are recorded present at an appointment."""
    presences = recorded_presences(work, appointment)
    return four_parties_complete(presences, units=routing.units).allowed


def parties_of(request: RecordAttendance, routing: Routing) -> list[PartyAttendance]:
    """Give the parties as recorded; a unit left unnamed is the lead unit.

    Raises:
        UnitUnknown: as its docstring says.
        MalformedRequest: a party is named twice, or an excuse names nobody who gave it.
    """
    for position, party in enumerate(request.parties):
        if party.excused and party.excused_by is None:
            msg = (
                f"RecordAttendance: parties.{position}.excused_by: who excused an absence is"
                " recorded with it (D-26)"
            )
            raise MalformedRequest(msg)
    unknown = {
        party.unit
        for party in request.parties
        if party.party is Party.UNIT and party.unit not in (None, *routing.units)
    }
    if unknown:
        msg = (
            f"{request.petition_no} concerns {', '.join(routing.units)}; another unit has no seat"
            " at this table"
        )
        raise UnitUnknown(msg)
    named = [(party.party, _unit_of(party, routing)) for party in request.parties]
    if max(Counter(named).values()) > 1:
        msg = "RecordAttendance: parties: a party is named twice"
        raise MalformedRequest(msg)
    return [
        PartyAttendance(
            party=party.party,
            unit=_unit_of(party, routing),
            present=party.present,
            arrived_at=party.arrived_at,
            excused=party.excused,
            excuse=party.excuse,
            excused_by=party.excused_by,
        )
        for party in request.parties
    ]


def _unit_of(party: PartyAttendance, routing: Routing) -> str | None:
    return (party.unit or routing.lead_unit) if party.party is Party.UNIT else None


def presence_of(party: PartyAttendance) -> Presence:
    """Give one party as the rules see it."""
    return Presence(
        seat=Seat(party.party.value),
        unit=party.unit,
        present=party.present,
        arrived_at=time.fromisoformat(party.arrived_at) if party.arrived_at else None,
        excused=party.excused,
    )


def keep_attendance(work: Work, entry: Entry) -> Document:
    """Keep the attendance: a list of who came, or the record of a meeting that fell through."""
    appointment, parties = entry.appointment, entry.parties
    document = work.document(
        appointment.petition_no,
        _MEETING_RECORD if entry.fell_through else _ATTENDANCE,
        {
            "appointment": appointment.appointment_no,
            "session": appointment.session,
            "on": appointment.held_on,
            "leader": appointment.leader,
            "parties": [
                {
                    "party": party.party.value,
                    "unit": party.unit,
                    "present": party.present,
                    "arrived_at": party.arrived_at,
                    "excused": party.excused,
                    "excused_by": party.excused_by,
                }
                for party in parties
            ],
            "moved_to": entry.moved_to.session if entry.moved_to else None,
        },
    )
    version = work.session.scalar(
        select(func.count()).where(Attendance.appointment_no == appointment.appointment_no)
    )
    work.session.add(
        Attendance(
            attendance_no=document.no,
            appointment_no=appointment.appointment_no,
            petition_no=appointment.petition_no,
            version=(version or 0) + 1,
            sha256=document.sha256,
            recorded_at=work.now,
            recorded_by=work.actor.id,
        )
    )
    work.session.flush()
    for party in parties:
        context = f"attendance_parties|{document.no}/{party.party.value}/{party.unit or ''}|excuse"
        work.session.add(
            AttendanceParty(
                attendance_no=document.no,
                party=party.party,
                unit=party.unit or "",
                present=party.present,
                arrived_at=party.arrived_at,
                excused=party.excused,
                excused_by=party.excused_by,
                excuse_sealed=(
                    work.vault.seal(party.excuse, context=context) if party.excuse else None
                ),
            )
        )
    work.session.flush()
    return document
