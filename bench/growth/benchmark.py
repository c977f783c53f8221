"""Benchmark 6, time against size: deadlines, import, search, docket and indicators.

The same is asked of a county with few petitions and of one with very many, in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final

from bench.figures import Lap, ratio_between
from bench.ground import Ground, say
from bench.growth.deadlines import pending_deadlines
from bench.growth.measures import INDICATORS, Measures
from bench.growth.questions import questions
from bench.growth.subject import subject_of
from bench.lifecycle import MANY, MANY_WHEN_QUICK
from bench.load import Callers
from bench.outcome import Outcome
from bench.turns import Contender, in_turns

Measure = Callable[[], Lap]

_WARM_UPS: Final = 1


def run(ground: Ground) -> Outcome:
    """Measure every operation at both sizes."""
    choose = ground.scale.choose
    rounds = choose(quick=1, full=5)
    petitions: tuple[int, int] = choose(quick=(0, MANY_WHEN_QUICK), full=(10_000, MANY))
    deadlines: tuple[int, int] = choose(quick=(1000, 20_000), full=(10_000, 5_000_000))
    laps: dict[str, Sequence[Lap]] = {}
    laps |= _in_turns(partial(_deadlines, ground, rounds), deadlines, rounds=rounds)
    ground.filled.run_only(*petitions)
    laps |= _in_turns(partial(_county, ground), petitions, rounds=rounds)
    return Outcome(
        name="growth",
        title="Time against size",
        operation="one call, one deadline fired, or one look at how the business stands",
        laps=laps,
        ratios=[
            ratio_between(laps, many, few)
            for few, many in zip(list(laps)[::2], list(laps)[1::2], strict=True)
        ],
        conditions={"rounds": rounds},
    )


def _deadlines(
    ground: Ground, rounds: int, stack: ExitStack, pending: int
) -> Mapping[str, Measure]:
    """Run a triage with so many pending deadlines; at any size as many are due each midnight."""
    deadlines = stack.enter_context(
        pending_deadlines(
            ground,
            pending=pending,
            midnights=rounds + _WARM_UPS,
            each_midnight=ground.scale.choose(quick=50, full=500),
        )
    )
    times = ground.scale.choose(quick=5, full=50)
    return {
        "deadlines: nothing is due": partial(deadlines.look, times),
        "deadlines: fired at a midnight": deadlines.fire,
    }


def _county(ground: Ground, stack: ExitStack, petitions: int) -> Mapping[str, Measure]:
    """Run a county with so many petitions stored."""
    filled = ground.filled.of(petitions)
    callers = stack.enter_context(Callers(filled.county.uri))
    subject = subject_of(filled, callers, petitions=ground.scale.choose(quick=2, full=8))
    measures = Measures(subject=subject)
    times = ground.scale.choose(quick=5, full=50)
    seconds = ground.scale.choose(quick=1.0, full=15.0)
    return {
        "import: registered sixteen at a time": partial(measures.register, seconds),
        **{
            name: partial(measures.ask, question, times)
            for name, question in questions(subject.prepared[0], middle=subject.middle).items()
        },
        "docket: planned": partial(measures.plan_docket, times),
        **{
            f"indicators: {service}": partial(measures.count_business, service, times)
            for service in INDICATORS
        },
    }


def _in_turns(
    measures: Callable[[ExitStack, int], Mapping[str, Measure]],
    sizes: tuple[int, int],
    *,
    rounds: int,
) -> Mapping[str, Sequence[Lap]]:
    """Measure the same at both sizes, one operation after the other, the few before the many."""
    with ExitStack() as stack:
        few, many = (measures(stack, size) for size in sizes)
        laps: dict[str, Sequence[Lap]] = {}
        for name in few:
            contenders = [
                Contender(name=f"{name}, {size:,}", run=each[name], warm_up=each[name])
                for size, each in zip(sizes, (few, many), strict=True)
            ]
            laps |= in_turns(contenders, rounds=rounds, say=say)
        return laps
