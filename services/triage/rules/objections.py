"""A unit's objection to a transfer: who may decide it, and when (T7)."""

from __future__ import annotations

from shared.decisions import Decision, condition, decide, decides


@decides("T7", "L22-23", "P-9")
def may_objection_be_decided(*, pending: bool) -> Decision:
    """Decide whether an objection waits for the office's verification, which a person gives.

    Reference: 《信访工作条例》, art. 23¶3.
    """
    return decide(condition("objection_is_pending", pending, cites="L22-23¶3"))
