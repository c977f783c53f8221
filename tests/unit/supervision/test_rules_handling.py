"""The legal tables of handling: results, extension, overdue, promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.supervision.rules.extension import ExtensibleCase, may_extension_be_granted
from services.supervision.rules.overdue import (
    explanation_due,
    is_case_overdue,
    is_explanation_due,
    was_ever_overdue,
)
from services.supervision.rules.promises import (
    OverdueCase,
    PromiseStanding,
    may_promise_be_recorded,
    standing_of_promise,
)
from services.supervision.rules.results import (
    Report,
    ReportedCase,
    may_result_be_reported,
    owes_result,
)
from services.supervision.rules.terms import LEADER_POSTS, Clock, Post, Route, Stage
from shared.calendar import standard_calendar
from shared.decisions import Decision, Verdict


def refusal(decision: Decision) -> str | None:
    failed = decision.first_refusal()
    return failed.code if failed else None


@pytest.mark.proves("D-19")
@pytest.mark.parametrize(
    ("route", "spot", "owed"),
    [
        pytest.param(Route.LEADER, False, True, id="a decision"),
        pytest.param(Route.LEADER, True, False, id="an answer on the spot"),
        pytest.param(Route.ASSIGNED, False, True, id="an assignment"),
        pytest.param(Route.FORWARDED, False, False, id="a forwarded matter"),
    ],
)
def test_a_result_is_owed_by(route: Route, *, spot: bool, owed: bool) -> None:
    assert owes_result(route=route, answered_on_spot=spot) == owed


HANDLED = ReportedCase(
    route=Route.LEADER, stage=Stage.IN_HANDLING, already_reported=False, standards=2
)
FULL = Report(reported_to=frozenset(LEADER_POSTS), evidenced=frozenset({1, 2}))


@pytest.mark.proves("C-15", "C-16", "D-19", "T19")
@pytest.mark.parametrize(
    ("case", "report", "refused"),
    [
        pytest.param(HANDLED, FULL, None, id="to six leaders with all evidence"),
        pytest.param(
            HANDLED, replace(FULL, reported_to=frozenset(Post)), None, id="to more than the six"
        ),
        pytest.param(
            HANDLED,
            replace(FULL, reported_to=frozenset(LEADER_POSTS[1:])),
            "six_leaders_told",
            id="to five leaders",
        ),
        pytest.param(
            HANDLED,
            replace(FULL, reported_to=frozenset((*LEADER_POSTS[1:], Post.RESPONSIBLE_UNIT))),
            "six_leaders_told",
            id="to six posts that are not the six leaders",
        ),
        pytest.param(
            HANDLED,
            replace(FULL, evidenced=frozenset({1})),
            "every_standard_evidenced",
            id="with one standard of two",
        ),
        pytest.param(
            HANDLED,
            replace(FULL, evidenced=frozenset({2, 3})),
            "every_standard_evidenced",
            id="with a standard nobody set in place of one",
        ),
        pytest.param(
            replace(HANDLED, already_reported=True, stage=Stage.RESULT_REPORTED),
            FULL,
            "not_reported_yet",
            id="a second time",
        ),
        pytest.param(
            replace(HANDLED, stage=Stage.ACCEPTED), FULL, "in_handling", id="before the decision"
        ),
        pytest.param(
            HANDLED,
            replace(FULL, evidenced=frozenset({1, 2, 3})),
            "no_other_standard",
            id="evidence of a third of two standards",
        ),
        pytest.param(
            replace(HANDLED, route=Route.ASSIGNED, standards=0),
            Report(reported_to=frozenset(), evidenced=frozenset({1})),
            "no_other_standard",
            id="evidence of a standard nobody set",
        ),
        pytest.param(
            replace(HANDLED, route=Route.ASSIGNED, standards=0),
            Report(reported_to=frozenset(), evidenced=frozenset()),
            None,
            id="an assignment's report, to no leader",
        ),
    ],
)
def test_a_result_counts_when(case: ReportedCase, report: Report, refused: str | None) -> None:
    assert refusal(may_result_be_reported(case, report)) == refused


EXTENSIBLE = ExtensibleCase(
    stage=Stage.IN_HANDLING,
    accepted_on=date(2026, 6, 2),
    statutory_due_on=date(2026, 8, 3),
    internal_due_on=date(2026, 7, 3),
    extended=False,
)


@pytest.mark.proves("L22-34", "D-22", "T15", "I-6")
@pytest.mark.parametrize(
    ("case", "days", "told", "on", "refused"),
    [
        pytest.param(EXTENSIBLE, 30, True, date(2026, 7, 2), None, id="30 days, before the day"),
        pytest.param(EXTENSIBLE, 30, True, date(2026, 7, 3), None, id="on the day itself"),
        pytest.param(
            EXTENSIBLE,
            30,
            True,
            date(2026, 7, 4),
            "internal_due_not_passed",
            id="the day after the slip's day",
        ),
        pytest.param(
            replace(EXTENSIBLE, internal_due_on=None),
            30,
            True,
            date(2026, 8, 3),
            None,
            id="on the statutory day",
        ),
        pytest.param(
            replace(EXTENSIBLE, internal_due_on=None),
            30,
            True,
            date(2026, 8, 4),
            "statutory_due_not_passed",
            id="the day after the statutory day",
        ),
        pytest.param(EXTENSIBLE, 29, True, date(2026, 7, 2), None, id="29 days"),
        pytest.param(EXTENSIBLE, 31, True, date(2026, 7, 2), "at_most_thirty_days", id="31 days"),
        pytest.param(
            replace(EXTENSIBLE, extended=True),
            1,
            True,
            date(2026, 7, 2),
            "not_extended_yet",
            id="a second time",
        ),
        pytest.param(EXTENSIBLE, 1, False, date(2026, 7, 2), "petitioner_told", id="untold"),
        pytest.param(
            replace(EXTENSIBLE, stage=Stage.RESULT_REPORTED),
            1,
            True,
            date(2026, 7, 2),
            "in_handling",
            id="after the report",
        ),
        pytest.param(
            replace(EXTENSIBLE, stage=Stage.ACCEPTED, internal_due_on=None),
            1,
            True,
            date(2026, 7, 2),
            None,
            id="before the meeting",
        ),
        pytest.param(
            replace(EXTENSIBLE, statutory_due_on=None),
            1,
            True,
            date(2026, 7, 2),
            "statutory_clock_runs",
            id="off the petition procedure",
        ),
    ],
)
def test_an_extension_is_granted_when(
    case: ExtensibleCase, days: int, on: date, refused: str | None, *, told: bool
) -> None:
    decision = may_extension_be_granted(case, days=days, petitioner_told=told, on=on)

    assert refusal(decision) == refused


@pytest.mark.proves("L22-34")
@pytest.mark.parametrize("accepted_on", [None, date(2005, 4, 30)])
def test_an_extension_without_a_limit_in_force_is_unknown(accepted_on: date | None) -> None:
    decision = may_extension_be_granted(
        replace(EXTENSIBLE, accepted_on=accepted_on),
        days=1,
        petitioner_told=True,
        on=date(2026, 7, 2),
    )

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("extension_limit",)


DUE = date(2026, 7, 3)


@pytest.mark.proves("C-17", "D-20", "T16")
@pytest.mark.parametrize(
    ("clock", "stage", "reported_on", "delivered_on", "overdue"),
    [
        pytest.param(Clock.SLIP, Stage.IN_HANDLING, None, None, True, id="slip, no report"),
        pytest.param(
            Clock.SLIP, Stage.RESULT_REPORTED, DUE, None, False, id="slip, reported on its day"
        ),
        pytest.param(
            Clock.SLIP,
            Stage.RESULT_REPORTED,
            date(2026, 7, 4),
            None,
            True,
            id="slip, reported the day after",
        ),
        pytest.param(
            Clock.ASSIGNMENT, Stage.TRANSFERRED, None, None, True, id="assignment not answered"
        ),
        pytest.param(
            Clock.ASSIGNMENT, Stage.OBJECTED, None, None, False, id="assignment objected to"
        ),
        pytest.param(
            Clock.STATUTORY,
            Stage.RESULT_REPORTED,
            DUE,
            None,
            True,
            id="statute, reported but no opinion",
        ),
        pytest.param(
            Clock.STATUTORY,
            Stage.OPINION_DELIVERED,
            DUE,
            DUE,
            False,
            id="statute, opinion on its day",
        ),
        pytest.param(
            Clock.STATUTORY,
            Stage.OPINION_DELIVERED,
            DUE,
            date(2026, 7, 4),
            True,
            id="statute, opinion the day after",
        ),
        pytest.param(
            Clock.STATUTORY, Stage.CLOSED, DUE, DUE, False, id="a closed case, opinion on its day"
        ),
        pytest.param(
            Clock.STATUTORY,
            Stage.CLOSED,
            DUE,
            date(2026, 7, 4),
            True,
            id="a closed case, opinion the day after",
        ),
        pytest.param(
            Clock.SLIP,
            Stage.ARCHIVED,
            date(2026, 7, 4),
            DUE,
            True,
            id="an archived case, reported the day after",
        ),
        pytest.param(Clock.ASSIGNMENT, Stage.RETURNED, None, None, False, id="a returned case"),
    ],
)
def test_a_case_is_overdue_when(
    clock: Clock,
    stage: Stage,
    reported_on: date | None,
    delivered_on: date | None,
    *,
    overdue: bool,
) -> None:
    decision = is_case_overdue(
        clock, stage=stage, due_on=DUE, reported_on=reported_on, delivered_on=delivered_on
    )

    assert decision.allowed == overdue


@pytest.mark.proves("I-7", "D-23")
@pytest.mark.parametrize(
    ("was", "now", "ever"),
    [(False, False, False), (False, True, True), (True, False, True), (True, True, True)],
)
def test_overdue_is_permanent(*, was: bool, now: bool, ever: bool) -> None:
    assert was_ever_overdue(was_overdue=was, overdue_now=now) == ever


@pytest.mark.proves("C-17", "D-23", "I-8")
@pytest.mark.parametrize(
    ("answer_owed", "runs", "owed", "begins"),
    [
        pytest.param(True, False, False, True, id="the first clock that runs out"),
        pytest.param(True, True, False, False, id="a promise runs"),
        pytest.param(True, False, True, False, id="it is owed already"),
        pytest.param(False, False, False, False, id="the petitioner has the answer, late"),
    ],
)
def test_the_duty_to_explain_begins_once_while_an_answer_is_owed(
    *, answer_owed: bool, runs: bool, owed: bool, begins: bool
) -> None:
    decision = is_explanation_due(answer_owed=answer_owed, promise_runs=runs, explanation_owed=owed)

    assert decision.allowed == begins


@pytest.mark.proves("D-23")
def test_an_explanation_is_due_5_working_days_after_overdue_began() -> None:
    due = explanation_due(standard_calendar(), overdue_on=date(2026, 7, 4))

    assert (due.due_on, due.article) == (date(2026, 7, 10), "D-23")


LATE = OverdueCase(
    stage=Stage.IN_HANDLING,
    was_overdue=True,
    result_reported=False,
    opinion_delivered=False,
    statutory_overdue=False,
    promise_runs=False,
)
TODAY = date(2026, 7, 6)


@pytest.mark.proves("C-17", "D-23", "T18", "I-9")
@pytest.mark.parametrize(
    ("case", "promised_on", "refused"),
    [
        pytest.param(LATE, date(2026, 7, 5), "promised_day_ahead", id="yesterday"),
        pytest.param(LATE, TODAY, "promised_day_ahead", id="today"),
        pytest.param(LATE, date(2026, 7, 7), None, id="tomorrow"),
        pytest.param(LATE, date(2026, 8, 4), None, id="29 days ahead"),
        pytest.param(LATE, date(2026, 8, 5), None, id="30 days ahead"),
        pytest.param(LATE, date(2026, 8, 6), "at_most_thirty_days_ahead", id="31 days ahead"),
        pytest.param(
            replace(LATE, was_overdue=False), date(2026, 7, 7), "case_overdue", id="not overdue"
        ),
        pytest.param(
            replace(LATE, promise_runs=True), date(2026, 7, 7), "no_promise_runs", id="one runs"
        ),
        pytest.param(
            replace(LATE, result_reported=True, stage=Stage.RESULT_REPORTED),
            date(2026, 7, 7),
            "still_owed",
            id="the result is there",
        ),
        pytest.param(
            replace(
                LATE, result_reported=True, statutory_overdue=True, stage=Stage.RESULT_REPORTED
            ),
            date(2026, 7, 7),
            None,
            id="the opinion is late",
        ),
        pytest.param(
            replace(LATE, opinion_delivered=True, stage=Stage.OPINION_DELIVERED),
            date(2026, 7, 7),
            "still_owed",
            id="the opinion is there",
        ),
        pytest.param(
            replace(LATE, stage=Stage.CLOSED), date(2026, 7, 7), "still_owed", id="a closed case"
        ),
    ],
)
def test_a_day_is_promised_when(case: OverdueCase, promised_on: date, refused: str | None) -> None:
    decision = may_promise_be_recorded(case, promised_on=promised_on, on=TODAY)

    assert refusal(decision) == refused


@pytest.mark.proves("D-23")
def test_the_limit_of_a_promise_is_unknown_before_the_regulation_of_2022() -> None:
    decision = may_promise_be_recorded(LATE, promised_on=date(2022, 5, 5), on=date(2022, 4, 30))

    assert decision.missing_facts == ("promise_limit",)


@pytest.mark.proves("D-23")
@pytest.mark.parametrize(
    ("done_on", "standing"),
    [
        pytest.param(date(2026, 7, 19), PromiseStanding.KEPT, id="the day before"),
        pytest.param(date(2026, 7, 20), PromiseStanding.KEPT, id="on the day"),
        pytest.param(date(2026, 7, 21), PromiseStanding.BROKEN, id="the day after"),
        pytest.param(None, PromiseStanding.BROKEN, id="never"),
    ],
)
def test_a_promise_is_kept_up_to_its_day(done_on: date | None, standing: PromiseStanding) -> None:
    assert standing_of_promise(promised_on=date(2026, 7, 20), done_on=done_on) is standing
