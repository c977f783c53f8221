"""Suggestions to leaders that sorting yields: who answers, and that it is once (C-10)."""

from __future__ import annotations

from shared.decisions import Decision, condition, decide, decides


@decides("C-10", "L22-40")
def may_suggestion_be_answered(*, submitted_to: str, answered_by: str, answered: bool) -> Decision:
    """Decide whether a suggestion may be answered: by the leader it went to, and once.

    Reference: C-10; 《信访工作条例》, art. 40¶4.
    """
    return decide(
        condition("leader_is_the_addressee", submitted_to == answered_by, cites="C-10"),
        condition("suggestion_is_open", not answered, cites="L22-40"),
    )
