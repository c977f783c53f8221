"""The health of a service as gauges, as its pages tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared.health.board import READY_WITHIN, Board, Findings
from shared.metrics import Standing, StandingGauge

READY: Final = StandingGauge(
    name="balian_ready", documentation="1 where the service takes calls and messages, else 0."
)
HEALTH: Final = StandingGauge(
    name="balian_health",
    documentation="1 where a part that the service needs has been seen to work of late, else 0.",
    labels=("part",),
)


def health_told(findings: Findings, board: Board, now: float) -> Iterator[Standing]:
    """Tell what is known of a service at a moment of the monotonic clock."""
    is_ready = board.is_alive(now) and not findings.failing(now)
    yield Standing(gauge=READY, value=is_ready)
    for part in READY_WITHIN:
        yield Standing(gauge=HEALTH, labels={"part": part.value}, value=findings.works(part, now))
