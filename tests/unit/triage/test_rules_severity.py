"""Three exclusive routes by severity (C-06), and what happens without a severity."""

from __future__ import annotations

import pytest

from services.triage.rules.severity import (
    WAYS_BY_SEVERITY,
    depends_on_severity,
    does_route_fit_severity,
    is_severity_needed,
)
from services.triage.rules.terms import Category, Channel, Outcome, Severity
from shared.decisions import Verdict

OFFICE = {Outcome.FORWARD, Outcome.ASSIGN, Outcome.REPLY}
LEADERS = {Outcome.PRINCIPAL_LEADER, Outcome.LEADER_IN_CHARGE}
RIGHT = {
    Severity.ORDINARY: OFFICE,
    Severity.COMPLEX: {Outcome.LEADER_IN_CHARGE},
    Severity.DIFFICULT: {Outcome.PRINCIPAL_LEADER},
    Severity.MAJOR: {Outcome.PRINCIPAL_LEADER},
}


@pytest.mark.proves("C-06", "C-01")
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("outcome", sorted(OFFICE | LEADERS))
def test_each_severity_has_its_outcomes_and_no_other(outcome: Outcome, severity: Severity) -> None:
    decision = does_route_fit_severity(
        category=Category.CLAIM,
        outcome=outcome,
        channel=Channel.PETITION_PROCEDURE,
        severity=severity,
        reason_stated=True,
    )

    assert decision.allowed is (outcome in RIGHT[severity])


@pytest.mark.proves("C-06")
def test_every_severity_stands_in_the_table() -> None:
    assert set(WAYS_BY_SEVERITY) == set(Severity)


@pytest.mark.proves("T8", "P-9", "C-06")
@pytest.mark.parametrize("outcome", sorted(OFFICE | LEADERS))
def test_without_a_severity_the_route_is_unknown(outcome: Outcome) -> None:
    decision = does_route_fit_severity(
        category=Category.CLAIM,
        outcome=outcome,
        channel=Channel.PETITION_PROCEDURE,
        severity=None,
        reason_stated=False,
    )

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("severity",)


@pytest.mark.proves("T8", "P-9")
@pytest.mark.parametrize("outcome", sorted(OFFICE | LEADERS | {Outcome.REDIRECT}))
def test_a_severity_without_its_reason_is_none(outcome: Outcome) -> None:
    refusal = does_route_fit_severity(
        category=Category.CLAIM,
        outcome=outcome,
        channel=Channel.PETITION_PROCEDURE,
        severity=Severity.ORDINARY,
        reason_stated=False,
    ).first_refusal()

    assert refusal is not None
    assert refusal.code == "severity_has_reason"


@pytest.mark.proves("C-06")
@pytest.mark.parametrize(
    ("outcome", "channel", "depends"),
    [
        pytest.param(Outcome.REDIRECT, Channel.PETITION_PROCEDURE, False, id="a redirection"),
        pytest.param(Outcome.DECLINE, Channel.PETITION_PROCEDURE, False, id="a decline"),
        pytest.param(
            Outcome.DISCIPLINE_TRANSFER, Channel.PETITION_PROCEDURE, False, id="a sealed transfer"
        ),
        pytest.param(Outcome.FORWARD, Channel.LITIGATION, False, id="a litigation letter"),
        pytest.param(Outcome.FORWARD, Channel.PROTECTIVE_DUTY, False, id="a protective duty"),
        pytest.param(Outcome.FORWARD, Channel.PETITION_PROCEDURE, True, id="a forward"),
        pytest.param(Outcome.REPLY, Channel.PETITION_PROCEDURE, True, id="a reply"),
        pytest.param(Outcome.LEADER_IN_CHARGE, Channel.PROTECTIVE_DUTY, True, id="any leader"),
    ],
)
def test_where_the_law_fixes_the_way_severity_does_not_move_it(
    outcome: Outcome, channel: Channel, depends: bool
) -> None:
    assert depends_on_severity(outcome=outcome, channel=channel) is depends

    decision = does_route_fit_severity(
        category=Category.CLAIM,
        outcome=outcome,
        channel=channel,
        severity=None,
        reason_stated=False,
    )

    assert decision.allowed is not depends


@pytest.mark.proves("C-06", "T8", "D-08")
@pytest.mark.parametrize(
    ("category", "outcome", "needed"),
    [
        pytest.param(Category.SUGGESTION, Outcome.REPLY, False, id="a suggestion is answered"),
        pytest.param(Category.SUGGESTION, Outcome.FORWARD, False, id="a suggestion is passed on"),
        pytest.param(
            Category.SUGGESTION, Outcome.LEADER_IN_CHARGE, True, id="a suggestion before a leader"
        ),
        pytest.param(Category.CLAIM, Outcome.FORWARD, True, id="a claim is forwarded"),
        pytest.param(Category.CLAIM, Outcome.REDIRECT, False, id="a claim is redirected"),
        pytest.param(Category.CLAIM, Outcome.PRINCIPAL_LEADER, True, id="a claim before a leader"),
    ],
)
def test_a_severity_is_needed_for_claims_and_for_leaders(
    category: Category, outcome: Outcome, needed: bool
) -> None:
    channel = Channel.PETITION_PROCEDURE

    decision = does_route_fit_severity(
        category=category, outcome=outcome, channel=channel, severity=None, reason_stated=False
    )

    assert is_severity_needed(category=category, outcome=outcome, channel=channel) is needed
    assert decision.allowed is not needed


@pytest.mark.proves("C-06", "P-9", "D-08")
@pytest.mark.parametrize(
    ("severity", "reason_stated", "against"),
    [
        pytest.param(None, False, None, id="none"),
        pytest.param(Severity.ORDINARY, True, None, id="ordinary, with its reason"),
        pytest.param(Severity.ORDINARY, False, "severity_has_reason", id="ordinary, no reason"),
        pytest.param(Severity.COMPLEX, True, "outcome_fits_severity", id="complex"),
        pytest.param(Severity.DIFFICULT, True, "outcome_fits_severity", id="difficult"),
        pytest.param(Severity.MAJOR, True, "outcome_fits_severity", id="major"),
    ],
)
def test_a_severity_of_an_answered_suggestion_contradicts_nothing(
    severity: Severity | None, reason_stated: bool, against: str | None
) -> None:
    refusal = does_route_fit_severity(
        category=Category.SUGGESTION,
        outcome=Outcome.REPLY,
        channel=Channel.PETITION_PROCEDURE,
        severity=severity,
        reason_stated=reason_stated,
    ).first_refusal()

    assert (refusal.code if refusal else None) == against
