"""The figures of the law that clocks run on: dated, cited, and never overwritten.

《信访条例》 (L05) was in force from 1 May 2005, 《信访工作条例》 (L22) took its place on 1 May
2022.  A matter is judged by the figure in force on the day its clock started.  A figure of
the county's own reading (D-22 and after) begins with the regulation it reads.
"""

from typing import Final

from shared.calendar.periods import CalendarDays, WorkingDays
from shared.decisions import DatedFigures, dated

_L05: Final = "2005-05-01"
_L22: Final = "2022-05-01"

SORTING_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(15), "L05-21"),
    (_L22, CalendarDays(15), "L22-22"),
)
"""The petition office registers, sorts and sends on, counted from receipt."""

DIRECT_NOTICE_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(15), "L05-22"),
    (_L22, CalendarDays(15), "L22-23¶2"),
)
"""An organ petitioned directly tells the petitioner in writing, counted from receipt."""

ACCEPTANCE_NOTICE_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(15), "L05-21¶2"),
    (_L22, CalendarDays(15), "L22-23¶3"),
)
"""A unit tells the petitioner how a matter sent to it goes on, counted from its receipt."""

OBJECTION_PERIOD: Final[DatedFigures[WorkingDays]] = dated(
    (_L22, WorkingDays(5), "L22-23¶3"),
)
"""A unit objects that a matter was sent to the wrong place, counted from its receipt."""

HANDLING_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(60), "L05-33"),
    (_L22, CalendarDays(60), "L22-34"),
)
"""A matter of the petition procedure is handled to its end, counted from acceptance."""

EXTENSION_LIMIT: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(30), "L05-33"),
    (_L22, CalendarDays(30), "L22-34"),
)
"""The most by which handling may be extended; added to it and counted from acceptance."""

REVIEW_REQUEST_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(30), "L05-34"),
    (_L22, CalendarDays(30), "L22-35"),
)
"""A petitioner asks for review, counted from receipt of the written reply."""

REVIEW_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(30), "L05-34"),
    (_L22, CalendarDays(30), "L22-35"),
)
"""The organ above gives its review opinion, counted from receipt of the request."""

RECHECK_REQUEST_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(30), "L05-35"),
    (_L22, CalendarDays(30), "L22-36"),
)
"""A petitioner asks for recheck, counted from receipt of the review reply."""

RECHECK_PERIOD: Final[DatedFigures[CalendarDays]] = dated(
    (_L05, CalendarDays(30), "L05-35"),
    (_L22, CalendarDays(30), "L22-36"),
)
"""The organ above gives its recheck opinion; days of a hearing are paused (D-24)."""

EXPLANATION_PERIOD: Final[DatedFigures[WorkingDays]] = dated((_L22, WorkingDays(5), "D-23"))
"""The petitioner is given an explanation and a promised date, counted from overdue."""

PROMISE_LIMIT: Final[DatedFigures[CalendarDays]] = dated((_L22, CalendarDays(30), "D-23"))
"""The furthest ahead that a promised date may lie."""

CIRCULAR_ANSWER_PERIOD: Final[DatedFigures[WorkingDays]] = dated((_L22, WorkingDays(5), "D-27"))
"""The unit and the person named answer before a circular is issued, counted from being told."""

REPRESENTATIVE_LIMIT: Final[DatedFigures[int]] = dated(
    (_L05, 5, "L05-18"),
    (_L22, 5, "L22-20¶3"),
)
"""The most representatives that a group visit may send."""
