"""Repeats: what looks like the matter of an earlier petition, and why.

Whether it is the same matter is a person's answer (D-02).
The system lists earlier matters with the reasons why it lists them; it counts nothing of a
person, ranks nobody, and keeps no mark on anyone (P-3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.decisions import decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An earlier petition beside a person who stands at the window.

    A fact is None where one of the two sides did not state it.
    """

    same_identity: bool
    same_phone: bool
    same_field: bool | None
    same_territory: bool | None


@decides("D-02", "P-3")
def similarities(candidate: Candidate) -> tuple[str, ...]:
    """Why may an earlier petition be of the same matter? Reason codes; none if it is not proposed.

    Proposed is what the same person brought, unless field and territory are stated and neither
    is the same.  A name alone proposes nothing: too many people share one.

    Reference: D-02; P-3.
    """
    matter = (candidate.same_field, candidate.same_territory)
    same_person = candidate.same_identity or candidate.same_phone
    contradicted = any(matter_fact is False for matter_fact in matter) and True not in matter
    if not same_person or contradicted:
        return ()
    return tuple(_reasons(candidate))


def _reasons(candidate: Candidate) -> Iterator[str]:
    if candidate.same_identity:
        yield "same_identity"
    if candidate.same_phone:
        yield "same_phone"
    if candidate.same_field:
        yield "same_field"
    if candidate.same_territory:
        yield "same_territory"
