"""Due dates that can explain themselves.

A due date is a local date in Asia/Shanghai, kept with all that led to it: what set the
clock going and when, the period, the article, the days skipped or paused, the notices the
working days came from.  Whoever is told of it can count it again by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from shared.calendar.local_time import date_zh, local_midnight
from shared.calendar.periods import (
    CalendarDays,
    Pause,
    PauseReason,
    Period,
    StartEvent,
    WorkingDays,
)
from shared.decisions import Citation, decides

_ONE_DAY: Final = timedelta(days=1)
_UNITS: Final[Mapping[str, type[CalendarDays] | type[WorkingDays]]] = {
    "calendar_days": CalendarDays,
    "working_days": WorkingDays,
}


class DayKind(StrEnum):
    """What a day is to someone who counts: two kinds are worked, two are not."""

    WORKDAY = "workday"
    MAKE_UP_WORKDAY = "make_up_workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDay:
    """A day that did not count, and its Chinese name: a weekday or a holiday."""

    on: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """The last day of a period, and how it was found.

    `nominal_on` is the last day as counted, `due_on` the day it moved to where that was no
    working day; `make_up_workdays` are weekend days that counted.  `start_on`, `start_event`
    and `within` are None for a date that a person fixed.  `provisional` says that the count
    rests on days that no notice has announced yet.
    """

    due_on: date
    nominal_on: date
    article: str
    start_on: date | None = None
    start_event: StartEvent | None = None
    within: Period | None = None
    skipped: tuple[SkippedDay, ...] = ()
    make_up_workdays: tuple[date, ...] = ()
    paused: tuple[Pause, ...] = ()
    provisional: bool = False
    notices: tuple[str, ...] = ()
    calendar_version: str | None = None

    @property
    def overdue_from(self) -> datetime:
        """Return the UTC instant at which overdue begins: 00:00 local of the next day.

        Reference: D-23.
        """
        return local_midnight(self.due_on + _ONE_DAY)

    @decides("D-23")
    def is_overdue(self, *, now: datetime) -> bool:
        """Return whether the due date has passed at an aware instant.

        Reference: D-23.
        """
        return now >= self.overdue_from

    def explain_zh(self) -> str:
        """Return in Chinese, for a reader without the system, how the date was found."""
        return "".join(_explanation(self))

    def dump(self) -> dict[str, Any]:
        """Return the due date as a JSON-ready mapping, which `load` reads back."""
        return {
            "due_on": self.due_on.isoformat(),
            "nominal_on": self.nominal_on.isoformat(),
            "article": self.article,
            "start_on": self.start_on.isoformat() if self.start_on else None,
            "start_event": self.start_event.value if self.start_event else None,
            "within": _dump_period(self.within),
            "skipped": [
                {"on": day.on.isoformat(), "kind": day.kind.value, "name": day.name}
                for day in self.skipped
            ],
            "make_up_workdays": [on.isoformat() for on in self.make_up_workdays],
            "paused": [
                {
                    "paused_from": pause.paused_from.isoformat(),
                    "paused_until": pause.paused_until.isoformat(),
                    "reason": pause.reason.value,
                }
                for pause in self.paused
            ],
            "provisional": self.provisional,
            "notices": list(self.notices),
            "calendar_version": self.calendar_version,
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "DueDate":
        """Return the due date that `dump` wrote; keys it did not write are ignored.

        Raises:
            KeyError, ValueError: the mapping was not written by `dump`.
        """
        return cls(
            due_on=date.fromisoformat(dumped["due_on"]),
            nominal_on=date.fromisoformat(dumped["nominal_on"]),
            article=dumped["article"],
            start_on=date.fromisoformat(dumped["start_on"]) if dumped["start_on"] else None,
            start_event=StartEvent(dumped["start_event"]) if dumped["start_event"] else None,
            within=_load_period(dumped["within"]),
            skipped=tuple(
                SkippedDay(
                    on=date.fromisoformat(day["on"]),
                    kind=DayKind(day["kind"]),
                    name=day["name"],
                )
                for day in dumped["skipped"]
            ),
            make_up_workdays=tuple(map(date.fromisoformat, dumped["make_up_workdays"])),
            paused=tuple(
                Pause(
                    date.fromisoformat(pause["paused_from"]),
                    date.fromisoformat(pause["paused_until"]),
                    PauseReason(pause["reason"]),
                )
                for pause in dumped["paused"]
            ),
            provisional=dumped["provisional"],
            notices=tuple(dumped["notices"]),
            calendar_version=dumped["calendar_version"],
        )


def fixed_due(*, on: date, article: str) -> DueDate:
    """Return the due date that a person fixed by naming the day.

    The day named on a slip or an assignment is the day: it is not counted, so it does not
    move when it is no working day, and holder and writer read the same date.

    Raises:
        MalformedCitation: the article is no rule id.

    Reference: C-15.
    """
    return DueDate(due_on=on, nominal_on=on, article=Citation(article).rule_id)


def _dump_period(period: Period | None) -> dict[str, Any] | None:
    if period is None:
        return None
    unit = next(name for name, kind in _UNITS.items() if isinstance(period, kind))
    return {"unit": unit, "count": period.count}


def _load_period(dumped: Mapping[str, Any] | None) -> Period | None:
    return None if dumped is None else _UNITS[dumped["unit"]](dumped["count"])


def _explanation(due: DueDate) -> Iterator[str]:
    """Yield the sentences of the explanation, in the order in which one counts."""
    source = Citation(due.article).zh
    if due.within is None or due.start_on is None or due.start_event is None:
        yield f"期限直接指定为{date_zh(due.due_on)}（{source}），不另行推算。"
    else:
        yield f"依据{source}，自{due.start_event.zh}之日起{due.within.zh}内。"
        yield f"{due.start_event.zh}之日为{date_zh(due.start_on)}，当日不计入。"
        for pause in due.paused:
            yield (
                f"{date_zh(pause.paused_from)}至{date_zh(pause.paused_until - _ONE_DAY)}"
                f"为{pause.reason.zh}期间，不计入。"
            )
        yield from _explain_count(due, due.within)
        if due.make_up_workdays:
            days = "、".join(map(date_zh, due.make_up_workdays))
            yield f"{days}为调休上班日，按工作日计算。"
    yield f"期限于{date_zh(due.due_on)}24时届满，次日零时起为逾期。"
    if due.notices:
        yield f"工作日和节假日依据：{'、'.join(due.notices)}。"
    if due.provisional:
        yield "所涉日期的放假安排尚未公布，暂按周末和法定节日推算，公布后重新计算。"


def _explain_count(due: DueDate, within: Period) -> Iterator[str]:
    skipped = "、".join(_explain_skipped(due.skipped))
    if isinstance(within, WorkingDays):
        if skipped:
            yield f"跳过{skipped}。"
        yield f"第{within.count}个工作日为{date_zh(due.due_on)}。"
        return
    yield f"第{within.count}日为{date_zh(due.nominal_on)}。"
    if due.due_on != due.nominal_on:
        yield f"因{skipped}不是工作日，顺延至其后的第一个工作日{date_zh(due.due_on)}"
        yield f"（{Citation('CC-203').zh}，{Citation('D-22').zh}）。"


def _explain_skipped(skipped: tuple[SkippedDay, ...]) -> Iterator[str]:
    """Yield the skipped days, a run of days of one name as one span."""
    runs: list[list[SkippedDay]] = []
    for day in skipped:
        last = runs[-1][-1] if runs else None
        if last is not None and last.name == day.name and last.on + _ONE_DAY == day.on:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        span = f"{_day_zh(run[0].on)}至{_day_zh(run[-1].on)}" if run[1:] else _day_zh(run[0].on)
        yield f"{span}（{run[0].name}）"


def _day_zh(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
