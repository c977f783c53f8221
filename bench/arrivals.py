"""An open load: petitions come when their time comes, whether or not earlier ones are closed.

A closed load, in which somebody waits for an answer before asking again, slows down with what it
measures and so hides how long it would have had to wait.
Here everything is counted from the moment it was due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import percentile

_PERCENTS = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stretch of time in which petitions come at one rate.

    Args:
        number: counts the stages from 1.
        rate: how many come in a second, evenly.
        begins: in seconds from the start of the load.
        seconds: how long it lasts.
    """

    number: int
    rate: float
    begins: float
    seconds: float

    @property
    def ends(self) -> float:
        """Give when the next stage begins."""
        return self.begins + self.seconds

    def arrivals(self) -> Iterator[float]:
        """Iterate over the moments at which petitions come, the first at its beginning."""
        for place in range(round(self.rate * self.seconds)):
            yield self.begins + place / self.rate


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What became of one petition.

    Args:
        due: when it came, in seconds from the start of the load.
        latency: how long it took from then; None where it failed or was never closed.
    """

    due: float
    latency: float | None


@dataclass(frozen=True, kw_only=True)
class Window:
    """The petitions that came within some seconds of a stage."""

    begins: float
    arrived: Sequence[Arrived]

    @property
    def failed(self) -> int:
        """Count those that failed or were never closed."""
        return sum(each.latency is None for each in self.arrived)

    def percentile(self, percent: float) -> float | None:
        """Give a percentile of their latencies; None where none of them was closed."""
        latencies = [each.latency for each in self.arrived if each.latency is not None]
        return percentile(latencies, percent) if latencies else None

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON."""
        percents = {f"p{percent}": self.percentile(percent) for percent in _PERCENTS}
        return {
            "begins": self.begins,
            "petitions": len(self.arrived),
            "failed": self.failed,
            **percents,
        }


def stages(rates: Sequence[float], *, seconds: float) -> list[Stage]:
    """Lay stages of the same length one behind the other."""
    return [
        Stage(number=number, rate=rate, begins=(number - 1) * seconds, seconds=seconds)
        for number, rate in enumerate(rates, start=1)
    ]


def windows(stage: Stage, arrived: Sequence[Arrived], *, seconds: float) -> list[Window]:
    """Part what came in a stage into windows, by the moment at which it was due.

    The last window is shorter where the stage is no whole number of windows long.
    """
    begins = [stage.begins]
    while begins[-1] + seconds < stage.ends:
        begins.append(begins[-1] + seconds)
    ends = [*begins[1:], stage.ends]
    return [
        Window(begins=begin, arrived=[each for each in arrived if begin <= each.due < end])
        for begin, end in zip(begins, ends, strict=True)
    ]
