"""The table of evaluating and splitting: when, by whom, and how often."""

from __future__ import annotations

import pytest

from services.intake.rules import EvaluationAsked, Party, Standing, may_evaluate, may_split
from shared.decisions import Verdict

OFFICE, UNIT = Party.PETITION_OFFICE, Party.RESPONSIBLE_UNIT


@pytest.mark.proves("L22-21", "P-10")
@pytest.mark.parametrize(
    ("standing", "office", "unit"),
    [
        (Standing.REGISTERED, False, False),
        (Standing.FORWARDED, False, False),
        (Standing.APPOINTED, False, False),
        (Standing.IN_HANDLING, False, False),
        (Standing.OVERDUE, False, False),
        (Standing.RESULT_REPORTED, False, False),
        (Standing.TRANSFERRED_SEALED, False, False),
        (Standing.REDIRECTED, True, False),
        (Standing.NOT_ACCEPTED, True, False),
        (Standing.REPLIED, True, False),
        (Standing.ANSWERED_ON_SPOT, True, True),
        (Standing.OPINION_DELIVERED, True, True),
        (Standing.CLOSED, True, True),
        (Standing.ARCHIVED, True, True),
    ],
)
def test_a_party_is_evaluated_once_its_answer_is_there(
    standing: Standing, office: bool, unit: bool
) -> None:
    def may(party: Party) -> bool:
        return may_evaluate(
            EvaluationAsked(standing=standing, party=party, evaluated=frozenset())
        ).allowed

    assert (may(OFFICE), may(UNIT)) == (office, unit)


@pytest.mark.proves("I-15")
@pytest.mark.parametrize(
    ("party", "evaluated", "allowed"),
    [
        pytest.param(OFFICE, set(), True, id="nobody_was_evaluated"),
        pytest.param(OFFICE, {UNIT}, True, id="the_other_party_was"),
        pytest.param(OFFICE, {OFFICE}, False, id="this_party_was"),
        pytest.param(UNIT, {OFFICE, UNIT}, False, id="both_were"),
    ],
)
def test_each_party_is_evaluated_once(party: Party, evaluated: set[Party], allowed: bool) -> None:
    asked = EvaluationAsked(
        standing=Standing.OPINION_DELIVERED, party=party, evaluated=frozenset(evaluated)
    )

    assert may_evaluate(asked).allowed is allowed


@pytest.mark.proves("L22-21")
def test_an_unknown_standing_is_not_guessed() -> None:
    decision = may_evaluate(EvaluationAsked(standing=None, party=UNIT, evaluated=frozenset()))

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("standing",)


@pytest.mark.proves("D-05", "X-1", "P-1")
@pytest.mark.parametrize(
    ("was_sorted", "answer"),
    [
        pytest.param(False, Verdict.YES, id="before_sorting"),
        pytest.param(True, Verdict.NO, id="once_it_was_sorted"),
        pytest.param(None, Verdict.UNKNOWN, id="not_known"),
    ],
)
def test_a_mixed_petition_is_split_before_it_is_sorted(
    was_sorted: bool | None, answer: Verdict
) -> None:
    assert may_split(was_sorted=was_sorted, is_split_off=False).verdict is answer


@pytest.mark.proves("D-05", "X-1")
def test_the_accusation_part_of_a_split_is_split_no_more() -> None:
    refusal = may_split(was_sorted=False, is_split_off=True).first_refusal()

    assert refusal is not None
    assert refusal.code == "no_accusation_part"
