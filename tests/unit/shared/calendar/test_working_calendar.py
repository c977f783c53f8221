"""The working calendar: every day of every announced year, and what is only provisional."""

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import holidays
import pytest

from shared.calendar import (
    CalendarYear,
    DayKind,
    Holiday,
    WorkingCalendar,
    YearNotCovered,
    standard_calendar,
)

CALENDAR = standard_calendar()
ANNOUNCED_YEARS = range(2007, 2027)
PROVISIONAL_YEARS = range(2027, 2051)
LONGEST_UNBROKEN_REST = timedelta(days=16)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", ANNOUNCED_YEARS)
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    disagreeing = [
        on for on in days_of(year) if CALENDAR.is_working_day(on) != chinese_calendar.is_workday(on)
    ]

    assert disagreeing == []


@pytest.mark.parametrize("year", ANNOUNCED_YEARS)
def test_every_day_agrees_with_holidays(year: int) -> None:
    theirs = holidays.country_holidays("CN", years=range(year, year + 2))

    disagreeing = [
        on for on in days_of(year) if CALENDAR.is_working_day(on) != theirs.is_working_day(on)
    ]

    assert disagreeing == []


@pytest.mark.parametrize("year", ANNOUNCED_YEARS)
def test_every_announced_year_names_its_notices(year: int) -> None:
    day = CALENDAR.day(date(year, 6, 1))

    assert not day.provisional
    assert all(notice.endswith("号") for notice in day.notices)
    assert f"〔{year - 1}〕" in day.notices[0]


@pytest.mark.parametrize("year", PROVISIONAL_YEARS)
def test_provisional_festivals_agree_with_holidays(year: int) -> None:
    theirs = holidays.country_holidays("CN", years=year, observed=False)

    ours = {on for on in days_of(year) if CALENDAR.day(on).kind is DayKind.HOLIDAY}

    assert ours == set(theirs)


@pytest.mark.parametrize(
    ("on", "kind", "name"),
    [
        pytest.param(date(2026, 6, 1), DayKind.WORKDAY, "星期一", id="an ordinary Monday"),
        pytest.param(date(2026, 6, 6), DayKind.WEEKEND, "星期六", id="an ordinary Saturday"),
        pytest.param(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节", id="National Day"),
        pytest.param(date(2026, 10, 3), DayKind.HOLIDAY, "国庆节", id="a Saturday of a holiday"),
        pytest.param(
            date(2026, 10, 10),
            DayKind.MAKE_UP_WORKDAY,
            "国庆节调休上班",
            id="a Saturday worked for a holiday",
        ),
        pytest.param(
            date(2018, 12, 31), DayKind.HOLIDAY, "元旦", id="December by next year's notice"
        ),
        pytest.param(
            date(2020, 2, 1), DayKind.HOLIDAY, "春节", id="a workday that a second notice freed"
        ),
        pytest.param(date(2027, 2, 5), DayKind.HOLIDAY, "春节", id="a provisional New Year's Eve"),
    ],
)
def test_a_day_is_known_by_kind_and_name(on: date, kind: DayKind, name: str) -> None:
    day = CALENDAR.day(on)

    assert (day.kind, day.name) == (kind, name)
    assert day.is_working is (kind in {DayKind.WORKDAY, DayKind.MAKE_UP_WORKDAY})


@pytest.mark.parametrize(
    ("on", "provisional"),
    [
        pytest.param(date(2026, 12, 27), False, id="the last day only its own notice decides"),
        pytest.param(date(2026, 12, 28), True, id="a day the next notice may still change"),
        pytest.param(date(2027, 1, 1), True, id="a year not announced"),
        pytest.param(date(2025, 12, 31), False, id="December between two announced years"),
        pytest.param(date(2050, 12, 31), True, id="the last day covered"),
    ],
)
def test_a_day_is_provisional_until_every_notice_that_decides_it_is_there(
    on: date, provisional: bool
) -> None:
    assert CALENDAR.day(on).provisional is provisional


def test_late_december_rests_on_both_notices() -> None:
    assert CALENDAR.day(date(2025, 12, 31)).notices == (
        "国办发明电〔2024〕12号",
        "国办发明电〔2025〕7号",
    )


def test_a_calendar_that_ends_with_an_announced_year_leaves_its_last_days_provisional() -> None:
    calendar = WorkingCalendar(tuple(year for year in CALENDAR.years if year.year <= 2026))

    assert calendar.day(date(2026, 12, 31)).provisional
    assert not calendar.day(date(2026, 12, 27)).provisional


@pytest.mark.parametrize(
    "on", [date(2006, 12, 31), date(2051, 1, 1), date(2099, 6, 1)], ids=lambda on: on.isoformat()
)
def test_a_year_outside_the_calendar_is_refused_aloud(on: date) -> None:
    with pytest.raises(YearNotCovered, match="covers 2007 to 2050"):
        CALENDAR.is_working_day(on)


def test_where_two_notices_name_a_day_the_later_decides() -> None:
    last_saturday = date(2027, 12, 25)
    first = CalendarYear(
        year=2027,
        notices=("一号",),
        holidays=(Holiday(name="年末", first_day=last_saturday, last_day=last_saturday),),
    )
    second = CalendarYear(
        year=2028,
        notices=("二号",),
        holidays=(
            Holiday(
                name="元旦",
                first_day=date(2028, 1, 1),
                last_day=date(2028, 1, 3),
                make_up_workdays=(last_saturday,),
            ),
        ),
    )

    assert not WorkingCalendar((first,)).is_working_day(last_saturday)
    assert WorkingCalendar((first, second)).is_working_day(last_saturday)


@pytest.mark.parametrize(
    ("on", "on_or_after", "after"),
    [
        pytest.param(
            date(2026, 6, 4), date(2026, 6, 4), date(2026, 6, 5), id="within a working week"
        ),
        pytest.param(date(2026, 6, 5), date(2026, 6, 5), date(2026, 6, 8), id="on a Friday"),
        pytest.param(date(2026, 6, 6), date(2026, 6, 8), date(2026, 6, 8), id="on a Saturday"),
        pytest.param(
            date(2026, 2, 13), date(2026, 2, 13), date(2026, 2, 14), id="before a Saturday worked"
        ),
        pytest.param(
            date(2026, 2, 15),
            date(2026, 2, 24),
            date(2026, 2, 24),
            id="on the festival's first day",
        ),
    ],
)
def test_the_next_working_day(on: date, on_or_after: date, after: date) -> None:
    assert CALENDAR.working_day_on_or_after(on) == on_or_after
    assert CALENDAR.working_day_after(on) == after


def test_no_rest_is_longer_than_a_holiday_and_its_weekends() -> None:
    worked = [on for year in ANNOUNCED_YEARS for on in days_of(year) if CALENDAR.is_working_day(on)]

    longest = max(later - earlier for earlier, later in pairwise(worked))

    assert longest < LONGEST_UNBROKEN_REST


def test_the_version_names_the_content() -> None:
    assert WorkingCalendar.load().version == CALENDAR.version
    assert WorkingCalendar(CALENDAR.years[:-1]).version != CALENDAR.version
    assert WorkingCalendar.load() == CALENDAR
