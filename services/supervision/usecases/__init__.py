"""What supervision does, one function for each command, query, event and deadline.

transfers   a unit accepts a transfer or objects
routing     the leader's route up to the decision
issuing     the eight slips are issued on the decision
slips       slips are signed for and come back
results     the unit reports the result
extension   the time limit is extended, once
overdue     a clock runs out
promises    an overdue case is explained and a day promised
opinions    the handling opinion is delivered
closing     a case is closed, its file archived under a seal
file        documents of every service go into the file
views       a case and its slips are shown
listings    what is due, what is overdue, and why
"""

from collections.abc import Callable, Mapping
from typing import Final

from services.supervision.usecases.clocks import DeadlineKind
from services.supervision.usecases.closing import archive_case, close_case
from services.supervision.usecases.extension import grant_extension
from services.supervision.usecases.file import (
    on_appointment_notified,
    on_appointment_rescheduled,
    on_cards_issued,
    on_circular_issued,
    on_handling_evaluated,
    on_petition_registered,
    on_preliminary_opinion_recorded,
    on_reception_held,
    on_work_handed_over,
)
from services.supervision.usecases.issuing import authorisation_began, on_directory_changed
from services.supervision.usecases.listings import explain_deadline, list_due, list_overdue
from services.supervision.usecases.opinions import deliver_opinion
from services.supervision.usecases.overdue import (
    assignment_fell_due,
    explanation_fell_due,
    slip_fell_due,
    statutory_limit_fell_due,
)
from services.supervision.usecases.printing import facts_for_printing
from services.supervision.usecases.promises import promise_fell_due, record_promise
from services.supervision.usecases.results import report_result
from services.supervision.usecases.routing import (
    on_answered_on_spot,
    on_card_delivered,
    on_decision_made,
    on_petition_returned,
    on_petition_routed,
)
from services.supervision.usecases.slips import acknowledge_slip, return_slip
from services.supervision.usecases.transfers import (
    accept_transfer,
    acceptance_fell_due,
    object_to_transfer,
    objection_window_closed,
    on_objection_decided,
    on_petition_assigned,
    on_petition_forwarded,
)
from services.supervision.usecases.views import get_case, get_slip_set
from shared.deadlines import Deadline
from shared.messaging import Work

DEADLINES: Final[Mapping[str, Callable[[Work, Deadline], None]]] = {
    DeadlineKind.OBJECTION.value: objection_window_closed,
    DeadlineKind.ACCEPTANCE.value: acceptance_fell_due,
    DeadlineKind.ASSIGNMENT.value: assignment_fell_due,
    DeadlineKind.SLIP.value: slip_fell_due,
    DeadlineKind.STATUTORY.value: statutory_limit_fell_due,
    DeadlineKind.EXPLANATION.value: explanation_fell_due,
    DeadlineKind.PROMISE.value: promise_fell_due,
    DeadlineKind.AUTHORISATION.value: authorisation_began,
}
"""What happens when a deadline of each kind falls due."""

__all__ = [
    "DEADLINES",
    "accept_transfer",
    "acknowledge_slip",
    "archive_case",
    "close_case",
    "deliver_opinion",
    "explain_deadline",
    "facts_for_printing",
    "get_case",
    "get_slip_set",
    "grant_extension",
    "list_due",
    "list_overdue",
    "object_to_transfer",
    "on_answered_on_spot",
    "on_appointment_notified",
    "on_appointment_rescheduled",
    "on_card_delivered",
    "on_cards_issued",
    "on_circular_issued",
    "on_decision_made",
    "on_directory_changed",
    "on_handling_evaluated",
    "on_objection_decided",
    "on_petition_assigned",
    "on_petition_forwarded",
    "on_petition_registered",
    "on_petition_returned",
    "on_petition_routed",
    "on_preliminary_opinion_recorded",
    "on_reception_held",
    "on_work_handed_over",
    "record_promise",
    "report_result",
    "return_slip",
]
