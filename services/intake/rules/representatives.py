"""Whom a group may send to speak for it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date

from shared.calendar.statutory import REPRESENTATIVE_LIMIT
from shared.decisions import Decision, condition, decide, decides, known, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedList:
    """A list of representatives: how many it names, for how many people, in person or not."""

    named: int | None
    headcount: int | None
    in_person: bool | None


@decides("L22-20", "D-01", "I-12")
def may_represent(proposed: ProposedList, *, on: date) -> Decision:
    """May the people of a list speak for a group? Where several come in person, at most five may.

    A letter or online petition of many has no such limit (D-01), and one person alone has
    nobody to elect.
    A group elects from among its own (推选), so never more than it counts.
    `on` is the day of the visit; the limit in force on that day counts.

    Reference: Regulation on Petition Work (2022), art. 20(3).
    """
    limit = REPRESENTATIVE_LIMIT.in_force(on=on)
    return decide(
        condition(
            "joint_matter_of_several",
            known(operator.gt, proposed.headcount, 1),
            cites="L22-20¶3",
            facts=("headcount",) if proposed.headcount is None else (),
        ),
        condition(
            "at_most_five_in_person",
            _within(proposed, limit=limit.value),
            cites=limit.citation.rule_id,
            facts=tuple(name for name in ("named", "in_person") if getattr(proposed, name) is None),
        ),
        condition(
            "no_more_than_they_are",
            known(operator.le, proposed.named, proposed.headcount),
            cites="L22-20¶3",
            facts=missing(named=proposed.named, headcount=proposed.headcount),
        ),
    )


def _within(proposed: ProposedList, *, limit: int) -> bool | None:
    if proposed.in_person is False:
        return True
    short_enough = known(operator.le, proposed.named, limit)
    if proposed.in_person is None:
        # A list that is short enough for a visit is so for a letter too.
        return True if short_enough else None
    return short_enough
