"""The legal tables of accountability: grounds and the way of a circular."""

from __future__ import annotations

from datetime import date

import pytest

from services.accountability.rules.circulars import (
    Step,
    may_circular_be_answered,
    may_circular_be_decided,
    may_circular_be_issued,
)
from services.accountability.rules.grounds import (
    Absence,
    AbsentParty,
    ReportedFailure,
    goes_to_joint_conference,
    has_unit_a_part,
    is_absence_a_ground,
    is_weak_handling_a_ground,
    leads_overdue_to_a_circular,
)
from shared.decisions import Verdict

LAST_ANSWER_DAY = date(2026, 8, 7)


@pytest.mark.proves("C-25", "D-13", "D-26", "T12b")
@pytest.mark.parametrize(
    ("party", "excused", "verdict"),
    [
        pytest.param(AbsentParty.UNIT, False, Verdict.YES, id="an absent unit is a ground"),
        pytest.param(AbsentParty.LEADER, False, Verdict.YES, id="an absent leader is a ground"),
        pytest.param(
            AbsentParty.PETITION_OFFICER, False, Verdict.YES, id="an absent officer is a ground"
        ),
        pytest.param(AbsentParty.UNIT, True, Verdict.NO, id="an excused absence is no ground"),
        pytest.param(
            AbsentParty.PETITIONER, False, Verdict.NO, id="a petitioner's absence is never one"
        ),
        pytest.param(
            AbsentParty.UNIT, None, Verdict.UNKNOWN, id="whether it was excused is not known"
        ),
    ],
)
def test_an_absence_is_a_ground_against_the_absent_party_alone(
    party: AbsentParty, excused: bool | None, verdict: Verdict
) -> None:
    decision = is_absence_a_ground(Absence(party=party, excused=excused))

    assert decision.verdict is verdict


@pytest.mark.proves("C-25", "D-26")
@pytest.mark.parametrize(
    ("facts", "consequence", "refused_for"),
    [
        pytest.param(True, True, None, id="facts and a bad consequence"),
        pytest.param(False, True, "facts_stated", id="no facts"),
        pytest.param(True, False, "bad_consequence_stated", id="no bad consequence"),
    ],
)
def test_weak_handling_needs_facts_and_a_bad_consequence(
    facts: bool, consequence: bool, refused_for: str | None
) -> None:
    decision = is_weak_handling_a_ground(
        ReportedFailure(facts_stated=facts, consequence_stated=consequence)
    )

    refusal = decision.first_refusal()
    assert (refusal.code if refusal else None) == refused_for


@pytest.mark.proves("C-25", "D-26", "P-11")
@pytest.mark.parametrize(
    ("units_of_case", "verdict"),
    [
        pytest.param(frozenset({"labour_bureau"}), Verdict.YES, id="the unit that has it"),
        pytest.param(
            frozenset({"labour_bureau", "land_bureau"}), Verdict.YES, id="one of several units"
        ),
        pytest.param(frozenset({"land_bureau"}), Verdict.NO, id="another unit's case"),
        pytest.param(frozenset(), Verdict.NO, id="a case of no unit"),
        pytest.param(None, Verdict.UNKNOWN, id="nothing of the case is known"),
    ],
)
def test_a_unit_has_a_part_in_the_cases_it_has_or_had(
    units_of_case: frozenset[str] | None, verdict: Verdict
) -> None:
    decision = has_unit_a_part(unit="labour_bureau", units_of_case=units_of_case)

    assert decision.verdict is verdict
    assert decision.missing_facts == (() if units_of_case is not None else ("units_of_case",))


@pytest.mark.proves("C-17", "D-19")
def test_only_an_overdue_slip_case_leads_to_a_circular() -> None:
    assert leads_overdue_to_a_circular(slip_case=True)
    assert not leads_overdue_to_a_circular(slip_case=False)


@pytest.mark.proves("D-23")
def test_only_a_broken_promise_goes_to_the_joint_conference() -> None:
    assert goes_to_joint_conference(promise_broken=True)
    assert not goes_to_joint_conference(promise_broken=False)


@pytest.mark.proves("C-17", "P-9", "D-25", "T17")
@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        pytest.param(Step.PROPOSED, True, id="a proposal is open"),
        pytest.param(Step.REJECTED, False, id="rejected is decided"),
        pytest.param(Step.APPROVED, False, id="approved is decided"),
        pytest.param(Step.ANSWERED, False, id="answered is decided"),
        pytest.param(Step.ISSUED, False, id="issued is decided"),
    ],
)
def test_a_person_decides_a_proposal_once(step: Step, allowed: bool) -> None:
    assert may_circular_be_decided(step=step).allowed is allowed


@pytest.mark.proves("D-27", "P-11")
@pytest.mark.parametrize(
    ("step", "answered_before", "refused_for"),
    [
        pytest.param(Step.PROPOSED, False, "circular_approved", id="nothing is approved yet"),
        pytest.param(Step.REJECTED, False, "circular_approved", id="it was rejected"),
        pytest.param(Step.APPROVED, False, None, id="approved: whom it names is heard"),
        pytest.param(Step.APPROVED, True, "not_answered_yet", id="answered, the other has not"),
        pytest.param(Step.ANSWERED, True, "not_answered_yet", id="everyone has answered"),
        pytest.param(Step.ISSUED, False, "circular_not_issued", id="issued: too late"),
    ],
)
def test_the_unit_named_is_heard_once_between_approval_and_issue(
    step: Step, answered_before: bool, refused_for: str | None
) -> None:
    decision = may_circular_be_answered(step=step, answered_before=answered_before)

    refusal = decision.first_refusal()

    assert (refusal.code if refusal else None) == refused_for


@pytest.mark.proves("C-25", "D-27", "T17", "I-17")
@pytest.mark.parametrize(
    ("step", "answer_by", "on", "refused_for"),
    [
        pytest.param(Step.PROPOSED, None, date(2026, 8, 10), "circular_approved", id="undecided"),
        pytest.param(Step.REJECTED, None, date(2026, 8, 10), "circular_approved", id="rejected"),
        pytest.param(
            Step.APPROVED,
            LAST_ANSWER_DAY,
            date(2026, 8, 6),
            "answered_or_answer_days_over",
            id="the day before the last answer day",
        ),
        pytest.param(
            Step.APPROVED,
            LAST_ANSWER_DAY,
            date(2026, 8, 7),
            "answered_or_answer_days_over",
            id="the last answer day still belongs to the unit",
        ),
        pytest.param(Step.APPROVED, LAST_ANSWER_DAY, date(2026, 8, 8), None, id="the day after it"),
        pytest.param(
            Step.ANSWERED, LAST_ANSWER_DAY, date(2026, 8, 4), None, id="answered before its day"
        ),
        pytest.param(
            Step.ISSUED, LAST_ANSWER_DAY, date(2026, 8, 10), "circular_not_issued", id="twice"
        ),
        pytest.param(
            Step.APPROVED,
            None,
            date(2026, 8, 8),
            "answered_or_answer_days_over",
            id="the answer day is not known",
        ),
    ],
)
def test_a_circular_is_issued_after_the_answer_or_after_its_days(
    step: Step, answer_by: date | None, on: date, refused_for: str | None
) -> None:
    refusal = may_circular_be_issued(step=step, answer_by=answer_by, on=on).first_refusal()

    assert (refusal.code if refusal else None) == refused_for
