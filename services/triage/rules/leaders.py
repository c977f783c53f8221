"""Which leader receives: by severity, field and portfolio; by a rota only where a node has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.triage.rules.directory import Directory, LeaderEntry
from services.triage.rules.nodes import ReceivingPlace
from services.triage.rules.terms import Outcome, Post, Principal, Side
from shared.decisions import Decided, Decision, condition, decide, decided, decides

PRINCIPAL_BY_SIDE: Final[Mapping[Side, Principal]] = {
    Side.PARTY: Principal.PARTY_SECRETARY,
    Side.GOVERNMENT: Principal.COUNTY_HEAD,
}
"""D-07: Party, discipline and personnel to the secretary, government matters to the head."""

POSTS_OF_PRINCIPAL: Final[Mapping[Principal, frozenset[str]]] = {
    Principal.PARTY_SECRETARY: frozenset({"party_secretary", "township_party_secretary"}),
    Principal.COUNTY_HEAD: frozenset({"county_head", "township_head"}),
}
"""How the directory writes the two posts in the county and in a township with a node."""

_IN_CHARGE_POSTS: Final = frozenset(
    {Post.DEPUTY_PARTY_SECRETARY_IN_CHARGE, Post.DEPUTY_COUNTY_HEAD_IN_CHARGE}
)
_PRINCIPAL_POSTS: Final = frozenset().union(*POSTS_OF_PRINCIPAL.values())


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who receives and who is in charge, and where; the same person unless a principal receives."""

    leader: str
    leader_in_charge: str
    place: ReceivingPlace


@decides("C-04", "C-05", "C-07", "I-13")
def who_is_in_charge(*, field: str, organ: str, directory: Directory) -> Decided[str]:
    """Choose the leader of an organ whose portfolio holds the field (谁主管、谁接访).

    Of several the one whose post is a deputy's or vice's in charge comes first and a principal
    leader last; then the order of codes.  Nobody of another organ steps in: where an organ has
    nobody the matter goes to a higher place (`who_receives`).

    Reference: C-04; C-05; C-07.
    """
    in_charge = sorted(
        (leader for leader in directory.leaders_of(organ) if field in leader.portfolio),
        key=_nearness,
    )
    answer = in_charge[0].code if in_charge else None
    return decided(answer, condition("portfolio_is_held", answer is not None, cites="C-07"))


@decides("D-07", "P-9")
def which_principal(
    *, side: Side, named: Principal | None, reason_stated: bool
) -> Decided[Principal]:
    """Choose which of the two principal leaders receives: by the field's side, or by a person.

    The person who names another than the default says why.

    Reference: D-07.
    """
    default = PRINCIPAL_BY_SIDE[side]
    return decided(
        named or default,
        condition(
            "other_principal_has_reason", named in (None, default) or reason_stated, cites="D-07"
        ),
    )


@decides("C-04", "C-05", "C-06", "C-07", "D-07", "D-30", "T8", "I-13", "M-04")
def who_receives(
    *,
    outcome: Outcome,
    field: str,
    principal: Principal,
    places: tuple[ReceivingPlace, ...],
    directory: Directory,
) -> Decided[Receiver]:
    """Choose the receiving leader and, for consultation, the leader in charge.

    (c) The leader in charge of the nearest place that has one.  (b) The principal leader of the
    nearest place that has both, at the latest the county's; the leader in charge of that organ
    is consulted.
    Reading: whoever is in charge receives (谁主管、谁接访), at the same or the next higher level
    (art. 20); so where no leader of a township or department has the field, the next higher
    place receives, its principal too, since both prepare one meeting.  Only a field that nobody
    up to the county has is refused: the portfolios are to be completed.
    Reading: at a place with a rota whoever sits receives, of whatever field and severity the
    matter is; named are those whom severity and portfolio give, and where no portfolio has the
    field, in charge is the principal leader, who heads the whole of the work.

    Reference: C-04; C-06(b), (c); D-07; D-30; M-04; 《信访工作条例》, art. 20¶1.
    """
    seats: list[tuple[ReceivingPlace, str | None]] = [(place, None) for place in places]
    if outcome is Outcome.PRINCIPAL_LEADER:
        seats = [
            (place, holder)
            for place in places
            for holder in _principals(place.organ, principal, directory)
            or ((None,) if place.by_rota else ())
        ]
    found = next(
        (
            Receiver(
                leader=leader or in_charge.value, leader_in_charge=in_charge.value, place=place
            )
            for place, leader in seats
            if (
                in_charge := _who_is_consulted(
                    place, field=field, principal=principal, directory=directory
                )
            ).allowed
        ),
        None,
    )
    return decided(
        found,
        condition("principal_post_is_held", bool(seats), cites="C-07"),
        condition("portfolio_is_held", found is not None, cites="C-07"),
    )


@decides("D-06", "D-30", "C-05")
def where_the_stand_in_receives(
    stands_in: str,
    *,
    place: ReceivingPlace,
    places: tuple[ReceivingPlace, ...],
    directory: Directory,
) -> Decided[ReceivingPlace]:
    """Choose where a leader who stands in receives: with their own organ, there or higher up.

    Reading: the substitute is the deputy or of the next higher organ, never of a lower or a
    neighbouring one; a leader without a seat at the node could not receive.

    Reference: D-06; D-30.
    """
    entry = directory.leader_by_code.get(stands_in)
    from_here_up = places[places.index(place) :]
    found = next((each for each in from_here_up if entry and each.organ == entry.organ), None)
    return decided(found, condition("stand_in_is_here_or_above", found is not None, cites="D-06"))


@decides("C-05", "I-13")
def is_named_leader_right(*, named: str | None, resolved: str, stands_in: str) -> Decision:
    """Decide whether a leader named by the sorter is the one that portfolio and severity give.

    Where that one is accused the substitute may be named as well.

    Reference: C-05.
    """
    return decide(
        condition("named_leader_is_in_charge", named in (None, resolved, stands_in), cites="C-05")
    )


@decides("C-05", "D-06")
def is_substitute_needed(*, substitute: str | None, anyone_replaced: bool) -> Decision:
    """Decide whether a named substitute replaces somebody: without need it would be a choice.

    Reference: C-05; D-06.
    """
    return decide(
        condition("substitute_is_needed", substitute is None or anyone_replaced, cites="C-05")
    )


def _principals(organ: str, principal: Principal, directory: Directory) -> tuple[str, ...]:
    posts = POSTS_OF_PRINCIPAL[principal]
    return tuple(
        leader.code for leader in directory.leaders_of(organ) if not posts.isdisjoint(leader.posts)
    )


def _who_is_consulted(
    place: ReceivingPlace, *, field: str, principal: Principal, directory: Directory
) -> Decided[str]:
    """Choose the leader in charge at a place; with a rota its head where no portfolio has it."""
    in_charge = who_is_in_charge(field=field, organ=place.organ, directory=directory)
    if in_charge.allowed or not place.by_rota:
        return in_charge
    heads = _principals(place.organ, principal, directory)
    return decided(
        heads[0] if heads else None, condition("portfolio_is_held", bool(heads), cites="C-07")
    )


def _nearness(leader: LeaderEntry) -> tuple[bool, bool, str]:
    posts = frozenset(leader.posts)
    return (
        not posts.isdisjoint(_PRINCIPAL_POSTS),
        posts.isdisjoint(_IN_CHARGE_POSTS),
        leader.code,
    )
