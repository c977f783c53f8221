"""Where each channel of L22-31 leads (D-04), and what a redirection must tell (T3)."""

from __future__ import annotations

import pytest

from services.triage.rules.channels import (
    channel_of,
    may_channel_go_that_way,
    may_petition_be_redirected,
)
from services.triage.rules.terms import Category, Channel, Form, Outcome, UnitKind
from shared.decisions import Verdict

ALLOWED: dict[tuple[Channel, Form], set[tuple[Outcome, UnitKind | None]]] = {
    (Channel.LITIGATION, Form.LETTER): {(Outcome.FORWARD, UnitKind.JUDICIAL)},
    (Channel.LITIGATION, Form.VISIT): {(Outcome.REDIRECT, None)},
    (Channel.LITIGATION, Form.PHONE): {
        (Outcome.FORWARD, UnitKind.JUDICIAL),
        (Outcome.REDIRECT, None),
    },
    (Channel.LITIGATION, Form.ONLINE): {
        (Outcome.FORWARD, UnitKind.JUDICIAL),
        (Outcome.REDIRECT, None),
    },
}
WAYS = (
    (Outcome.REDIRECT, None),
    (Outcome.REPLY, None),
    (Outcome.FORWARD, UnitKind.JUDICIAL),
    (Outcome.FORWARD, UnitKind.GOVERNMENT),
    (Outcome.ASSIGN, UnitKind.JUDICIAL),
    (Outcome.LEADER_IN_CHARGE, UnitKind.GOVERNMENT),
    (Outcome.PRINCIPAL_LEADER, UnitKind.GOVERNMENT),
)


@pytest.mark.proves("D-04", "L22-22", "L22-28", "L22-31")
@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("way", WAYS)
def test_litigation_letters_are_forwarded_and_visitors_guided(
    form: Form, way: tuple[Outcome, UnitKind | None]
) -> None:
    outcome, kind = way

    decision = may_channel_go_that_way(
        channel=Channel.LITIGATION, form=form, outcome=outcome, lead_unit_kind=kind
    )

    assert decision.allowed is (way in ALLOWED[Channel.LITIGATION, form])


@pytest.mark.proves("L22-22")
def test_a_litigation_letter_that_is_redirected_has_its_own_reason() -> None:
    refusal = may_channel_go_that_way(
        channel=Channel.LITIGATION, form=Form.LETTER, outcome=Outcome.REDIRECT, lead_unit_kind=None
    ).first_refusal()

    assert refusal is not None
    assert refusal.code == "litigation_letter_is_forwarded"


@pytest.mark.proves("L22-31", "D-04")
@pytest.mark.parametrize(
    "channel", [Channel.ARBITRATION, Channel.PARTY_APPEAL, Channel.ADMINISTRATIVE_PROCEDURE]
)
@pytest.mark.parametrize("way", WAYS)
def test_a_procedure_of_its_own_is_entered_by_redirection_only(
    channel: Channel, way: tuple[Outcome, UnitKind | None]
) -> None:
    decision = may_channel_go_that_way(
        channel=channel, form=Form.VISIT, outcome=way[0], lead_unit_kind=way[1]
    )

    assert decision.allowed is (way[0] is Outcome.REDIRECT)


@pytest.mark.proves("D-04", "L22-31")
@pytest.mark.parametrize("way", WAYS)
def test_a_protective_duty_is_forwarded_and_never_redirected(
    way: tuple[Outcome, UnitKind | None],
) -> None:
    decision = may_channel_go_that_way(
        channel=Channel.PROTECTIVE_DUTY, form=Form.VISIT, outcome=way[0], lead_unit_kind=way[1]
    )

    assert decision.allowed is (way[0] in {Outcome.FORWARD, Outcome.ASSIGN})


@pytest.mark.proves("L22-31")
@pytest.mark.parametrize("way", WAYS)
def test_the_petition_procedure_is_open_to_every_outcome(
    way: tuple[Outcome, UnitKind | None],
) -> None:
    decision = may_channel_go_that_way(
        channel=Channel.PETITION_PROCEDURE, form=Form.LETTER, outcome=way[0], lead_unit_kind=way[1]
    )

    assert decision.allowed


@pytest.mark.parametrize("outcome", [Outcome.DECLINE, Outcome.DISCIPLINE_TRANSFER])
@pytest.mark.proves("L22-31")
def test_a_decline_and_a_sealed_transfer_are_judged_elsewhere(outcome: Outcome) -> None:
    decision = may_channel_go_that_way(
        channel=Channel.LITIGATION, form=Form.LETTER, outcome=outcome, lead_unit_kind=None
    )

    assert decision.allowed


@pytest.mark.proves("L22-31")
@pytest.mark.parametrize(
    ("category", "named", "channel"),
    [
        (Category.CLAIM, None, Channel.PETITION_PROCEDURE),
        (Category.CLAIM, Channel.ARBITRATION, Channel.ARBITRATION),
        (Category.SUGGESTION, Channel.ARBITRATION, Channel.PETITION_PROCEDURE),
        (Category.ACCUSATION, Channel.LITIGATION, Channel.PETITION_PROCEDURE),
    ],
)
def test_only_a_claim_has_a_channel_of_its_own(
    category: Category, named: Channel | None, channel: Channel
) -> None:
    assert channel_of(category=category, named=named) is channel


@pytest.mark.proves("T3", "L22-23", "L22-31", "P-5")
@pytest.mark.parametrize(
    ("channel", "address", "kind", "against"),
    [
        pytest.param(
            Channel.ARBITRATION, True, UnitKind.ARBITRATION, None, id="a channel and its body"
        ),
        pytest.param(
            Channel.ADMINISTRATIVE_PROCEDURE,
            True,
            UnitKind.GOVERNMENT,
            None,
            id="a channel whose body is an office of the county",
        ),
        pytest.param(
            Channel.PETITION_PROCEDURE, True, UnitKind.OUTSIDE, None, id="another county's matter"
        ),
        pytest.param(
            Channel.PETITION_PROCEDURE, True, UnitKind.JUDICIAL, None, id="a judicial organ"
        ),
        pytest.param(
            Channel.PETITION_PROCEDURE,
            True,
            UnitKind.GOVERNMENT,
            "way_is_statutory",
            id="no channel and a body of this county: it would be forwarded",
        ),
        pytest.param(
            Channel.ARBITRATION,
            False,
            UnitKind.ARBITRATION,
            "right_body_has_address",
            id="a body without an address",
        ),
        pytest.param(
            Channel.ARBITRATION, None, None, "right_body_has_address", id="no body at all"
        ),
        pytest.param(
            Channel.LITIGATION, None, None, "right_body_has_address", id="litigation, no body"
        ),
        pytest.param(
            Channel.PETITION_PROCEDURE,
            None,
            None,
            "right_body_has_address",
            id="neither a body nor a channel",
        ),
        pytest.param(Channel.LITIGATION, True, UnitKind.JUDICIAL, None, id="litigation, a court"),
        pytest.param(
            Channel.LITIGATION, True, UnitKind.OUTSIDE, None, id="litigation, a court elsewhere"
        ),
        pytest.param(
            Channel.LITIGATION,
            True,
            UnitKind.GOVERNMENT,
            "litigation_body_is_judicial",
            id="litigation, a bureau",
        ),
    ],
)
def test_a_redirection_names_body_address_and_way(
    channel: Channel, address: bool | None, kind: UnitKind | None, against: str | None
) -> None:
    decision = may_petition_be_redirected(channel=channel, body_has_address=address, body_kind=kind)

    refusal = decision.first_refusal()
    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("L22-23")
@pytest.mark.parametrize("channel", [Channel.ARBITRATION, Channel.PETITION_PROCEDURE])
def test_a_missing_body_is_unknown_and_not_a_no(channel: Channel) -> None:
    decision = may_petition_be_redirected(channel=channel, body_has_address=None, body_kind=None)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("right_body",)
