"""A unit's objection: when it is decided, and that what it was agreed for holds (T7)."""

from __future__ import annotations

import pytest

from services.triage.rules.objections import may_objection_be_decided, may_unit_lead_again
from services.triage.rules.terms import LEADER_ROUTES, TRANSFERS, Outcome

pytestmark = pytest.mark.proves("T7", "L22-23")


def test_only_an_objection_that_waits_is_decided() -> None:
    assert may_objection_be_decided(pending=True).allowed
    assert not may_objection_be_decided(pending=False).allowed


@pytest.mark.parametrize("outcome", sorted(TRANSFERS))
@pytest.mark.parametrize(
    ("lead_unit", "objected", "allowed"),
    [
        pytest.param("labour_bureau", None, True, id="nobody objected"),
        pytest.param("land_bureau", "labour_bureau", True, id="another unit"),
        pytest.param("labour_bureau", "labour_bureau", False, id="the unit that objected"),
    ],
)
def test_what_a_unit_objected_to_is_not_transferred_to_it_again(
    outcome: Outcome, lead_unit: str, objected: str | None, allowed: bool
) -> None:
    decision = may_unit_lead_again(outcome=outcome, lead_unit=lead_unit, objected=objected)

    assert decision.allowed is allowed


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - TRANSFERS))
def test_other_outcomes_are_no_transfer(outcome: Outcome) -> None:
    lead = "labour_bureau" if outcome in LEADER_ROUTES else None

    assert may_unit_lead_again(outcome=outcome, lead_unit=lead, objected="labour_bureau").allowed
