"""References between lines: what they stand for, and that a wrong one is told before playing."""

from typing import Any

import pytest

from balian.references import (
    Reference,
    ReferenceUnresolved,
    follow,
    is_name,
    leads_into,
    references_in,
    resolve,
)
from shared.contracts.intake import PetitionReceipt
from shared.contracts.reception import CardSetView

SAVED: dict[str, Any] = {
    "p1": {"petition_no": "XF-20260601-0001", "headcount": 12, "repeat": False, "linked_to": None},
    "cards": {"cards": [{"card_no": "XF-20260601-0001-CA-1-1"}, {"card_no": "second"}]},
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("${p1.petition_no}", "XF-20260601-0001", id="a whole string"),
        pytest.param("${p1.headcount}", 12, id="a number stays a number"),
        pytest.param("${p1.repeat}", False, id="a boolean stays a boolean"),
        pytest.param("${p1.linked_to}", None, id="null stays null"),
        pytest.param("${cards.cards.1.card_no}", "second", id="a position in a list"),
        pytest.param("${cards.cards.1}", {"card_no": "second"}, id="a part of a reply"),
        pytest.param("${p1}", SAVED["p1"], id="a whole reply"),
        pytest.param("no ${p1.headcount} of it", "no 12 of it", id="inside other text"),
        pytest.param("${p1.headcount}${p1.headcount}", "1212", id="two side by side"),
        pytest.param({"a": ["${p1.headcount}"]}, {"a": [12]}, id="at any depth"),
        pytest.param("costs $5 {net}", "costs $5 {net}", id="no reference at all"),
    ],
)
def test_a_reference_becomes_what_it_stands_for(written: Any, meant: Any) -> None:
    assert resolve(written, SAVED) == meant


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("${p2.petition_no}", id="nothing saved under the name"),
        pytest.param("${p1.number}", id="no such field"),
        pytest.param("${cards.cards.2.card_no}", id="beyond the end of a list"),
        pytest.param("${cards.cards.first}", id="a word where a position belongs"),
        pytest.param("${p1.petition_no.part}", id="a step below a text"),
        pytest.param("the reply is ${p1}", id="a whole reply inside other text"),
        pytest.param("linked to ${p1.linked_to}", id="null inside other text"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(written: str) -> None:
    with pytest.raises(ReferenceUnresolved):
        resolve(written, SAVED)


def test_references_are_found_at_any_depth() -> None:
    written = {"a": "${p1.x}", "b": ["text ${cards.cards.0}", {"c": "${p2}"}], "d": 3}

    found = list(references_in(written))

    assert found == [
        Reference("p1", ("x",)),
        Reference("cards", ("cards", "0")),
        Reference("p2", ()),
    ]
    assert str(found[1]) == "${cards.cards.0}"


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        pytest.param(["petition_no"], True, id="a field"),
        pytest.param(["document", "sha256"], True, id="a field of a part"),
        pytest.param(["refused", "0", "error"], True, id="a field of an item"),
        pytest.param([], True, id="the reply itself"),
        pytest.param(["petition_number"], False, id="no field"),
        pytest.param(["document", "name"], False, id="no field of a part"),
        pytest.param(["refused", "error"], False, id="an item without its position"),
        pytest.param(["petition_no", "x"], False, id="below a text"),
    ],
)
def test_a_path_is_checked_against_the_contract_of_the_reply(path: list[str], leads: bool) -> None:
    assert leads_into(PetitionReceipt, path) is leads


def test_the_cards_of_a_set_can_be_reached_by_position() -> None:
    assert leads_into(CardSetView, ["cards", "0", "card_no"])
    assert follow(SAVED["cards"], ["cards", "0", "card_no"]) == "XF-20260601-0001-CA-1-1"


@pytest.mark.parametrize("name", ["p1", "_p", "P_wages"])
def test_names_are_words(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "1p", "p-1", "p.1", "甲"])
def test_what_is_no_word_is_no_name(name: str) -> None:
    assert not is_name(name)
