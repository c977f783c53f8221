"""Benchmark 2, the life cycle: register, assign, report the result and close, find.

It is the shape in which DIGIT publishes its figures (docs/performance.md); all five services run,
on stores that hold nothing, and on stores that hold the petitions of many years.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench.county import SERVICES, await_relayed
from bench.cpu import taken_since
from bench.figures import Lap, ratio_between
from bench.filled import FilledCounty
from bench.ground import Ground, say
from bench.life import STEPS, Lives
from bench.load import Callers, for_seconds
from bench.outcome import Outcome
from bench.turns import Contender, in_turns

SMALLER: Final = 100_000
MANY: Final = 1_000_000
MANY_WHEN_QUICK: Final = 2_000

_AT_ONCE: Final = 16
_AT_LEAST_OF_EMPTY: Final = 0.9


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A whole county under load."""

    filled: FilledCounty
    lives: Lives

    def run(self, seconds: float) -> Lap:
        """Begin lives for so long, and wait until all are closed and told."""
        before = self.filled.cpu()
        lap = self.lives.run(at_once=_AT_ONCE, more=for_seconds(seconds))
        for service in SERVICES:
            await_relayed(self.filled.county.store(service))
        cpu = taken_since(before, self.filled.cpu())
        return dataclasses.replace(lap, cpu=cpu)


def run(ground: Ground) -> Outcome:
    """Measure the life cycle on counties with few and with many petitions."""
    sizes = ground.scale.choose(quick=(0, MANY_WHEN_QUICK), full=(0, SMALLER, MANY))
    rounds = ground.scale.choose(quick=2, full=9)
    seconds = ground.scale.choose(quick=1.5, full=20.0)
    counties = ground.filled.run_only(*sizes)
    rooms = {filled.petitions: filled.gigabytes for filled in counties}
    with ExitStack() as stack:
        contenders = []
        for filled in counties:
            callers = stack.enter_context(Callers(filled.county.uri))
            measured = Measured(filled=filled, lives=Lives(callers))
            contenders.append(
                Contender(
                    name=contender(filled.petitions),
                    run=partial(measured.run, seconds),
                    warm_up=partial(measured.run, seconds / 4),
                )
            )
        laps = in_turns(contenders, rounds=rounds, say=say)
    return Outcome(
        name="lifecycle",
        title="Life cycle",
        operation=f"one petition from registration to closing, in {len(STEPS)} calls",
        laps=laps,
        ratios=[
            ratio_between(laps, contender(size), contender(0), target=_AT_LEAST_OF_EMPTY)
            for size in sizes
            if size
        ],
        conditions={
            "lives at once": _AT_ONCE,
            "seconds a lap": seconds,
            "rounds": rounds,
            **{f"GB of {size:,} petitions": f"{room:.2f}" for size, room in rooms.items()},
        },
    )


def contender(petitions: int) -> str:
    """Name the county with so many petitions."""
    return f"Balian, {petitions:,} petitions stored before"
