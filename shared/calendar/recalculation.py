"""What a newly loaded notice changes in due dates that were counted before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.calendar.due_dates import DueDate
from shared.calendar.working_calendar import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One due date as it was counted before, and as it counts now."""

    before: DueDate
    after: DueDate

    @property
    def moved(self) -> bool:
        """Return whether the day itself changed, not only its provisional label."""
        return self.before.due_on != self.after.due_on

    def dump(self) -> dict[str, Any]:
        """Return what changed as a JSON-ready mapping, for the log and the record."""
        return {
            "article": self.after.article,
            "due_on_before": self.before.due_on.isoformat(),
            "due_on_after": self.after.due_on.isoformat(),
            "provisional_before": self.before.provisional,
            "provisional_after": self.after.provisional,
            "calendar_version_before": self.before.calendar_version,
            "calendar_version_after": self.after.calendar_version,
        }


def differences(
    due_dates: Iterable[DueDate], *, calendar: WorkingCalendar
) -> tuple[Difference, ...]:
    """Return the due dates that fall on another day, or are settled, by another calendar.

    Each is counted again from its own start; the order is kept and the unchanged are left out.

    Raises:
        YearNotCovered: the calendar lacks a year that a count needs.
    """
    pairs = ((due, calendar.recompute(due)) for due in due_dates)
    return tuple(
        Difference(before=before, after=after)
        for before, after in pairs
        if (before.due_on, before.provisional) != (after.due_on, after.provisional)
    )
