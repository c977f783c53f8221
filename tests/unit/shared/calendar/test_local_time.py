"""Local time: where one date ends and the next begins."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from shared.calendar import (
    NaiveInstant,
    date_zh,
    local_date,
    local_instant,
    local_midnight,
    local_time,
)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param(
            datetime(2026, 6, 1, 15, 59, 59, tzinfo=UTC), date(2026, 6, 1), id="a second before"
        ),
        pytest.param(
            datetime(2026, 6, 1, 16, 0, tzinfo=UTC), date(2026, 6, 2), id="local midnight"
        ),
        pytest.param(
            datetime(2026, 6, 1, 23, 0, tzinfo=timezone(timedelta(hours=-5))),
            date(2026, 6, 2),
            id="an instant written elsewhere",
        ),
    ],
)
def test_the_local_date_changes_at_midnight_in_shanghai(instant: datetime, expected: date) -> None:
    assert local_date(instant) == expected


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant, match="no time zone"):
        local_date(datetime(2026, 6, 1, 9, 0))  # noqa: DTZ001  # That it is naive is the point.
    with pytest.raises(NaiveInstant, match="no time zone"):
        local_time(datetime(2026, 6, 1, 9, 0))  # noqa: DTZ001  # As above.


def test_the_local_time_of_day_is_that_of_shanghai() -> None:
    assert local_time(datetime(2026, 6, 1, 0, 30, tzinfo=UTC)) == time(8, 30)


def test_local_instants_are_utc() -> None:
    midnight = local_midnight(date(2026, 6, 2))
    half_past_eight = local_instant(date(2026, 6, 2), time(8, 30))

    assert midnight == datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
    assert midnight.tzinfo is UTC
    assert half_past_eight == datetime(2026, 6, 2, 0, 30, tzinfo=UTC)


def test_dates_print_with_their_weekday() -> None:
    assert date_zh(date(2026, 7, 31)) == "2026年7月31日（星期五）"
