"""The 15 days of sorting from receipt (L22-22), and what remains after an objection (T7)."""

from __future__ import annotations

from datetime import date

import pytest

from services.triage.rules.clock import when_sorting_is_due, when_sorting_is_due_again
from services.triage.rules.objections import may_objection_be_decided
from services.triage.rules.suggestions import may_suggestion_be_answered
from shared.calendar import StartEvent, fixed_due, standard_calendar
from shared.decisions import FigureNotInForce

CALENDAR = standard_calendar()


@pytest.mark.proves("T2", "L22-22", "D-22")
@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 16), id="day 15 is a working day"),
        pytest.param(date(2026, 5, 29), date(2026, 6, 15), id="day 15 is a Saturday"),
        pytest.param(date(2026, 9, 17), date(2026, 10, 8), id="day 15 is in the national holiday"),
        pytest.param(date(2026, 9, 25), date(2026, 10, 10), id="day 15 is a make-up workday"),
    ],
)
def test_sorting_is_due_fifteen_days_after_receipt(received_on: date, due_on: date) -> None:
    due = when_sorting_is_due(received_on=received_on, calendar=CALENDAR)

    assert due.due_on == due_on
    assert due.article == "L22-22"
    assert due.start_event is StartEvent.RECEIVED


@pytest.mark.proves("L22-22")
@pytest.mark.parametrize(
    ("received_on", "article"),
    [(date(2022, 4, 30), "L05-21"), (date(2022, 5, 1), "L22-22")],
)
def test_the_article_is_that_in_force_on_the_day_of_receipt(
    received_on: date, article: str
) -> None:
    assert when_sorting_is_due(received_on=received_on, calendar=CALENDAR).article == article


@pytest.mark.proves("L22-22")
def test_before_any_text_there_is_no_period() -> None:
    with pytest.raises(FigureNotInForce):
        when_sorting_is_due(received_on=date(2005, 4, 30), calendar=CALENDAR)


@pytest.mark.proves("T7", "L22-22", "L22-23")
@pytest.mark.parametrize(
    ("sorted_on", "due_on"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 7, 1), id="sorted at once: all 15 remain"),
        pytest.param(date(2026, 6, 2), date(2026, 6, 30), id="1 day used: 14 remain"),
        pytest.param(date(2026, 6, 15), date(2026, 6, 17), id="14 days used: 1 remains"),
        pytest.param(date(2026, 6, 16), date(2026, 6, 17), id="all used: 1 remains"),
        pytest.param(date(2026, 6, 20), date(2026, 6, 17), id="overdue: 1 remains"),
    ],
)
def test_after_an_objection_the_rest_of_the_clock_runs(sorted_on: date, due_on: date) -> None:
    before = when_sorting_is_due(received_on=date(2026, 6, 1), calendar=CALENDAR)

    due = when_sorting_is_due_again(
        before=before, sorted_on=sorted_on, agreed_on=date(2026, 6, 16), calendar=CALENDAR
    )

    assert due.due_on == due_on
    assert "核实同意承办单位异议" in due.explain_zh()


@pytest.mark.proves("T7")
def test_a_second_objection_counts_from_the_first_rest() -> None:
    calendar = CALENDAR
    first = when_sorting_is_due(received_on=date(2026, 6, 1), calendar=calendar)
    again = when_sorting_is_due_again(
        before=first,
        sorted_on=date(2026, 6, 8),
        agreed_on=date(2026, 6, 15),
        calendar=calendar,
    )

    third = when_sorting_is_due_again(
        before=again,
        sorted_on=date(2026, 6, 17),
        agreed_on=date(2026, 6, 24),
        calendar=calendar,
    )

    assert third.within is not None
    assert third.within.count == 15 - 7 - 2


@pytest.mark.proves("T7")
def test_a_clock_that_was_not_counted_leaves_one_day() -> None:
    due = when_sorting_is_due_again(
        before=fixed_due(on=date(2026, 6, 16), article="L22-22"),
        sorted_on=date(2026, 6, 2),
        agreed_on=date(2026, 6, 8),
        calendar=CALENDAR,
    )

    assert due.due_on == date(2026, 6, 9)


@pytest.mark.proves("T7", "L22-23", "P-9")
def test_only_a_pending_objection_is_decided() -> None:
    assert may_objection_be_decided(pending=True).allowed
    assert not may_objection_be_decided(pending=False).allowed


@pytest.mark.proves("C-10", "L22-40")
@pytest.mark.parametrize(
    ("answered_by", "answered", "against"),
    [
        pytest.param("l_head", False, None, id="the leader it went to, for the first time"),
        pytest.param("l_secretary", False, "leader_is_the_addressee", id="another leader"),
        pytest.param("l_head", True, "suggestion_is_open", id="a second answer"),
    ],
)
def test_a_suggestion_is_answered_by_its_leader_once(
    answered_by: str, answered: bool, against: str | None
) -> None:
    refusal = may_suggestion_be_answered(
        submitted_to="l_head", answered_by=answered_by, answered=answered
    ).first_refusal()

    assert (refusal.code if refusal else None) == against
