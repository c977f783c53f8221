"""Reception days: the weekday on which leaders receive, moved or skipped for holidays.

The county receives every Friday (C-03).  A Friday that is not worked moves to the next
working day (D-17); a regime may leave it out instead.  What comes out is a list of days to
plan and publish, each with the regular days it stands for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from shared.calendar.working_calendar import Day, WorkingCalendar
from shared.decisions import decides

_ONE_DAY: Final = timedelta(days=1)


class Weekday(IntEnum):
    """Days of the week, numbered as `date.weekday()` numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class HolidayPolicy(StrEnum):
    """What becomes of a reception day that is not worked."""

    NEXT_WORKING_DAY = "next_working_day"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionDay:
    """A day on which leaders receive, and the regular days it stands for, oldest first.

    It stands for more than one where a holiday moved one regular day onto another, or two
    onto the same working day: one sitting then serves them all.
    """

    held_on: date
    nominal_on: tuple[date, ...]
    provisional: bool

    @property
    def moved(self) -> bool:
        """Return whether this is not itself the regular weekday: the move is published."""
        return self.held_on not in self.nominal_on


@decides("C-03", "D-17")
def reception_days(
    *,
    calendar: WorkingCalendar,
    start_on: date,
    until: date,
    weekday: Weekday = Weekday.FRIDAY,
    holiday_policy: HolidayPolicy = HolidayPolicy.NEXT_WORKING_DAY,
) -> tuple[ReceptionDay, ...]:
    """Return the reception days held from `start_on` up to but not including `until`.

    The bounds are on the day held, so that plans of adjoining periods neither share a day
    nor lose one: a Friday moved out of January belongs to the plan of February.

    Raises:
        YearNotCovered: the calendar lacks a year of the period or of the rest days before it.

    Reference: C-03; D-17.
    """
    return tuple(
        ReceptionDay(
            held_on=on,
            nominal_on=nominal_on,
            provisional=any(day.provisional for day in days),
        )
        for on, days in _working_days(calendar, start_on=start_on, until=until)
        if (nominal_on := _nominal_days(days, weekday=weekday, holiday_policy=holiday_policy))
    )


def _working_days(
    calendar: WorkingCalendar, *, start_on: date, until: date
) -> Iterator[tuple[date, list[Day]]]:
    """Yield each working day of a period with the unbroken rest days before it and itself."""
    for offset in range((until - start_on).days):
        day = calendar.day(start_on + offset * _ONE_DAY)
        if day.is_working:
            days = [day]
            while not (earlier := calendar.day(days[0].on - _ONE_DAY)).is_working:
                days.insert(0, earlier)
            yield day.on, days


def _nominal_days(
    days: list[Day], *, weekday: Weekday, holiday_policy: HolidayPolicy
) -> tuple[date, ...]:
    """Return the regular days that the last of some days, the only one worked, stands for."""
    candidates = days[-1:] if holiday_policy is HolidayPolicy.SKIP else days
    return tuple(day.on for day in candidates if day.on.weekday() == weekday)
