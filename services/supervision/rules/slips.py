"""When the eight slips are issued, acknowledged and returned (C-14 to C-16, D-18, D-19, T14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import le

from services.supervision.rules.terms import Post
from shared.decisions import Decision, condition, decide, decides, known, missing


class SlipStanding(StrEnum):
    """Where a slip stands: seven are served and come back, the stub is kept (D-18)."""

    SERVED = "served"
    ACKNOWLEDGED = "acknowledged"
    RECALLED = "recalled"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class DecidedMatter:
    """What a leader's decision gives a slip set: a due date and completion standards (C-15)."""

    slips_issued: bool
    due_on: date | None
    statutory_due_on: date | None
    standards: int


@decides("C-14", "C-15", "X-5", "D-19", "I-17", "T14")
def may_slips_be_issued(matter: DecidedMatter) -> Decision:
    """Decide whether a set is issued: once, with a due date within the statute and a standard.

    Reference: C-14; C-15; D-19; X-5.
    """
    return decide(
        condition("not_issued_yet", not matter.slips_issued, cites="D-19"),
        condition("due_date_set", matter.due_on is not None, cites="C-15"),
        condition("completion_standard_set", matter.standards > 0, cites="C-15"),
        condition(
            "due_within_statute",
            known(le, matter.due_on, matter.statutory_due_on),
            cites="X-5",
            facts=missing(due_on=matter.due_on, statutory_due_on=matter.statutory_due_on),
        ),
    )


@decides("D-18", "C-14")
def first_standing(post: Post) -> SlipStanding:
    """Tell how a slip begins: the stub is kept, the seven others are served.

    Reference: C-14; D-18.
    """
    return SlipStanding.KEPT if post is Post.PETITION_OFFICE_STUB else SlipStanding.SERVED


@decides("D-18")
def may_slip_be_acknowledged(standing: SlipStanding) -> Decision:
    """Decide whether an addressee can sign for a slip: it was served and is still out.

    Reference: D-18.
    """
    return decide(
        condition("slip_is_served", standing is not SlipStanding.KEPT, cites="D-18"),
        condition("slip_is_out", standing is not SlipStanding.RECALLED, cites="C-16"),
    )


@decides("C-16", "D-18")
def may_slip_be_returned(standing: SlipStanding, *, result_reported: bool) -> Decision:
    """Decide whether a slip comes back: it was served, is still out, and the result was reported.

    Reference: C-16; D-18.
    """
    return decide(
        condition("slip_is_served", standing is not SlipStanding.KEPT, cites="D-18"),
        condition("slip_is_out", standing is not SlipStanding.RECALLED, cites="C-16"),
        condition("result_reported", result_reported, cites="C-16"),
    )


@decides("C-16")
def outstanding(standings: Iterable[SlipStanding]) -> int:
    """Count the slips and copies that are not back; the stub never went out.

    Reference: C-16.
    """
    out = (SlipStanding.SERVED, SlipStanding.ACKNOWLEDGED)
    return sum(standing in out for standing in standings)
