"""The use cases of triage, one function for each command, question, event and deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from services.triage.usecases.arriving import (
    SORTING_DUE,
    on_petition_registered,
    on_petition_split,
    sorting_fell_due,
)
from services.triage.usecases.directory import get_directory, put_directory
from services.triage.usecases.earlier import (
    on_case_closed,
    on_opinion_delivered,
    on_promise_made,
)
from services.triage.usecases.nodes import list_nodes, on_node_opened
from services.triage.usecases.objections import (
    decide_objection,
    on_transfer_accepted,
    on_transfer_objected,
)
from services.triage.usecases.proposals import facts_for_proposal, propose_sorting
from services.triage.usecases.retirement import on_work_handed_over, retire_node
from services.triage.usecases.showing import (
    explain_deadline,
    get_sorting,
    list_due,
    list_unsorted,
)
from services.triage.usecases.sorting import facts_for_sorting, sort_petition
from services.triage.usecases.suggestions import answer_suggestion, submit_suggestion
from shared.deadlines import Deadline
from shared.messaging import Work

DEADLINES: Final[Mapping[str, Callable[[Work, Deadline], None]]] = {
    SORTING_DUE: sorting_fell_due,
}
"""What happens when a deadline fires, by its kind."""

__all__ = [
    "DEADLINES",
    "answer_suggestion",
    "decide_objection",
    "explain_deadline",
    "facts_for_proposal",
    "facts_for_sorting",
    "get_directory",
    "get_sorting",
    "list_due",
    "list_nodes",
    "list_unsorted",
    "on_case_closed",
    "on_node_opened",
    "on_opinion_delivered",
    "on_petition_registered",
    "on_petition_split",
    "on_promise_made",
    "on_transfer_accepted",
    "on_transfer_objected",
    "on_work_handed_over",
    "propose_sorting",
    "put_directory",
    "retire_node",
    "sort_petition",
    "sorting_fell_due",
    "submit_suggestion",
]
