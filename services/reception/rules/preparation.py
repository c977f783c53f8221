"""The preliminary opinion: after the cards, before the notice, with everyone concerned heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.reception.rules.terms import Step
from shared.decisions import Decision, condition, decide, decides

_OPEN_TO_OPINION: Final = frozenset({Step.CARDS_ISSUED, Step.PREPARED})


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """A preliminary opinion about to be recorded, by codes."""

    step: Step
    cards_issued: bool
    leader_in_charge: str
    leader_consulted: str
    units_concerned: tuple[str, ...]
    units_heard: tuple[str, ...]


@decides("C-11", "D-11", "D-07", "T10", "I-4")
def may_record_opinion(opinion: Opinion) -> Decision:
    """After the cards the office consults the leader in charge and hears every unit concerned.

    Reading: the leader in charge of the matter is consulted also when a principal leader
    receives; each unit concerned gives a position, and nobody else's is annexed.  Until the
    appointment notice a later opinion replaces the earlier.

    Reference: C-11; D-07; D-11.
    """
    consulted = opinion.leader_consulted == opinion.leader_in_charge
    strangers = set(opinion.units_heard) - set(opinion.units_concerned)
    unheard = set(opinion.units_concerned) - set(opinion.units_heard)
    return decide(
        condition("cards_issued", opinion.cards_issued, cites="C-11"),
        condition("before_the_notice", opinion.step in _OPEN_TO_OPINION, cites="I-4"),
        condition("leader_in_charge_consulted", consulted, cites="C-11"),
        condition("only_units_concerned", not strangers, cites="D-11"),
        condition("every_unit_heard", not unheard, cites="D-11"),
    )
