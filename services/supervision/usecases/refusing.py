"""How a rule's answer becomes a refusal: the first condition that does not hold names the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.supervision.models import Case
from shared.contracts.base import Refusal
from shared.contracts.common import WrongStage
from shared.contracts.supervision import CaseState
from shared.decisions import Decision

_NEXT_STEP: Final[Mapping[CaseState, str]] = {
    CaseState.ROUTED: "the notice card reaches the unit next (reception.deliver_card)",
    CaseState.TRANSFERRED: "the unit accepts it or objects next (accept_transfer)",
    CaseState.OBJECTED: "the objection is decided next (triage.decide_objection)",
    CaseState.RETURNED: "it is sorted again next (triage.sort_petition)",
    CaseState.ACCEPTED: "the four-party meeting comes next (reception.hold_reception)",
    CaseState.ANSWERED_ON_SPOT: "the handling opinion is delivered next (deliver_opinion)",
    CaseState.AWAITING_AUTHORISATION: (
        "the directory must name an authorisation and every post (triage.put_directory)"
    ),
    CaseState.IN_HANDLING: "the unit reports the result next (report_result)",
    CaseState.RESULT_REPORTED: "the handling opinion is delivered next (deliver_opinion)",
    CaseState.OPINION_DELIVERED: "the slips come back and the case is closed next (close_case)",
    CaseState.CLOSED: "the file is archived next (archive_case)",
    CaseState.ARCHIVED: "nothing more is to be done",
}


def require(decision: Decision, **refusals: Refusal) -> None:
    """Go on if a rule says yes; else raise the refusal named for the condition that failed.

    An UNKNOWN refuses as a NO does: a missing fact never becomes a yes.

    Raises:
        Refusal: the one given under the code of the first failing condition.
    """
    failed = decision.first_refusal()
    if failed is not None:
        raise refusals[failed.code]


def wrong_stage(case: Case) -> WrongStage:
    """Make the refusal of a step out of order, naming the stage and the step that comes next."""
    msg = f"{case.petition_no} stands at {case.state.value}; {_NEXT_STEP[case.state]}"
    return WrongStage(msg)
