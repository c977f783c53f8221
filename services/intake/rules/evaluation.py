"""Evaluating: the petitioner's word on how a matter was handled, once for each party."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.intake.rules.progress import Standing
from shared.decisions import Decision, condition, decide, decides


class Party(StrEnum):
    """The two parties that are evaluated."""

    PETITION_OFFICE = "petition_office"
    RESPONSIBLE_UNIT = "responsible_unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationAsked:
    """An evaluation offered: where the matter stands, of whom, and who was evaluated before."""

    standing: Standing | None
    party: Party
    evaluated: frozenset[Party]


ANSWERED_BY_UNIT: Final = frozenset(
    {
        Standing.ANSWERED_ON_SPOT,
        Standing.OPINION_DELIVERED,
        Standing.CLOSED,
        Standing.ARCHIVED,
    }
)
ANSWERED_BY_OFFICE: Final = frozenset(
    {Standing.REDIRECTED, Standing.NOT_ACCEPTED, Standing.REPLIED}
)


@decides("I-15", "L22-21", "P-10")
def may_evaluate(asked: EvaluationAsked) -> Decision:
    """May the petitioner evaluate this party now?

    Once an answer has reached them: an opinion, an answer on the spot, a reply, or the notice
    that ended the matter here.  A unit is evaluated only where a unit handled it.
    Each party is evaluated once.

    Reference: Regulation on Petition Work (2022), art. 21(2); I-15.
    """
    standing = asked.standing
    unknown = ("standing",) if standing is None else ()
    return decide(
        condition(
            "answer_has_reached_petitioner",
            None if standing is None else standing in ANSWERED_BY_UNIT | ANSWERED_BY_OFFICE,
            cites="L22-21¶2",
            facts=unknown,
        ),
        condition(
            "party_handled_the_matter",
            None
            if standing is None
            else asked.party is Party.PETITION_OFFICE or standing not in ANSWERED_BY_OFFICE,
            cites="L22-21¶2",
            facts=unknown,
        ),
        condition("not_evaluated_before", asked.party not in asked.evaluated, cites="I-15"),
    )
