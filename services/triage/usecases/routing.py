"""Routing to a leader: who receives, where, and who stands in for whom (T8, C-05 to C-07, D-06)."""

from __future__ import annotations

from services.triage.rules.addressees import (
    Override,
    may_units_receive,
    who_holds_the_slip_posts,
    who_stands_in,
)
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
from services.triage.usecases.nodes import node_entries
from services.triage.usecases.refusing import insist
from shared.contracts.common import FieldUnknown, SlipPost
from shared.contracts.triage import AddresseeOverride, PetitionRoutedV1, Severity


def route(case: SortingInHand) -> Sent:
    """Route to the leader that severity, field and portfolio give, at the node that receives.

    Raises:
        FieldUnknown, PrincipalReasonMissing, LeaderUnresolved, LeaderNotInCharge,
        AddresseeIsAccused
    """
    if case.field is None:
        msg = f"{case.petition_no} goes to a leader by its field of matters; state `field`."
        raise FieldUnknown(msg)
    places = places_that_may_receive(
        territory=case.petition.territory,
        lead_unit=case.request.lead_unit,
        nodes=node_entries(case.work),
        accused=case.accused,
        directory=case.directory.codes,
    )
    receiver = _receiver(case, case.field, places)
    insist(
        may_units_receive(units=case.units, accused=case.accused, directory=case.directory.codes),
        case.petition_no,
    )
    leader = _stands_in(case, receiver.leader)
    in_charge = _stands_in(case, receiver.leader_in_charge)
    found = where_the_stand_in_receives(
        leader, place=receiver.place, places=places, directory=case.directory.codes
    )
    insist(found, case.petition_no)
    place = found.value
    overrides = _overrides(case, case.field)
    insist(
        is_named_leader_right(
            named=case.request.leader, resolved=receiver.leader, stands_in=leader
        ),
        case.petition_no,
    )
    insist(
        is_substitute_needed(
            substitute=case.request.substitute_leader,
            anyone_replaced=(leader, in_charge) != (receiver.leader, receiver.leader_in_charge)
            or bool(overrides),
        ),
        case.petition_no,
    )
    return Sent(
        event=PetitionRoutedV1(
            petition_no=case.petition_no,
            node=place.node,
            organ=place.organ,
            leader=leader,
            leader_in_charge=in_charge,
            principal=case.outcome is Outcome.PRINCIPAL_LEADER,
            severity=Severity(str(case.request.severity)),
            field=case.field,
            lead_unit=str(case.request.lead_unit),
            co_units=case.request.co_units,
            overrides=tuple(
                AddresseeOverride(post=SlipPost(override.post.value), holder=override.holder)
                for override in overrides
            ),
        ),
        leader=leader,
        leader_in_charge=in_charge,
        node=place.node,
        sealed={
            "by_portfolio": [receiver.leader, receiver.leader_in_charge],
            "overrides": {override.post.value: override.holder for override in overrides},
        },
    )


def _receiver(case: SortingInHand, field: str, places: tuple[ReceivingPlace, ...]) -> Receiver:
    request, codes = case.request, case.directory.codes
    principal = which_principal(
        side=codes.field_by_code[field].side,
        named=Principal(request.principal.value) if request.principal else None,
        reason_stated=request.principal_reason is not None,
    )
    if case.outcome is Outcome.PRINCIPAL_LEADER:
        insist(principal, case.petition_no)
    receiver = who_receives(
        outcome=case.outcome,
        field=field,
        principal=principal.answer or Principal.COUNTY_HEAD,
        places=places,
        directory=codes,
    )
    insist(receiver, case.petition_no)
    return receiver.value


def _stands_in(case: SortingInHand, leader: str) -> str:
    stands_in = who_stands_in(
        leader,
        accused=case.accused,
        substitute=case.request.substitute_leader,
        directory=case.directory.codes,
    )
    insist(stands_in, case.petition_no)
    return stands_in.value


def _overrides(case: SortingInHand, field: str) -> tuple[Override, ...]:
    overrides = who_holds_the_slip_posts(
        field=field,
        accused=case.accused,
        substitute=case.request.substitute_leader,
        directory=case.directory.codes,
    )
    insist(overrides, case.petition_no)
    return overrides.value
