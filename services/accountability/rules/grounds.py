"""What is a ground for accountability, and against whom (C-25, D-13, D-23, D-26)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import contains

from shared.decisions import Decision, condition, decide, decides, known, missing


class AbsentParty(StrEnum):
    """Who was missing from the table."""

    PETITIONER = "petitioner"
    LEADER = "leader"
    UNIT = "unit"
    PETITION_OFFICER = "petition_officer"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """One party that was absent or late; `excused` is None while nobody has said."""

    party: AbsentParty
    excused: bool | None


@decides("C-25", "D-13", "D-26", "T12b")
def is_absence_a_ground(absence: Absence) -> Decision:
    """Decide whether not coming on time is a ground against the absent party alone.

    A petitioner owes no attendance, so a petitioner's absence is never one; an excused absence is
    recorded and is none.

    Reference: C-25 (i); D-13; D-26.
    """
    return decide(
        condition(
            "party_owes_attendance", absence.party is not AbsentParty.PETITIONER, cites="D-13"
        ),
        condition(
            "absence_not_excused",
            None if absence.excused is None else not absence.excused,
            cites="D-26",
        ),
    )


@dataclass(frozen=True, kw_only=True)
class ReportedFailure:
    """What a person wrote down of weak or evasive handling."""

    facts_stated: bool
    consequence_stated: bool


@decides("C-25", "D-26")
def is_weak_handling_a_ground(failure: ReportedFailure) -> Decision:
    """Decide whether weak or evasive handling is a ground: only with facts and a bad consequence.

    "Bad consequences" qualifies this trigger alone, not the first two.

    Reference: C-25 (iii); D-26.
    """
    return decide(
        condition("facts_stated", failure.facts_stated, cites="D-26"),
        condition("bad_consequence_stated", failure.consequence_stated, cites="C-25"),
    )


@decides("C-25", "D-26", "P-11")
def has_unit_a_part(*, unit: str, units_of_case: frozenset[str] | None) -> Decision:
    """Decide whether a unit has a part in a case, so that it can have failed in it.

    The text holds the responsible unit to account (责任单位).  Reading: the units that lead it
    or help in it, those that had it before, and the petition office; `units_of_case` is None
    while nothing of the case is known.

    Reference: C-25 (iii); D-26.
    """
    return decide(
        condition(
            "unit_has_a_part",
            known(contains, units_of_case, unit),
            cites="C-25",
            facts=missing(units_of_case=units_of_case),
        )
    )


@decides("C-17", "D-19")
def leads_overdue_to_a_circular(*, slip_case: bool) -> bool:
    """Tell whether a failure after an overdue date is proposed for a circular: of a slip case.

    A forwarded or assigned matter leaves its ground and no proposal.

    Reference: C-17; D-19.
    """
    return slip_case


@decides("D-23")
def goes_to_joint_conference(*, promise_broken: bool) -> bool:
    """Tell whether the proposal also goes to the joint conference: after a broken promise.

    Reference: D-23; D-25.
    """
    return promise_broken
