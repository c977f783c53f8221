"""Splitting a mixed petition into its claim and its accusation."""

from __future__ import annotations

import operator

from shared.decisions import Decision, condition, decide, decides, known


@decides("D-05", "X-1", "P-1")
def may_split(*, was_sorted: bool | None, is_split_off: bool) -> Decision:
    """May a mixed petition still be split? Before it was first sorted, and never after.

    A claim may be split again where a second accusation is found in it.  The accusation part may
    not: it stays one, and a claim found in it is registered on its own.

    What has once been sorted may have been dispatched with the accusation in it; a unit's
    objection brings the matter back, not what the unit has read.

    Reference: D-05; X-1.
    """
    return decide(
        condition(
            "not_sorted_yet",
            known(operator.not_, was_sorted),
            cites="D-05",
            facts=("was_sorted",) if was_sorted is None else (),
        ),
        condition("no_accusation_part", not is_split_off, cites="X-1"),
    )
