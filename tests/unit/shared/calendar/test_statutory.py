"""The figures of the law: which value stands on which date, and where it comes from."""

from datetime import date

import pytest

from shared.calendar import CalendarDays, Period, StartEvent, WorkingDays, standard_calendar
from shared.calendar import statutory as law
from shared.decisions import DatedFigures, FigureNotInForce

BEFORE_2005 = date(2005, 4, 30)
FROM_2005 = date(2005, 5, 1)
BEFORE_2022 = date(2022, 4, 30)
FROM_2022 = date(2022, 5, 1)


@pytest.mark.parametrize(
    ("figures", "on", "value", "article"),
    [
        (law.SORTING_PERIOD, FROM_2005, CalendarDays(15), "L05-21"),
        (law.SORTING_PERIOD, BEFORE_2022, CalendarDays(15), "L05-21"),
        (law.SORTING_PERIOD, FROM_2022, CalendarDays(15), "L22-22"),
        (law.DIRECT_NOTICE_PERIOD, BEFORE_2022, CalendarDays(15), "L05-22"),
        (law.DIRECT_NOTICE_PERIOD, FROM_2022, CalendarDays(15), "L22-23¶2"),
        (law.ACCEPTANCE_NOTICE_PERIOD, BEFORE_2022, CalendarDays(15), "L05-21¶2"),
        (law.ACCEPTANCE_NOTICE_PERIOD, FROM_2022, CalendarDays(15), "L22-23¶3"),
        (law.OBJECTION_PERIOD, FROM_2022, WorkingDays(5), "L22-23¶3"),
        (law.HANDLING_PERIOD, FROM_2005, CalendarDays(60), "L05-33"),
        (law.HANDLING_PERIOD, BEFORE_2022, CalendarDays(60), "L05-33"),
        (law.HANDLING_PERIOD, FROM_2022, CalendarDays(60), "L22-34"),
        (law.EXTENSION_LIMIT, BEFORE_2022, CalendarDays(30), "L05-33"),
        (law.EXTENSION_LIMIT, FROM_2022, CalendarDays(30), "L22-34"),
        (law.REVIEW_REQUEST_PERIOD, BEFORE_2022, CalendarDays(30), "L05-34"),
        (law.REVIEW_REQUEST_PERIOD, FROM_2022, CalendarDays(30), "L22-35"),
        (law.REVIEW_PERIOD, BEFORE_2022, CalendarDays(30), "L05-34"),
        (law.REVIEW_PERIOD, FROM_2022, CalendarDays(30), "L22-35"),
        (law.RECHECK_REQUEST_PERIOD, BEFORE_2022, CalendarDays(30), "L05-35"),
        (law.RECHECK_REQUEST_PERIOD, FROM_2022, CalendarDays(30), "L22-36"),
        (law.RECHECK_PERIOD, BEFORE_2022, CalendarDays(30), "L05-35"),
        (law.RECHECK_PERIOD, FROM_2022, CalendarDays(30), "L22-36"),
        (law.EXPLANATION_PERIOD, FROM_2022, WorkingDays(5), "D-23"),
        (law.PROMISE_LIMIT, FROM_2022, CalendarDays(30), "D-23"),
        (law.CIRCULAR_ANSWER_PERIOD, FROM_2022, WorkingDays(5), "D-27"),
        (law.REPRESENTATIVE_LIMIT, BEFORE_2022, 5, "L05-18"),
        (law.REPRESENTATIVE_LIMIT, FROM_2022, 5, "L22-20¶3"),
    ],
)
def test_each_figure_stands_from_its_own_day(
    figures: DatedFigures[Period | int], on: date, value: Period | int, article: str
) -> None:
    figure = figures.in_force(on=on)

    assert figure.value == value
    assert figure.citation.rule_id == article


@pytest.mark.parametrize(
    ("figures", "on"),
    [
        pytest.param(law.SORTING_PERIOD, BEFORE_2005, id="sorting before the first regulation"),
        pytest.param(law.OBJECTION_PERIOD, BEFORE_2022, id="objection before the second"),
    ],
)
def test_before_its_first_day_a_figure_is_unknown(figures: DatedFigures[Period], on: date) -> None:
    assert figures.find(on=on) is None
    with pytest.raises(FigureNotInForce):
        figures.in_force(on=on)


@pytest.mark.proves("D-22")
@pytest.mark.parametrize(
    ("accepted_on", "due_on", "article"),
    [
        pytest.param(BEFORE_2022, date(2022, 6, 29), "L05-33", id="accepted under the old text"),
        pytest.param(FROM_2022, date(2022, 6, 30), "L22-34", id="accepted under the new one"),
    ],
)
def test_a_statutory_due_date_cites_the_text_in_force_at_its_start(
    accepted_on: date, due_on: date, article: str
) -> None:
    due = standard_calendar().statutory_due(
        law.HANDLING_PERIOD, start_on=accepted_on, start_event=StartEvent.ACCEPTED
    )

    assert (due.due_on, due.article) == (due_on, article)


def test_a_statutory_due_date_before_the_law_is_refused() -> None:
    with pytest.raises(FigureNotInForce, match="L22-23"):
        standard_calendar().statutory_due(
            law.OBJECTION_PERIOD, start_on=BEFORE_2022, start_event=StartEvent.TRANSFER_RECEIVED
        )
