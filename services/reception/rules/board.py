"""What a notice board must hold, whenever its node came to the others (L22-18)."""

from __future__ import annotations

from datetime import datetime

from shared.decisions import decides


@decides("L22-18", "D-30")
def may_not_have_heard(*, announced_at: datetime, opened_at: datetime) -> bool:
    """Tell whether a node that opened may not have heard of one that announced itself earlier.

    Times and places are published at every node, so one that joins is told those of before.
    Reading: nodes that open at the same instant hear of each other.

    Reference: Regulation on Petition Work, art. 18(1); D-30.
    """
    return announced_at < opened_at
