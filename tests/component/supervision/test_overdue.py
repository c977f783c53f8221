"""Extension, overdue, explanation and promise: what time does to a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from services.supervision import usecases
from services.supervision.models import Promise
from shared.contracts.common import (
    CaseNotFound,
    DateInFuture,
    DateInPast,
    NotYourCase,
    WrongStage,
)
from shared.contracts.supervision import (
    CaseOverdueV1,
    CaseState,
    ExplainDeadline,
    ExplanationOverdueV1,
    ExtensionAlreadyGranted,
    ExtensionGrantedV1,
    ExtensionTooLate,
    ExtensionTooLong,
    ListDue,
    ListOverdue,
    NotOverdue,
    OverdueClock,
    PetitionerNotTold,
    PromiseBrokenV1,
    PromiseMadeV1,
    PromiseNotAhead,
    PromiseStillRuns,
    ResultReported,
    ResultReportedV1,
)
from shared.contracts.triage import PetitionReturnedV1
from tests.support.bench import at
from tests.support.supervision import (
    CO_UNIT,
    DUE_ON,
    NO,
    OTHER_UNIT,
    RECEIVING,
    STATUTORY_ON,
    UNIT,
    County,
    directory,
)


@pytest.mark.proves("L22-34", "D-22", "T15", "I-6", "X-5")
def test_an_extension_moves_both_clocks_counted_from_acceptance(county: County) -> None:
    county.stands_decided()
    county.bench.now = at("2026-07-03 23:00")

    extended = county.extends(30)

    assert extended.statutory_due_on == date(2026, 8, 31)
    assert extended.due_on == date(2026, 8, 2)
    assert county.tells(ExtensionGrantedV1)[0].until_on == date(2026, 8, 31)
    assert extended.text is not None
    assert "延期理由：需要核对三年的工资台账。" in extended.text
    county.passes_to("2026-08-02 12:00")
    assert county.tells(CaseOverdueV1) == []
    county.passes_to("2026-08-03 00:00")
    assert county.tells(CaseOverdueV1)[0].due_on == date(2026, 8, 2)


@pytest.mark.proves("L22-34", "T15", "I-6")
def test_an_extension_is_refused_late_long_twice_or_untold(county: County) -> None:
    with pytest.raises(CaseNotFound):
        county.extends()
    county.stands_decided()

    with pytest.raises(NotYourCase):
        county.extends(actor=f"organ_head:{OTHER_UNIT}")
    with pytest.raises(ExtensionTooLong):
        county.extends(31)
    with pytest.raises(PetitionerNotTold):
        county.extends(told=False)
    assert not county.case().extended
    county.extends(10)
    with pytest.raises(ExtensionAlreadyGranted):
        county.extends(10)

    assert len(county.tells(ExtensionGrantedV1)) == 1


@pytest.mark.proves("L22-34", "T15", "I-6")
def test_no_extension_cures_a_passed_day(county: County) -> None:
    county.stands_decided()
    county.bench.now = at("2026-07-04 00:00")

    with pytest.raises(ExtensionTooLate):
        county.extends()


@pytest.mark.proves("L22-34")
def test_only_a_case_in_handling_on_the_statutory_clock_is_extended(county: County) -> None:
    county.routes()
    with pytest.raises(WrongStage):
        county.extends()
    county.delivers_card()

    assert county.extends().statutory_due_on == date(2026, 8, 31)


@pytest.mark.proves("C-17", "D-20", "D-23", "T16", "I-7")
def test_overdue_begins_at_midnight_after_the_due_date_and_stays(stored_county: County) -> None:
    county = stored_county
    county.stands_decided()

    county.passes_to("2026-07-03 23:59")
    assert county.tells(CaseOverdueV1) == []
    county.passes_to("2026-07-04 00:00")
    county.reports()

    (overdue,) = county.tells(CaseOverdueV1)
    assert (overdue.clock, overdue.due_on, overdue.unit) == (OverdueClock.SLIP, DUE_ON, UNIT)
    assert not county.tells(ResultReportedV1)[0].on_time
    case = county.case()
    assert case.was_overdue
    assert case.state is CaseState.RESULT_REPORTED


@pytest.mark.proves("D-20")
def test_the_report_stops_the_internal_clock_and_only_the_opinion_the_statutory(
    county: County,
) -> None:
    county.stands_decided()
    county.bench.now = at("2026-07-03 17:00")
    county.reports()

    county.passes_to("2026-08-03 23:59")
    assert county.tells(CaseOverdueV1) == []
    county.passes_to("2026-08-04 00:00")

    (overdue,) = county.tells(CaseOverdueV1)
    assert (overdue.clock, overdue.due_on) == (OverdueClock.STATUTORY, STATUTORY_ON)
    promised = county.promises(date(2026, 8, 10))
    assert promised.was_overdue
    county.delivers_opinion()
    county.passes_to("2026-09-30 00:00")
    assert county.tells(PromiseBrokenV1) == []
    assert county.tells(ExplanationOverdueV1) == []


@pytest.mark.proves("D-20", "T16")
def test_a_report_just_after_midnight_does_not_hide_that_the_day_passed(county: County) -> None:
    county.stands_decided()
    county.bench.now = at("2026-07-04 00:01")

    county.reports()
    county.passes_to("2026-07-04 00:02")

    assert len(county.tells(CaseOverdueV1)) == 1
    assert county.case().was_overdue


@pytest.mark.proves("C-17", "D-23", "I-8")
def test_an_overdue_case_is_explained_within_5_working_days_or_told_of(county: County) -> None:
    county.stands_decided()
    county.passes_to("2026-07-10 23:59")
    assert county.tells(ExplanationOverdueV1) == []

    county.passes_to("2026-07-11 00:00")

    (late,) = county.tells(ExplanationOverdueV1)
    assert late.due_on == date(2026, 7, 10)
    assert county.promises(date(2026, 8, 1)).was_overdue


def _promise(county: County) -> None:
    county.promises(date(2026, 8, 1))


def _report(county: County) -> None:
    county.reports()


def _report_and_answer(county: County) -> None:
    county.reports()
    county.delivers_opinion()


@pytest.mark.proves("D-23", "I-7", "I-8")
@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param("2026-07-10 23:59", 0, id="on the last day"),
        pytest.param("2026-07-11 00:00", 1, id="as the day begins, before the sweep"),
        pytest.param("2026-07-11 00:01", 1, id="after midnight, before the sweep"),
    ],
)
@pytest.mark.parametrize(
    "done",
    [
        pytest.param(_promise, id="a promise"),
        pytest.param(_report, id="a result"),
        pytest.param(_report_and_answer, id="a result and an opinion"),
    ],
)
def test_nothing_that_comes_after_the_last_day_to_explain_undoes_that_it_passed(
    county: County, done: Callable[[County], None], now: str, told: int
) -> None:
    county.stands_decided()
    county.passes_to("2026-07-10 12:00")
    county.bench.now = at(now)

    done(county)
    county.passes_to("2026-07-11 00:02")
    county.passes_to("2026-07-20 00:00")

    assert [event.due_on for event in county.tells(ExplanationOverdueV1)] == (
        [date(2026, 7, 10)] * told
    )


@pytest.mark.proves("D-23", "I-7")
@pytest.mark.parametrize(
    ("entered_at", "told"),
    [
        pytest.param("2026-08-11 23:59", [], id="entered on the last day"),
        pytest.param("2026-08-12 00:00", [date(2026, 8, 11)], id="entered as the next begins"),
    ],
)
def test_an_opinion_ends_the_duty_to_explain_when_it_is_entered_in_time(
    county: County, entered_at: str, told: list[date]
) -> None:
    county.stands_decided()
    county.reports()
    county.passes_to("2026-08-10 12:00")  # The statutory day was 3 August; explained by the 11th.
    county.bench.now = at(entered_at)

    county.delivers_opinion(delivered_on=date(2026, 8, 11))
    county.passes_to("2026-08-31 00:00")

    assert [event.due_on for event in county.tells(CaseOverdueV1)] == [STATUTORY_ON]
    assert [event.due_on for event in county.tells(ExplanationOverdueV1)] == told


@pytest.mark.proves("D-20", "D-23", "T16", "T21", "I-7")
@pytest.mark.parametrize(
    ("now", "overdue"),
    [
        pytest.param("2026-08-03 23:59", False, id="on the last day"),
        pytest.param("2026-08-04 00:00", True, id="as the next day begins"),
        pytest.param("2026-08-04 00:01", True, id="a minute into it"),
    ],
)
def test_a_case_answered_and_closed_before_the_sweep_is_as_overdue_as_after_it(
    county: County, now: str, *, overdue: bool
) -> None:
    county.stands_decided()
    county.bench.now = at("2026-07-03 17:00")
    county.reports()
    county.returns_all()
    county.bench.now = at(now)

    county.delivers_opinion()
    closed = county.closes()
    county.passes_to("2026-09-30 00:00")

    assert closed.was_overdue is overdue
    assert [event.due_on for event in county.tells(CaseOverdueV1)] == [STATUTORY_ON] * overdue
    assert county.tells(ExplanationOverdueV1) == []


@pytest.mark.proves("D-23", "T18", "T19", "T21")
@pytest.mark.parametrize(
    ("now", "broken"),
    [
        pytest.param("2026-07-20 23:59", 0, id="on the promised day"),
        pytest.param("2026-07-21 00:00", 1, id="as the next day begins"),
    ],
)
def test_a_promise_whose_day_is_over_is_broken_also_where_the_case_closes_before_the_sweep(
    county: County, now: str, broken: int
) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    county.promises(date(2026, 7, 20))
    county.bench.now = at(now)

    county.reports()
    county.returns_all()
    county.delivers_opinion()
    county.closes()
    county.passes_to("2026-09-30 00:00")

    assert len(county.tells(PromiseBrokenV1)) == broken
    assert county.tells(ExplanationOverdueV1) == []


@pytest.mark.proves("C-17", "D-23", "T18")
@pytest.mark.parametrize(
    ("now", "refused"),
    [
        pytest.param("2026-07-03 23:59", True, id="on the last day"),
        pytest.param("2026-07-04 00:00", False, id="as the next day begins"),
    ],
)
def test_a_case_is_explained_from_midnight_on_though_no_sweep_has_come(
    county: County, now: str, *, refused: bool
) -> None:
    county.stands_decided()
    county.bench.now = at(now)

    if refused:
        with pytest.raises(NotOverdue):
            county.promises(date(2026, 7, 20))
    else:
        assert county.promises(date(2026, 7, 20)).was_overdue

    assert [event.due_on for event in county.tells(CaseOverdueV1)] == [DUE_ON] * (not refused)


@pytest.mark.proves("L22-22", "L22-23", "T16")
@pytest.mark.parametrize(
    ("now", "overdue"),
    [
        pytest.param("2026-06-03 23:59", False, id="on the day named"),
        pytest.param("2026-06-04 00:00", True, id="as the next day begins"),
    ],
)
def test_an_objection_does_not_undo_that_the_day_of_an_assignment_has_passed(
    county: County, now: str, *, overdue: bool
) -> None:
    county.hears(directory())
    county.assigns(due_on=date(2026, 6, 3))
    county.bench.now = at(now)

    county.objects()
    county.passes_to("2026-06-30 00:00")

    assert [event.due_on for event in county.tells(CaseOverdueV1)] == [date(2026, 6, 3)] * overdue


@pytest.mark.proves("L22-34", "L22-23", "D-30", "T16")
@pytest.mark.parametrize(
    ("now", "overdue"),
    [
        pytest.param("2026-08-03 23:59", False, id="on the last day"),
        pytest.param("2026-08-04 00:00", True, id="as the next day begins"),
    ],
)
def test_a_case_that_goes_back_to_sorting_was_overdue_where_its_day_had_passed(
    county: County, now: str, *, overdue: bool
) -> None:
    county.routes()
    county.delivers_card()
    county.bench.now = at(now)
    returned = PetitionReturnedV1(petition_no=NO, node="county", due_on=date(2026, 8, 10))

    county.bench.event(usecases.on_petition_returned, returned, case_version=2)
    county.passes_to("2026-08-10 00:00")

    assert county.case().state is CaseState.RETURNED
    assert [event.due_on for event in county.tells(CaseOverdueV1)] == [STATUTORY_ON] * overdue


@pytest.mark.proves("C-17", "D-23", "T18", "I-9")
def test_a_promise_is_made_when_overdue_for_a_day_within_30_days(county: County) -> None:
    with pytest.raises(CaseNotFound):
        county.promises(date(2026, 7, 1))
    county.stands_decided()
    with pytest.raises(NotOverdue):
        county.promises(date(2026, 7, 1))
    county.passes_to("2026-07-06 09:00")

    with pytest.raises(NotYourCase):
        county.promises(date(2026, 7, 20), actor=f"unit:{OTHER_UNIT}")
    with pytest.raises(PromiseNotAhead):
        county.promises(date(2026, 7, 6))
    with pytest.raises(PromiseNotAhead):
        county.promises(date(2026, 8, 6))
    made = county.promises(date(2026, 8, 5), actor="officer:desk_1")

    assert made.text is not None
    assert "承诺办结时间：2026年8月5日" in made.text
    with pytest.raises(PromiseStillRuns):
        county.promises(date(2026, 7, 20))
    assert county.tells(PromiseMadeV1)[0].promised_on == date(2026, 8, 5)


@pytest.mark.proves("D-23", "I-7")
def test_a_result_on_the_promised_day_keeps_the_promise_and_cures_nothing(county: County) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    county.promises(date(2026, 7, 20))
    county.passes_to("2026-07-20 22:00")

    county.reports()
    county.passes_to("2026-07-31 00:00")

    (promise,) = county.case().promises
    assert promise.state == "kept"
    assert county.tells(PromiseBrokenV1) == []
    assert county.case().was_overdue
    with pytest.raises(ResultReported):
        county.promises(date(2026, 8, 10))


@pytest.mark.proves("C-17", "D-23")
def test_each_broken_promise_is_told_with_its_count_and_owes_a_new_explanation(
    county: County,
) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    county.promises(date(2026, 7, 10))
    county.passes_to("2026-07-13 09:00")
    county.promises(date(2026, 7, 17))

    county.passes_to("2026-07-27 09:00")

    assert [event.times for event in county.tells(PromiseBrokenV1)] == [1, 2]
    assert [event.due_on for event in county.tells(ExplanationOverdueV1)] == [date(2026, 7, 24)]
    assert [promise.standing for promise in county.bench.rows(Promise)] == ["broken", "broken"]
    assert len(county.tells(CaseOverdueV1)) == 1


@pytest.mark.proves("D-23")
def test_a_second_clock_that_runs_out_under_a_promise_owes_nothing_new(county: County) -> None:
    county.stands_decided(due_on=date(2026, 7, 31))
    county.passes_to("2026-08-01 09:00")
    county.promises(date(2026, 8, 28))

    county.passes_to("2026-08-20 09:00")

    assert [event.clock for event in county.tells(CaseOverdueV1)] == [
        OverdueClock.SLIP,
        OverdueClock.STATUTORY,
    ]
    assert county.tells(ExplanationOverdueV1) == []


@pytest.mark.proves("T20")
def test_an_opinion_is_delivered_on_a_day_between_the_report_and_today(county: County) -> None:
    county.stands_decided()
    county.bench.now = at("2026-06-20 09:00")
    county.reports()
    county.bench.now = at("2026-06-25 09:00")

    with pytest.raises(NotYourCase):
        county.delivers_opinion(actor=f"unit:{OTHER_UNIT}")
    with pytest.raises(DateInFuture):
        county.delivers_opinion(delivered_on=date(2026, 6, 26))
    with pytest.raises(DateInPast):
        county.delivers_opinion(delivered_on=date(2026, 6, 19))
    delivered = county.delivers_opinion(delivered_on=date(2026, 6, 22))

    assert delivered.state is CaseState.OPINION_DELIVERED
    assert county.case().review_until == date(2026, 7, 22)
    with pytest.raises(WrongStage):
        county.delivers_opinion()


@pytest.mark.proves("D-24", "X-6", "L22-35")
def test_review_can_be_asked_for_while_slips_are_out_and_after_closing(county: County) -> None:
    county.stands_decided()
    county.reports()
    county.delivers_opinion()
    while_out = county.case().review_until
    county.returns_all()
    county.closes()

    assert county.case().review_until == while_out == date(2026, 7, 8)


@pytest.mark.proves("D-22")
def test_every_deadline_explains_itself(county: County) -> None:
    county.stands_decided()
    county.reports()
    county.delivers_opinion()

    explained = county.bench.query(
        usecases.explain_deadline,
        ExplainDeadline(petition_no=NO),
        actor="petitioner:p1",
    ).deadlines

    by_kind = {deadline.kind: deadline for deadline in explained}
    assert by_kind["statutory_due"].due_on == STATUTORY_ON.isoformat()
    assert "第60日" in by_kind["statutory_due"].explanation
    assert by_kind["statutory_due"].state == "met"
    assert by_kind["slip_due"].due_on == DUE_ON.isoformat()
    assert "30日" in by_kind["review_request_due"].explanation
    with pytest.raises(CaseNotFound):
        county.bench.query(
            usecases.explain_deadline, ExplainDeadline(petition_no="XF-20260601-0009")
        )


@pytest.mark.parametrize(
    ("actor", "listed"),
    [
        pytest.param("officer:desk_1", True, id="the office sees every case"),
        pytest.param(f"unit:{UNIT}", True, id="the unit sees its own"),
        pytest.param(f"leader:{RECEIVING}", True, id="the receiving leader sees their own"),
        pytest.param(f"unit:{OTHER_UNIT}", False, id="another unit sees none"),
        pytest.param("leader:l_vice_head_land", False, id="another leader sees none"),
    ],
)
def test_due_and_overdue_cases_are_listed_for_those_concerned(
    county: County, actor: str, *, listed: bool
) -> None:
    county.hears(directory())
    county.stands_decided(co_units=(CO_UNIT,))
    until = ListDue(until=STATUTORY_ON)
    due = county.bench.query(usecases.list_due, until, actor=actor).deadlines
    county.passes_to("2026-07-06 09:00")

    overdue = county.bench.query(
        usecases.list_overdue, ListOverdue(open_only=True), actor=actor
    ).cases

    assert [deadline.kind for deadline in due] == (["slip_due", "statutory_due"] if listed else [])
    assert [case.due_on for case in overdue] == ([DUE_ON] if listed else [])


def test_lists_narrow_by_unit_day_and_openness(county: County) -> None:
    county.stands_decided()
    before = ListDue(until=date(2026, 7, 2), unit=UNIT)
    assert county.bench.query(usecases.list_due, before).deadlines == ()
    county.passes_to("2026-07-06 09:00")
    county.promises(date(2026, 7, 20))
    county.reports()
    county.returns_all()
    county.delivers_opinion()
    county.closes()

    every = county.bench.query(usecases.list_overdue, ListOverdue(unit=UNIT)).cases
    still_open = county.bench.query(usecases.list_overdue, ListOverdue(open_only=True)).cases
    other = county.bench.query(usecases.list_overdue, ListOverdue(unit=OTHER_UNIT)).cases

    assert [case.promised_on for case in every] == [date(2026, 7, 20)]
    assert still_open == other == ()
