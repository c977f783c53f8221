"""A unit's objection: when it is decided, and that what it was agreed for holds (T7)."""

from __future__ import annotations

import pytest

from services.triage.rules.objections import may_objection_be_decided, may_units_have_it_again
from services.triage.rules.terms import LEADER_ROUTES, TRANSFERS, Outcome

pytestmark = pytest.mark.proves("T7", "L22-23")


def test_only_an_objection_that_waits_is_decided() -> None:
    assert may_objection_be_decided(pending=True).allowed
    assert not may_objection_be_decided(pending=False).allowed


@pytest.mark.proves("L22-24")
@pytest.mark.parametrize("outcome", sorted(TRANSFERS))
@pytest.mark.parametrize(
    ("units", "objected", "allowed"),
    [
        pytest.param(("labour_bureau",), (), True, id="nobody objected"),
        pytest.param(("land_bureau",), ("labour_bureau",), True, id="another unit"),
        pytest.param(("labour_bureau",), ("labour_bureau",), False, id="the unit that objected"),
        pytest.param(
            ("labour_bureau",),
            ("labour_bureau", "land_bureau"),
            False,
            id="a unit that objected before the last one did",
        ),
        pytest.param(
            ("finance_bureau", "land_bureau"),
            ("labour_bureau", "land_bureau"),
            False,
            id="a unit that objected beside another",
        ),
        pytest.param(
            ("finance_bureau", "tax_bureau"),
            ("labour_bureau", "land_bureau"),
            True,
            id="two others",
        ),
    ],
)
def test_what_a_unit_objected_to_is_not_transferred_to_it_again(
    outcome: Outcome, units: tuple[str, ...], objected: tuple[str, ...], *, allowed: bool
) -> None:
    decision = may_units_have_it_again(outcome=outcome, units=units, objected=frozenset(objected))

    assert decision.allowed is allowed


@pytest.mark.proves("L22-24")
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - TRANSFERS))
def test_other_outcomes_are_no_transfer(outcome: Outcome) -> None:
    units = ("labour_bureau",) if outcome in LEADER_ROUTES else ()

    decision = may_units_have_it_again(
        outcome=outcome, units=units, objected=frozenset({"labour_bureau"})
    )

    assert decision.allowed
