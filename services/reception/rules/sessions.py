"""When leaders receive, and what must be known of a sitting before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from services.reception.rules.schedule import Schedule, is_regular_day
from shared.calendar import HolidayPolicy, ReceptionDay, WorkingCalendar, reception_days
from shared.decisions import Decision, condition, decide, decides

_LONGEST_MOVE: Final = timedelta(days=31)
"""No run of rest days is longer, so a reception day of a period is held at most this much later."""


_COUNTY_NODE: Final = "county"


@decides("D-30", "C-04")
def organ_of_node(*, node: str, territory: str, parents: Mapping[str, str | None]) -> str:
    """Give the organ whose leaders receive at a node: that of its territory or department.

    `parents` are the territories of the directory, each with the one above it.
    Reading: the county's own node receives for the territory that has none above it, whatever
    code the directory gives it.

    Reference: D-30.
    """
    if node != _COUNTY_NODE or territory in parents:
        return territory
    return next((code for code, parent in parents.items() if parent is None), territory)


@decides("C-03", "D-17", "M-05")
def days_to_plan(
    *,
    calendar: WorkingCalendar,
    schedule: Schedule,
    holiday_policy: HolidayPolicy,
    from_on: date,
    until_on: date,
) -> tuple[ReceptionDay, ...]:
    """List the days on which leaders receive; one that is not worked moves on, or is left out.

    Reading: a period of planning, both ends included, takes every sitting held in it, and every
    sitting that stands for a regular day of it though a holiday moved it beyond the end.

    Reference: C-03; D-17; M-05.
    """
    weekdays = reception_days(
        calendar=calendar,
        start_on=from_on,
        until=until_on + _LONGEST_MOVE,
        weekday=schedule.weekday,
        holiday_policy=holiday_policy,
    )
    days = (
        replace(day, nominal_on=tuple(on for on in day.nominal_on if is_regular_day(schedule, on)))
        for day in weekdays
    )
    return tuple(
        day
        for day in days
        if day.nominal_on
        and belongs_to_period(
            held_on=day.held_on, nominal_on=day.nominal_on, from_on=from_on, until_on=until_on
        )
    )


@decides("D-17")
def belongs_to_period(
    *, held_on: date, nominal_on: Sequence[date], from_on: date, until_on: date
) -> bool:
    """Tell whether a sitting belongs to a period: its day or a regular day it stands for does.

    Reference: D-17.
    """
    return any(from_on <= on <= until_on for on in (held_on, *nominal_on))


@decides("C-03")
def slots_of(*, starts_at: time, ends_at: time, slot_minutes: int) -> tuple[time, ...]:
    """Cut a sitting into slots of equal length; what is left over at the end is no slot.

    Empty where the sitting ends before it begins or is shorter than one slot.

    Reference: C-03.
    """
    begins = datetime.combine(date.min, starts_at)
    minutes = (datetime.combine(date.min, ends_at) - begins) // timedelta(minutes=1)
    return tuple(
        (begins + timedelta(minutes=slot_minutes * slot)).time()
        for slot in range(max(0, minutes // slot_minutes))
    )


@dataclass(frozen=True, kw_only=True)
class SeatNotice:
    """What the notice board would say of one leader; None or empty is missing."""

    leader: str
    name: str | None
    title: str | None
    portfolio: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SessionNotice:
    """What the notice board would say of one sitting."""

    held_on: date
    place: str | None
    seats: tuple[SeatNotice, ...]


@decides("L22-18", "I-11", "M-06")
def may_publish(notice: SessionNotice, *, on: date) -> Decision:
    """Decide whether a sitting may be published: ahead of its day, with all that people need.

    Name, post and portfolio of every leader, time and place.

    Reading: a sitting is ahead when its day is later than the day of publishing.

    Reference: L22-18; M-06; procedure §3.2 (no published session without a leader).
    """
    return decide(
        condition("lies_ahead", notice.held_on > on, cites="L22-18"),
        condition("has_a_leader", bool(notice.seats), cites="I-11"),
        condition("names_its_place", bool(notice.place), cites="L22-18"),
        condition("names_every_leader", all(s.name for s in notice.seats), cites="L22-18"),
        condition("names_every_post", all(s.title for s in notice.seats), cites="L22-18"),
        condition("names_every_portfolio", all(s.portfolio for s in notice.seats), cites="L22-18"),
    )


@decides("L22-18", "D-16")
def may_correct(*, held_on: date, on: date) -> Decision:
    """Decide whether a published sitting may be corrected: before its day begins.

    People rely on what is published, so it is put right ahead of the day or not at all.
    Reading: as with a swap, beforehand is before the sitting's day begins.

    Reference: Regulation on Petition Work, art. 18(1); D-16.
    """
    return decide(condition("lies_ahead", held_on > on, cites="L22-18"))


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """One sitting of one leader, with how many hours it has and how many are reserved."""

    session: str
    held_on: date
    leader: str
    slots: int
    reserved: int

    @property
    def has_room(self) -> bool:
        """Return whether an hour is left."""
        return self.reserved < self.slots


@decides("C-04", "C-05", "M-04", "I-13")
def may_come_before(*, leader: str, sits: str, by_turn: bool, whoever_sits: bool) -> bool:
    """Tell whether a petition may come before the one who sits.

    Before the leader that sorting named, whoever is in charge; where it was sorted for a rota,
    before whoever sits in turn.
    Reading: a petition that was not sorted for a rota waits for its own leader also at a node
    that has taken one up since, because sorting looked at that leader and at no other (D-06).

    Reference: C-04; C-05; M-04.
    """
    return sits == leader or (by_turn and whoever_sits)


@decides("C-04", "C-05", "D-10", "I-13")
def next_sitting(sittings: Sequence[Sitting], *, after: date) -> Sitting | None:
    """Find the sitting that issuing cards reserves: the next before which the petition may come.

    `sittings` are those and no others (`may_come_before`): a full or missing one is waited for,
    never filled by a leader who may not receive.
    Reading: the next sitting is the first later than the day of issue that has an hour left.

    Reference: C-04; C-05; D-10.
    """
    ahead = sorted(
        (sitting for sitting in sittings if sitting.held_on > after and sitting.has_room),
        key=lambda sitting: sitting.held_on,
    )
    return ahead[0] if ahead else None


_SITTINGS_TO_A_NEW_DATE: Final = 2


@decides("D-13")
def sitting_after_absence(sittings: Sequence[Sitting], *, after: date) -> Sitting | None:
    """Find the new date of a meeting that an absence stopped: within two sittings of its leader.

    Reading: of the next two sittings the first that has an hour left; where both are full the
    second, beyond its hours, because the limit is owed to the petitioner and the hours are not.

    Reference: D-13.
    """
    ahead = sorted(
        (sitting for sitting in sittings if sitting.held_on > after),
        key=lambda sitting: sitting.held_on,
    )[:_SITTINGS_TO_A_NEW_DATE]
    return next((sitting for sitting in ahead if sitting.has_room), ahead[-1] if ahead else None)
