"""How a rule's no becomes the refusal that its caller reads."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.base import Refusal
from shared.decisions import Decision


def require(decision: Decision, refusals: Mapping[str, Refusal]) -> None:
    """Go on only where a rule says yes.

    Args:
        decision: what the rule said.
        refusals: for each of its conditions, by code, the refusal that stands for a no.

    Raises:
        Refusal: the one of the first condition that keeps the answer from yes.
    """
    reason = decision.first_refusal()
    if reason is not None:
        raise refusals[reason.code]
