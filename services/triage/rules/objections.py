"""A unit's objection to a transfer: when it may be decided, and what follows from it (T7)."""

from __future__ import annotations

from services.triage.rules.terms import TRANSFERS, Outcome
from shared.decisions import Decision, condition, decide, decides


@decides("T7", "L22-23", "P-9")
def may_objection_be_decided(*, pending: bool) -> Decision:
    """Decide whether an objection waits for the office's verification, which a person gives.

    Reference: 《信访工作条例》, art. 23¶3.
    """
    return decide(condition("objection_is_pending", pending, cites="L22-23¶3"))


@decides("T7", "L22-23")
def may_unit_lead_again(
    *, outcome: Outcome, lead_unit: str | None, objected: str | None
) -> Decision:
    """Decide whether the unit a petition is transferred to is another than the one that objected.

    `objected` is the unit whose objection to the last transfer was agreed to; None where none
    was.  What was found not to be its matter is not sent to it again; a leader who receives the
    petitioner may still call it to the table.

    Reference: 《信访工作条例》, art. 23¶3.
    """
    again = outcome in TRANSFERS and objected is not None and lead_unit == objected
    return decide(condition("unit_has_not_objected", not again, cites="L22-23¶3"))
