"""The rota: whose turn it is, and when two may change places."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice

from shared.decisions import Decision, condition, decide, decides, known


@decides("M-04")
def roster_with_newcomers(roster: Sequence[str], *, present: Sequence[str]) -> tuple[str, ...]:
    """Give the order of the turns: as it was, with those who are new at its end.

    `present` are the leaders of the organ in the directory's order, which is that of the
    newcomers.
    Reading: whoever left keeps the place and has it again on coming back, so that the turns of
    the others do not shift.

    Reference: M-04.
    """
    return (*roster, *(leader for leader in present if leader not in roster))


@decides("M-04", "D-16", "I-11")
def turns(
    roster: Sequence[str], *, present: Sequence[str], last: str | None, sessions: int
) -> tuple[str, ...]:
    """Give the leaders of the next sessions, one each, from the one after the `last` on.

    Whoever left is skipped; where nobody is left there is no turn.
    Reading: turns follow sessions and not weeks, so a day that is skipped passes its turn on.

    Reference: M-04; D-16.
    """
    begin = roster.index(last) + 1 if last in roster else 0
    from_here = (*roster[begin:], *roster[:begin])
    in_turn = [leader for leader in from_here if leader in present]
    return tuple(islice(cycle(in_turn), sessions))


@dataclass(frozen=True, kw_only=True)
class Swap:
    """A swap of duty that was agreed: None is not known because no next session is planned.

    `is_asked_by_either` is true where the office or one of the two leaders asks for it.
    """

    provided: bool
    is_asked_by_either: bool
    held_on: date
    leader: str
    next_leader: str | None
    counterpart: str
    present: frozenset[str]


@decides("M-14", "D-16", "I-11")
def may_swap(swap: Swap, *, on: date) -> Decision:
    """Decide whether a prevented leader may change places with the next on duty.

    Beforehand, with the next in the rota and no other, and so that both sessions keep a leader.
    Reading: beforehand is before the session's day begins.

    Reference: M-14; D-16.
    """
    both_there = {swap.leader, swap.counterpart} <= swap.present
    return decide(
        condition("swap_is_provided", swap.provided, cites="M-14"),
        condition("asked_by_either", swap.is_asked_by_either, cites="M-14"),
        condition("agreed_beforehand", swap.held_on > on, cites="D-16"),
        condition("next_is_planned", swap.next_leader is not None, cites="M-14"),
        condition(
            "with_the_next", known(operator.eq, swap.next_leader, swap.counterpart), cites="M-14"
        ),
        condition("are_two_leaders", swap.leader != swap.counterpart, cites="M-14"),
        condition("no_vacancy", both_there, cites="M-14"),
    )
