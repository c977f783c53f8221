"""Who must not receive: the accused, in whatever post or body they stand (D-06, X-1, X-4).

Whom a petition complains of is a set of codes of leaders and units.  A body is touched by a
complaint of itself or of an organ above it, which can reach into it.  A body *below* it is not
its own cause: the organ above an accused one is the very substitute that D-06 asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.triage.rules.directory import Directory, LeaderEntry
from services.triage.rules.terms import LEADERS_POSTS, Post, UnitKind
from shared.decisions import Decided, Decision, condition, decide, decided, decides

_PETITION_FIELD = "petition"


@dataclass(frozen=True, kw_only=True)
class Override:
    """Someone who receives in place of a post's own holder, without the reason."""

    post: Post
    holder: str


def is_unit_accused(code: str, *, accused: frozenset[str], directory: Directory) -> bool:
    """Tell whether a unit, or an organ above it, is complained of."""
    return not accused.isdisjoint(directory.unit_and_above(code))


def is_organ_accused(organ: str, *, accused: frozenset[str], directory: Directory) -> bool:
    """Tell whether the body of an organ, a township or a department, is complained of."""
    if organ in directory.unit_by_code:
        return is_unit_accused(organ, accused=accused, directory=directory)
    return any(
        is_unit_accused(unit.code, accused=accused, directory=directory)
        for unit in directory.units
        if unit.kind is UnitKind.TOWNSHIP and unit.organ == organ
    )


def is_leader_accused(leader: str, *, accused: frozenset[str], directory: Directory) -> bool:
    """Tell whether a leader, or the township or department they lead, is complained of."""
    entry = directory.leader_by_code.get(leader)
    if leader in accused or entry is None:
        return leader in accused
    return is_organ_accused(entry.organ, accused=accused, directory=directory)


@decides("D-06", "X-4", "T8")
def who_stands_in(
    leader: str, *, accused: frozenset[str], substitute: str | None, directory: Directory
) -> Decided[str]:
    """Choose who receives at a leader's place: the leader, or where accused the substitute.

    The substitute is the one the sorter names, otherwise the leader's deputy of the directory.
    Nobody else is guessed.

    Reference: D-06; 《信访工作条例》, art. 28¶3, 30¶3.
    """
    if not is_leader_accused(leader, accused=accused, directory=directory):
        return decided(leader, condition("addressee_is_not_accused", holds=True, cites="D-06"))
    entry = directory.leader_by_code.get(leader)
    candidate = substitute or (entry.deputy if entry else None)
    clean = candidate is not None and not is_leader_accused(
        candidate, accused=accused, directory=directory
    )
    return decided(candidate, condition("addressee_is_not_accused", clean, cites="D-06"))


@decides("D-06", "X-1", "X-4", "L22-30", "I-10")
def may_units_receive(
    *, units: tuple[str, ...], accused: frozenset[str], directory: Directory
) -> Decision:
    """Decide whether no unit named is complained of, nor any organ above it.

    Which unit handles instead is for a person to say: usually the next higher organ.

    Reference: D-06; X-1; 《信访工作条例》, art. 30¶3.
    """
    clean = not any(is_unit_accused(code, accused=accused, directory=directory) for code in units)
    return decide(condition("unit_is_not_accused", clean, cites="D-06"))


@decides("D-06", "X-1", "C-14", "I-3")
def who_holds_the_slip_posts(
    *,
    field: str,
    accused: frozenset[str],
    substitute: str | None,
    directory: Directory,
) -> Decided[tuple[Override, ...]]:
    """Name who is served a slip in place of an accused holder, so that a set keeps its number.

    A post with several holders is taken by the one in charge of the field, otherwise of
    petitions.  Where any holder of a post is accused the one to be served is named, be it the
    clean holder: whoever fills the slips then has nobody to guess.

    Reference: D-06; C-14.
    """
    holders = {post: _holders(post, field=field, directory=directory) for post in LEADERS_POSTS}
    served = {
        post: who_stands_in(
            held_by[0].code, accused=accused, substitute=substitute, directory=directory
        )
        for post, held_by in holders.items()
        if any(
            is_leader_accused(holder.code, accused=accused, directory=directory)
            for holder in held_by
        )
    }
    if is_unit_accused(directory.office, accused=accused, directory=directory):
        served[Post.PETITION_OFFICE_STUB] = _keeper_of_the_stub(accused, directory)
    return decided(
        tuple(
            Override(post=post, holder=holder.value)
            for post, holder in served.items()
            if holder.allowed
        ),
        condition(
            "slip_addressees_are_not_accused",
            all(holder.allowed for holder in served.values()),
            cites="D-06",
        ),
    )


@decides("T5", "X-4", "D-06", "L22-22", "L22-30")
def which_discipline_organ_receives(
    *, named: str | None, accused: frozenset[str], directory: Directory
) -> Decided[str]:
    """Choose the organ an accusation is transferred to under seal.

    The county's discipline organ; where it or its secretary is accused, the organ above it.  A
    person may name another: a discipline organ, one above it, or one outside the county.

    Reference: 《信访工作条例》, art. 22¶2, 30; X-4.
    """
    own = _county_discipline_organ(directory)
    chosen = named or own
    if named is None and own is not None and _is_discipline_accused(own, accused, directory):
        chosen = directory.unit_by_code[own].parent or own
    receives = chosen is not None and chosen in _organs_for_accusations(directory)
    clean = chosen is not None and not _is_discipline_accused(chosen, accused, directory)
    return decided(
        chosen,
        condition(
            "discipline_organ_is_in_directory",
            chosen is not None and chosen in directory.unit_by_code,
            cites="L22-22¶2",
        ),
        condition("organ_receives_accusations", receives, cites="L22-30"),
        condition("unit_is_not_accused", clean, cites="X-4"),
    )


def _holders(post: Post, *, field: str, directory: Directory) -> list[LeaderEntry]:
    """List the county's holders of a post, the one served first."""
    return sorted(
        (leader for leader in directory.leaders_of(directory.county) if post in leader.posts),
        key=lambda leader: (
            field not in leader.portfolio,
            _PETITION_FIELD not in leader.portfolio,
            leader.code,
        ),
    )


def _keeper_of_the_stub(accused: frozenset[str], directory: Directory) -> Decided[str]:
    """Choose who keeps the stub where the office itself is complained of: the organ above it."""
    office = directory.unit_by_code.get(directory.office)
    above = office.parent if office else None
    clean = above is not None and not is_unit_accused(above, accused=accused, directory=directory)
    return decided(above, condition("addressee_is_not_accused", clean, cites="D-06"))


def _county_discipline_organ(directory: Directory) -> str | None:
    """Find the county's discipline organ: the one that stands above no other in the county."""
    organs = sorted(
        (unit.code, unit.parent)
        for unit in directory.units
        if unit.kind is UnitKind.DISCIPLINE and unit.organ == directory.county
    )
    above = {parent for _code, parent in organs}
    return next((code for code, _parent in organs if code not in above), None)


def _is_discipline_accused(code: str, accused: frozenset[str], directory: Directory) -> bool:
    if is_unit_accused(code, accused=accused, directory=directory):
        return True
    return code == _county_discipline_organ(directory) and any(
        leader.code in accused
        for leader in directory.leaders_of(directory.county)
        if Post.DISCIPLINE_SECRETARY in leader.posts
    )


def _organs_for_accusations(directory: Directory) -> frozenset[str]:
    discipline = [unit.code for unit in directory.units if unit.kind is UnitKind.DISCIPLINE]
    above = {code for organ in discipline for code in directory.unit_and_above(organ)}
    outside = {unit.code for unit in directory.units if unit.kind is UnitKind.OUTSIDE}
    return frozenset(above | outside)
