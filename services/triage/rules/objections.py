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


@decides("T7", "L22-23", "L22-24")
def may_units_have_it_again(
    *, outcome: Outcome, units: tuple[str, ...], objected: frozenset[str]
) -> Decision:
    """Decide whether a petition is transferred to none of the units that gave it back.

    `units` are those it would go to, the lead first; `objected` are those whose objection to a
    transfer of this petition was agreed to, at any time.
    What was verified as lying outside a unit's powers is not sent there again, neither as the
    lead nor beside another, however many others have had it since.
    Reading: a leader who receives may still call such a unit to the table, since where the units
    dispute whose matter it is the organ above them decides (art. 24¶1).

    Reference: 《信访工作条例》, art. 23¶3, 24¶1.
    """
    again = outcome in TRANSFERS and not objected.isdisjoint(units)
    return decide(condition("unit_has_not_objected", not again, cites="L22-23¶3"))
