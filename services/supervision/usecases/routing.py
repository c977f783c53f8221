"""The leader's route up to the decision: routed, accepted at card 2, decided (D-21, T13)."""

from __future__ import annotations

from typing import Final

from services.supervision.models import Case
from services.supervision.rules.archive import FileItem
from services.supervision.rules.clocks import acceptance_day, internal_due
from services.supervision.usecases.cases import begin_case, current_case, enter, move
from services.supervision.usecases.clocks import DeadlineKind, accept_case, cancel
from services.supervision.usecases.file import file_document
from services.supervision.usecases.issuing import issue_slips
from shared.contracts.envelope import Envelope
from shared.contracts.reception import (
    AnsweredOnSpotV1,
    CardDeliveredV1,
    CardKind,
    DecisionMadeV1,
)
from shared.contracts.supervision import CaseRoute, CaseState
from shared.contracts.triage import PetitionReturnedV1, PetitionRoutedV1
from shared.messaging import TooEarly, Work

_BEFORE_THE_MEETING: Final = (CaseState.ROUTED, CaseState.ACCEPTED)


def on_petition_routed(work: Work, event: PetitionRoutedV1, envelope: Envelope) -> None:
    """Begin the case of a petition on its way to a leader.

    A later routing, as after a hand-over, changes who receives; the clocks run on (D-30).

    Raises:
        TooEarly: what sends the petition here has not been heard yet: an objection's decision.
    """
    earlier = current_case(work, event.petition_no)
    if earlier is not None and earlier.route is CaseRoute.LEADER and _is_with_leader(earlier):
        _take_over_routing(work, earlier, event, envelope)
        return
    begin_case(
        work,
        petition_no=event.petition_no,
        route=CaseRoute.LEADER,
        state=CaseState.ROUTED,
        organ=event.organ,
        field=event.field,
        unit=event.lead_unit,
        co_units=event.co_units,
        leader=event.leader,
        overrides={override.post.value: override.holder for override in event.overrides},
        node=event.node,
        routing_version=envelope.case_version,
    )


def on_petition_returned(work: Work, event: PetitionReturnedV1, envelope: Envelope) -> None:
    """Return a leader's case whose node was retired and that a person sorts anew (D-30).

    What it led to next begins a case of its own, accepted since the day this one was.

    Raises:
        TooEarly: the routing has not come yet.
    """
    case = _leader_case(work, event.petition_no)
    if case.state in _BEFORE_THE_MEETING and envelope.case_version > (case.routing_version or 0):
        cancel(work, case, DeadlineKind.STATUTORY)
        move(work, case, CaseState.RETURNED)


def on_card_delivered(work: Work, event: CardDeliveredV1, _envelope: Envelope) -> None:
    """Accept a case on the day its lead unit got the notice card; the first delivery counts (D-21).

    Raises:
        TooEarly: the routing has not come yet.
    """
    if event.kind is not CardKind.UNIT_NOTICE:
        return
    case = _leader_case(work, event.petition_no)
    if case.state is CaseState.ROUTED and event.addressee == case.unit:
        move(work, case, CaseState.ACCEPTED)
        accept_case(work, case, accepted_on=event.delivered_on)


def on_answered_on_spot(work: Work, event: AnsweredOnSpotV1, envelope: Envelope) -> None:
    """Note that nothing remains but the written opinion (D-14).

    Raises:
        TooEarly: the routing has not come yet.
    """
    case = _case_met_at(work, event.petition_no, envelope)
    file_document(work, event.petition_no, FileItem.SPOT_ANSWER, event.document)
    if case.state not in _BEFORE_THE_MEETING:
        return
    case.answered_on_spot = True
    case.unit = event.lead_unit
    move(work, case, CaseState.ANSWERED_ON_SPOT, document=event.document)
    _accept_at_meeting(work, case, event)


def on_decision_made(work: Work, event: DecisionMadeV1, envelope: Envelope) -> None:
    """Take over the leader's decision and issue its eight slips, once (C-14, D-19).

    Raises:
        TooEarly: the routing has not come yet.
        DecisionIncomplete: the decision has no completion standard.
    """
    case = _case_met_at(work, event.petition_no, envelope)
    file_document(work, event.petition_no, FileItem.DECISION, event.document)
    if case.state not in _BEFORE_THE_MEETING:
        return
    case.decision_no = event.document.no
    case.leader = event.leader
    case.organ = event.organ
    case.field = event.field
    case.unit = event.lead_unit
    case.co_units = [unit for unit in event.co_units if unit != event.lead_unit]
    case.standards = [standard.dump() for standard in event.standards]
    _accept_at_meeting(work, case, event)
    case.decided_due_on = event.due_on
    case.due_on = internal_due(
        named_on=event.due_on, statutory_on=case.statutory_due_on, article="C-15"
    ).due_on
    issue_slips(work, case)


def _leader_case(work: Work, petition_no: str) -> Case:
    case = current_case(work, petition_no)
    if case is None or case.route is not CaseRoute.LEADER:
        predecessor = "petition_routed"
        raise TooEarly(predecessor)
    return case


def _is_with_leader(case: Case) -> bool:
    return case.state is not CaseState.RETURNED


def _case_met_at(work: Work, petition_no: str, envelope: Envelope) -> Case:
    """Give the case whose meeting a node tells of; only the node it is routed to can have met.

    Raises:
        TooEarly: the routing to that node has not come yet.
    """
    case = _leader_case(work, petition_no)
    told_by = envelope.source.node
    if not _is_with_leader(case) or (case.node and told_by and case.node != told_by):
        predecessor = "petition_routed"
        raise TooEarly(predecessor)
    return case


def _take_over_routing(work: Work, case: Case, event: PetitionRoutedV1, envelope: Envelope) -> None:
    if case.state not in _BEFORE_THE_MEETING or envelope.case_version <= (
        case.routing_version or 0
    ):
        return
    case.node = event.node
    case.routing_version = envelope.case_version
    case.organ = event.organ
    case.field = event.field
    case.leader = event.leader
    case.unit = event.lead_unit
    case.co_units = list(event.co_units)
    case.overrides = {override.post.value: override.holder for override in event.overrides}
    enter(work, case, step="routed_again", node=event.node, leader=event.leader)


def _accept_at_meeting(work: Work, case: Case, event: DecisionMadeV1 | AnsweredOnSpotV1) -> None:
    """Accept a case whose card was not heard of here, on the day that the meeting names."""
    accepted_on = acceptance_day(delivered_on=case.accepted_on, told_on=event.accepted_on)
    if case.accepted_on is None:
        accept_case(work, case, accepted_on=accepted_on)
