"""A retired node: what it hands over, what it begins no more, and what the petitioner is told."""

from __future__ import annotations

from datetime import datetime

from services.reception.rules.terms import ENDED, Step
from shared.decisions import Decision, condition, decide, decides


@decides("D-30")
def is_retired(*, announced_at: datetime | None, retired_at: datetime | None) -> bool:
    """Tell whether a node is retired: it was, and has not announced itself later than that.

    Reading: an announcement of the very instant of the retirement is the older news.

    Reference: D-30.
    """
    return retired_at is not None and (announced_at is None or announced_at <= retired_at)


@decides("D-30")
def may_open_again(*, opening: str | None, begun_before: bool, retired: bool) -> bool:
    """Tell whether a start opens a retired node again: one that somebody calls a new opening.

    A restart carries on the opening it has, also after a power cut, and is no reason to undo what
    a person decided; so a retired node stays retired until it is told of an opening that it never
    began.

    Reference: D-30.
    """
    return retired and opening is not None and not begun_before


@decides("D-30", "C-13", "I-17")
def is_to_be_handed_over(step: Step) -> bool:
    """Tell whether a petition of a retired node goes to another: it has not met its leader here.

    A meeting with its outcome stays with the record of the node that held it, and what was handed
    over once is not handed over again.

    Reference: D-30; C-13.
    """
    return step not in ENDED and step is not Step.HANDED_OVER


@decides("D-30", "P-5")
def is_petitioner_to_be_told(*, cards_issued: bool) -> bool:
    """Tell whether a notice goes to the petitioner: a day was told that will not be kept.

    The card names the day and the appointment notice the hour, and the notice follows the cards.
    Who was told of nothing yet reads of the hand-over in the progress.

    Reference: P-5; D-30.
    """
    return cards_issued


@decides("D-30")
def may_begin_work(*, retired: bool) -> Decision:
    """Decide whether a node may begin anything new: a retired one plans and publishes no more.

    Reference: D-30.
    """
    return decide(condition("node_is_open", not retired, cites="D-30"))


@decides("D-30", "I-4")
def may_go_on_here(step: Step) -> Decision:
    """Decide whether a petition goes on at this node: not once it was handed over.

    Reference: D-30.
    """
    return decide(condition("is_still_here", step is not Step.HANDED_OVER, cites="D-30"))
