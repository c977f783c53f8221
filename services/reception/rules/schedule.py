"""On which days a node's leaders regularly receive: every week, or once a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from shared.calendar import Weekday
from shared.decisions import decides

_DAYS_OF_A_WEEK: Final = 7


class Rhythm(StrEnum):
    """How the regular days follow each other."""

    WEEKLY = "weekly"  # 每周
    NTH_WEEKDAY = "nth_weekday"  # 每月第几个星期几
    WEEKDAY_OF_NTH_WEEK = "weekday_of_nth_week"  # 每月第几周的星期几


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The regular days of a regime.

    `nth` counts within the month, from 1, and is there where the rhythm is monthly; `monthly_cap`
    is how many regular days a month has at most.
    """

    rhythm: Rhythm
    weekday: Weekday
    nth: int | None = None
    monthly_cap: int | None = None


@decides("C-03", "M-05")
def is_regular_day(schedule: Schedule, on: date) -> bool:
    """Tell whether a day is one of a schedule's regular days, worked or not.

    Reading: the second Wednesday is the second of the month's Wednesdays, and the Wednesday of
    the second week that of the second calendar week, Monday to Sunday, of which the first is the
    one the month begins in.  With a cap the month's later weekdays are left out.

    Reference: C-03; M-05; procedure §1F(1), (2).
    """
    if on.weekday() != schedule.weekday:
        return False
    if schedule.rhythm is Rhythm.NTH_WEEKDAY:
        return _turn_in_month(on) == schedule.nth
    if schedule.rhythm is Rhythm.WEEKDAY_OF_NTH_WEEK:
        return _week_of_month(on) == schedule.nth
    return schedule.monthly_cap is None or _turn_in_month(on) <= schedule.monthly_cap


def _turn_in_month(on: date) -> int:
    return (on.day - 1) // _DAYS_OF_A_WEEK + 1


def _week_of_month(on: date) -> int:
    days_before = on.replace(day=1).weekday()
    return (on.day - 1 + days_before) // _DAYS_OF_A_WEEK + 1
