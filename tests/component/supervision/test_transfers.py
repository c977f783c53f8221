"""Forwarded and assigned matters: the unit accepts or objects, and what each of them owes."""

from __future__ import annotations

from datetime import date

import pytest

from services.supervision.models import Case
from shared.contracts.common import CaseNotFound, NotYourCase, WrongStage
from shared.contracts.supervision import (
    AcceptanceOverdueV1,
    CaseOpenedV1,
    CaseOverdueV1,
    CaseRoute,
    CaseState,
    ObjectionTooLate,
    OverdueClock,
    ResultNotReported,
    ResultReportedV1,
    TransferAcceptedV1,
    TransferAnswered,
    TransferObjectedV1,
)
from shared.contracts.triage import LegalChannel
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.supervision import DUE_ON, NO, OTHER_UNIT, UNIT, County, paper


@pytest.mark.proves("L22-23", "L22-34", "D-21")
def test_acceptance_opens_a_forwarded_case_and_starts_its_60_days(county: County) -> None:
    county.forwards()
    county.bench.now = at("2026-06-04 09:00")

    accepted = county.accepts()

    assert (accepted.state, accepted.route) == (CaseState.IN_HANDLING, CaseRoute.FORWARDED)
    assert accepted.statutory_due_on == date(2026, 8, 3)
    assert accepted.due_on is None
    assert county.tells(TransferAcceptedV1)[0].transfer_no == f"{NO}-TR-1"
    assert county.tells(CaseOpenedV1)[0].accepted_on == date(2026, 6, 4)
    county.passes_to("2026-07-31 09:00")
    assert county.tells(AcceptanceOverdueV1) == []


@pytest.mark.proves("L22-31", "L22-34", "D-04")
def test_the_60_days_do_not_run_outside_the_petition_procedure(county: County) -> None:
    county.registers()
    county.forwards(channel=LegalChannel.PROTECTIVE_DUTY)

    accepted = county.accepts()

    assert accepted.statutory_due_on is None
    county.closes()
    assert county.archives().seal


@pytest.mark.proves("L22-23")
def test_only_the_unit_itself_answers_a_transfer_and_once(county: County) -> None:
    with pytest.raises(CaseNotFound):
        county.accepts()
    county.forwards()

    with pytest.raises(NotYourCase):
        county.accepts(f"unit:{OTHER_UNIT}")
    county.accepts()
    with pytest.raises(TransferAnswered):
        county.accepts()
    with pytest.raises(TransferAnswered):
        county.objects()

    assert len(county.tells(TransferAcceptedV1)) == 1


def test_a_case_routed_to_a_leader_is_no_transfer(county: County) -> None:
    county.routes()

    with pytest.raises(CaseNotFound):
        county.accepts()


@pytest.mark.proves("L22-23", "T7")
@pytest.mark.parametrize(
    ("on", "heard"),
    [
        pytest.param("2026-06-05 17:00", True, id="the fourth working day is in time"),
        pytest.param("2026-06-08 23:59", True, id="the fifth working day is in time"),
        pytest.param("2026-06-09 00:00", False, id="the sixth working day is too late"),
    ],
)
def test_a_unit_objects_within_5_working_days(county: County, on: str, *, heard: bool) -> None:
    county.forwards()
    county.bench.now = at(on)

    if heard:
        assert county.objects().state is CaseState.OBJECTED
        assert county.tells(TransferObjectedV1)[0].unit == UNIT
    else:
        with pytest.raises(ObjectionTooLate):
            county.objects()
        assert county.case().state is CaseState.TRANSFERRED


@pytest.mark.proves("T7")
def test_an_agreed_objection_returns_the_case_and_a_new_transfer_begins_another(
    county: County,
) -> None:
    county.forwards()
    county.bench.now = at("2026-06-03 09:00")
    county.objects()
    with pytest.raises(TransferAnswered):
        county.accepts()

    early = county.forwards(2, unit=OTHER_UNIT)
    county.decides_objection(agreed=True)

    assert early is Handling.EARLY
    first, second = county.bench.rows(Case)
    assert (first.state, first.is_current) == (CaseState.RETURNED, False)
    assert (second.state, second.is_current) == (CaseState.TRANSFERRED, True)
    assert second.unit == OTHER_UNIT
    county.accepts(f"unit:{OTHER_UNIT}")
    county.passes_to("2026-07-01 00:00")
    assert county.tells(AcceptanceOverdueV1) == []


@pytest.mark.proves("T7")
def test_a_returned_matter_may_go_to_a_leader(county: County) -> None:
    county.forwards()
    county.bench.now = at("2026-06-03 09:00")
    county.objects()
    county.decides_objection(agreed=True)

    county.routes()

    assert county.case().route is CaseRoute.LEADER


@pytest.mark.proves("L22-23", "T7")
def test_a_rejected_objection_leaves_the_15_days_as_they_were(county: County) -> None:
    county.forwards()
    county.bench.now = at("2026-06-03 09:00")
    county.objects()

    county.decides_objection(agreed=False, now=at("2026-06-05 09:00"))

    assert county.case().state is CaseState.TRANSFERRED
    with pytest.raises(TransferAnswered):
        county.objects()
    county.passes_to("2026-06-16 23:59")
    assert county.tells(AcceptanceOverdueV1) == []
    county.passes_to("2026-06-17 00:00")
    (overdue,) = county.tells(AcceptanceOverdueV1)
    assert overdue.due_on == date(2026, 6, 16)
    assert county.accepts().state is CaseState.IN_HANDLING


def test_an_objection_decided_before_its_transfer_is_heard_of_waits(county: County) -> None:
    assert county.decides_objection(agreed=True) is Handling.EARLY


@pytest.mark.proves("L22-23")
def test_a_unit_that_does_not_answer_in_15_days_is_told_of_once(county: County) -> None:
    county.forwards()

    county.passes_to("2026-08-31 00:00")

    assert len(county.tells(AcceptanceOverdueV1)) == 1


def test_a_transfer_told_twice_begins_one_case(county: County) -> None:
    county.forwards()

    county.forwards()

    assert len(county.bench.rows(Case)) == 1


@pytest.mark.proves("D-19", "T20")
def test_a_forwarded_case_owes_an_opinion_and_no_report(county: County) -> None:
    county.registers()
    county.forwards()
    with pytest.raises(WrongStage):
        county.delivers_opinion()
    county.accepts()

    county.delivers_opinion()
    with pytest.raises(WrongStage):
        county.reports(standards=())
    county.closes()

    assert county.archives().seal


@pytest.mark.proves("D-19", "D-20")
def test_an_assigned_case_owes_a_completion_report_by_its_day(county: County) -> None:
    county.registers()
    county.assigns()
    accepted = county.accepts()
    county.bench.now = at("2026-07-03 17:00")

    with pytest.raises(ResultNotReported):
        county.delivers_opinion()
    county.reports(to=(), standards=())
    county.delivers_opinion()
    county.closes()

    assert (accepted.route, accepted.due_on) == (CaseRoute.ASSIGNED, DUE_ON)
    assert county.tells(ResultReportedV1)[0].on_time
    assert county.archives().seal


@pytest.mark.proves("C-17", "D-20", "T16")
def test_an_assignment_past_its_day_is_overdue_also_before_acceptance(county: County) -> None:
    county.assigns(date(2026, 6, 10))

    county.passes_to("2026-06-11 00:00")
    county.accepts()
    county.passes_to("2026-06-30 00:00")

    (overdue,) = county.tells(CaseOverdueV1)
    assert (overdue.clock, overdue.due_on) == (OverdueClock.ASSIGNMENT, date(2026, 6, 10))


@pytest.mark.proves("X-5")
def test_an_assignment_is_never_due_after_the_statutory_date(county: County) -> None:
    county.assigns(date(2026, 12, 31))

    accepted = county.accepts()

    assert accepted.due_on == accepted.statutory_due_on == date(2026, 7, 31)


@pytest.mark.proves("L22-23")
def test_no_clock_of_an_assignment_runs_while_its_objection_is_verified(county: County) -> None:
    county.assigns(date(2026, 6, 5))
    county.bench.now = at("2026-06-03 09:00")
    county.objects()
    county.passes_to("2026-06-20 09:00")
    assert county.tells(CaseOverdueV1) == []

    county.decides_objection(agreed=False, now=at("2026-06-20 09:00"))
    county.passes_to("2026-06-21 00:00")

    assert len(county.tells(CaseOverdueV1)) == 1
    assert len(county.tells(AcceptanceOverdueV1)) == 1


def test_the_transfer_letter_is_in_the_file(county: County) -> None:
    county.forwards()

    assert paper(f"{NO}-TR-1") in county.case().documents
