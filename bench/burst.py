"""Benchmark 4, burst: a Monday morning on a store of many years, at rates that jump up and down.

The rates are those at which DIGIT publishes its failing (docs/performance.md).
Petitions come when their time comes, whether or not the county keeps up, and each is counted from
the moment it was due.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from bench.arrivals import Arrived, Stage, Window, stages, windows
from bench.backlog import Backlog
from bench.figures import Bound, Lap, percentile
from bench.ground import Ground, say
from bench.life import STEPS, Life, Lives, Step, Walk
from bench.lifecycle import MANY, MANY_WHEN_QUICK
from bench.load import Callers, for_seconds
from bench.outcome import Outcome

RATES: Final = (1, 15, 1, 25, 2, 35, 10)
"""Life cycles that begin in a second, stage by stage."""

_WINDOW: Final = 10.0
_MOST_SECONDS: Final = 1.0
_CLOSED_WITHIN: Final = 1200.0
_WARM_UP_AT_ONCE: Final = 8
_P95: Final = 95
_MILLI: Final = 1000


@dataclass
class Load:
    """An open load on one county, and what becomes of the petitions in it.

    Args:
        uri: the bus of the county.
        callers: whose connection carries the calls.
        plan: the stages, one behind the other.
        steps: the calls of one life, in their order.
        closed_within: in seconds after the last stage; what was not closed by then has failed.
    """

    uri: str
    callers: Callers
    plan: Sequence[Stage]
    steps: Sequence[Step] = STEPS
    closed_within: float = _CLOSED_WITHIN
    lives: list[Life] = field(default_factory=list)
    begun: float = 0.0
    under_way: dict[int, int] = field(default_factory=dict)
    queued: dict[int, Future[int]] = field(default_factory=dict)
    made_again: int = 0
    never_closed: int = 0

    def run(self) -> None:
        """Let all petitions come, and wait until each is closed or has had its time."""
        walk = Walk(
            callers=self.callers,
            ended=self.lives.append,
            steps=self.steps,
            heard_within=self.closed_within,
        )
        with Backlog(self.uri) as backlog:
            backlog.look().result()
            self.begun = time.perf_counter()
            for stage in self.plan:
                self._let_come(stage, walk)
                self.under_way[stage.number] = walk.under_way
                self.queued[stage.number] = backlog.look()
                say(f"  {_name(stage)}: {walk.under_way} still under way at its end")
            gives_up = time.perf_counter() + self.closed_within
            while walk.under_way and time.perf_counter() < gives_up:
                walk.go_on(until=gives_up)
        self.made_again = walk.made_again
        self.never_closed = walk.under_way

    def _let_come(self, stage: Stage, walk: Walk) -> None:
        for arrival in (*stage.arrivals(), None):
            due = self.begun + (stage.ends if arrival is None else arrival)
            while time.perf_counter() < due:
                walk.go_on(until=due)
            if arrival is not None:
                walk.begin(due)

    def arrived_in(self, stage: Stage) -> list[Arrived]:
        """Give what came in a stage; a petition that was never closed has no latency."""
        ended = {
            life.due: Arrived(
                due=life.due - self.begun,
                latency=None if life.failed_with is not None else life.latency,
            )
            for life in self.lives
        }
        dues = [self.begun + arrival for arrival in stage.arrivals()]
        return [ended.get(due, Arrived(due=due - self.begun, latency=None)) for due in dues]

    def lap(self, stage: Stage) -> Lap:
        """Give the figures of a stage."""
        arrived = self.arrived_in(stage)
        lives = [life for life in self.lives if stage.begins <= life.due - self.begun < stage.ends]
        latencies = [each.latency for each in arrived if each.latency is not None]
        calls = [call for life in lives for call in life.calls]
        settled = [window.percentile(_P95) for window in self.windows(stage)[1:]]
        known = [figure for figure in settled if figure is not None]
        facts = {
            "petitions that failed": float(len(arrived) - len(latencies)),
            "under way at the end, petitions": float(self.under_way[stage.number]),
            "waiting in queues at the end, messages": float(self.queued[stage.number].result()),
        }
        if calls:
            facts["p95 of a call, ms"] = percentile(calls, _P95) * _MILLI
        if known:
            facts["worst p95 after the first 10 s, ms"] = max(known) * _MILLI
        if len(lives) == len(arrived):
            last = max(life.ended or 0.0 for life in lives) - self.begun
            facts["last one closed after the end, s"] = max(last - stage.ends, 0.0)
        return Lap(
            operations=len(latencies),
            seconds=stage.seconds,
            latencies=latencies,
            facts=facts,
        )

    def windows(self, stage: Stage) -> list[Window]:
        """Part a stage into windows of ten seconds."""
        return windows(stage, self.arrived_in(stage), seconds=_WINDOW)

    @property
    def bounds(self) -> list[Bound]:
        """Hold what was found against what is wanted."""
        after_ten_seconds = [
            window.percentile(_P95)
            for stage in self.plan
            for window in (self.windows(stage)[1:] or self.windows(stage))
            if window.arrived
        ]
        known = [figure for figure in after_ten_seconds if figure is not None]
        failed = sum(each.latency is None for stage in self.plan for each in self.arrived_in(stage))
        return [
            Bound(what="petitions that failed", figure=float(failed), at_most=0.0),
            Bound(
                what="worst p95 of 10 s, from 10 s after the beginning of each stage, s",
                figure=max(known) if len(known) == len(after_ten_seconds) else None,
                at_most=_MOST_SECONDS,
            ),
        ]


def run(ground: Ground) -> Outcome:
    """Measure bursts on a county with many petitions."""
    (filled,) = ground.filled.run_only(ground.scale.choose(quick=MANY_WHEN_QUICK, full=MANY))
    seconds = ground.scale.choose(quick=1.0, full=60.0)
    plan = stages(RATES, seconds=seconds)
    with Callers(filled.county.uri) as callers:
        # Nothing is measured of what a county does once, after it has started.
        Lives(callers).run(at_once=_WARM_UP_AT_ONCE, more=for_seconds(seconds / 4))
        load = Load(uri=filled.county.uri, callers=callers, plan=plan)
        load.run()
    errors = sorted({life.failed_with for life in load.lives if life.failed_with is not None})
    return Outcome(
        name="burst",
        title="Burst",
        operation=f"one petition from registration to closing, in {len(STEPS)} calls",
        laps={_name(stage): [load.lap(stage)] for stage in plan},
        bounds=load.bounds,
        conditions={
            "petitions stored before": f"{filled.petitions:,}",
            "seconds a stage": seconds,
            "calls made again": load.made_again,
            "petitions never closed": load.never_closed,
            "errors": ", ".join(errors) or "none",
        },
        series={
            _name(stage): [window.as_json() for window in load.windows(stage)] for stage in plan
        },
    )


def _name(stage: Stage) -> str:
    return f"stage {stage.number}: {stage.rate:g} a second"
