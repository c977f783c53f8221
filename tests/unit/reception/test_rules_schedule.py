"""On which days leaders regularly receive: weekly, or once a month in either reading."""

from datetime import date, timedelta

import pytest

from services.reception.rules.schedule import Rhythm, Schedule, is_regular_day
from shared.calendar import Weekday


def days_of(schedule: Schedule, month: str) -> list[int]:
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=offset) for offset in range(31))
    return [day.day for day in days if day.month == first.month and is_regular_day(schedule, day)]


@pytest.mark.proves("C-03", "M-05")
@pytest.mark.parametrize(
    ("cap", "days"),
    [
        pytest.param(None, [1, 8, 15, 22, 29], id="no cap: also the fifth Tuesday"),
        pytest.param(4, [1, 8, 15, 22], id="four times a month"),
        pytest.param(5, [1, 8, 15, 22, 29], id="as many as a month can have"),
        pytest.param(1, [1], id="once"),
    ],
)
def test_a_week_has_its_day_up_to_the_months_cap(cap: int | None, days: list[int]) -> None:
    tuesdays = Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.TUESDAY, monthly_cap=cap)

    assert days_of(tuesdays, "2026-09") == days


@pytest.mark.parametrize(
    ("rhythm", "nth", "month", "days"),
    [
        pytest.param(
            Rhythm.NTH_WEEKDAY, 2, "2024-08", [14], id="the second Wednesday of August 2024"
        ),
        pytest.param(
            Rhythm.WEEKDAY_OF_NTH_WEEK,
            2,
            "2024-08",
            [7],
            id="the Wednesday of the second week of August 2024",
        ),
        pytest.param(
            Rhythm.WEEKDAY_OF_NTH_WEEK, 1, "2024-08", [], id="a first week without a Wednesday"
        ),
        pytest.param(
            Rhythm.WEEKDAY_OF_NTH_WEEK, 2, "2026-06", [10], id="a month that begins on Monday"
        ),
        pytest.param(Rhythm.NTH_WEEKDAY, 2, "2026-06", [10], id="where both readings agree"),
        pytest.param(Rhythm.NTH_WEEKDAY, 4, "2026-06", [24], id="the fourth"),
    ],
)
def test_a_monthly_day_is_counted_by_weekdays_or_by_weeks(
    rhythm: Rhythm, nth: int, month: str, days: list[int]
) -> None:
    wednesday = Schedule(rhythm=rhythm, weekday=Weekday.WEDNESDAY, nth=nth)

    assert days_of(wednesday, month) == days
