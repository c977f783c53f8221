"""What accountability does, one function for each command, query and event it hears."""

from services.accountability.usecases.asking import facts_for_circular
from services.accountability.usecases.circulars import (
    answer_circular,
    decide_circular,
    get_circular,
    issue_circular,
    list_circulars,
)
from services.accountability.usecases.directory import on_directory_changed
from services.accountability.usecases.grounds import (
    list_grounds,
    on_case_opened,
    on_case_overdue,
    on_explanation_overdue,
    on_party_absent,
    on_promise_broken,
    record_ground,
)
from services.accountability.usecases.parties import (
    on_petition_assigned,
    on_petition_forwarded,
    on_petition_routed,
    on_slips_issued,
)

__all__ = [
    "answer_circular",
    "decide_circular",
    "facts_for_circular",
    "get_circular",
    "issue_circular",
    "list_circulars",
    "list_grounds",
    "on_case_opened",
    "on_case_overdue",
    "on_directory_changed",
    "on_explanation_overdue",
    "on_party_absent",
    "on_petition_assigned",
    "on_petition_forwarded",
    "on_petition_routed",
    "on_promise_broken",
    "on_slips_issued",
    "record_ground",
]
