"""What holds for every due date, whatever the day, the period and the pauses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import (
    CalendarDays,
    DueDate,
    Pause,
    Period,
    StartEvent,
    WorkingDays,
    standard_calendar,
)

CALENDAR = standard_calendar()
ONE_DAY = timedelta(days=1)

starts = st.dates(min_value=date(2007, 1, 1), max_value=date(2035, 12, 31))
periods = st.one_of(
    st.integers(min_value=1, max_value=120).map(CalendarDays),
    st.integers(min_value=1, max_value=40).map(WorkingDays),
)


@st.composite
def starts_with_pauses(draw: st.DrawFn) -> tuple[date, tuple[Pause, ...]]:
    start_on = draw(starts)
    spans = draw(
        st.lists(st.tuples(st.integers(min_value=-5, max_value=60), st.integers(1, 15)), max_size=3)
    )
    return start_on, tuple(
        Pause(start_on + before * ONE_DAY, start_on + (before + length) * ONE_DAY)
        for before, length in spans
    )


def due_after(start_on: date, within: Period, paused: tuple[Pause, ...] = ()) -> DueDate:
    return CALENDAR.due(
        start_on=start_on,
        within=within,
        article="L22-34",
        start_event=StartEvent.ACCEPTED,
        paused=paused,
    )


@pytest.mark.proves("D-22", "CC-203")
@given(start=starts_with_pauses(), within=periods)
def test_a_due_date_is_a_working_day_outside_every_pause(
    start: tuple[date, tuple[Pause, ...]], within: Period
) -> None:
    start_on, paused = start

    due = due_after(start_on, within, paused)

    assert CALENDAR.is_working_day(due.due_on)
    assert not any(pause.covers(due.due_on) for pause in paused)


@pytest.mark.proves("D-22", "CC-201")
@given(start_on=starts, within=periods)
def test_a_due_date_is_never_before_the_last_day_counted(start_on: date, within: Period) -> None:
    due = due_after(start_on, within)

    assert due.nominal_on <= due.due_on
    assert due.nominal_on >= start_on + within.count * ONE_DAY


@given(start_on=starts, within=periods)
def test_a_later_start_is_never_due_earlier(start_on: date, within: Period) -> None:
    assert due_after(start_on, within).due_on <= due_after(start_on + ONE_DAY, within).due_on


@given(start_on=starts, count=st.integers(min_value=1, max_value=40))
def test_a_longer_period_is_never_due_earlier(start_on: date, count: int) -> None:
    calendar_days = [due_after(start_on, CalendarDays(n)).due_on for n in (count, count + 1)]
    working_days = [due_after(start_on, WorkingDays(n)).due_on for n in (count, count + 1)]

    assert calendar_days == sorted(calendar_days)
    assert working_days[0] < working_days[1]


@given(start_on=starts, count=st.integers(min_value=1, max_value=40))
def test_as_many_working_days_are_never_due_before_calendar_days(
    start_on: date, count: int
) -> None:
    assert (
        due_after(start_on, CalendarDays(count)).due_on
        <= due_after(start_on, WorkingDays(count)).due_on
    )


@given(start=starts_with_pauses(), within=periods)
def test_a_pause_never_makes_a_due_date_earlier(
    start: tuple[date, tuple[Pause, ...]], within: Period
) -> None:
    start_on, paused = start

    assert due_after(start_on, within).due_on <= due_after(start_on, within, paused).due_on


@given(start=starts_with_pauses(), within=periods)
def test_every_day_skipped_is_off_and_every_day_is_accounted_for(
    start: tuple[date, tuple[Pause, ...]], within: Period
) -> None:
    start_on, paused = start

    due = due_after(start_on, within, paused)

    assert not any(CALENDAR.is_working_day(day.on) for day in due.skipped)
    if isinstance(within, WorkingDays):
        elapsed = [start_on + n * ONE_DAY for n in range(1, (due.due_on - start_on).days + 1)]
        unpaused = [on for on in elapsed if not any(pause.covers(on) for pause in paused)]
        assert len(unpaused) == within.count + len(due.skipped)


@given(start=starts_with_pauses(), within=periods)
def test_a_due_date_comes_back_from_its_dump(
    start: tuple[date, tuple[Pause, ...]], within: Period
) -> None:
    start_on, paused = start
    due = due_after(start_on, within, paused)

    assert DueDate.load(due.dump()) == due
    assert CALENDAR.recompute(due) == due
