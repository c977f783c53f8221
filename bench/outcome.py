"""What a benchmark hands back, and the form it has in the result file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.figures import Bound, Lap, Ratio, Spread, cpu_per_operation, percentile

_PERCENTS = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one benchmark found.

    Args:
        name: by which it is chosen.
        title: what stands above its figures.
        operation: what one operation is, for a reader who has not seen the code.
        laps: every lap of each contender, in the order of the rounds.
        ratios: the contenders compared.
        bounds: figures that should not be exceeded.
        conditions: what it ran under, such as how many calls were under way at once.
        series: what is too long for a table, by its name, as JSON.
    """

    name: str
    title: str
    operation: str
    laps: Mapping[str, Sequence[Lap]]
    ratios: Sequence[Ratio] = ()
    bounds: Sequence[Bound] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict)
    series: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give all of it as JSON: the summary of each contender, and every single lap."""
        return {
            "name": self.name,
            "title": self.title,
            "operation": self.operation,
            "conditions": dict(self.conditions),
            "contenders": {
                name: {**summary(laps), "laps": [_lap(lap) for lap in laps]}
                for name, laps in self.laps.items()
            },
            "ratios": [{**dataclasses.asdict(each), "met": each.is_met} for each in self.ratios],
            "bounds": [{**dataclasses.asdict(each), "met": each.is_met} for each in self.bounds],
            "series": dict(self.series),
        }


def summary(laps: Sequence[Lap]) -> dict[str, Any]:
    """Summarise a contender: rate, latencies in seconds, CPU seconds per operation, other facts.

    Raises:
        ValueError: it ran no lap.
    """
    facts = sorted({name for lap in laps for name in lap.facts})
    return {
        "per_second": dataclasses.asdict(Spread.of([lap.rate for lap in laps])),
        "latency_seconds": _latencies(laps),
        "cpu_seconds_per_operation": cpu_per_operation(laps),
        "facts": {
            name: dataclasses.asdict(
                Spread.of([lap.facts[name] for lap in laps if name in lap.facts])
            )
            for name in facts
        },
    }


def _latencies(laps: Sequence[Lap]) -> dict[str, float]:
    every = [latency for lap in laps for latency in lap.latencies]
    return {f"p{percent}": percentile(every, percent) for percent in _PERCENTS} if every else {}


def _lap(lap: Lap) -> dict[str, Any]:
    return {
        "operations": lap.operations,
        "seconds": lap.seconds,
        "per_second": lap.rate,
        "latency_seconds": _latencies([lap]),
        "cpu_seconds": dict(lap.cpu),
        "facts": dict(lap.facts),
    }
