"""The public holidays and make-up workdays of one year, as a notice states them.

Each autumn the General Office of the State Council announces (国务院办公厅通知) the
holidays of the next year and the weekend days worked in exchange.  Nobody can compute
them, so they are data (`year_files`).  A year not yet announced is laid out from the
festivals that the law names (全国年节及纪念日放假办法) with no day exchanged: a working
day too many makes a due date early, never late.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

FIXED_HOLIDAYS: Final = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
"""Month and day of the holidays that fell on the same date in every year since 1999."""

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One holiday: its days off, weekends among them included, and the days worked for it."""

    name: str
    first_day: date
    last_day: date
    make_up_workdays: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        """Yield each day off."""
        on = self.first_day
        while on <= self.last_day:
            yield on
            on += _ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The holidays of one year, and the numbers of the notices that announced or changed them.

    The first of them (元旦) may reach back into the last days of the year before.
    """

    year: int
    notices: tuple[str, ...]
    holidays: tuple[Holiday, ...]

    @property
    def provisional(self) -> bool:
        """Return whether no notice has announced this year yet."""
        return not self.notices

    def dump(self) -> dict[str, Any]:
        """Return the year as its file holds it."""
        return {
            "year": self.year,
            "notices": list(self.notices),
            "holidays": [
                {
                    "name": holiday.name,
                    "first_day": holiday.first_day.isoformat(),
                    "last_day": holiday.last_day.isoformat(),
                    "make_up_workdays": [on.isoformat() for on in holiday.make_up_workdays],
                }
                for holiday in self.holidays
            ],
        }


def provisional_year(year: int, *, festivals: Mapping[str, date]) -> CalendarYear:
    """Lay out a year that no notice has announced yet.

    `festivals` holds the dates that move with the moon and the sun: `spring_festival` (the
    first day of the lunar year), `tomb_sweeping_day`, `dragon_boat_festival` and
    `mid_autumn_festival`.
    """
    new_year = festivals["spring_festival"]
    spans = (
        ("元旦", date(year, 1, 1), date(year, 1, 1)),
        ("春节", new_year - _ONE_DAY, new_year + 2 * _ONE_DAY),
        ("清明节", festivals["tomb_sweeping_day"], festivals["tomb_sweeping_day"]),
        ("劳动节", date(year, 5, 1), date(year, 5, 2)),
        ("端午节", festivals["dragon_boat_festival"], festivals["dragon_boat_festival"]),
        ("中秋节", festivals["mid_autumn_festival"], festivals["mid_autumn_festival"]),
        ("国庆节", date(year, 10, 1), date(year, 10, 3)),
    )
    return CalendarYear(
        year=year,
        notices=(),
        holidays=tuple(
            Holiday(name=name, first_day=first_day, last_day=last_day)
            for name, first_day, last_day in spans
        ),
    )
