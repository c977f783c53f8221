"""The leader's route up to the decision: routed, accepted at card 2, decided (D-21, T13)."""

from __future__ import annotations

from services.supervision.models import Case
from services.supervision.rules.archive import FileItem
from services.supervision.rules.clocks import acceptance_day, internal_due
from services.supervision.usecases.cases import begin_case, current_case, move
from services.supervision.usecases.clocks import accept_case
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
from shared.contracts.triage import PetitionRoutedV1
from shared.messaging import TooEarly, Work


def on_petition_routed(work: Work, event: PetitionRoutedV1, _envelope: Envelope) -> None:
    """Begin the case of a petition on its way to a leader; a second routing changes nothing.

    Raises:
        TooEarly: an objection that sends the petition here has not been decided yet.
    """
    earlier = current_case(work, event.petition_no)
    if earlier is not None and earlier.route is CaseRoute.LEADER:
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
    )


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


def on_answered_on_spot(work: Work, event: AnsweredOnSpotV1, _envelope: Envelope) -> None:
    """Note that nothing remains but the written opinion (D-14).

    Raises:
        TooEarly: the routing has not come yet.
    """
    case = _leader_case(work, event.petition_no)
    file_document(work, event.petition_no, FileItem.SPOT_ANSWER, event.document)
    if case.state not in (CaseState.ROUTED, CaseState.ACCEPTED):
        return
    case.answered_on_spot = True
    case.unit = event.lead_unit
    move(work, case, CaseState.ANSWERED_ON_SPOT, document=event.document)
    _accept_at_meeting(work, case, event)


def on_decision_made(work: Work, event: DecisionMadeV1, _envelope: Envelope) -> None:
    """Take over the leader's decision and issue its eight slips, once (C-14, D-19).

    Raises:
        TooEarly: the routing has not come yet.
        DecisionIncomplete: the decision has no completion standard.
    """
    case = _leader_case(work, event.petition_no)
    file_document(work, event.petition_no, FileItem.DECISION, event.document)
    if case.state not in (CaseState.ROUTED, CaseState.ACCEPTED):
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


def _accept_at_meeting(work: Work, case: Case, event: DecisionMadeV1 | AnsweredOnSpotV1) -> None:
    """Accept a case whose card was not heard of here, on the day that the meeting names."""
    accepted_on = acceptance_day(delivered_on=case.accepted_on, told_on=event.accepted_on)
    if case.accepted_on is None:
        accept_case(work, case, accepted_on=accepted_on)
