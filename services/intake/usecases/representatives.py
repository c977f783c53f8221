"""Recording whom a group elected to speak for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from services.intake.models import Visit
from services.intake.rules import ProposedList, may_represent
from services.intake.usecases.people import store_representatives
from services.intake.usecases.register import petition_numbered
from shared.contracts.base import Refusal
from shared.contracts.intake import (
    IntakeForm,
    MoreRepresentativesThanPetitioners,
    NameRepresentatives,
    NotAGroup,
    Person,
    RepresentativesNamed,
    RepresentativesNamedV1,
    TooManyRepresentatives,
)
from shared.messaging.work import Work


def name_representatives(work: Work, request: NameRepresentatives) -> RepresentativesNamed:
    """Replace a group's list of representatives by a new version.

    A group that has come in person even once keeps to the limit for visits.

    Raises:
        PetitionNotFound: the register has no such number.
        TooManyRepresentatives, MoreRepresentativesThanPetitioners, NotAGroup: the list cannot
            be so; the earlier one stays.
    """
    petition = petition_numbered(work, request.petition_no)
    refusal = accept_list(
        work,
        petition_no=petition.petition_no,
        people=request.representatives,
        headcount=max(petition.headcount, _most_at_a_visit(work, petition.petition_no)),
        in_person=_came_in_person(work, petition.petition_no),
    )
    if refusal is not None:
        raise refusal
    return RepresentativesNamed(
        petition_no=petition.petition_no, count=len(request.representatives)
    )


def accept_list(
    work: Work,
    *,
    petition_no: str,
    people: Sequence[Person],
    headcount: int,
    in_person: bool,
) -> Refusal | None:
    """Store and tell a list of representatives, or give the refusal that keeps it out."""
    proposed = ProposedList(named=len(people), headcount=headcount, in_person=in_person)
    reason = may_represent(proposed, on=work.today).first_refusal()
    if reason is None:
        store_representatives(work, petition_no=petition_no, people=people)
        work.record(RepresentativesNamedV1(petition_no=petition_no, count=len(people)))
        return None
    if reason.code == "joint_matter_of_several":
        return NotAGroup(
            f"{petition_no} is the petition of one person, who speaks for themselves; "
            "correct the headcount or leave the list out"
        )
    if reason.code == "no_more_than_they_are":
        return MoreRepresentativesThanPetitioners(
            f"{len(people)} representatives were named for {petition_no}, the matter of "
            f"{headcount} people who elect from among themselves; the visit stands, correct the "
            "headcount or the list"
        )
    return TooManyRepresentatives(
        f"{len(people)} representatives were named for {petition_no}, and at most 5 may speak for "
        "those who come in person; the visit stands, send a list of at most 5"
    )


def _came_in_person(work: Work, petition_no: str) -> bool:
    visits = select(Visit.visit_no).where(
        Visit.petition_no == petition_no, Visit.form == IntakeForm.VISIT
    )
    return work.session.scalars(visits.limit(1)).first() is not None


def _most_at_a_visit(work: Work, petition_no: str) -> int:
    most = select(func.max(Visit.headcount)).where(Visit.petition_no == petition_no)
    return work.session.scalars(most).one() or 1
