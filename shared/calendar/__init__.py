"""Statutory time: working days of China, periods, due dates and reception days.

Pure values from the standard library, so that rules may import them.  Only
`WorkingCalendar.load` and `standard_calendar` read files, and those the calendar's own.
"""

from shared.calendar.due_dates import DayKind, DueDate, SkippedDay, fixed_due
from shared.calendar.local_time import (
    LOCAL_ZONE,
    NaiveInstant,
    date_zh,
    local_date,
    local_instant,
    local_midnight,
    local_time,
    weekday_zh,
)
from shared.calendar.periods import (
    CalendarDays,
    Pause,
    PauseReason,
    Period,
    StartEvent,
    WorkingDays,
)
from shared.calendar.recalculation import Difference, differences
from shared.calendar.reception_days import HolidayPolicy, ReceptionDay, Weekday, reception_days
from shared.calendar.working_calendar import (
    Day,
    WorkingCalendar,
    YearNotCovered,
    standard_calendar,
)
from shared.calendar.year_files import CalendarFileInvalid
from shared.calendar.years import CalendarYear, Holiday

__all__ = [
    "LOCAL_ZONE",
    "CalendarDays",
    "CalendarFileInvalid",
    "CalendarYear",
    "Day",
    "DayKind",
    "Difference",
    "DueDate",
    "Holiday",
    "HolidayPolicy",
    "NaiveInstant",
    "Pause",
    "PauseReason",
    "Period",
    "ReceptionDay",
    "SkippedDay",
    "StartEvent",
    "Weekday",
    "WorkingCalendar",
    "WorkingDays",
    "YearNotCovered",
    "date_zh",
    "differences",
    "fixed_due",
    "local_date",
    "local_instant",
    "local_midnight",
    "local_time",
    "reception_days",
    "standard_calendar",
    "weekday_zh",
]
