"""The legal table of registering: who is entered, as what, and since when it counts as received."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.rules import (
    Arrival,
    EntryKind,
    Form,
    acceptance_notice_due,
    entry_for,
    is_group,
    may_be_received_on,
    may_form_be_entered,
    next_version,
    sorting_due,
)
from shared.calendar import standard_calendar
from shared.decisions import Verdict

MONDAY = date(2026, 6, 1)


@pytest.mark.proves("C-01", "T1", "I-1", "I-2", "P-5", "D-01", "D-03", "L22-19", "L22-44(1)")
@pytest.mark.parametrize(
    ("arrival", "entered_as"),
    [
        pytest.param(
            Arrival(repeats=False), EntryKind.NEW_PETITION, id="a_new_matter_is_a_petition"
        ),
        pytest.param(
            Arrival(repeats=True, earlier_ended=False),
            EntryKind.LINKED_VISIT,
            id="a_repeat_of_an_open_petition_is_a_visit_on_it",
        ),
        pytest.param(
            Arrival(repeats=True, earlier_ended=True),
            EntryKind.NEW_LINKED,
            id="a_repeat_of_an_ended_petition_is_a_new_one_linked_to_it",
        ),
    ],
)
def test_whoever_comes_is_entered(arrival: Arrival, entered_as: EntryKind) -> None:
    entry = entry_for(arrival)

    assert entry.allowed
    assert entry.value is entered_as


@pytest.mark.proves("D-03")
def test_a_repeat_of_a_petition_whose_stage_is_not_known_is_not_guessed() -> None:
    entry = entry_for(Arrival(repeats=True))

    assert entry.verdict is Verdict.UNKNOWN
    assert entry.decision.missing_facts == ("earlier_ended",)


@pytest.mark.proves("D-01", "L22-44(1)")
def test_no_condition_of_registering_can_be_answered_no() -> None:
    answers = {
        entry_for(Arrival(repeats=repeats, earlier_ended=ended)).verdict
        for repeats in (True, False)
        for ended in (True, False, None)
    }

    assert Verdict.NO not in answers


@pytest.mark.proves("L22-17", "L22-19", "L22-22")
@pytest.mark.parametrize(
    ("form", "by_petitioner", "allowed"),
    [
        pytest.param(Form.ONLINE, True, True, id="a_petitioner_enters_online_petitions"),
        pytest.param(Form.VISIT, True, False, id="no_petitioner_enters_a_visit"),
        pytest.param(Form.PHONE, True, False, id="no_petitioner_enters_a_call"),
        pytest.param(Form.LETTER, True, False, id="no_petitioner_enters_a_letter"),
        pytest.param(Form.ONLINE, False, True, id="the_office_enters_online_petitions"),
        pytest.param(Form.VISIT, False, True, id="the_office_enters_visits"),
        pytest.param(Form.PHONE, False, True, id="the_office_enters_calls"),
        pytest.param(Form.LETTER, False, True, id="the_office_enters_letters"),
    ],
)
def test_a_form_is_entered_by_who_received_it(
    form: Form, *, by_petitioner: bool, allowed: bool
) -> None:
    assert may_form_be_entered(form=form, by_petitioner=by_petitioner).allowed is allowed


@pytest.mark.proves("L22-20")
@pytest.mark.parametrize(
    ("headcount", "answer"),
    [
        pytest.param(1, Verdict.NO, id="one_person_is_no_group"),
        pytest.param(4, Verdict.NO, id="four_people_are_no_group"),
        pytest.param(5, Verdict.YES, id="five_people_are_a_group"),
        pytest.param(140, Verdict.YES, id="a_hundred_and_forty_people_are_a_group"),
        pytest.param(None, Verdict.UNKNOWN, id="an_unknown_headcount_is_not_guessed"),
    ],
)
def test_a_group_is_counted_from_five_people_on(headcount: int | None, answer: Verdict) -> None:
    assert is_group(headcount=headcount).verdict is answer


@pytest.mark.proves("L22-19", "L22-22", "D-01")
@pytest.mark.parametrize(
    ("received_on", "by_petitioner", "refused_for"),
    [
        pytest.param(date(2026, 6, 2), True, "not_received_later", id="a_petitioner_tomorrow"),
        pytest.param(date(2026, 6, 1), True, None, id="a_petitioner_today"),
        pytest.param(
            date(2026, 5, 31),
            True,
            "petitioner_enters_it_on_the_day",
            id="a_petitioner_says_yesterday",
        ),
        pytest.param(
            date(2026, 5, 17),
            True,
            "petitioner_enters_it_on_the_day",
            id="a_petitioner_says_15_days_ago",
        ),
        pytest.param(date(2026, 6, 2), False, "not_received_later", id="the_office_tomorrow"),
        pytest.param(date(2026, 6, 1), False, None, id="the_office_today"),
        pytest.param(date(2026, 5, 31), False, None, id="the_office_says_yesterday"),
        pytest.param(date(2026, 5, 18), False, None, id="the_office_says_14_days_ago"),
        pytest.param(date(2026, 5, 17), False, None, id="the_office_says_15_days_ago"),
        pytest.param(
            date(2026, 5, 16), False, "within_sorting_limit", id="the_office_says_16_days_ago"
        ),
    ],
)
def test_a_day_of_receipt_is_today_or_one_that_the_office_says_within_the_time_for_sorting(
    received_on: date, refused_for: str | None, *, by_petitioner: bool
) -> None:
    reason = may_be_received_on(
        received_on=received_on, by_petitioner=by_petitioner, on=MONDAY
    ).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("L22-22")
@pytest.mark.parametrize("by_petitioner", [True, False])
def test_an_unknown_day_of_receipt_is_not_guessed(*, by_petitioner: bool) -> None:
    decision = may_be_received_on(received_on=None, by_petitioner=by_petitioner, on=MONDAY)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("received_on",)


@pytest.mark.proves("L22-22", "T2")
@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 16), id="fifteen_days_after_receipt"),
        pytest.param(
            date(2026, 6, 5), date(2026, 6, 22), id="a_last_day_that_is_a_holiday_moves_on"
        ),
    ],
)
def test_sorting_is_due_fifteen_days_after_receipt(received_on: date, due_on: date) -> None:
    due = sorting_due(received_on=received_on, calendar=standard_calendar())

    assert due.due_on == due_on
    assert due.article == "L22-22"


@pytest.mark.proves("L22-23", "P-8")
def test_the_unit_tells_the_petitioner_within_fifteen_days_of_the_transfer() -> None:
    due = acceptance_notice_due(transferred_on=date(2026, 6, 3), calendar=standard_calendar())

    assert due.due_on == date(2026, 6, 18)
    assert due.article == "L22-23¶3"


@pytest.mark.proves("I-16", "P-6")
@pytest.mark.parametrize(
    ("latest", "version"),
    [
        pytest.param(None, 1, id="the_first_entry_is_version_1"),
        pytest.param(1, 2, id="a_correction_is_a_version_more"),
    ],
)
def test_an_entry_is_added_and_never_overwritten(latest: int | None, version: int) -> None:
    assert next_version(latest=latest) == version
