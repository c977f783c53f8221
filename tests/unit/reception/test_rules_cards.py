"""The four cards: before them the routing, four of them, and the day the matter is accepted."""

from datetime import date
from typing import Any

import pytest

from services.reception.rules.cards import (
    CardInHand,
    CardRequest,
    accepted_on,
    cards_of_a_set,
    copies_of_a_set,
    may_deliver,
    may_issue_cards,
)
from services.reception.rules.sessions import Sitting
from services.reception.rules.terms import Card, Step

FRIDAY = Sitting(
    session="county-20260605", held_on=date(2026, 6, 5), leader="l_head", slots=6, reserved=0
)
TODAY = date(2026, 6, 3)


@pytest.mark.proves("C-07", "T9", "I-4", "P-5")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="routed, waiting, with a sitting to reserve"),
        pytest.param({"step": Step.CARDS_ISSUED}, None, id="a set that is replaced"),
        pytest.param({"step": Step.PREPARED}, None, id="a set that is replaced after the opinion"),
        pytest.param({"leader": None}, "leader_and_unit_fixed", id="no leader fixed"),
        pytest.param({"lead_unit": None}, "leader_and_unit_fixed", id="no unit fixed"),
        pytest.param(
            {"leader": None, "lead_unit": None, "step": None, "sitting": None},
            "leader_and_unit_fixed",
            id="never routed here",
        ),
        pytest.param({"step": None}, "not_decided", id="where it stands is not known"),
        pytest.param({"step": Step.DECIDED}, "not_decided", id="decided"),
        pytest.param({"step": Step.ANSWERED_ON_SPOT}, "not_decided", id="answered on the spot"),
        pytest.param({"step": Step.APPOINTED}, "no_hour_given", id="invited already"),
        pytest.param(
            {"step": Step.APPOINTED, "day_passed": True},
            None,
            id="invited for a day that passed without a meeting",
        ),
        pytest.param(
            {"step": Step.DECIDED, "day_passed": True}, "not_decided", id="decided on its day"
        ),
        pytest.param(
            {"step": Step.AWAITING_PETITIONER}, "no_hour_given", id="the petitioner is asked"
        ),
        pytest.param({"sitting": None}, "sitting_reserved", id="no sitting to reserve"),
    ],
)
def test_cards_come_after_the_routing_and_before_the_hour(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "leader": "l_head",
        "lead_unit": "labour_bureau",
        "step": Step.AWAITING_SESSION,
        "sitting": FRIDAY,
    }

    answer = may_issue_cards(CardRequest(**(facts | changes)))

    reason = answer.decision.first_refusal()
    assert (reason.code if reason else None) == refused_for
    assert answer.answer == (None if refused_for else FRIDAY)


@pytest.mark.proves("C-08", "C-09", "I-3", "I-14")
def test_a_set_is_exactly_four_cards_of_four_kinds() -> None:
    sheets = cards_of_a_set(leader="l_head", lead_unit="labour_bureau")

    assert [(sheet.number, sheet.kind, sheet.addressee) for sheet in sheets] == [
        (1, Card.PETITIONER_NOTICE, "petitioner"),
        (2, Card.UNIT_NOTICE, "labour_bureau"),
        (3, Card.LEADER_REPORT, "l_head"),
        (4, Card.OFFICE_STUB, "petition_office"),
    ]


@pytest.mark.proves("C-08", "I-14")
@pytest.mark.parametrize(
    ("co_units", "addressees"),
    [
        pytest.param((), [], id="one unit: no copies"),
        pytest.param(("court", "health_bureau"), ["court", "health_bureau"], id="a copy each"),
        pytest.param(("court", "court"), ["court"], id="a unit named twice gets one"),
        pytest.param(("labour_bureau", "court"), ["court"], id="the lead unit has card 2 itself"),
    ],
)
def test_further_units_get_numbered_copies_of_card_2(
    co_units: tuple[str, ...], addressees: list[str]
) -> None:
    copies = copies_of_a_set(lead_unit="labour_bureau", co_units=co_units)

    assert [copy.addressee for copy in copies] == addressees
    assert [copy.number for copy in copies] == list(range(1, len(addressees) + 1))
    assert all(copy.kind is Card.UNIT_NOTICE for copy in copies)


@pytest.mark.proves("C-09", "D-18", "D-21")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="between issue and today"),
        pytest.param({"delivered_on": date(2026, 6, 1)}, None, id="on the day of issue"),
        pytest.param({"delivered_on": TODAY}, None, id="today"),
        pytest.param({"delivered_on": date(2026, 6, 4)}, "not_after_today", id="tomorrow"),
        pytest.param({"delivered_on": date(2026, 5, 31)}, "not_before_issue", id="before issue"),
        pytest.param({"void": True}, "set_in_force", id="of a set that was replaced"),
        pytest.param({"kind": Card.OFFICE_STUB}, "is_no_stub", id="the stub is never delivered"),
    ],
)
def test_a_card_of_the_set_in_force_is_delivered_and_the_stub_never(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "kind": Card.UNIT_NOTICE,
        "void": False,
        "issued_on": date(2026, 6, 1),
        "delivered_on": date(2026, 6, 2),
    }

    reason = may_deliver(CardInHand(**(facts | changes)), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("D-21")
@pytest.mark.parametrize(
    ("delivered_on", "accepted"),
    [
        pytest.param([], 5, id="never delivered: the day the unit sat at the table"),
        pytest.param([date(2026, 6, 2)], 2, id="the day card 2 reached the unit"),
        pytest.param([date(2026, 6, 4), date(2026, 6, 2)], 2, id="the first of two sets"),
    ],
)
def test_card_2_at_the_unit_starts_the_sixty_days(delivered_on: list[date], accepted: int) -> None:
    found = accepted_on(unit_card_delivered_on=delivered_on, met_on=date(2026, 6, 5))

    assert found == date(2026, 6, accepted)
