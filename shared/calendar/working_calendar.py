"""The working calendar: which days are worked, and on which day a period ends.

One frozen value, made once from the files of holidays and handed to whoever counts.  The
same calendar and the same facts always give the same due date; `version` says which
calendar it was.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Final

from shared.calendar.due_dates import DayKind, DueDate, SkippedDay
from shared.calendar.local_time import weekday_zh
from shared.calendar.periods import CalendarDays, Pause, Period, StartEvent, WorkingDays
from shared.calendar.year_files import (
    ANNOUNCED_DIRECTORY,
    read_announced_years,
    read_provisional_years,
)
from shared.calendar.years import CalendarYear
from shared.decisions import Citation, DatedFigures, decides

_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_NEXT_YEAR_DECIDES_FROM: Final = (12, 28)
"""From this day of December on, the next year's notice may still change a day, as the notices
of 2008 and 2019 did with the 29th: the New Year holiday reaches back."""


class YearNotCovered(LookupError):
    """Raised for a day of a year that the calendar knows nothing of, not even provisionally.

    Load the file of that year, or check the date: it may be mistyped.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the calendar knows of one day.

    `name` is the holiday, or the weekday, in Chinese; `notices` are those it rests on.
    """

    on: date
    kind: DayKind
    name: str
    provisional: bool
    notices: tuple[str, ...]

    @property
    def is_working(self) -> bool:
        """Return whether the day is worked; a make-up workday (调休上班) is."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKE_UP_WORKDAY)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days, and the due dates counted on them.

    `WorkingCalendar.load` makes one from the files; `years` holds one entry a year.
    """

    years: tuple[CalendarYear, ...]
    version: str = field(init=False)
    _by_year: Mapping[int, CalendarYear] = field(init=False, repr=False, compare=False)
    _named: Mapping[date, tuple[DayKind, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A frozen value may fill the fields it derives from itself, once, here.
        object.__setattr__(self, "version", _version(self.years))
        object.__setattr__(self, "_by_year", {year.year: year for year in self.years})
        object.__setattr__(self, "_named", dict(_named_days(self.years)))

    @classmethod
    def load(cls, *, extra_directory: Path | None = None) -> "WorkingCalendar":
        """Read the announced years, then an operator's own, which win, over provisional ones.

        Raises:
            CalendarFileInvalid: a file or the directory cannot be used.
        """
        extra = read_announced_years(extra_directory) if extra_directory else ()
        latest = {
            year.year: year
            for year in (
                *read_provisional_years(),
                *read_announced_years(ANNOUNCED_DIRECTORY),
                *extra,
            )
        }
        return cls(tuple(latest[number] for number in sorted(latest)))

    def day(self, on: date) -> Day:
        """Return what is known of a day.

        Raises:
            YearNotCovered: the calendar has no entry for its year.
        """
        year = self._by_year.get(on.year)
        if year is None:
            first, last = min(self._by_year), max(self._by_year)
            message = (
                f"{on} lies outside the calendar, which covers {first} to {last}: "
                f"check the date, or add the file of holidays of {on.year}."
            )
            raise YearNotCovered(message)
        is_weekend = on.weekday() >= _SATURDAY
        by_weekday = (DayKind.WEEKEND if is_weekend else DayKind.WORKDAY, weekday_zh(on))
        kind, name = self._named.get(on, by_weekday)
        deciding = [year]
        provisional = year.provisional
        if (on.month, on.day) >= _NEXT_YEAR_DECIDES_FROM:
            following = self._by_year.get(on.year + 1)
            deciding += [following] if following else []
            provisional = provisional or following is None or following.provisional
        notices = tuple(notice for entry in deciding for notice in entry.notices)
        return Day(on=on, kind=kind, name=name, provisional=provisional, notices=notices)

    def is_working_day(self, on: date) -> bool:
        """Return whether a day is worked; raises as `day` does."""
        return self.day(on).is_working

    def working_day_on_or_after(self, on: date) -> date:
        """Return the day itself if it is worked, else the next that is; raises as `day` does."""
        while not self.is_working_day(on):
            on += _ONE_DAY
        return on

    def working_day_after(self, on: date) -> date:
        """Return the first working day later than a day; raises as `day` does."""
        return self.working_day_on_or_after(on + _ONE_DAY)

    @decides("D-22", "CC-201", "CC-203")
    def due(
        self,
        *,
        start_on: date,
        within: Period,
        article: str,
        start_event: StartEvent,
        paused: tuple[Pause, ...] = (),
    ) -> DueDate:
        """Return the last day of a period that an event on `start_on` set going.

        The day of the event is not counted.  Calendar days run on through rest days, and a
        last day that is one moves to the next working day; a make-up workday is a working
        day.  Working days are counted one by one.  Paused days count in neither, and no
        period ends on one.

        An extension is the longer period from the same event, `CalendarDays(60) +
        CalendarDays(30)` from acceptance, never a period that starts at the old due date.

        Raises:
            YearNotCovered: the count reaches a year the calendar does not know.
            MalformedCitation: the article is no rule id.

        Reference: D-22; Civil Code, art. 201, 203.
        """
        nominal_on, days = self._count(start_on=start_on, within=within, paused=paused)
        return DueDate(
            due_on=days[-1].on,
            nominal_on=nominal_on,
            article=Citation(article).rule_id,
            start_on=start_on,
            start_event=start_event,
            within=within,
            skipped=tuple(
                SkippedDay(on=day.on, kind=day.kind, name=day.name)
                for day in days
                if not day.is_working
            ),
            make_up_workdays=tuple(day.on for day in days if day.kind is DayKind.MAKE_UP_WORKDAY),
            paused=paused,
            provisional=any(day.provisional for day in days),
            notices=tuple(dict.fromkeys(notice for day in days for notice in day.notices)),
            calendar_version=self.version,
        )

    def statutory_due(
        self,
        figures: DatedFigures[CalendarDays] | DatedFigures[WorkingDays],
        *,
        start_on: date,
        start_event: StartEvent,
        paused: tuple[Pause, ...] = (),
    ) -> DueDate:
        """Return the due date of a period of the law, as in force on the day of the event.

        `figures` is one of `shared.calendar.statutory`; the article comes from there.

        Raises:
            FigureNotInForce: no text fixed the period yet on that day.
            YearNotCovered: as `due` does.
        """
        figure = figures.in_force(on=start_on)
        return self.due(
            start_on=start_on,
            within=figure.value,
            article=figure.citation.rule_id,
            start_event=start_event,
            paused=paused,
        )

    def recompute(self, due: DueDate) -> DueDate:
        """Return a due date counted again on this calendar; one that was fixed stays."""
        if due.start_on is None or due.within is None or due.start_event is None:
            return due
        return self.due(
            start_on=due.start_on,
            within=due.within,
            article=due.article,
            start_event=due.start_event,
            paused=due.paused,
        )

    def _count(
        self, *, start_on: date, within: Period, paused: tuple[Pause, ...]
    ) -> tuple[date, list[Day]]:
        """Return the last day as counted and the days looked at, of which the last is due."""
        running = _days_after(start_on, paused=paused)
        workdays_left, nominal_on = within.count, None
        if isinstance(within, CalendarDays):
            nominal_on = next(islice(running, within.count - 1, None))
            # The last day stands if it is worked; otherwise the next one that is takes over.
            running, workdays_left = chain((nominal_on,), running), 1
        days: list[Day] = []
        while workdays_left:
            days.append(self.day(next(running)))
            workdays_left -= days[-1].is_working
        return nominal_on or days[-1].on, days


@cache
def standard_calendar() -> WorkingCalendar:
    """Return the calendar of the files that come with this package, read once."""
    return WorkingCalendar.load()


def _days_after(start_on: date, *, paused: tuple[Pause, ...]) -> Iterator[date]:
    """Yield the days after the day of an event, in order, without those paused."""
    on = start_on
    while True:
        on += _ONE_DAY
        if not any(pause.covers(on) for pause in paused):
            yield on


def _named_days(years: tuple[CalendarYear, ...]) -> Iterator[tuple[date, tuple[DayKind, str]]]:
    """Yield the days a notice names, oldest notice first: of two that name a day the later wins."""
    for year in years:
        for holiday in year.holidays:
            for on in holiday.days():
                yield on, (DayKind.HOLIDAY, holiday.name)
            for on in holiday.make_up_workdays:
                yield on, (DayKind.MAKE_UP_WORKDAY, f"{holiday.name}调休上班")


def _version(years: tuple[CalendarYear, ...]) -> str:
    """Return a short digest of all the calendar was made from."""
    content = json.dumps([year.dump() for year in years], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
