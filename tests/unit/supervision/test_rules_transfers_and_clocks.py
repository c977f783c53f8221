"""The legal tables of transfers and clocks: each limit just below, at and just above."""

from __future__ import annotations

from datetime import date

import pytest

from services.supervision.rules import terms
from services.supervision.rules.clocks import (
    acceptance_day,
    does_statutory_clock_run,
    due_not_before,
    extended_internal_due,
    internal_due,
    is_on_time,
    statutory_due,
)
from services.supervision.rules.terms import Route, Stage
from services.supervision.rules.transfers import (
    Transfer,
    acceptance_due,
    is_acceptance_overdue,
    may_transfer_be_accepted,
    may_transfer_be_objected_to,
    objection_due,
    stage_after_objection,
)
from shared.calendar import fixed_due, standard_calendar
from shared.contracts import common, supervision
from shared.decisions import FigureNotInForce, Verdict

CALENDAR = standard_calendar()
FRIDAY = date(2026, 6, 12)


@pytest.mark.parametrize(
    ("spelled", "declared"),
    [
        (terms.Route, supervision.CaseRoute),
        (terms.Stage, supervision.CaseState),
        (terms.Post, common.SlipPost),
        (terms.Clock, supervision.OverdueClock),
    ],
)
def test_rules_and_contracts_speak_of_the_same_things(
    spelled: type[terms.Stage], declared: type[supervision.CaseState]
) -> None:
    assert [one.value for one in spelled] == [one.value for one in declared]


@pytest.mark.proves("L22-23")
@pytest.mark.parametrize("stage", list(Stage))
def test_a_transfer_is_accepted_only_while_it_waits(stage: Stage) -> None:
    transfer = Transfer(stage=stage, objected=False, objection_until=FRIDAY)

    assert may_transfer_be_accepted(transfer).allowed == (stage is Stage.TRANSFERRED)


@pytest.mark.proves("L22-23", "T7")
@pytest.mark.parametrize(
    ("transfer", "on", "verdict"),
    [
        pytest.param(
            Transfer(stage=Stage.TRANSFERRED, objected=False, objection_until=FRIDAY),
            date(2026, 6, 11),
            Verdict.YES,
            id="the day before the last is in time",
        ),
        pytest.param(
            Transfer(stage=Stage.TRANSFERRED, objected=False, objection_until=FRIDAY),
            FRIDAY,
            Verdict.YES,
            id="the last day is in time",
        ),
        pytest.param(
            Transfer(stage=Stage.TRANSFERRED, objected=False, objection_until=FRIDAY),
            date(2026, 6, 13),
            Verdict.NO,
            id="the day after the last is too late",
        ),
        pytest.param(
            Transfer(stage=Stage.TRANSFERRED, objected=True, objection_until=FRIDAY),
            FRIDAY,
            Verdict.NO,
            id="a rejected objection is not made again",
        ),
        pytest.param(
            Transfer(stage=Stage.IN_HANDLING, objected=False, objection_until=FRIDAY),
            FRIDAY,
            Verdict.NO,
            id="acceptance excludes an objection",
        ),
        pytest.param(
            Transfer(stage=Stage.TRANSFERRED, objected=False, objection_until=None),
            FRIDAY,
            Verdict.UNKNOWN,
            id="an unknown last day decides nothing",
        ),
    ],
)
def test_a_transfer_is_objected_to_once_and_in_time(
    transfer: Transfer, on: date, verdict: Verdict
) -> None:
    assert may_transfer_be_objected_to(transfer, on=on).verdict is verdict


@pytest.mark.proves("T7")
def test_an_agreed_objection_returns_the_case_and_a_rejected_one_does_not() -> None:
    assert stage_after_objection(agreed=True) is Stage.RETURNED
    assert stage_after_objection(agreed=False) is Stage.TRANSFERRED


@pytest.mark.proves("L22-23")
def test_the_unit_has_5_working_days_to_object_and_15_days_to_answer() -> None:
    objection = objection_due(CALENDAR, transferred_on=date(2026, 6, 1))
    acceptance = acceptance_due(CALENDAR, transferred_on=date(2026, 6, 1))

    assert (objection.due_on, objection.article) == (date(2026, 6, 8), "L22-23¶3")
    assert (acceptance.due_on, acceptance.article) == (date(2026, 6, 16), "L22-23¶3")


@pytest.mark.proves("L22-23")
def test_no_objection_period_was_in_force_before_the_regulation_of_2022() -> None:
    assert objection_due(CALENDAR, transferred_on=date(2022, 5, 1)).due_on == date(2022, 5, 10)
    with pytest.raises(FigureNotInForce):
        objection_due(CALENDAR, transferred_on=date(2022, 4, 30))


@pytest.mark.proves("L22-23")
@pytest.mark.parametrize(
    ("stage", "accepted_on", "overdue"),
    [
        pytest.param(Stage.TRANSFERRED, None, True, id="no answer at all"),
        pytest.param(Stage.IN_HANDLING, FRIDAY, False, id="accepted on the last day"),
        pytest.param(Stage.IN_HANDLING, date(2026, 6, 13), True, id="accepted the day after"),
        pytest.param(Stage.OBJECTED, None, False, id="an objection is an answer"),
        pytest.param(Stage.RETURNED, None, False, id="returned to sorting"),
    ],
)
def test_acceptance_is_overdue_without_an_answer_in_time(
    stage: Stage, accepted_on: date | None, *, overdue: bool
) -> None:
    decision = is_acceptance_overdue(stage=stage, accepted_on=accepted_on, due_on=FRIDAY)

    assert decision.allowed == overdue


@pytest.mark.proves("L22-31", "L22-34", "D-04")
@pytest.mark.parametrize(
    ("route", "channel", "verdict"),
    [
        pytest.param(Route.LEADER, None, Verdict.YES, id="a leader's case"),
        pytest.param(Route.FORWARDED, "petition_procedure", Verdict.YES, id="forwarded on (6)"),
        pytest.param(Route.ASSIGNED, "petition_procedure", Verdict.YES, id="assigned on (6)"),
        pytest.param(Route.FORWARDED, "protective_duty", Verdict.NO, id="forwarded on (5)"),
        pytest.param(Route.ASSIGNED, "litigation", Verdict.NO, id="assigned on (1)"),
        pytest.param(Route.FORWARDED, None, Verdict.UNKNOWN, id="no channel known"),
    ],
)
def test_the_60_days_run_on_the_petition_procedure_only(
    route: Route, channel: str | None, verdict: Verdict
) -> None:
    assert does_statutory_clock_run(route=route, channel=channel).verdict is verdict


@pytest.mark.proves("D-21")
def test_acceptance_is_the_delivery_of_the_card_else_the_day_the_meeting_names() -> None:
    assert acceptance_day(delivered_on=date(2026, 6, 2), told_on=FRIDAY) == date(2026, 6, 2)
    assert acceptance_day(delivered_on=None, told_on=FRIDAY) == FRIDAY


@pytest.mark.proves("L22-34", "D-22")
@pytest.mark.parametrize(
    ("accepted_on", "days", "due_on"),
    [
        pytest.param(date(2026, 6, 1), 0, date(2026, 7, 31), id="60 days end on a Friday"),
        pytest.param(date(2026, 6, 2), 0, date(2026, 8, 3), id="a Saturday moves to Monday"),
        pytest.param(date(2026, 6, 2), 1, date(2026, 8, 3), id="day 61, a Sunday, too"),
        pytest.param(date(2026, 6, 2), 30, date(2026, 8, 31), id="day 90 counts from acceptance"),
        pytest.param(date(2026, 8, 4), 0, date(2026, 10, 8), id="a holiday moves to its end"),
    ],
)
def test_the_statutory_date_counts_from_acceptance(
    accepted_on: date, days: int, due_on: date
) -> None:
    due = statutory_due(CALENDAR, accepted_on=accepted_on, extension_days=days)

    assert due.due_on == due_on


@pytest.mark.proves("L22-34")
@pytest.mark.parametrize(
    ("accepted_on", "article"),
    [(date(2022, 4, 30), "L05-33"), (date(2022, 5, 1), "L22-34")],
)
def test_a_matter_is_judged_by_the_regulation_of_its_acceptance(
    accepted_on: date, article: str
) -> None:
    assert statutory_due(CALENDAR, accepted_on=accepted_on).article == article


@pytest.mark.proves("X-5", "C-15", "D-20")
@pytest.mark.parametrize(
    ("named_on", "statutory_on", "due_on", "article"),
    [
        pytest.param(date(2026, 7, 30), date(2026, 7, 31), date(2026, 7, 30), "C-15", id="before"),
        pytest.param(date(2026, 7, 31), date(2026, 7, 31), date(2026, 7, 31), "C-15", id="same"),
        pytest.param(date(2026, 8, 1), date(2026, 7, 31), date(2026, 7, 31), "X-5", id="after"),
        pytest.param(date(2026, 8, 1), None, date(2026, 8, 1), "C-15", id="no statutory clock"),
    ],
)
def test_a_named_day_is_never_later_than_the_statutory_one(
    named_on: date, statutory_on: date | None, due_on: date, article: str
) -> None:
    due = internal_due(named_on=named_on, statutory_on=statutory_on, article="C-15")

    assert (due.due_on, due.article) == (due_on, article)


@pytest.mark.proves("L22-34", "X-5")
@pytest.mark.parametrize(
    ("days", "due_on"), [(27, date(2026, 7, 30)), (28, date(2026, 7, 31)), (29, date(2026, 7, 31))]
)
def test_an_extended_slip_moves_by_the_days_within_the_statute(days: int, due_on: date) -> None:
    due = extended_internal_due(
        due_on=date(2026, 7, 3), extension_days=days, statutory_on=date(2026, 7, 31)
    )

    assert due.due_on == due_on


@pytest.mark.proves("D-18", "D-23")
@pytest.mark.parametrize(
    ("on", "due_on"),
    [
        (date(2026, 6, 11), FRIDAY),
        (FRIDAY, FRIDAY),
        (date(2026, 6, 13), date(2026, 6, 13)),
    ],
)
def test_a_clock_does_not_end_before_it_begins(on: date, due_on: date) -> None:
    assert due_not_before(fixed_due(on=FRIDAY, article="C-15"), on=on).due_on == due_on


@pytest.mark.proves("C-16", "D-20")
@pytest.mark.parametrize(
    ("on", "due_on", "in_time"),
    [
        pytest.param(date(2026, 6, 11), FRIDAY, True, id="the day before"),
        pytest.param(FRIDAY, FRIDAY, True, id="on the day"),
        pytest.param(date(2026, 6, 13), FRIDAY, False, id="the day after"),
        pytest.param(FRIDAY, None, True, id="no due date"),
    ],
)
def test_the_due_date_itself_is_in_time(on: date, due_on: date | None, *, in_time: bool) -> None:
    assert is_on_time(on=on, due_on=due_on) == in_time
