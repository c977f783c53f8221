"""What triage measures: how petitions are sorted, how late, and what suggestions it yields."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

SORTED: Final = Counter(
    "balian_petitions_sorted_total", "Petitions sorted, by outcome.", ("service", "outcome")
)
SORTING_OVERDUE: Final = Counter(
    "balian_sortings_overdue_total",
    "Petitions whose 15 days for sorting passed without an outcome.",
    ("service",),
)
OBJECTIONS: Final = Counter(
    "balian_objections_decided_total",
    "Objections to a transfer that were decided: agreed or rejected.",
    ("service", "decision"),
)
SUGGESTIONS: Final = Counter(
    "balian_suggestions_total",
    "Suggestions to leaders: submitted, and answered by what the answer was.",
    ("service", "event"),
)
NODES_RETIRED: Final = Counter(
    "balian_nodes_retired_total", "Reception nodes that were retired.", ("service",)
)
HAND_OVERS: Final = Counter(
    "balian_hand_overs_total",
    "Petitions a retired node gave back: routed again, or returned to sorting.",
    ("service", "outcome"),
)
