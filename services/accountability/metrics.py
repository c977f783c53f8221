"""What accountability counts, after commit; labels come from closed sets."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

GROUNDS: Final = Counter(
    "balian_grounds_recorded_total", "Grounds recorded, by kind.", ("service", "kind")
)
CIRCULARS: Final = Counter(
    "balian_circular_steps_total", "Steps taken by circulars, by step.", ("service", "step")
)
