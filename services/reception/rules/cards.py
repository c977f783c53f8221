"""The four cards: when a set may be issued, what is in it, and what their delivery sets going."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception.rules.sessions import Sitting
from services.reception.rules.terms import ENDED, Card, Step
from shared.decisions import Decided, Decision, condition, decide, decided, decides, known

PETITIONER: Final = "petitioner"
PETITION_OFFICE: Final = "petition_office"
"""Addressees that are no code of the directory."""

_REISSUABLE: Final = frozenset({Step.AWAITING_SESSION, Step.CARDS_ISSUED, Step.PREPARED})


@dataclass(frozen=True, kw_only=True)
class CardRequest:
    """What is known of a petition when its cards are asked for; None is not known."""

    leader: str | None
    lead_unit: str | None
    step: Step | None
    sitting: Sitting | None
    day_passed: bool = False


@decides("C-07", "T9", "I-4", "P-5")
def may_issue_cards(request: CardRequest) -> Decided[Sitting]:
    """Decide for which sitting a set may be issued: leader and unit fixed, no hour given yet.

    Reading: after the appointment notice the day moves only through an absence, and after the
    decision there is nothing left to prepare.  A day that has passed without a meeting
    (`day_passed`) holds nobody: new cards go out, so that no petition stays behind.

    Reference: C-07; P-5; procedure §3.1, T9.
    """
    routed = request.leader is not None and request.lead_unit is not None
    return decided(
        request.sitting,
        condition("leader_and_unit_fixed", routed, cites="C-07"),
        condition("not_decided", known(lambda step: step not in ENDED, request.step), cites="C-13"),
        condition(
            "no_hour_given",
            known(
                lambda step: step in _REISSUABLE or (step is Step.APPOINTED and request.day_passed),
                request.step,
            ),
            cites="I-4",
        ),
        condition("sitting_reserved", request.sitting is not None, cites="D-10"),
    )


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One card or copy to be written: `number` counts from 1 within the set or the copies."""

    kind: Card
    addressee: str
    number: int


@decides("C-08", "C-09", "I-3", "I-14")
def cards_of_a_set(*, leader: str, lead_unit: str) -> tuple[Sheet, ...]:
    """List the four cards of a set: petitioner, responsible unit, leader, and the office's stub.

    Reading: of several units the one lead unit gets card 2.

    Reference: C-08; procedure §1F(5).
    """
    addressees = {
        Card.PETITIONER_NOTICE: PETITIONER,
        Card.UNIT_NOTICE: lead_unit,
        Card.LEADER_REPORT: leader,
        Card.OFFICE_STUB: PETITION_OFFICE,
    }
    return tuple(
        Sheet(kind=kind, addressee=addressees[kind], number=number)
        for number, kind in enumerate(Card, start=1)
    )


@decides("C-08", "I-14")
def copies_of_a_set(*, lead_unit: str, co_units: Sequence[str]) -> tuple[Sheet, ...]:
    """List the numbered copies of card 2, one for every further unit; the set itself stays four.

    Reference: procedure §1F(5).
    """
    others = dict.fromkeys(unit for unit in co_units if unit != lead_unit)
    return tuple(
        Sheet(kind=Card.UNIT_NOTICE, addressee=unit, number=number)
        for number, unit in enumerate(others, start=1)
    )


@dataclass(frozen=True, kw_only=True)
class CardInHand:
    """A card about to be delivered, and the days of it."""

    kind: Card
    void: bool
    issued_on: date
    delivered_on: date


@decides("C-09", "D-18", "D-21")
def may_deliver(card: CardInHand, *, on: date) -> Decision:
    """Decide whether a card may be delivered: one of the set in force, and never the stub.

    The day lies between its issue and today.

    Reference: C-09; D-18; D-21.
    """
    return decide(
        condition("is_no_stub", card.kind is not Card.OFFICE_STUB, cites="D-18"),
        condition("set_in_force", not card.void, cites="C-09"),
        condition("not_after_today", card.delivered_on <= on, cites="D-21"),
        condition("not_before_issue", card.delivered_on >= card.issued_on, cites="D-21"),
    )


@decides("D-21")
def accepted_on(*, unit_card_delivered_on: Sequence[date], met_on: date) -> date:
    """Give the day of acceptance, which starts the 60 days: card 2 reaches the responsible unit.

    Reading: of several sets the first delivery to the unit counts, because a re-issue must not
    lengthen the petitioner's wait; where no delivery was recorded, the day the unit sat at the
    table, for then at the latest it had the matter.

    Reference: D-21.
    """
    return min((*unit_card_delivered_on, met_on))
