"""What triage counts, after commit, and what waits in its store; labels are closed sets."""

from __future__ import annotations

from typing import Final

from shared.contracts.triage import SortingOutcome, SuggestionAnswer
from shared.metrics import StandingGauge, closed_counter

_OWNER: Final = "triage"

WAITING_OVERDUE: Final = StandingGauge(
    name="balian_petitions_sorting_overdue",
    documentation=(
        "Petitions that wait for sorting and whose limit for it has passed, those that came back"
        " too; the oldest by the instant at which its limit passed."
    ),
)

SORTED: Final = closed_counter(
    "balian_petitions_sorted_total",
    "Petitions sorted, by outcome; those redirected or declined got their refusal in writing.",
    owner=_OWNER,
    labels={"outcome": SortingOutcome},
)
SORTING_OVERDUE: Final = closed_counter(
    "balian_sortings_overdue_total",
    "Petitions whose 15 days for sorting passed without an outcome.",
    owner=_OWNER,
)
URGENT_REPORTS: Final = closed_counter(
    "balian_urgent_reports_total", "Urgent reports that went upward.", owner=_OWNER
)
OBJECTIONS: Final = closed_counter(
    "balian_objections_decided_total",
    "Objections to a transfer that were decided: agreed or rejected.",
    owner=_OWNER,
    labels={"decision": ("agreed", "rejected")},
)
SUGGESTIONS: Final = closed_counter(
    "balian_suggestions_total",
    "Suggestions to leaders: submitted, and answered by what the answer was.",
    owner=_OWNER,
    labels={"event": ("submitted", *SuggestionAnswer)},
)
NODES_RETIRED: Final = closed_counter(
    "balian_nodes_retired_total", "Reception nodes that were retired.", owner=_OWNER
)
HAND_OVERS: Final = closed_counter(
    "balian_hand_overs_total",
    "Petitions a retired node gave back: routed again, or returned to sorting.",
    owner=_OWNER,
    labels={"outcome": ("routed_again", "returned_to_sorting")},
)
