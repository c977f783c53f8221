"""What a category forbids and demands: sealed accusations, whole petitions, replies (X-1, D-05)."""

from __future__ import annotations

import pytest

from services.triage.rules.category import (
    does_matter_stay_sealed,
    is_accused_known,
    may_category_go_that_way,
    may_office_reply,
    may_part_change_category,
    may_petition_be_sorted,
    may_petition_be_sorted_whole,
)
from services.triage.rules.terms import Category, Channel, Outcome
from services.triage.rules.urgency import UrgentReport, which_urgent_report_goes_up


@pytest.mark.proves("T2", "C-01", "C-02")
def test_only_what_waits_is_sorted() -> None:
    assert may_petition_be_sorted(waiting=True).allowed
    assert not may_petition_be_sorted(waiting=False).allowed


@pytest.mark.proves("D-05", "D-02")
def test_a_mixed_petition_is_split_first() -> None:
    assert may_petition_be_sorted_whole(mixed=False).allowed
    assert not may_petition_be_sorted_whole(mixed=True).allowed


@pytest.mark.proves("D-05", "X-1", "P-1")
@pytest.mark.parametrize(
    ("split_off", "category", "allowed"),
    [
        pytest.param(True, Category.ACCUSATION, True, id="the part as what it was split off for"),
        pytest.param(True, Category.CLAIM, False, id="the part as a claim"),
        pytest.param(True, Category.SUGGESTION, False, id="the part as a suggestion"),
        pytest.param(False, Category.CLAIM, True, id="a petition nobody split"),
    ],
)
def test_a_part_split_off_as_an_accusation_stays_one(
    *, split_off: bool, category: Category, allowed: bool
) -> None:
    decision = may_part_change_category(split_off=split_off, category=category)

    assert decision.allowed is allowed


@pytest.mark.proves("X-1", "L22-30", "T5", "D-02", "I-10")
@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("category", list(Category))
def test_an_accusation_goes_under_seal_and_nothing_else_does(
    category: Category, outcome: Outcome
) -> None:
    is_accusation = category is Category.ACCUSATION
    is_sealed = outcome is Outcome.DISCIPLINE_TRANSFER

    decision = may_category_go_that_way(category=category, outcome=outcome)

    assert decision.allowed is (is_accusation == is_sealed)


@pytest.mark.parametrize(
    ("category", "outcome", "against"),
    [
        pytest.param(
            Category.ACCUSATION,
            Outcome.LEADER_IN_CHARGE,
            "accusation_stays_sealed",
            id="an accusation is no matter for a leader's reception",
        ),
        pytest.param(
            Category.CLAIM,
            Outcome.DISCIPLINE_TRANSFER,
            "only_accusation_is_transferred_sealed",
            id="a claim is not transferred to the discipline organ",
        ),
    ],
)
@pytest.mark.proves("X-1", "L22-30")
def test_each_wrong_way_has_its_own_reason(
    category: Category, outcome: Outcome, against: str
) -> None:
    refusal = may_category_go_that_way(category=category, outcome=outcome).first_refusal()

    assert refusal is not None
    assert refusal.code == against


@pytest.mark.proves("D-08", "L22-29", "L22-31")
@pytest.mark.parametrize(
    ("category", "channel", "outcome", "written", "against"),
    [
        pytest.param(
            Category.SUGGESTION,
            Channel.PETITION_PROCEDURE,
            Outcome.REPLY,
            True,
            None,
            id="a suggestion is answered in writing",
        ),
        pytest.param(
            Category.SUGGESTION,
            Channel.PETITION_PROCEDURE,
            Outcome.REPLY,
            False,
            "reply_is_written",
            id="an answer that is not written is none",
        ),
        pytest.param(
            Category.CLAIM,
            Channel.PETITION_PROCEDURE,
            Outcome.REPLY,
            True,
            "claim_is_not_replied",
            id="a claim on the petition procedure is not ended by an answer",
        ),
        pytest.param(
            Category.CLAIM,
            Channel.PETITION_PROCEDURE,
            Outcome.FORWARD,
            False,
            None,
            id="a claim is forwarded without an answer",
        ),
        pytest.param(
            Category.CLAIM,
            Channel.LITIGATION,
            Outcome.REPLY,
            True,
            None,
            id="a claim on another channel is judged by its channel",
        ),
    ],
)
def test_the_office_answers_suggestions_and_not_claims(
    category: Category, channel: Channel, outcome: Outcome, written: bool, against: str | None
) -> None:
    refusal = may_office_reply(
        category=category, channel=channel, outcome=outcome, reply_written=written
    ).first_refusal()

    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("D-06", "L22-30")
@pytest.mark.parametrize(
    ("outcome", "accused", "organ", "allowed"),
    [
        pytest.param(
            Outcome.DISCIPLINE_TRANSFER, False, False, False, id="nobody named: it fails closed"
        ),
        pytest.param(Outcome.DISCIPLINE_TRANSFER, True, False, True, id="the accused is named"),
        pytest.param(
            Outcome.DISCIPLINE_TRANSFER, False, True, True, id="a person names the organ above"
        ),
        pytest.param(Outcome.FORWARD, False, False, True, id="a claim complains of nobody"),
    ],
)
def test_an_accusation_without_accused_fails_closed(
    outcome: Outcome, accused: bool, organ: bool, allowed: bool
) -> None:
    decision = is_accused_known(outcome=outcome, accused_named=accused, organ_above_named=organ)

    assert decision.allowed is allowed


@pytest.mark.proves("P-1", "X-1", "L22-30", "I-10")
@pytest.mark.parametrize("category", list(Category))
def test_only_an_accusation_stays_sealed(category: Category) -> None:
    assert does_matter_stay_sealed(category=category) is (category is Category.ACCUSATION)


@pytest.mark.proves("D-09", "L22-25", "L22-22", "P-9")
@pytest.mark.parametrize(
    ("said", "category", "report"),
    [
        pytest.param(False, Category.CLAIM, UrgentReport.NONE, id="nobody found it urgent"),
        pytest.param(True, Category.CLAIM, UrgentReport.WITH_THE_MATTER, id="an urgent claim"),
        pytest.param(
            True,
            Category.ACCUSATION,
            UrgentReport.WITHOUT_THE_MATTER,
            id="an urgent accusation is reported without its content",
        ),
    ],
)
def test_an_urgent_matter_is_reported_when_a_person_says_so(
    said: bool, category: Category, report: UrgentReport
) -> None:
    assert which_urgent_report_goes_up(said_by_person=said, category=category) is report
