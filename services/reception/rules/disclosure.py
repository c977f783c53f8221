"""Who may read what of a petition's papers at a reception node."""

from __future__ import annotations

from dataclasses import dataclass

from services.reception.rules.terms import Card
from shared.decisions import Decision, condition, decide, decides


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Someone who asks for papers: what they are to the case, and where they sit.

    `handles` is true for the office and the window, which handle every case; `oversees` for
    those who may see that a paper exists and what became of it.
    """

    code: str
    handles: bool
    oversees: bool
    is_leader: bool
    is_unit: bool


@decides("C-09", "P-1", "L22-30")
def may_see_case(reader: Reader, *, leaders: frozenset[str], units: frozenset[str]) -> Decision:
    """Decide who sees a case's papers: a leader or unit its own, office and overseers all.

    Reference: C-09; P-1.
    """
    own = (reader.is_leader and reader.code in leaders) or (reader.is_unit and reader.code in units)
    return decide(
        condition("case_is_theirs", reader.handles or reader.oversees or own, cites="C-09")
    )


@decides("D-12", "P-1", "P-2")
def may_read_text(reader: Reader, *, kind: Card, addressee: str) -> bool:
    """Tell whether a reader may have a card's text, which names the petitioner.

    The text is for those who handle the case.
    Reading: the office reads every card, a leader or unit the card addressed to them; whoever
    only oversees reads numbers and days.

    Reference: D-12; P-1.
    """
    if reader.handles:
        return True
    as_leader = reader.is_leader and kind is Card.LEADER_REPORT
    as_unit = reader.is_unit and kind is Card.UNIT_NOTICE
    return (as_leader or as_unit) and reader.code == addressee


@decides("D-12", "X-1")
def may_name_petitioner(*, accusation: bool | None, sealed: bool) -> bool:
    """Tell whether a text may name the petitioner: of a claim, and of nothing sealed.

    Reference: D-12; X-1.
    """
    return not sealed and accusation is not True
