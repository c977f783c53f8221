"""What a reception node counts, after commit; labels come from closed sets."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

CARD_SETS: Final = Counter(
    "balian_card_sets_total", "Sets of four cards issued or voided.", ["service", "change"]
)
CARDS_DELIVERED: Final = Counter(
    "balian_cards_delivered_total", "Cards that reached their addressee.", ["service", "kind"]
)
APPOINTMENTS: Final = Counter(
    "balian_appointments_total", "Appointment notices sent to petitioners.", ["service"]
)
RECEPTIONS: Final = Counter(
    "balian_receptions_total", "Four-party meetings held, by outcome.", ["service", "outcome"]
)
MEETINGS_MOVED: Final = Counter(
    "balian_meetings_moved_total",
    "Meetings that an absence stopped, by party.",
    ["service", "reason"],
)
PARTIES_ABSENT: Final = Counter(
    "balian_parties_absent_total",
    "Parties that were away or late.",
    ["service", "party", "late", "excused"],
)
DUTIES_SWAPPED: Final = Counter(
    "balian_duties_swapped_total", "Sittings at which another in the rota sits.", ["service"]
)
SESSIONS_PUBLISHED: Final = Counter(
    "balian_sessions_published_total", "Sittings put on the notice board.", ["service"]
)
HANDED_OVER: Final = Counter(
    "balian_hand_overs_made_total",
    "Petitions this node handed over when it was retired, by the step they stood on.",
    ("service", "stood_at"),
)
