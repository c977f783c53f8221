"""Routing to a leader: who receives, where, and who stands in for whom (T8, C-05 to C-07, D-06)."""

from __future__ import annotations

from dataclasses import dataclass

from services.triage.rules.addressees import (
    Override,
    may_units_receive,
    who_holds_the_slip_posts,
    who_stands_in,
)
from services.triage.rules.directory import Directory
from services.triage.rules.leaders import (
    Receiver,
    is_named_leader_right,
    is_substitute_needed,
    where_the_stand_in_receives,
    which_principal,
    who_receives,
)
from services.triage.rules.nodes import ReceivingPlace, places_that_may_receive
from services.triage.rules.terms import Outcome, Principal
from services.triage.usecases.case_in_hand import Sent, SortingInHand
from services.triage.usecases.directory import DirectoryInForce
from services.triage.usecases.hand_overs import handed_over
from services.triage.usecases.nodes import node_entries
from services.triage.usecases.refusing import insist
from shared.contracts.common import FieldUnknown, LeaderAssignment, SlipPost
from shared.contracts.triage import AddresseeOverride, PetitionRoutedV1, Severity
from shared.messaging import Work


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a petition is routed by: the facts of its sorting, as a person fixed them.

    `leader` and `substitute` are those a person named, None where nobody was.
    """

    petition_no: str
    territory: str
    field: str
    outcome: Outcome
    severity: Severity
    lead_unit: str
    co_units: tuple[str, ...]
    accused: frozenset[str]
    principal: Principal | None
    principal_has_reason: bool
    leader: str | None = None
    substitute: str | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """Give the units named, the lead first."""
        return (self.lead_unit, *self.co_units)


def route(case: SortingInHand) -> Sent:
    """Route to the leader that severity, field and portfolio give, at the node that receives.

    Raises:
        FieldUnknown, PrincipalReasonMissing, LeaderUnresolved, LeaderNotInCharge,
        AddresseeIsAccused
    """
    if case.field is None:
        msg = f"{case.petition_no} goes to a leader by its field of matters; state `field`."
        raise FieldUnknown(msg)
    request = case.request
    wanted = Wanted(
        petition_no=case.petition_no,
        territory=case.petition.territory,
        field=case.field,
        outcome=case.outcome,
        severity=Severity(str(request.severity)),
        lead_unit=str(request.lead_unit),
        co_units=request.co_units,
        accused=case.accused,
        principal=Principal(request.principal.value) if request.principal else None,
        principal_has_reason=request.principal_reason is not None,
        leader=request.leader,
        substitute=request.substitute_leader,
    )
    return route_by(case.work, wanted, case.directory)


def route_by(work: Work, wanted: Wanted, directory: DirectoryInForce) -> Sent:
    """Route by the facts of a sorting; after a hand-over the numbers and clocks go on (D-30).

    Raises:
        PrincipalReasonMissing, LeaderUnresolved, LeaderNotInCharge, AddresseeIsAccused
    """
    number, codes = wanted.petition_no, directory.codes
    places = places_that_may_receive(
        territory=wanted.territory,
        lead_unit=wanted.lead_unit,
        nodes=node_entries(work),
        accused=wanted.accused,
        directory=codes,
    )
    receiver = _receiver(wanted, places, codes)
    insist(may_units_receive(units=wanted.units, accused=wanted.accused, directory=codes), number)
    leader = _stands_in(wanted, receiver.leader, codes)
    in_charge = _stands_in(wanted, receiver.leader_in_charge, codes)
    found = where_the_stand_in_receives(
        leader, place=receiver.place, places=places, directory=codes
    )
    insist(found, number)
    place = found.value
    overrides = _overrides(wanted, codes)
    insist(
        is_named_leader_right(named=wanted.leader, resolved=receiver.leader, stands_in=leader),
        number,
    )
    insist(
        is_substitute_needed(
            substitute=wanted.substitute,
            anyone_replaced=(leader, in_charge) != (receiver.leader, receiver.leader_in_charge)
            or bool(overrides),
        ),
        number,
    )
    before = handed_over(work, number)
    return Sent(
        event=PetitionRoutedV1(
            petition_no=number,
            node=place.node,
            organ=place.organ,
            leader=leader,
            leader_in_charge=in_charge,
            principal=wanted.outcome is Outcome.PRINCIPAL_LEADER,
            severity=wanted.severity,
            field=wanted.field,
            lead_unit=wanted.lead_unit,
            co_units=wanted.co_units,
            overrides=tuple(
                AddresseeOverride(post=SlipPost(override.post.value), holder=override.holder)
                for override in overrides
            ),
            leader_assignment=(
                LeaderAssignment.ROTA
                if place.by_rota
                else LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO
            ),
            handed_over_by=before.node,
            accepted_on=before.accepted_on,
            numbers=before.numbers,
            organ_name=directory.name_of_organ(place.organ),
        ),
        leader=leader,
        leader_in_charge=in_charge,
        node=place.node,
        sealed={
            "by_portfolio": [receiver.leader, receiver.leader_in_charge],
            "overrides": {override.post.value: override.holder for override in overrides},
            "principal": wanted.principal.value if wanted.principal else None,
            "substitute": wanted.substitute,
        },
    )


def _receiver(wanted: Wanted, places: tuple[ReceivingPlace, ...], directory: Directory) -> Receiver:
    principal = which_principal(
        side=directory.field_by_code[wanted.field].side,
        named=wanted.principal,
        reason_stated=wanted.principal_has_reason,
    )
    if wanted.outcome is Outcome.PRINCIPAL_LEADER:
        insist(principal, wanted.petition_no)
    receiver = who_receives(
        outcome=wanted.outcome,
        field=wanted.field,
        principal=principal.answer or Principal.COUNTY_HEAD,
        places=places,
        directory=directory,
    )
    insist(receiver, wanted.petition_no)
    return receiver.value


def _stands_in(wanted: Wanted, leader: str, directory: Directory) -> str:
    stands_in = who_stands_in(
        leader, accused=wanted.accused, substitute=wanted.substitute, directory=directory
    )
    insist(stands_in, wanted.petition_no)
    return stands_in.value


def _overrides(wanted: Wanted, directory: Directory) -> tuple[Override, ...]:
    overrides = who_holds_the_slip_posts(
        field=wanted.field,
        accused=wanted.accused,
        substitute=wanted.substitute,
        directory=directory,
    )
    insist(overrides, wanted.petition_no)
    return overrides.value
