"""Exactly one lead unit (C-07, I-14), and the day of an assignment (T6, X-5)."""

from __future__ import annotations

from datetime import date

import pytest

from services.triage.rules.directory import Directory
from services.triage.rules.terms import Outcome
from services.triage.rules.transfers import are_units_fixed, may_assignment_be_due
from shared.decisions import Verdict

NEEDING_A_UNIT = (
    Outcome.FORWARD,
    Outcome.ASSIGN,
    Outcome.PRINCIPAL_LEADER,
    Outcome.LEADER_IN_CHARGE,
)


@pytest.mark.proves("C-07", "I-14", "T6", "L22-24")
@pytest.mark.parametrize(
    ("lead", "others", "against"),
    [
        pytest.param("labour_bureau", (), None, id="one unit"),
        pytest.param("labour_bureau", ("land_bureau",), None, id="one leads, one handles with it"),
        pytest.param(None, ("land_bureau",), "lead_unit_is_named", id="nobody leads"),
        pytest.param("labour_bureau", ("labour_bureau",), "lead_unit_is_one", id="the lead again"),
        pytest.param(
            "labour_bureau", ("land_bureau", "land_bureau"), "lead_unit_is_one", id="one twice"
        ),
        pytest.param("bureau_of_magic", (), "units_are_in_directory", id="an unknown lead"),
        pytest.param(
            "labour_bureau", ("bureau_of_magic",), "units_are_in_directory", id="an unknown other"
        ),
        pytest.param(
            "qingyuan_office", (), "units_are_of_the_county", id="a body outside the county"
        ),
    ],
)
@pytest.mark.parametrize("outcome", NEEDING_A_UNIT)
def test_one_unit_leads_and_all_are_of_the_county(
    directory: Directory,
    outcome: Outcome,
    lead: str | None,
    others: tuple[str, ...],
    against: str | None,
) -> None:
    refusal = are_units_fixed(
        outcome=outcome, lead_unit=lead, co_units=others, directory=directory
    ).first_refusal()

    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("C-07")
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - set(NEEDING_A_UNIT)))
def test_other_outcomes_need_no_unit(directory: Directory, outcome: Outcome) -> None:
    assert are_units_fixed(
        outcome=outcome, lead_unit=None, co_units=(), directory=directory
    ).allowed


@pytest.mark.proves("T6", "L22-22", "C-15", "X-5")
@pytest.mark.parametrize(
    ("due_on", "against"),
    [
        pytest.param(None, "assignment_has_day", id="no day"),
        pytest.param(date(2026, 5, 31), "day_is_not_past", id="yesterday"),
        pytest.param(date(2026, 6, 1), None, id="today"),
        pytest.param(date(2026, 7, 30), None, id="the day before the last"),
        pytest.param(date(2026, 7, 31), None, id="the last day"),
        pytest.param(date(2026, 8, 1), "day_is_within_statute", id="the day after the last"),
    ],
)
def test_an_assignment_has_a_day_within_the_statute(
    due_on: date | None, against: str | None
) -> None:
    refusal = may_assignment_be_due(
        due_on=due_on, on=date(2026, 6, 1), last_on=date(2026, 7, 31)
    ).first_refusal()

    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("T6")
def test_a_missing_day_is_unknown() -> None:
    decision = may_assignment_be_due(due_on=None, on=date(2026, 6, 1), last_on=date(2026, 7, 31))

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("due_on",)
