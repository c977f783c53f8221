"""Due dates: the legal table of counting, and explanations that can be checked by hand."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.calendar import (
    CalendarDays,
    DueDate,
    Pause,
    Period,
    StartEvent,
    WorkingDays,
    YearNotCovered,
    fixed_due,
    standard_calendar,
)
from shared.decisions import MalformedCitation, rule_ids_of

CALENDAR = standard_calendar()


def due_after(start_on: date, within: Period, *paused: Pause) -> DueDate:
    return CALENDAR.due(
        start_on=start_on,
        within=within,
        article="L22-34",
        start_event=StartEvent.ACCEPTED,
        paused=paused,
    )


@pytest.mark.proves("D-22", "CC-201", "L22-34")
@pytest.mark.parametrize(
    ("accepted_on", "nominal_on"),
    [
        pytest.param(
            date(2026, 6, 1), date(2026, 7, 31), id="the day of acceptance is not counted"
        ),
        pytest.param(date(2026, 5, 31), date(2026, 7, 30), id="accepted a day earlier"),
        pytest.param(date(2025, 11, 20), date(2026, 1, 19), id="across the turn of the year"),
        pytest.param(date(2024, 1, 15), date(2024, 3, 15), id="across a leap day"),
        pytest.param(date(2025, 1, 15), date(2025, 3, 16), id="the same without the leap day"),
    ],
)
def test_sixty_days_run_from_the_day_after_acceptance(accepted_on: date, nominal_on: date) -> None:
    due = due_after(accepted_on, CalendarDays(60))

    assert due.nominal_on == nominal_on
    assert due.nominal_on - accepted_on == timedelta(days=60)


@pytest.mark.proves("D-22", "CC-203")
@pytest.mark.parametrize(
    ("start_on", "nominal_on", "due_on"),
    [
        pytest.param(
            date(2026, 6, 10), date(2026, 6, 25), date(2026, 6, 25), id="a workday stands"
        ),
        pytest.param(
            date(2026, 5, 29), date(2026, 6, 13), date(2026, 6, 15), id="a Saturday moves to Monday"
        ),
        pytest.param(
            date(2026, 5, 30), date(2026, 6, 14), date(2026, 6, 15), id="a Sunday moves to Monday"
        ),
        pytest.param(
            date(2026, 6, 4),
            date(2026, 6, 19),
            date(2026, 6, 22),
            id="a festival on a Friday moves past its weekend",
        ),
        pytest.param(
            date(2026, 9, 16),
            date(2026, 10, 1),
            date(2026, 10, 8),
            id="National Day moves past the whole holiday",
        ),
        pytest.param(
            date(2026, 9, 22),
            date(2026, 10, 7),
            date(2026, 10, 8),
            id="the last day of a holiday moves to the day after",
        ),
        pytest.param(
            date(2026, 2, 1),
            date(2026, 2, 16),
            date(2026, 2, 24),
            id="the Spring Festival moves past nine days off",
        ),
        pytest.param(
            date(2024, 2, 2),
            date(2024, 2, 17),
            date(2024, 2, 18),
            id="a make-up Sunday ends the Spring Festival of 2024",
        ),
        pytest.param(
            date(2026, 9, 25),
            date(2026, 10, 10),
            date(2026, 10, 10),
            id="a make-up Saturday is a working day and stands",
        ),
        pytest.param(
            date(2026, 9, 26),
            date(2026, 10, 11),
            date(2026, 10, 12),
            id="the Sunday after it is not",
        ),
        pytest.param(
            date(2025, 12, 17),
            date(2026, 1, 1),
            date(2026, 1, 4),
            id="New Year's Day moves to a make-up Sunday",
        ),
        pytest.param(
            date(2020, 1, 17),
            date(2020, 2, 1),
            date(2020, 2, 3),
            id="a holiday prolonged by a second notice",
        ),
        pytest.param(
            date(2018, 12, 16),
            date(2018, 12, 31),
            date(2019, 1, 2),
            id="the last day of a year, by the notice of the next",
        ),
    ],
)
def test_a_last_day_off_moves_to_the_next_working_day(
    start_on: date, nominal_on: date, due_on: date
) -> None:
    due = due_after(start_on, CalendarDays(15))

    assert (due.nominal_on, due.due_on) == (nominal_on, due_on)


@pytest.mark.proves("D-22", "L22-23¶3")
@pytest.mark.parametrize(
    ("start_on", "due_on"),
    [
        pytest.param(date(2026, 6, 8), date(2026, 6, 15), id="from a Monday over one weekend"),
        pytest.param(date(2026, 6, 6), date(2026, 6, 12), id="from a Saturday"),
        pytest.param(date(2026, 9, 30), date(2026, 10, 13), id="over the National Day holiday"),
        pytest.param(date(2026, 2, 10), date(2026, 2, 24), id="over the Spring Festival"),
        pytest.param(
            date(2026, 5, 4), date(2026, 5, 11), id="a make-up Saturday counts as a working day"
        ),
        pytest.param(date(2025, 12, 30), date(2026, 1, 7), id="over the turn of the year"),
    ],
)
def test_working_days_are_counted_one_by_one(start_on: date, due_on: date) -> None:
    due = due_after(start_on, WorkingDays(5))

    assert due.due_on == due.nominal_on == due_on


@pytest.mark.proves("D-22", "L22-34")
def test_an_extension_runs_from_acceptance_and_not_from_the_day_it_had_moved_to() -> None:
    accepted_on = date(2026, 8, 4)
    unextended = due_after(accepted_on, CalendarDays(60))
    assert unextended.due_on == date(2026, 10, 8)

    extended = due_after(accepted_on, CalendarDays(60) + CalendarDays(30))

    assert extended.due_on == date(2026, 11, 2)
    assert extended.due_on == accepted_on + timedelta(days=90)
    assert extended.due_on < unextended.due_on + timedelta(days=30)


HEARING = Pause(date(2026, 6, 10), date(2026, 6, 13))


@pytest.mark.proves("D-24")
@pytest.mark.parametrize(
    ("within", "due_on"),
    [
        pytest.param(CalendarDays(9), date(2026, 6, 15), id="calendar days are put off by three"),
        pytest.param(CalendarDays(8), date(2026, 6, 9), id="a count that ended before is not"),
        pytest.param(WorkingDays(6), date(2026, 6, 9), id="working days that ended before are not"),
        pytest.param(WorkingDays(7), date(2026, 6, 15), id="working days are put off as well"),
    ],
)
def test_paused_days_do_not_count(within: Period, due_on: date) -> None:
    due = due_after(date(2026, 6, 1), within, HEARING)

    assert due.due_on == due_on
    assert due.paused == (HEARING,)


@pytest.mark.proves("D-24")
def test_no_period_ends_on_a_paused_day() -> None:
    pause = Pause(date(2026, 6, 15), date(2026, 6, 17))

    due = due_after(date(2026, 6, 1), CalendarDays(12), pause)

    assert (due.nominal_on, due.due_on) == (date(2026, 6, 13), date(2026, 6, 17))


@pytest.mark.proves("D-24")
def test_pauses_that_overlap_are_left_out_once() -> None:
    longer = Pause(date(2026, 6, 11), date(2026, 6, 15))

    due = due_after(date(2026, 6, 1), CalendarDays(9), HEARING, longer)

    assert due.due_on == date(2026, 6, 15)


def test_a_due_date_says_what_it_skipped() -> None:
    due = due_after(date(2026, 9, 18), CalendarDays(15))

    assert [(day.on.day, day.name) for day in due.skipped] == [
        (3, "国庆节"),
        (4, "国庆节"),
        (5, "国庆节"),
        (6, "国庆节"),
        (7, "国庆节"),
    ]
    assert due.notices == ("国办发明电〔2025〕7号",)
    assert due.calendar_version == CALENDAR.version


@pytest.mark.parametrize(
    ("start_on", "within", "provisional"),
    [
        pytest.param(date(2026, 10, 26), CalendarDays(60), False, id="ends on 25 December"),
        pytest.param(date(2026, 10, 29), CalendarDays(60), True, id="ends on 28 December"),
        pytest.param(date(2026, 12, 18), WorkingDays(5), False, id="working days until the 25th"),
        pytest.param(date(2026, 12, 22), WorkingDays(5), True, id="working days until the 29th"),
        pytest.param(date(2026, 12, 30), CalendarDays(15), True, id="ends in a year not announced"),
        pytest.param(date(2025, 12, 22), WorkingDays(5), False, id="both years announced"),
    ],
)
def test_a_count_on_days_not_yet_announced_is_provisional(
    start_on: date, within: Period, provisional: bool
) -> None:
    assert due_after(start_on, within).provisional is provisional


@pytest.mark.proves("D-23")
def test_overdue_begins_at_local_midnight_after_the_due_date() -> None:
    due = due_after(date(2026, 6, 1), CalendarDays(60))
    midnight = datetime(2026, 7, 31, 16, 0, tzinfo=UTC)

    assert due.overdue_from == midnight
    assert not due.is_overdue(now=midnight - timedelta(microseconds=1))
    assert due.is_overdue(now=midnight)


def test_a_date_that_a_person_fixed_stays_as_written() -> None:
    saturday = date(2026, 6, 20)

    due = fixed_due(on=saturday, article="C-15")

    assert due.due_on == due.nominal_on == saturday
    assert due.within is None
    assert not due.provisional


@pytest.mark.parametrize("article", ["article 34", ""])
def test_a_due_date_without_a_source_is_refused(article: str) -> None:
    with pytest.raises(MalformedCitation):
        fixed_due(on=date(2026, 6, 20), article=article)


def test_a_count_that_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(YearNotCovered, match="2051"):
        due_after(date(2050, 12, 1), CalendarDays(60))


@pytest.mark.parametrize(
    ("due", "sentences"),
    [
        pytest.param(
            due_after(date(2026, 6, 1), CalendarDays(60)),
            (
                "依据《信访工作条例》第34条，自受理之日起60日内。",
                "受理之日为2026年6月1日（星期一），当日不计入。",
                "第60日为2026年7月31日（星期五）。",
                "期限于2026年7月31日（星期五）24时届满，次日零时起为逾期。",
                "工作日和节假日依据：国办发明电〔2025〕7号。",
            ),
            id="a count that ends on a workday",
        ),
        pytest.param(
            due_after(date(2026, 9, 18), CalendarDays(15)),
            (
                "依据《信访工作条例》第34条，自受理之日起15日内。",
                "受理之日为2026年9月18日（星期五），当日不计入。",
                "第15日为2026年10月3日（星期六）。",
                "因2026年10月3日至2026年10月7日（国庆节）不是工作日，",
                "顺延至其后的第一个工作日2026年10月8日（星期四）（《民法典》第203条，规则D-22）。",
                "期限于2026年10月8日（星期四）24时届满，次日零时起为逾期。",
                "工作日和节假日依据：国办发明电〔2025〕7号。",
            ),
            id="a count that moves past a holiday",
        ),
        pytest.param(
            due_after(
                date(2026, 9, 30), WorkingDays(3), Pause(date(2026, 10, 9), date(2026, 10, 10))
            ),
            (
                "依据《信访工作条例》第34条，自受理之日起3个工作日内。",
                "受理之日为2026年9月30日（星期三），当日不计入。",
                "2026年10月9日（星期五）至2026年10月9日（星期五）为听证期间，不计入。",
                "跳过2026年10月1日至2026年10月7日（国庆节）、2026年10月11日（星期日）。",
                "第3个工作日为2026年10月12日（星期一）。",
                "2026年10月10日（星期六）为调休上班日，按工作日计算。",
                "期限于2026年10月12日（星期一）24时届满，次日零时起为逾期。",
                "工作日和节假日依据：国办发明电〔2025〕7号。",
            ),
            id="working days with a pause and a make-up workday",
        ),
        pytest.param(
            due_after(date(2026, 6, 1), WorkingDays(1)),
            (
                "依据《信访工作条例》第34条，自受理之日起1个工作日内。",
                "受理之日为2026年6月1日（星期一），当日不计入。",
                "第1个工作日为2026年6月2日（星期二）。",
                "期限于2026年6月2日（星期二）24时届满，次日零时起为逾期。",
                "工作日和节假日依据：国办发明电〔2025〕7号。",
            ),
            id="working days with nothing to skip",
        ),
        pytest.param(
            due_after(date(2027, 6, 1), CalendarDays(15)),
            (
                "依据《信访工作条例》第34条，自受理之日起15日内。",
                "受理之日为2027年6月1日（星期二），当日不计入。",
                "第15日为2027年6月16日（星期三）。",
                "期限于2027年6月16日（星期三）24时届满，次日零时起为逾期。",
                "所涉日期的放假安排尚未公布，暂按周末和法定节日推算，公布后重新计算。",
            ),
            id="a provisional count",
        ),
        pytest.param(
            fixed_due(on=date(2026, 6, 20), article="C-15"),
            (
                "期限直接指定为2026年6月20日（星期六）（规则C-15），不另行推算。",
                "期限于2026年6月20日（星期六）24时届满，次日零时起为逾期。",
            ),
            id="a date that a person fixed",
        ),
    ],
)
def test_a_due_date_explains_itself_in_chinese(due: DueDate, sentences: tuple[str, ...]) -> None:
    assert due.explain_zh() == "".join(sentences)


@pytest.mark.parametrize(
    "due",
    [
        pytest.param(due_after(date(2026, 9, 18), CalendarDays(15), HEARING), id="calendar days"),
        pytest.param(due_after(date(2026, 9, 30), WorkingDays(5)), id="working days"),
        pytest.param(fixed_due(on=date(2026, 6, 20), article="C-15"), id="a fixed date"),
    ],
)
def test_a_due_date_comes_back_from_json_as_it_went(due: DueDate) -> None:
    assert DueDate.load(json.loads(json.dumps(due.dump()))) == due


def test_the_counting_names_the_rules_it_decides() -> None:
    assert rule_ids_of(type(CALENDAR).due) == ("D-22", "CC-201", "CC-203")
