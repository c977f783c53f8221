"""What intake counts, after commit; labels come from closed sets and never name a petition."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

PETITIONS_REGISTERED: Final = Counter(
    "balian_petitions_registered_total",
    "Petitions entered in the register, by form and whether a group brought them.",
    ("service", "form", "group"),
)
VISITS_RECORDED: Final = Counter(
    "balian_repeat_visits_recorded_total",
    "Further visits, letters and calls on a registered petition, by form.",
    ("service", "form"),
)
LISTS_REFUSED: Final = Counter(
    "balian_representative_lists_refused_total",
    "Lists of representatives refused while the visit was registered, by reason.",
    ("service", "error"),
)
PETITIONS_SPLIT: Final = Counter(
    "balian_petitions_split_total", "Mixed petitions split before sorting.", ("service",)
)
EVALUATIONS: Final = Counter(
    "balian_evaluations_given_total",
    "Evaluations by petitioners, by party and grade.",
    ("service", "party", "grade"),
)
OPENINGS: Final = Counter(
    "balian_confidential_openings_total",
    "Readings of a content and openings of an identity, as the access log records them.",
    ("service", "opened"),
)
