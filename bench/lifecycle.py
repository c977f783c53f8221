"""Benchmark 2, the life cycle: register, assign, report the result and close, find.

It is the shape in which DIGIT publishes its figures (docs/performance.md); all five services run.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench.county import SERVICES, County, await_relayed
from bench.cpu import taken_since
from bench.figures import Lap
from bench.ground import Ground, say
from bench.life import STEPS, Lives
from bench.load import Callers, for_seconds
from bench.outcome import Outcome
from bench.turns import Contender, in_turns

EMPTY: Final = "Balian, few petitions in the store"

_AT_ONCE: Final = 16


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A whole county under load."""

    ground: Ground
    county: County
    lives: Lives

    def run(self, seconds: float) -> Lap:
        """Begin lives for so long, and wait until all are closed and told."""
        before = self.ground.cpu(*SERVICES)
        lap = self.lives.run(at_once=_AT_ONCE, more=for_seconds(seconds))
        for service in SERVICES:
            await_relayed(self.county.store(service))
        cpu = taken_since(before, self.ground.cpu(*SERVICES))
        return dataclasses.replace(lap, cpu=cpu)


def run(ground: Ground) -> Outcome:
    """Measure the life cycle on a county with few petitions."""
    county = ground.county
    rounds = ground.scale.choose(quick=2, full=9)
    seconds = ground.scale.choose(quick=3.0, full=20.0)
    with ExitStack() as stack:
        say(f"  the whole county, beside {county.intake}")
        others = [service for service in SERVICES if service != county.intake]
        county.start(*others)
        for service in others:
            stack.callback(ground.processes.stop, service)
        callers = stack.enter_context(Callers(county.uri))
        measured = Measured(ground=ground, county=county, lives=Lives(callers))
        laps = in_turns(
            [
                Contender(
                    name=EMPTY,
                    run=partial(measured.run, seconds),
                    warm_up=partial(measured.run, seconds / 4),
                )
            ],
            rounds=rounds,
            say=say,
        )
    return Outcome(
        name="lifecycle",
        title="Life cycle",
        operation=f"one petition from registration to closing, in {len(STEPS)} calls",
        laps=laps,
        conditions={"lives at once": _AT_ONCE, "seconds a lap": seconds, "rounds": rounds},
    )
