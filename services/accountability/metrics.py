"""What accountability counts, after commit, and what stands in its store; labels are closed."""

from __future__ import annotations

from typing import Final

from shared.contracts.accountability import CircularState, GroundKind
from shared.metrics import StandingGauge, closed_counter

_OWNER: Final = "accountability"

PENDING: Final = (CircularState.PROPOSED, CircularState.APPROVED, CircularState.ANSWERED)
"""Where a circular waits for somebody: for its decision, its answers, its issue."""

CIRCULARS_PENDING: Final = StandingGauge(
    name="balian_circulars_pending",
    documentation=(
        "Circulars that wait for their decision (proposed), for the answers (approved) or for"
        " their issue (answered); the oldest by the instant since which it stands so."
    ),
    labels=("state",),
)

GROUNDS: Final = closed_counter(
    "balian_grounds_recorded_total",
    "Grounds recorded, by kind.",
    owner=_OWNER,
    labels={"kind": GroundKind},
)
CIRCULARS: Final = closed_counter(
    "balian_circular_steps_total",
    "Steps taken by circulars, by step; each answer of several is one.",
    owner=_OWNER,
    labels={"step": CircularState},
)
