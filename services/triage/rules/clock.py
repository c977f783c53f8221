"""The clock of sorting: 15 days from receipt, and what remains of them after an objection."""

from __future__ import annotations

from datetime import date

from shared.calendar import CalendarDays, DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import SORTING_PERIOD
from shared.decisions import decides


@decides("T2", "L22-22", "D-22")
def when_sorting_is_due(*, received_on: date, calendar: WorkingCalendar) -> DueDate:
    """Give the day by which a petition is to be sorted: 15 days from its receipt.

    Raises:
        FigureNotInForce: no text fixed the period yet on the day of receipt.

    Reference: 《信访工作条例》, art. 22.
    """
    return calendar.statutory_due(
        SORTING_PERIOD, start_on=received_on, start_event=StartEvent.RECEIVED
    )


@decides("T7", "L22-22", "L22-23")
def when_sorting_is_due_again(
    *, before: DueDate, sorted_on: date, agreed_on: date, calendar: WorkingCalendar
) -> DueDate:
    """Give the day by which a petition that came back from a unit is to be sorted again.

    The regulation gives 15 days from receipt and is silent on a transfer that comes back.  The
    reading chosen: the days between the start of the clock and the sorting are used up, the
    days the unit had the petition are not counted, and the rest runs from the day the office
    agreed to the objection.  At least one day remains, also where the period was used up.

    Reference: 《信访工作条例》, art. 22, 23¶3.
    """
    return calendar.due(
        start_on=agreed_on,
        within=what_remains_of_sorting(before, sorted_on),
        article="L22-22",
        start_event=StartEvent.OBJECTION_AGREED,
    )


def what_remains_of_sorting(before: DueDate, sorted_on: date) -> CalendarDays:
    """Give the days of sorting that were not used up when a petition was sorted; at least one."""
    if before.within is None or before.start_on is None:
        return CalendarDays(1)
    used = (sorted_on - before.start_on).days
    return CalendarDays(max(1, before.within.count - used))
