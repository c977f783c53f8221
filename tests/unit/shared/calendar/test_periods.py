"""Periods: calendar days and working days are different things."""

from datetime import date

import pytest

from shared.calendar import CalendarDays, Pause, PauseReason, StartEvent, WorkingDays


def test_calendar_days_and_working_days_are_not_interchangeable() -> None:
    calendar_days, working_days = CalendarDays(5), WorkingDays(5)

    assert len({calendar_days, working_days}) == 2
    with pytest.raises(TypeError):
        _ = calendar_days < working_days  # type: ignore[operator]  # The checker sees it first.


def test_an_extension_adds_calendar_days() -> None:
    assert CalendarDays(60) + CalendarDays(30) == CalendarDays(90)


@pytest.mark.parametrize("count", [0, -1])
@pytest.mark.parametrize("period", [CalendarDays, WorkingDays])
def test_a_period_has_at_least_one_day(
    period: type[CalendarDays] | type[WorkingDays], count: int
) -> None:
    with pytest.raises(ValueError, match="at least 1 day"):
        period(count)


def test_periods_print_in_chinese() -> None:
    assert CalendarDays(60).zh == "60日"
    assert WorkingDays(5).zh == "5个工作日"


@pytest.mark.parametrize("event", StartEvent)
def test_every_start_event_has_a_chinese_name(event: StartEvent) -> None:
    assert event.zh


def test_a_pause_covers_its_first_day_and_not_its_end() -> None:
    pause = Pause(date(2026, 6, 10), date(2026, 6, 12))

    assert not pause.covers(date(2026, 6, 9))
    assert pause.covers(date(2026, 6, 10))
    assert pause.covers(date(2026, 6, 11))
    assert not pause.covers(date(2026, 6, 12))
    assert pause.reason is PauseReason.HEARING


@pytest.mark.parametrize("until", [date(2026, 6, 9), date(2026, 6, 10)], ids=["before", "same day"])
def test_a_pause_without_a_day_is_refused(until: date) -> None:
    with pytest.raises(ValueError, match="holds no day"):
        Pause(date(2026, 6, 10), until)
