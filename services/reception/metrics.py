"""What a reception node counts, after commit, and what stands there; labels are closed sets."""

from __future__ import annotations

from typing import Final

from shared.contracts.reception import (
    AbsenceReason,
    CardKind,
    Party,
    PreparationState,
    ReceptionOutcome,
)
from shared.metrics import StandingGauge, closed_counter

_OWNER: Final = "reception"
_TRUTH: Final = ("true", "false")

SESSIONS_WITHOUT_LEADER: Final = StandingGauge(
    name="balian_sessions_without_leader",
    documentation=(
        "Sessions ahead at which nobody sits who is a leader of this node in the directory in"
        " force; the oldest by the instant at which it begins, which lies ahead or is now."
    ),
)
DOCKETS_UNPLACED: Final = StandingGauge(
    name="balian_dockets_unplaced",
    documentation=(
        "Petitions at this node that wait for a session with room, or are prepared and have no"
        " hour on its docket; the oldest by the instant since which it waits so."
    ),
)

SESSIONS_PUBLISHED: Final = closed_counter(
    "balian_sessions_published_total", "Sittings put on the notice board.", owner=_OWNER
)
SESSIONS_CORRECTED: Final = closed_counter(
    "balian_sessions_corrected_total",
    "Published sittings that were corrected, with a notice of its own.",
    owner=_OWNER,
)
SESSIONS_WITHDRAWN: Final = closed_counter(
    "balian_sessions_withdrawn_total",
    "Sittings ahead that are none any more, by whether they stood on the notice board.",
    owner=_OWNER,
    labels={"published": _TRUTH},
)
DUTIES_SWAPPED: Final = closed_counter(
    "balian_duties_swapped_total",
    "Sittings at which another in the rota sits.",
    owner=_OWNER,
)
CARD_SETS: Final = closed_counter(
    "balian_card_sets_total",
    "Sets of four cards issued or voided.",
    owner=_OWNER,
    labels={"change": ("issued", "voided")},
)
CARDS_DELIVERED: Final = closed_counter(
    "balian_cards_delivered_total",
    "Cards that reached their addressee.",
    owner=_OWNER,
    # The stub is kept and never delivered (D-18).
    labels={"kind": tuple(kind for kind in CardKind if kind is not CardKind.OFFICE_STUB)},
)
OPINIONS_RECORDED: Final = closed_counter(
    "balian_preliminary_opinions_recorded_total",
    "Preliminary opinions recorded, those that replace an earlier one too.",
    owner=_OWNER,
)
HOURS_DOCKETED: Final = closed_counter(
    "balian_docket_hours_given_total",
    "Hours that planning a docket gave to petitions.",
    owner=_OWNER,
)
APPOINTMENTS: Final = closed_counter(
    "balian_appointments_total", "Appointment notices sent to petitioners.", owner=_OWNER
)
RECEPTIONS: Final = closed_counter(
    "balian_receptions_total",
    "Four-party meetings held, by outcome.",
    owner=_OWNER,
    labels={"outcome": ReceptionOutcome},
)
MEETINGS_MOVED: Final = closed_counter(
    "balian_meetings_moved_total",
    "Meetings that an absence stopped, by party.",
    owner=_OWNER,
    labels={"reason": AbsenceReason},
)
PARTIES_ABSENT: Final = closed_counter(
    "balian_parties_absent_total",
    "Parties that were away or late.",
    owner=_OWNER,
    labels={"party": Party, "late": _TRUTH, "excused": _TRUTH},
)
HANDED_OVER: Final = closed_counter(
    "balian_hand_overs_made_total",
    "Petitions this node handed over when it was retired, by the step they stood on.",
    owner=_OWNER,
    labels={"stood_at": PreparationState},
)
