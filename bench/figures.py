"""What is measured, and what is made of it: percentiles, medians, spreads and ratios.

The machine's speed changes from minute to minute, so what is compared is measured in turns, round
after round, and a ratio is taken within each round before the median is taken over all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

_HUNDRED = 100


@dataclass(frozen=True, kw_only=True)
class Lap:
    """One contender's part of one round; times in seconds.

    Args:
        operations: how many were done.
        seconds: how long all of them took together.
        latencies: how long each took by itself, where each was waited for.
        cpu: the CPU time that each process took meanwhile, by the name of the process.
        facts: what else was measured, by a name that ends in its unit.
    """

    operations: int
    seconds: float
    latencies: Sequence[float] = ()
    cpu: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Give the operations per second."""
        return self.operations / self.seconds


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median of a figure over the rounds, and between which values it lay."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Take the spread of at least one value.

        Raises:
            ValueError: there is none.
        """
        if not values:
            msg = "nothing was measured"
            raise ValueError(msg)
        return cls(median=statistics.median(values), lowest=min(values), highest=max(values))


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The rate of one contender over that of another, round by round.

    Args:
        of: the contender that is compared.
        to: the one it is compared with.
        target: the least the ratio should be; None where there is no target.
    """

    of: str
    to: str
    spread: Spread
    target: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Tell whether the target is met; None where there is none."""
        return None if self.target is None else self.spread.median >= self.target


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A figure that should not be exceeded.

    Args:
        what: what was measured, by a name that ends in its unit.
        figure: what was found; None where nothing was, which exceeds every limit.
        at_most: the most it should be.
    """

    what: str
    figure: float | None
    at_most: float

    @property
    def is_met(self) -> bool:
        """Tell whether it is not exceeded."""
        return self.figure is not None and self.figure <= self.at_most


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the smallest value that so many percent of all values do not exceed (nearest rank).

    Raises:
        ValueError: there is no value, or there is no such percentage.
    """
    if not values or not 0 < percent <= _HUNDRED:
        msg = "a percentile needs a value and a percentage above 0 and up to 100"
        raise ValueError(msg)
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // _HUNDRED)
    return ordered[int(rank) - 1]


def ratio_between(
    laps: Mapping[str, Sequence[Lap]], of: str, to: str, *, target: float | None = None
) -> Ratio:
    """Compare two contenders round by round.

    Raises:
        KeyError: one of them did not run.
        ValueError: they ran for different numbers of rounds, or for none.
    """
    pairs = zip(laps[of], laps[to], strict=True)
    each = [mine.rate / others.rate for mine, others in pairs]
    return Ratio(of=of, to=to, spread=Spread.of(each), target=target)


def cpu_per_operation(laps: Sequence[Lap]) -> dict[str, float]:
    """Give the CPU seconds that one operation took of each process, over all laps.

    Of nothing that was done, nothing is given.
    """
    operations = sum(lap.operations for lap in laps)
    if not operations:
        return {}
    names = sorted({name for lap in laps for name in lap.cpu})
    return {name: sum(lap.cpu.get(name, 0.0) for lap in laps) / operations for name in names}
