"""The way of a circular: proposed, decided by a person, answered, issued (C-17, C-25, D-27)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from operator import gt

from shared.decisions import Decision, condition, decide, decides, known, missing


class Step(StrEnum):
    """Where a circular stands, as these rules see it."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"
    ANSWERED = "answered"
    ISSUED = "issued"


@decides("C-17", "P-9", "D-25", "T17")
def may_circular_be_decided(*, step: Step) -> Decision:
    """Decide whether a person may approve or reject: once, and only what is proposed.

    Reference: C-17; P-9.
    """
    return decide(condition("proposal_is_open", step is Step.PROPOSED, cites="P-9"))


@decides("D-27", "P-11")
def may_circular_be_answered(*, step: Step, answered_before: bool) -> Decision:
    """Decide whether one of those named may answer: after approval, once, before the issue.

    Each of them is heard; an answer after the fifth working day too, until the issue.

    Reference: D-27; P-11.
    """
    return decide(
        condition("circular_approved", step not in (Step.PROPOSED, Step.REJECTED), cites="P-9"),
        condition("circular_not_issued", step is not Step.ISSUED, cites="D-27"),
        condition("not_answered_yet", not answered_before, cites="D-27"),
    )


@decides("C-25", "D-27", "T17")
def may_circular_be_issued(*, step: Step, answer_by: date | None, on: date) -> Decision:
    """Decide whether a circular may be issued: approved, and answered or its answer days over.

    It is answered once everyone it names has answered.
    `answer_by` is the last of the 5 working days; the day itself still belongs to the unit.

    Reference: C-25; D-27.
    """
    heard = True if step is not Step.APPROVED else known(gt, on, answer_by)
    return decide(
        condition("circular_approved", step not in (Step.PROPOSED, Step.REJECTED), cites="P-9"),
        condition("circular_not_issued", step is not Step.ISSUED, cites="I-17"),
        condition(
            "answered_or_answer_days_over",
            heard,
            cites="D-27",
            facts=missing(answer_by=answer_by),
        ),
    )
