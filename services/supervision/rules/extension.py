"""One extension, before it is due, at most 30 days, the petitioner told why (L22-34, D-22, T15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import le

from services.supervision.rules.terms import Stage
from shared.calendar.statutory import EXTENSION_LIMIT
from shared.decisions import Decision, condition, decide, decides, known, missing


@dataclass(frozen=True, kw_only=True)
class ExtensibleCase:
    """A case as an extension finds it; `internal_due_on` is that of the slip or assignment."""

    stage: Stage
    accepted_on: date | None
    statutory_due_on: date | None
    internal_due_on: date | None
    extended: bool


@decides("L22-34", "D-22", "T15", "I-6")
def may_extension_be_granted(
    case: ExtensibleCase, *, days: int, petitioner_told: bool, on: date
) -> Decision:
    """Decide whether a time limit may be extended: once, while none has passed, by 30 days at most.

    The due date itself is still in time.  A slip or assignment that has run out bars it too:
    lateness is not cured afterwards.

    Reference: Regulation on Petition Work, art. 34; D-22.
    """
    limit = EXTENSION_LIMIT.find(on=case.accepted_on) if case.accepted_on else None
    return decide(
        condition("in_handling", case.stage in (Stage.ACCEPTED, Stage.IN_HANDLING), cites="T15"),
        condition("statutory_clock_runs", case.statutory_due_on is not None, cites="L22-34"),
        condition(
            "statutory_due_not_passed",
            known(le, on, case.statutory_due_on),
            cites="L22-34",
            facts=missing(statutory_due_on=case.statutory_due_on),
        ),
        condition(
            "internal_due_not_passed",
            case.internal_due_on is None or on <= case.internal_due_on,
            cites="T15",
        ),
        condition(
            "at_most_thirty_days",
            None if limit is None else days <= limit.value.count,
            cites="L22-34",
            facts=missing(extension_limit=limit),
        ),
        condition("not_extended_yet", not case.extended, cites="T15"),
        condition("petitioner_told", petitioner_told, cites="L22-34"),
    )
