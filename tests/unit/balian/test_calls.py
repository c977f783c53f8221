"""What can be called and by whom, as a command line or a casebook writes it."""

import pytest

from balian.calls import (
    CallUnknown,
    JsonUnreadable,
    Party,
    PartyUnreadable,
    party_named,
    read_json,
    target_named,
)
from balian.wording import CALLS
from shared.contracts.base import requests
from shared.contracts.every_service import Pending
from shared.contracts.intake import RegisterPetition
from shared.contracts.reception import IssueCards


def test_a_call_is_found_by_service_and_method() -> None:
    target = target_named("intake.register_petition")

    assert target.request is RegisterPetition
    assert target.is_command
    assert str(target) == "intake.register_petition"


def test_a_reception_call_is_addressed_to_a_node() -> None:
    target = target_named("reception_sanchakou.issue_cards")

    assert target.service == "reception_sanchakou"
    assert target.request is IssueCards
    assert target.wire_name == "reception.issue_cards"


def test_what_every_service_answers_is_found_at_any_of_them() -> None:
    target = target_named("reception_county.pending")

    assert target.request is Pending
    assert not target.is_command


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("intake.regster_petition", "register_petition", id="a typing error"),
        pytest.param("intake.nothing_like_it", "docs/contracts.md", id="nothing near"),
        pytest.param("desk.show", "no service 'desk'", id="an unknown service"),
        pytest.param("reception.issue_cards", "reception_county.issue_cards", id="no node"),
        pytest.param("register_petition", "no service", id="no service at all"),
        pytest.param("intake.", "no method", id="no method"),
        pytest.param("", "no service", id="nothing"),
    ],
)
def test_an_unknown_call_is_told_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(CallUnknown, match=hint):
        target_named(name)


def test_a_party_holds_the_role_its_id_names() -> None:
    assert party_named("clerk:wang") == Party("clerk:wang", ("clerk",))


def test_a_party_may_hold_several_roles() -> None:
    assert party_named("clerk+officer:wang") == Party("clerk:wang", ("clerk", "officer"))


@pytest.mark.parametrize("text", ["wang", "clerk", ":wang", "clerk:", "clerk wang", "clerk:王"])
def test_a_party_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(PartyUnreadable, match="role:name"):
        party_named(text)


def test_an_unknown_role_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(PartyUnreadable, match=r"no role wizard; .*clerk"):
        party_named("wizard:wang")


def test_an_unknown_role_passes_where_its_refusal_is_to_be_shown() -> None:
    assert party_named("wizard:wang", strangers_too=True).roles == ("wizard",)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param('{"form": ', "line 1, column 10", id="cut short"),
        pytest.param('{"a": 1,\n "b" 2}', "line 2, column 6", id="a colon missing"),
        pytest.param('{"a": 1, "a": 2}', "'?a'? stands twice", id="a key twice"),
        pytest.param('{"a": NaN}', "NaN", id="not a number"),
        pytest.param("", "line 1, column 1", id="nothing"),
        pytest.param("[" * 100_000, "nested too deeply", id="nested too deeply"),
    ],
)
def test_json_that_cannot_be_read_names_the_place(text: str, where: str) -> None:
    with pytest.raises(JsonUnreadable, match=where):
        read_json(text)


def test_every_declared_call_has_its_chinese_name() -> None:
    target_named("intake.track")  # Imports every contract.

    assert {request.wire_name() for request in requests()} == set(CALLS)
