"""Who gets each of the eight slips, by post and never by person (C-14, D-06)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.supervision.rules.terms import LEADER_POSTS, Post
from shared.decisions import Citation, Decided, Reason, Verdict, condition, decided, decides

PETITION_FIELD: Final = "petition"
"""The field under which a leader is in charge of petition work as such."""

DEPUTY_OF: Final[Mapping[Post, Post]] = {
    Post.PARTY_SECRETARY: Post.DEPUTY_PARTY_SECRETARY_IN_CHARGE,
    Post.COUNTY_HEAD: Post.DEPUTY_COUNTY_HEAD_IN_CHARGE,
}
"""Who stands in where the first post of the committee or the government is vacant."""

_BY_PORTFOLIO: Final = frozenset(DEPUTY_OF.values())


@dataclass(frozen=True, kw_only=True)
class PostHolder:
    """A leader with the posts they hold in an organ and the fields they are in charge of."""

    code: str
    organ: str
    posts: frozenset[str]
    portfolio: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Authorisation:
    """A standing authorisation of a committee, under which slips are issued (D-18)."""

    no: str
    issued_on: date
    organ: str


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What the directory in force says of leaders and organs; `parents` leads up to the county."""

    office: str
    leaders: tuple[PostHolder, ...]
    parents: Mapping[str, str | None]
    authorisations: tuple[Authorisation, ...]

    def organs_upward(self, organ: str) -> Iterator[str]:
        """Iterate from an organ to the county above it."""
        seen: set[str] = set()
        current: str | None = organ
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self.parents.get(current)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What decides the addressees of a case's slips; `overrides` are the recorded substitutes."""

    organ: str
    field: str
    lead_unit: str
    overrides: Mapping[Post, str]


@decides("C-14", "D-06", "I-10")
def holder_of(post: Post, *, matter: Matter, directory: Directory) -> str | None:
    """Name who holds a leader's post for a matter, or None where nobody does.

    A recorded substitute comes first.  "In charge" is read as in charge of the matter's field,
    else of petition work, else the first holder by code.  A vacant post falls to its deputy,
    and then to the organ above.

    Reference: C-14; D-06; procedure §1F-4.
    """
    if post in matter.overrides:
        return matter.overrides[post]
    for organ in directory.organs_upward(matter.organ):
        for sought in filter(None, (post, DEPUTY_OF.get(post))):
            holders = sorted(
                (one for one in directory.leaders if one.organ == organ and sought in one.posts),
                key=lambda one: (_distance(one, sought, matter.field), one.code),
            )
            if holders:
                return holders[0].code
    return None


def _distance(holder: PostHolder, post: Post, field: str) -> int:
    """Rank holders of one post: by the matter's field, then by petition work, then any."""
    if post not in _BY_PORTFOLIO:
        return 0
    return next(
        (rank for rank, one in enumerate((field, PETITION_FIELD)) if one in holder.portfolio), 2
    )


@decides("C-14", "I-3", "I-14")
def addressees_of_slips(
    *, matter: Matter, directory: Directory
) -> Decided[tuple[tuple[Post, str], ...]]:
    """Name the eight addressees in their order: six leaders, the one responsible unit, the stub.

    One person in two posts gets two slips.  A post that nobody holds is told as a missing fact;
    a set is eight or it is not issued.

    Reference: C-14; procedure §1F-5.
    """
    leaders = [(post, holder_of(post, matter=matter, directory=directory)) for post in LEADER_POSTS]
    unit = matter.overrides.get(Post.RESPONSIBLE_UNIT, matter.lead_unit)
    stub = (Post.PETITION_OFFICE_STUB, directory.office)
    held = [(post, holder) for post, holder in leaders if holder is not None]
    return decided(
        (*held, (Post.RESPONSIBLE_UNIT, unit), stub),
        *(
            condition(
                f"{post}_held",
                holder is not None or None,
                cites="C-14",
                facts=_vacant(post, holder),
            )
            for post, holder in leaders
        ),
        Reason(code="one_responsible_unit", verdict=Verdict.YES, citation=Citation("I-14")),
    )


def _vacant(post: Post, holder: str | None) -> tuple[str, ...]:
    return () if holder is not None else (post.value,)


@decides("D-18", "C-14")
def authorisation_for(*, organ: str, directory: Directory, on: date) -> Decided[Authorisation]:
    """Name the standing authorisation a set cites: the organ's latest, else that of an organ above.

    Reference: C-14; D-18.
    """
    in_force = [
        max(given, key=lambda one: (one.issued_on, one.no))
        for above in directory.organs_upward(organ)
        if (
            given := [
                one
                for one in directory.authorisations
                if one.organ == above and one.issued_on <= on
            ]
        )
    ]
    found = in_force[0] if in_force else None
    return decided(
        found,
        condition(
            "committee_has_authorised",
            found is not None or None,
            cites="D-18",
            facts=() if found else ("authorisation",),
        ),
    )


@decides("D-18", "C-14")
def authorisation_begins_on(*, organ: str, directory: Directory, on: date) -> date | None:
    """Name the first day after this one from which a set of the organ could cite an authorisation.

    An authorisation that is dated ahead is in force from its own day and needs nobody to say so
    again; None where none is dated ahead.

    Reference: C-14; D-18.
    """
    line = frozenset(directory.organs_upward(organ))
    ahead = [
        one.issued_on
        for one in directory.authorisations
        if one.organ in line and one.issued_on > on
    ]
    return min(ahead, default=None)
