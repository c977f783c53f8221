"""Reception days: every Friday, moved for holidays, or left out where a regime says so."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import (
    HolidayPolicy,
    ReceptionDay,
    Weekday,
    reception_days,
    standard_calendar,
)
from shared.decisions import rule_ids_of

pytestmark = pytest.mark.proves("C-03", "D-17")

CALENDAR = standard_calendar()


def planned(
    start_on: date,
    until: date,
    *,
    holiday_policy: HolidayPolicy = HolidayPolicy.NEXT_WORKING_DAY,
    weekday: Weekday = Weekday.FRIDAY,
) -> list[tuple[date, ...]]:
    days = reception_days(
        calendar=CALENDAR,
        start_on=start_on,
        until=until,
        weekday=weekday,
        holiday_policy=holiday_policy,
    )
    return [(day.held_on, *day.nominal_on) for day in days]


def test_leaders_receive_every_friday() -> None:
    assert planned(date(2026, 6, 1), date(2026, 6, 19)) == [
        (date(2026, 6, 5), date(2026, 6, 5)),
        (date(2026, 6, 12), date(2026, 6, 12)),
    ]


@pytest.mark.parametrize(
    ("start_on", "until", "expected"),
    [
        pytest.param(
            date(2026, 6, 15),
            date(2026, 6, 27),
            [
                (date(2026, 6, 22), date(2026, 6, 19)),
                (date(2026, 6, 26), date(2026, 6, 26)),
            ],
            id="a festival moves its Friday to the Monday after",
        ),
        pytest.param(
            date(2026, 9, 28),
            date(2026, 10, 10),
            [
                (date(2026, 9, 28), date(2026, 9, 25)),
                (date(2026, 10, 8), date(2026, 10, 2)),
                (date(2026, 10, 9), date(2026, 10, 9)),
            ],
            id="a moved Friday and the next one on adjoining days",
        ),
        pytest.param(
            date(2024, 2, 9),
            date(2024, 2, 24),
            [
                (date(2024, 2, 9), date(2024, 2, 9)),
                (date(2024, 2, 18), date(2024, 2, 16)),
                (date(2024, 2, 23), date(2024, 2, 23)),
            ],
            id="a moved Friday on a make-up Sunday",
        ),
        pytest.param(
            date(2020, 1, 20),
            date(2020, 2, 8),
            [
                (date(2020, 2, 3), date(2020, 1, 24), date(2020, 1, 31)),
                (date(2020, 2, 7), date(2020, 2, 7)),
            ],
            id="two Fridays of one long holiday fall on one working day",
        ),
        pytest.param(
            date(2017, 1, 21),
            date(2017, 2, 4),
            [(date(2017, 2, 3), date(2017, 1, 27), date(2017, 2, 3))],
            id="a Friday moves onto the next Friday",
        ),
    ],
)
def test_a_friday_off_moves_to_the_next_working_day(
    start_on: date, until: date, expected: list[tuple[date, ...]]
) -> None:
    assert planned(start_on, until) == expected


@pytest.mark.parametrize(
    ("start_on", "until", "expected"),
    [
        pytest.param(
            date(2026, 9, 21),
            date(2026, 10, 10),
            [(date(2026, 10, 9), date(2026, 10, 9))],
            id="two Fridays off are left out",
        ),
        pytest.param(
            date(2017, 1, 21),
            date(2017, 2, 4),
            [(date(2017, 2, 3), date(2017, 2, 3))],
            id="the next Friday stands for itself alone",
        ),
    ],
)
def test_a_friday_off_is_left_out_where_the_regime_skips_it(
    start_on: date, until: date, expected: list[tuple[date, ...]]
) -> None:
    assert planned(start_on, until, holiday_policy=HolidayPolicy.SKIP) == expected


def test_a_moved_friday_belongs_to_the_plan_of_the_day_it_moved_to() -> None:
    january = planned(date(2020, 1, 1), date(2020, 2, 1))
    february = planned(date(2020, 2, 1), date(2020, 3, 1))

    assert [held_on for held_on, *_ in january] == [
        date(2020, 1, 3),
        date(2020, 1, 10),
        date(2020, 1, 17),
    ]
    assert february[0] == (date(2020, 2, 3), date(2020, 1, 24), date(2020, 1, 31))


def test_another_weekday_can_be_the_reception_day() -> None:
    tuesdays = planned(date(2026, 6, 1), date(2026, 6, 10), weekday=Weekday.TUESDAY)

    assert tuesdays == [
        (date(2026, 6, 2), date(2026, 6, 2)),
        (date(2026, 6, 9), date(2026, 6, 9)),
    ]


@pytest.mark.parametrize("until", [date(2026, 6, 5), date(2026, 6, 1)], ids=["empty", "reversed"])
def test_a_period_without_days_has_no_reception(until: date) -> None:
    assert planned(date(2026, 6, 5), until) == []


def test_a_reception_day_says_whether_it_moved_and_whether_it_is_settled() -> None:
    regular, moved = (
        day
        for start_on in (date(2026, 6, 12), date(2026, 6, 22))
        for day in reception_days(
            calendar=CALENDAR, start_on=start_on, until=start_on + timedelta(days=1)
        )
    )
    [unannounced] = reception_days(
        calendar=CALENDAR, start_on=date(2027, 6, 11), until=date(2027, 6, 12)
    )

    assert not regular.moved
    assert moved.moved
    assert not moved.provisional
    assert unannounced.provisional


def test_a_day_moved_to_from_days_not_announced_is_provisional_too() -> None:
    [day] = (
        day
        for day in reception_days(
            calendar=CALENDAR, start_on=date(2027, 1, 2), until=date(2027, 1, 5)
        )
    )

    assert day == ReceptionDay(
        held_on=date(2027, 1, 4), nominal_on=(date(2027, 1, 1),), provisional=True
    )


@given(
    start_on=st.dates(min_value=date(2007, 3, 1), max_value=date(2030, 1, 1)),
    days=st.integers(min_value=0, max_value=90),
    weekday=st.sampled_from(Weekday),
)
def test_every_regular_day_is_held_once_on_a_working_day_and_never_early(
    start_on: date, days: int, weekday: Weekday
) -> None:
    until = start_on + timedelta(days=days)
    margin = timedelta(days=14)

    receptions = reception_days(
        calendar=CALENDAR, start_on=start_on, until=until + margin, weekday=weekday
    )

    regular_days = {
        on
        for on in (start_on + timedelta(days=offset) for offset in range(days))
        if on.weekday() == weekday
    }
    held = [nominal for day in receptions for nominal in day.nominal_on]
    assert regular_days <= set(held)
    assert len(held) == len(set(held))
    assert all(CALENDAR.is_working_day(day.held_on) for day in receptions)
    assert all(day.held_on >= max(day.nominal_on) for day in receptions)


@given(
    start_on=st.dates(min_value=date(2007, 3, 1), max_value=date(2030, 1, 1)),
    first=st.integers(min_value=0, max_value=40),
    second=st.integers(min_value=0, max_value=40),
    policy=st.sampled_from(HolidayPolicy),
)
def test_adjoining_plans_neither_share_nor_lose_a_day(
    start_on: date, first: int, second: int, policy: HolidayPolicy
) -> None:
    boundary = start_on + timedelta(days=first)
    until = boundary + timedelta(days=second)

    in_two = planned(start_on, boundary, holiday_policy=policy) + planned(
        boundary, until, holiday_policy=policy
    )

    assert in_two == planned(start_on, until, holiday_policy=policy)


def test_the_schedule_names_the_rules_it_decides() -> None:
    assert rule_ids_of(reception_days) == ("C-03", "D-17")
