"""The appointment: who comes in which hour, and what must have gone before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.reception.rules.terms import ENDED, GRAVEST_FIRST, Step
from shared.decisions import Decision, condition, decide, decides, known


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An appointment about to be notified; None is not known because an earlier fact is missing."""

    step: Step
    cards_issued: bool
    opinion_recorded: bool
    held_on: date | None
    published: bool | None


@decides("C-12", "T11", "I-4")
def may_notify(invitation: Invitation, *, on: date) -> Decision:
    """Decide whether the petitioner may be invited.

    Only on the basis of a preliminary opinion, and to a published sitting.
    Reading: the day of the sitting has not passed, and a petition has one hour at a time.

    Reference: C-12; procedure §3.1, T11.
    """
    step = invitation.step
    return decide(
        condition("not_decided", step not in ENDED, cites="C-13"),
        condition("cards_issued", invitation.cards_issued, cites="C-11"),
        condition("opinion_recorded", invitation.opinion_recorded, cites="C-12"),
        condition("has_no_hour_yet", step is not Step.APPOINTED, cites="D-10"),
        condition("sitting_planned", invitation.held_on is not None, cites="C-03"),
        condition(
            "day_not_passed", known(lambda held_on: held_on >= on, invitation.held_on), cites="I-4"
        ),
        condition("sitting_published", invitation.published, cites="T11"),
    )


@decides("D-10")
def may_take_slot(*, wanted: time, slots: Sequence[time], taken: Sequence[time]) -> Decision:
    """Decide whether a petition may have an hour: a slot of the sitting that no other one has.

    Reference: D-10.
    """
    return decide(
        condition("within_the_sitting", wanted in slots, cites="D-10"),
        condition("is_free", wanted not in taken, cites="D-10"),
    )


@decides("D-10")
def first_free_slot(*, slots: Sequence[time], taken: Sequence[time]) -> time | None:
    """Give the hour of a petition for which nobody names one: the first that is free.

    Reference: D-10.
    """
    return next((slot for slot in slots if slot not in taken), None)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A prepared petition without an hour, before its own leader."""

    petition_no: str
    leader: str
    severity: str
    routed_at: datetime


@decides("C-04", "C-05", "D-10", "I-13")
def docket_of(
    *,
    slots: Sequence[time],
    taken: Sequence[tuple[str, time]],
    waiting: Sequence[Waiting],
) -> dict[str, time]:
    """Give prepared petitions their hours before the leader that sorting named, never another.

    `taken` are the hours given already, by leader; the answer is by petition number.
    Reading: the gravest matter first, then the one routed earlier, then the lower number; who
    finds no hour is left out.

    Reference: D-10; C-05.
    """
    free = {
        leader: [slot for slot in slots if (leader, slot) not in taken]
        for leader in {petition.leader for petition in waiting}
    }
    in_order = sorted(
        waiting,
        key=lambda petition: (
            GRAVEST_FIRST.index(petition.severity),
            petition.routed_at,
            petition.petition_no,
        ),
    )
    by_leader = {
        leader: [petition for petition in in_order if petition.leader == leader] for leader in free
    }
    return {
        petition.petition_no: slot
        for leader, petitions in by_leader.items()
        for petition, slot in zip(petitions, free[leader], strict=False)
    }
