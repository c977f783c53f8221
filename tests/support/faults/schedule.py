"""Which faults a run takes: all of them in a soak, a share that changes by the day otherwise.

Day after day the short schedule walks through fixed lists, so that within a few weeks every fault
and every crash point with every kind of message has come round.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice
from typing import Final, TypeVar

from tests.support.faults.crashes import CrashAt, Crashed
from tests.support.faults.declared import come_by, every_pass
from tests.support.faults.deliveries import DeliveredTwice, Poisoned, Reordered
from tests.support.faults.deployment import SERVICES
from tests.support.faults.fault import Fault, Together
from tests.support.faults.outages import Disturbed, Restarted, Signalled
from tests.support.faults.store_faults import DiskFull, LockHeld
from tests.support.faults.stores import Stores
from tests.support.faults.township import EVERY_DEATH

T = TypeVar("T")

SHUFFLED_BY: Final = 8
"""The order in which the crash points come round is chance's, and the same in every run."""

A_DAY: Final = 14
"""At how many crash points, each with one message, services die under the load of a short run."""

A_DAY_IN_SWEEPS: Final = 6
"""The same while the weeks pass."""

DAYS_OF_A_TOWNSHIP: Final = 3
"""In how many days services have died at every crash point that only a township comes by."""

AT_ONCE: Final = 8
"""At how many crash points services die in one go of a soak."""

_HOLES: Final = ("hole_up", "hole_down", "hole_both")
_LINES: Final = ("bus", "store", "*")

SEVERAL_A_DAY: Final[Mapping[str, int]] = {"hole": 3, "line": 2}
"""Of which families a day takes more than one: different services suffer at once."""

ROUNDS: Final[Mapping[str, Sequence[str]]] = {
    "kill+twice": ("kill", "twice"),
    "terminate+order": ("terminate", "order"),
    "broker": ("broker",),
    "server": ("server",),
    "hole+line": ("hole", "line"),
    "lock+poison+disk": ("lock", "poison", "disk"),
}
"""What a short run takes of each family, and which families come at once."""


def today() -> date:
    """Give the day whose share is taken: FAULTS_DATE where it is set."""
    told = os.environ.get("FAULTS_DATE")
    return date.fromisoformat(told) if told else datetime.now(UTC).date()


def families() -> dict[str, list[Fault]]:
    """List every fault there is but the crash points, by family, in the order they come round."""
    return {
        "kill": [Signalled(service, "KILL") for service in SERVICES],
        "terminate": [Signalled(service, "TERM") for service in SERVICES],
        "broker": [Signalled("rabbitmq", "KILL"), Restarted("rabbitmq")],
        "server": [Restarted("postgres", seconds=20.0), Signalled("postgres", "KILL")],
        "hole": [
            Disturbed(service, mode, line)
            for line in _LINES
            for mode in _HOLES
            for service in SERVICES
        ],
        "twice": [DeliveredTwice(service) for service in SERVICES if service != "accountability"],
        "line": [
            Disturbed(service, mode, line, seconds=6.0)
            for mode in ("cut", "refuse", "latency")
            for line in ("bus", "store")
            # The other way round than the holes, so that no day breaks one line in two ways.
            for service in reversed(SERVICES)
        ],
        "order": [Reordered(service) for service in SERVICES],
        "lock": [LockHeld(service) for service in SERVICES],
        "disk": [DiskFull(service) for service in SERVICES],
        "poison": [Poisoned(service) for service in SERVICES],
    }


@dataclass(frozen=True)
class Share:
    """What one run takes."""

    faults: Mapping[str, Sequence[Fault]]
    crashes: Crashed
    crashes_in_sweeps: Crashed
    in_a_township: frozenset[CrashAt]

    def of_round(self, name: str) -> Fault:
        """Give the day's faults of one round."""
        faults = [fault for family in ROUNDS[name] for fault in self.faults[family]]
        return faults[0] if len(faults) == 1 else Together(faults)


def share_of(day: date, passed: Passed) -> Share:
    """Give a day's share: what is next in the list of each family, and of the crash points."""
    number = day.toordinal()
    return Share(
        faults={
            # Each family begins elsewhere in its list, so that a round breaks different services.
            name: _next(of_one, number, SEVERAL_A_DAY.get(name, 1), beginning=place)
            for place, (name, of_one) in enumerate(families().items())
        },
        crashes=Crashed(_next(passed.by_the_load, number, A_DAY)),
        crashes_in_sweeps=Crashed(_next(passed.by_the_sweep, number, A_DAY_IN_SWEEPS)),
        in_a_township=frozenset(EVERY_DEATH[number % DAYS_OF_A_TOWNSHIP :: DAYS_OF_A_TOWNSHIP]),
    )


@dataclass(frozen=True)
class Passed:
    """The crash points that are come by, each with every kind of message, in a fixed order."""

    by_the_load: Sequence[CrashAt]
    by_the_sweep: Sequence[CrashAt]

    @classmethod
    def between(cls, begun: Stores, before: Stores, after: Stores) -> Passed:
        """Tell what was come by in a county in which every life was led once.

        Args:
            begun: its stores as they stood when the county had begun.
            before: its stores before the sweep.
            after: its stores after it.
        """
        # Counted, because whatever the county was put through before has come by most of it too.
        by_the_load = _come_by_between(begun, before)
        by_the_sweep = _come_by_between(before, after) - by_the_load
        chance = random.Random(SHUFFLED_BY)  # noqa: S311 - a repeatable order, no secret.
        return cls(spread(by_the_load, chance), spread(by_the_sweep, chance))


def _come_by_between(earlier: Stores, later: Stores) -> set[CrashAt]:
    """List what left more traces in the later stores than in the earlier ones."""
    counts = Counter(every_pass(later))
    counts.subtract(every_pass(earlier))
    return {crash for crash in come_by(later) if counts[crash.service, crash.message] > 0}


def at_once(crashes: Sequence[CrashAt]) -> Iterator[Crashed]:
    """Part crash points into groups, at each of which services die in one go."""
    for first in range(0, len(crashes), AT_ONCE):
        yield Crashed(crashes[first : first + AT_ONCE])


def everything(passed: Passed, chance: random.Random) -> Iterator[tuple[Fault, bool]]:
    """Give every fault and every crash point over and over, each round in an order of its own.

    With each comes whether the weeks must pass for it to be come by.
    """
    while True:
        listed: list[tuple[Fault, bool]] = [
            (fault, False) for of_one in families().values() for fault in of_one
        ]
        for crashes, in_sweeps in ((passed.by_the_load, False), (passed.by_the_sweep, True)):
            groups = at_once(spread(crashes, chance))
            listed += [(crashed, in_sweeps) for crashed in groups]
        yield from chance.sample(listed, len(listed))


def spread(crashes: Iterable[CrashAt], chance: random.Random) -> list[CrashAt]:
    """Give crash points in an order of chance in which each service has its turn evenly.

    A process that dies over and over is started again after longer and longer pauses, so no part
    of the list may be one service's alone.
    """
    by_service: dict[str, list[CrashAt]] = defaultdict(list)
    # Sorted first: the order of a set is chance's too, and of each process its own.
    for crash in sorted(crashes):
        by_service[crash.service].append(crash)
    placed = [
        ((place + 0.5) / len(listed), crash)
        for listed in by_service.values()
        for place, crash in enumerate(chance.sample(listed, len(listed)))
    ]
    return [crash for _, crash in sorted(placed)]


def _next(listed: Sequence[T], number: int, count: int, *, beginning: int = 0) -> list[T]:
    if not listed:
        return []
    first = (number * count + beginning) % len(listed)
    return list(islice(cycle(listed), first, first + min(count, len(listed))))
