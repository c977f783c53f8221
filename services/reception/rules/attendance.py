"""Who came: whether the four parties are complete, and what an absence leads to, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from services.reception.rules.terms import Seat
from shared.decisions import Decision, condition, decide, decides


@dataclass(frozen=True, kw_only=True)
class Presence:
    """One party as it was recorded; `unit` stands with a unit only.

    `arrived_at` is a local time, None where the party came on time or nobody noted when.
    """

    seat: Seat
    unit: str | None = None
    present: bool
    arrived_at: time | None = None
    excused: bool = False


def _presence(presences: Sequence[Presence], seat: Seat, unit: str | None = None) -> bool | None:
    """Tell whether a party came; None where nobody recorded it."""
    recorded = [each.present for each in presences if (each.seat, each.unit) == (seat, unit)]
    return recorded[-1] if recorded else None


def _every_unit(presences: Sequence[Presence], units: Sequence[str]) -> bool | None:
    came = [_presence(presences, Seat.UNIT, unit) for unit in units]
    if any(each is False for each in came):
        return False
    return None if any(each is None for each in came) else True


@decides("C-13", "T12")
def four_parties_complete(presences: Sequence[Presence], *, units: Sequence[str]) -> Decision:
    """Decide whether the meeting is valid: petitioner, leader, every unit and an officer came.

    A party that nobody recorded is missing, but it is not known to have stayed away.

    Reference: C-13; procedure §3.1, T12.
    """
    every_unit = _every_unit(presences, units)
    petitioner, leader, officer = (
        _presence(presences, seat) for seat in (Seat.PETITIONER, Seat.LEADER, Seat.PETITION_OFFICER)
    )
    return decide(
        condition("petitioner_present", petitioner, cites="C-13"),
        condition("leader_present", leader, cites="C-13"),
        condition("every_unit_present", every_unit, cites="C-13"),
        condition("petition_officer_present", officer, cites="C-13"),
    )


@decides("C-13")
def missing_parties(
    presences: Sequence[Presence], *, units: Sequence[str]
) -> tuple[tuple[Seat, str | None], ...]:
    """Name every party that is not recorded present, whether absent or not recorded at all.

    Reference: C-13.
    """
    table = (
        (Seat.PETITIONER, None),
        (Seat.LEADER, None),
        *((Seat.UNIT, unit) for unit in units),
        (Seat.PETITION_OFFICER, None),
    )
    return tuple(
        (seat, unit) for seat, unit in table if _presence(presences, seat, unit) is not True
    )


@decides("C-25", "D-13", "D-26", "T12b")
def may_presence_be_recorded(presence: Presence, *, begins_at: time, recorded_at: time) -> Decision:
    """Decide whether it can be known at this time of the day that a party came, or stayed away.

    Not coming on time is what the text holds against a party (不按时), so nobody has stayed away
    before the hour; an excuse may be known earlier.

    Reference: C-25(i); D-26.
    """
    hour_has_come = presence.present or presence.excused or begins_at <= recorded_at
    has_come_in = presence.arrived_at is None or presence.arrived_at <= recorded_at
    return decide(
        condition("hour_has_come", hour_has_come, cites="C-25"),
        condition("arrival_has_been", has_come_in, cites="C-25"),
    )


@dataclass(frozen=True, kw_only=True)
class Absence:
    """A party that was away or late: what it answers for alone, unless excused."""

    seat: Seat
    unit: str | None
    late: bool
    excused: bool


@decides("C-25", "D-13", "D-26", "T12b")
def absences_of(presences: Sequence[Presence], *, begins_at: time) -> tuple[Absence, ...]:
    """List who was away or came after the hour began, each to answer for it alone.

    Reading: a petitioner's absence is no ground, and one party's absence is none against
    another.  An excused absence is recorded as excused, which makes it no ground.

    Reference: C-25(i); D-13; D-26.
    """
    return tuple(
        Absence(
            seat=each.seat,
            unit=each.unit,
            late=each.present,
            excused=each.excused,
        )
        for each in presences
        if each.seat is not Seat.PETITIONER
        and (not each.present or (each.arrived_at is not None and each.arrived_at > begins_at))
    )


class AfterAttendance(StrEnum):
    """What follows from who came."""

    MEETING = "meeting"
    RECORD_INCOMPLETE = "record_incomplete"
    NEW_DATE = "new_date"
    ASK_THE_PETITIONER = "ask_the_petitioner"


@dataclass(frozen=True, kw_only=True)
class Sequel:
    """What follows, and the party on whose account a new date is needed."""

    what: AfterAttendance
    on_account_of: Seat | None = None


_NEW_DATES_FOR_A_PETITIONER = 1


@decides("D-13", "T12b")
def after_attendance(
    presences: Sequence[Presence],
    *,
    units: Sequence[str],
    earlier_absences_of_petitioner: int,
) -> Sequel:
    """Tell what follows: the meeting, a new date, or that the office asks the petitioner.

    A petitioner's first absence gives one new date; at the second the office asks.
    Reading: where anyone else stayed away too the meeting fell through in any case, and the
    petitioner's absence is not counted.  A party not recorded yet moves nothing.

    Reference: D-13; procedure §3.1, T12b.
    """
    away = [each.seat for each in presences if not each.present]
    others = [seat for seat in (Seat.LEADER, Seat.UNIT, Seat.PETITION_OFFICER) if seat in away]
    if four_parties_complete(presences, units=units).allowed:
        return Sequel(what=AfterAttendance.MEETING)
    if others:
        return Sequel(what=AfterAttendance.NEW_DATE, on_account_of=others[0])
    if Seat.PETITIONER not in away:
        return Sequel(what=AfterAttendance.RECORD_INCOMPLETE)
    if earlier_absences_of_petitioner < _NEW_DATES_FOR_A_PETITIONER:
        return Sequel(what=AfterAttendance.NEW_DATE, on_account_of=Seat.PETITIONER)
    return Sequel(what=AfterAttendance.ASK_THE_PETITIONER, on_account_of=Seat.PETITIONER)
