"""What a reception node does, one function for each command, query, event and deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from services.reception.node import Node
from services.reception.usecases.appointments import notify_appointment
from services.reception.usecases.asking import (
    facts_for_appointment,
    facts_for_board,
    facts_for_card_set,
    facts_for_hand_over,
    facts_for_publishing,
    facts_for_swap,
)
from services.reception.usecases.attendance import record_attendance
from services.reception.usecases.board import (
    notice_board,
    on_node_described,
    on_node_opened,
    on_sessions_published,
)
from services.reception.usecases.cards import deliver_card, get_card_set, issue_cards
from services.reception.usecases.docket import get_docket, plan_docket
from services.reception.usecases.meeting import hold_reception
from services.reception.usecases.notices import publish_sessions
from services.reception.usecases.opening import (
    ANNOUNCE_NODE,
    BEGIN_OPENING,
    announce,
    announcement_fell_due,
    opening_fell_due,
)
from services.reception.usecases.opinions import record_preliminary_opinion
from services.reception.usecases.records import get_reception, sign_record
from services.reception.usecases.retirement import (
    get_hand_over,
    get_open_work,
    on_node_retired,
)
from services.reception.usecases.rota import on_directory_changed
from services.reception.usecases.routing import on_petition_routed
from services.reception.usecases.sessions import list_sessions, plan_sessions
from services.reception.usecases.swapping import swap_duty
from shared.deadlines import Deadline
from shared.messaging import Work

__all__ = [
    "announce",
    "deadlines_of",
    "deliver_card",
    "facts_for_appointment",
    "facts_for_board",
    "facts_for_card_set",
    "facts_for_hand_over",
    "facts_for_publishing",
    "facts_for_swap",
    "get_card_set",
    "get_docket",
    "get_hand_over",
    "get_open_work",
    "get_reception",
    "hold_reception",
    "issue_cards",
    "list_sessions",
    "notice_board",
    "notify_appointment",
    "on_directory_changed",
    "on_node_described",
    "on_node_opened",
    "on_node_retired",
    "on_petition_routed",
    "on_sessions_published",
    "plan_docket",
    "plan_sessions",
    "publish_sessions",
    "record_attendance",
    "record_preliminary_opinion",
    "sign_record",
    "swap_duty",
]


def deadlines_of(node: Node) -> Mapping[str, Callable[[Work, Deadline], None]]:
    """Map each kind of deadline of a node to what happens when it falls due."""
    return {
        ANNOUNCE_NODE: partial(announcement_fell_due, node=node),
        BEGIN_OPENING: partial(opening_fell_due, node=node),
    }
