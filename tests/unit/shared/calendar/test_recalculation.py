"""What a newly loaded notice changes in due dates counted before it."""

from datetime import date

from shared.calendar import (
    CalendarDays,
    CalendarYear,
    DueDate,
    Holiday,
    StartEvent,
    WorkingCalendar,
    differences,
    fixed_due,
    standard_calendar,
)

BEFORE_NOTICE = standard_calendar()
AFTER_NOTICE = WorkingCalendar(
    (
        *(year for year in BEFORE_NOTICE.years if year.year < 2027),
        CalendarYear(
            year=2027,
            notices=("国办发明电〔2026〕99号",),
            holidays=(
                Holiday(
                    name="春节",
                    first_day=date(2027, 2, 5),
                    last_day=date(2027, 2, 12),
                    make_up_workdays=(date(2027, 1, 31),),
                ),
            ),
        ),
    )
)


def counted_before(accepted_on: date) -> DueDate:
    return BEFORE_NOTICE.due(
        start_on=accepted_on,
        within=CalendarDays(60),
        article="L22-34",
        start_event=StartEvent.ACCEPTED,
    )


def test_a_due_date_on_a_day_newly_off_moves_and_is_settled() -> None:
    in_festival = counted_before(date(2026, 12, 11))
    assert in_festival.due_on == date(2027, 2, 9)

    [difference] = differences([in_festival], calendar=AFTER_NOTICE)

    assert difference.moved
    assert difference.before == in_festival
    assert difference.after.due_on == date(2027, 2, 15)
    assert difference.dump() == {
        "article": "L22-34",
        "due_on_before": "2027-02-09",
        "due_on_after": "2027-02-15",
        "provisional_before": True,
        "provisional_after": False,
        "calendar_version_before": BEFORE_NOTICE.version,
        "calendar_version_after": AFTER_NOTICE.version,
    }


def test_a_due_date_on_a_day_newly_worked_moves_to_it() -> None:
    on_saturday = counted_before(date(2026, 12, 1))
    assert on_saturday.due_on == date(2027, 2, 1)

    [difference] = differences([on_saturday], calendar=AFTER_NOTICE)

    assert difference.after.due_on == date(2027, 1, 31)


def test_a_due_date_that_stays_is_settled_without_moving() -> None:
    in_spring = counted_before(date(2027, 1, 15))

    [difference] = differences([in_spring], calendar=AFTER_NOTICE)

    assert not difference.moved
    assert difference.before.provisional
    assert not difference.after.provisional


def test_what_the_notice_does_not_touch_is_left_out() -> None:
    in_autumn = counted_before(date(2026, 9, 1))
    moved = counted_before(date(2026, 12, 11))
    promised = fixed_due(on=date(2027, 2, 9), article="D-23")

    found = differences([in_autumn, moved, promised], calendar=AFTER_NOTICE)

    assert [difference.before for difference in found] == [moved]
