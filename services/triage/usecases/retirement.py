"""Retiring a reception node, and finding the next place for each petition it gives back (D-30).

The node itself knows what is open there and hands it over when the news reaches it, also after a
long time down; here nothing is moved before it has said so, so no petition is received twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from services.triage import metrics
from services.triage.models import (
    Node,
    NodeRetirement,
    Rerouting,
    SortingEntry,
    TriagedPetition,
)
from services.triage.rules.retirement import (
    NodeStanding,
    does_routing_end_with_hand_over,
    may_node_be_retired,
    node_above,
    when_sorting_is_due_after_hand_over,
)
from services.triage.rules.terms import Outcome, Principal
from services.triage.rules.transfers import are_units_fixed
from services.triage.usecases.arriving import SORTING_DUE, petition_awaited
from services.triage.usecases.case_in_hand import Sent
from services.triage.usecases.directory import DirectoryInForce, directory_in_force
from services.triage.usecases.entries import accused_in_split_parts, open_entry
from services.triage.usecases.hand_overs import (
    keep_hand_over,
    last_entry,
    last_rerouting,
    node_in_force,
)
from services.triage.usecases.nodes import is_open, node_entries
from services.triage.usecases.refusing import insist
from services.triage.usecases.routing import Wanted, route_by
from shared.contracts import triage as contract
from shared.contracts.base import Refusal
from shared.contracts.common import FieldUnknown
from shared.contracts.reception import WorkHandedOverV1
from shared.contracts.triage import (
    AddresseeIsAccused,
    NodeRetiredV1,
    PetitionReturnedV1,
    RetireNode,
    Severity,
    SortingState,
)
from shared.documents import canonical_json
from shared.messaging import Envelope, Work


def retire_node(work: Work, request: RetireNode) -> contract.NodeRetirement:
    """Retire a node: nothing is routed to it from now on, and it is told to hand over.

    Raises:
        DirectoryMissing, NodeUnknown, NodeRetiredAlready, CountyNodeStays
    """
    directory = directory_in_force(work).codes
    node = work.session.get(Node, request.node)
    standing = NodeStanding(
        node=request.node,
        territory=node.serves if node else None,
        is_open=is_open(node) if node else None,
    )
    entries = node_entries(work)
    county_node = node_above(territory=directory.county, others=entries, directory=directory)
    insist(may_node_be_retired(standing, county_node=county_node), request.node)
    if node is None:
        raise AssertionError  # The rule has just said that it has opened.
    others = tuple(entry for entry in entries if entry.node != node.node)
    parent = node_above(territory=node.serves, others=others, directory=directory)
    # A node whose clock is ahead of ours is retired all the same.
    node.retired_at = max(work.now, node.opened_at)
    context = f"node_retirements|{node.node}/{node.retired_at.isoformat()}|reason"
    work.session.add(
        NodeRetirement(
            node=node.node,
            retired_at=node.retired_at,
            parent=parent,
            reason_sealed=work.vault.seal(request.reason, context=context),
            retired_by=work.actor.id,
        )
    )
    work.record(NodeRetiredV1(node=node.node, parent=parent, retired_at=node.retired_at))
    work.count(metrics.NODES_RETIRED)
    return contract.NodeRetirement(
        node=node.node,
        parent=parent,
        retired_at=node.retired_at,
        sorted_to_it=_sorted_to(work, node.node),
    )


def on_work_handed_over(work: Work, event: WorkHandedOverV1, envelope: Envelope) -> None:
    """Route a petition anew that its retired node gave back, or let a person sort it anew.

    Raises:
        TooEarly: the petition is not known here yet.
    """
    petition = petition_awaited(work, event.petition_no)
    if not keep_hand_over(work, event, envelope):
        return
    entry = last_entry(work, petition)
    if entry is None or not does_routing_end_with_hand_over(
        is_sorted=petition.state is SortingState.SORTED,
        node=node_in_force(work, entry),
        given_up_by=event.node,
    ):
        return
    directory = directory_in_force(work)
    try:
        sent = _route_again(work, petition, entry, directory)
    except Refusal:
        # Nobody can be found by rule; a person finds out, and meanwhile nothing is lost (P-5).
        _back_to_sorting(work, petition, entry, event.node)
        work.count(metrics.HAND_OVERS, outcome="returned_to_sorting")
        return
    _keep(work, entry, sent, directory, given_up_by=event.node)
    work.record(sent.event)
    work.count(metrics.HAND_OVERS, outcome="routed_again")


def _route_again(
    work: Work, petition: TriagedPetition, entry: SortingEntry, directory: DirectoryInForce
) -> Sent:
    """Route by the facts of the sorting; a substitute counts only where somebody is replaced.

    Raises:
        Refusal: nobody receives in the node's place by rule.
    """
    opened = open_entry(work, entry)
    wanted = _wanted(petition, entry, opened, _accused(work, petition, opened))
    _require_in_directory(wanted, directory)
    try:
        return route_by(work, wanted, directory)
    except AddresseeIsAccused:
        substitute = opened.get("substitute")
        if substitute is None:
            raise
        return route_by(work, replace(wanted, substitute=substitute), directory)


def _require_in_directory(wanted: Wanted, directory: DirectoryInForce) -> None:
    """Go on only where the directory still holds the field and the units of the sorting.

    Raises:
        FieldUnknown, UnitUnknown: a version put since then has them no more.
    """
    if wanted.field not in directory.codes.field_by_code:
        msg = f"{wanted.petition_no}: the directory has no field {wanted.field} any more."
        raise FieldUnknown(msg)
    insist(
        are_units_fixed(
            outcome=wanted.outcome,
            lead_unit=wanted.lead_unit,
            co_units=wanted.co_units,
            directory=directory.codes,
        ),
        wanted.petition_no,
    )


def _wanted(
    petition: TriagedPetition,
    entry: SortingEntry,
    opened: dict[str, Any],
    accused: frozenset[str],
) -> Wanted:
    principal = opened.get("principal")
    return Wanted(
        petition_no=entry.petition_no,
        territory=petition.territory,
        field=str(entry.field),
        outcome=Outcome(entry.outcome.value),
        severity=Severity(str(entry.severity)),
        lead_unit=str(entry.lead_unit),
        co_units=tuple(entry.co_units),
        accused=accused,
        principal=Principal(principal) if principal else None,
        principal_has_reason=opened.get("principal_reason") is not None,
    )


def _accused(work: Work, petition: TriagedPetition, opened: dict[str, Any]) -> frozenset[str]:
    """Give whom the petition complained of when it was sorted, and its accusation since."""
    return frozenset({*opened["accused"], *accused_in_split_parts(work, petition)})


def _keep(
    work: Work,
    entry: SortingEntry,
    sent: Sent,
    directory: DirectoryInForce,
    *,
    given_up_by: str,
) -> None:
    before = last_rerouting(work, entry)
    count = before.count + 1 if before else 1
    place = f"reroutings|{entry.petition_no}/{entry.position}/{count}|sealed"
    work.session.add(
        Rerouting(
            petition_no=entry.petition_no,
            position=entry.position,
            count=count,
            from_node=given_up_by,
            node=sent.node,
            leader=sent.leader,
            leader_in_charge=sent.leader_in_charge,
            directory_version=directory.version,
            sealed=work.vault.seal(canonical_json(sent.sealed), context=place),
            rerouted_at=work.now,
        )
    )
    work.session.flush()


def _back_to_sorting(work: Work, petition: TriagedPetition, entry: SortingEntry, node: str) -> None:
    """Let the rest of the sorting clock run from today; what was late stays late (I-7)."""
    clock = work.deadlines.find(kind=SORTING_DUE, subject=petition.petition_no)
    before = clock.due if clock else None
    if before is None:
        msg = f"{petition.petition_no} was sorted without a clock"
        raise LookupError(msg)
    due = when_sorting_is_due_after_hand_over(
        before=before,
        sorted_on=entry.sorted_on,
        handed_over_on=work.today,
        calendar=work.calendar,
    )
    work.deadlines.schedule(
        kind=SORTING_DUE,
        subject=petition.petition_no,
        petition_no=petition.petition_no,
        due=due,
    )
    petition.state = SortingState.UNSORTED
    petition.due_on = due.due_on
    work.record(PetitionReturnedV1(petition_no=petition.petition_no, node=node, due_on=due.due_on))


def _sorted_to(work: Work, node: str) -> int:
    """Count the petitions whose last routing led to a node."""
    last = (
        select(Rerouting.node)
        .where(
            Rerouting.petition_no == SortingEntry.petition_no,
            Rerouting.position == SortingEntry.position,
        )
        .order_by(Rerouting.count.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(func.count())
        .select_from(TriagedPetition)
        .join(
            SortingEntry,
            (SortingEntry.petition_no == TriagedPetition.petition_no)
            & (SortingEntry.position == TriagedPetition.sortings),
        )
        .where(
            TriagedPetition.state == SortingState.SORTED,
            func.coalesce(last, SortingEntry.node) == node,
        )
    )
    return int(work.session.scalar(query) or 0)
