"""Which faults a run takes: all of them in a soak, a share that changes by the day otherwise.

Day after day the short schedule walks through fixed lists, so that within a few weeks every fault
and every crash point with every kind of message has come round.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice
from typing import Final, TypeVar

from tests.support.faults.deployment import SERVICES
from tests.support.faults.injections import (
    CrashAt,
    Crashed,
    DeliveredTwice,
    DiskFull,
    Disturbed,
    Fault,
    LockHeld,
    Poisoned,
    Reordered,
    Restarted,
    Signalled,
    Together,
)
from tests.support.faults.stores import Row, Stores

T = TypeVar("T")

SHUFFLED_BY: Final = 8
"""The order in which the crash points come round is chance's, and the same in every run."""

A_DAY: Final = 8
"""How many crash points with their messages a short run takes."""

AT_ONCE: Final = 4
"""How many services die at their crash points in one go."""

_HOLES: Final = ("hole_up", "hole_down", "hole_both")
_LINES: Final = ("bus", "store", "*")


ROUNDS: Final[Mapping[str, Sequence[str]]] = {
    "kill+twice": ("kill", "twice"),
    "terminate+order": ("terminate", "order"),
    "broker": ("broker",),
    "server": ("server",),
    "hole+line": ("hole", "line"),
    "lock+poison": ("lock", "poison"),
    "disk": ("disk",),
}
"""The families of which a short run takes one fault each, and which of them come at once."""


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
        "line": [
            Disturbed(service, mode, line, seconds=6.0)
            for mode in ("cut", "refuse", "latency")
            for line in ("bus", "store")
            for service in SERVICES
        ],
        "twice": [DeliveredTwice(service) for service in SERVICES if service != "accountability"],
        "order": [Reordered(service) for service in SERVICES],
        "lock": [LockHeld(service) for service in SERVICES],
        "disk": [DiskFull(service) for service in SERVICES],
        "poison": [Poisoned(service) for service in SERVICES],
    }


@dataclass(frozen=True)
class Share:
    """What one run takes."""

    faults: Mapping[str, Fault]
    crashes: Sequence[Crashed]
    crashes_in_sweeps: Sequence[Crashed]

    def of_round(self, name: str) -> Fault:
        """Give the day's faults of one round."""
        faults = [self.faults[family] for family in ROUNDS[name]]
        return faults[0] if len(faults) == 1 else Together(faults)


def share_of(day: date, passed: Passed) -> Share:
    """Give a day's share: one fault of each family, and the next crash points of the lists."""
    number = day.toordinal()
    faults = {
        # Each family begins elsewhere in its list, so that a round seldom breaks one service twice.
        name: of_one[(number + place) % len(of_one)]
        for place, (name, of_one) in enumerate(families().items())
    }
    return Share(
        faults=faults,
        crashes=list(at_once(_next(passed.by_the_load, number, A_DAY))),
        crashes_in_sweeps=list(at_once(_next(passed.by_the_sweep, number, AT_ONCE))),
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
        by_the_load = _come_by(before) - _once_in_a_county(begun, before)
        by_the_sweep = _come_by(after) - _come_by(before)
        return cls(_shuffled(by_the_load), _shuffled(by_the_sweep))


def _come_by(stores: Stores) -> set[CrashAt]:
    """List every crash point with every kind of message that has left a trace in the stores."""
    found: set[CrashAt] = set()
    for service in stores.services:
        for point, column, rows in (
            ("command_written_before_commit", "method", _replied(stores, service)),
            ("command_committed_before_reply", "method", _replied(stores, service)),
            ("event_handled_before_commit", "type", stores.rows(service, "processed_messages")),
            ("event_committed_before_ack", "type", stores.rows(service, "processed_messages")),
            ("published_before_mark", "type", stores.rows(service, "outbox_messages")),
            ("deadline_claimed_before_commit", "kind", _fired(stores, service)),
        ):
            found |= {CrashAt(service, point, row[column]) for row in rows}
    return found


def _once_in_a_county(begun: Stores, before: Stores) -> set[CrashAt]:
    """List what came by at the beginning and, with the lives that followed, never again."""
    counts = Counter(_every(before))
    counts.subtract(_every(begun))
    return {crash for crash in _come_by(begun) if not counts[crash.service, crash.message]}


def _every(stores: Stores) -> Iterator[tuple[str, str]]:
    for service in stores.services:
        yield from ((service, row["method"]) for row in _replied(stores, service))
        yield from ((service, row["kind"]) for row in _fired(stores, service))
        for table in ("processed_messages", "outbox_messages"):
            yield from ((service, row["type"]) for row in stores.rows(service, table))


def _replied(stores: Stores, service: str) -> list[Row]:
    return [row for row in stores.rows(service, "commands") if row["outcome"] == "replied"]


def _fired(stores: Stores, service: str) -> list[Row]:
    return [row for row in stores.rows(service, "deadlines") if row["state"] == "fired"]


def at_once(crashes: Sequence[CrashAt]) -> Iterator[Crashed]:
    """Gather crash points into groups of different services, each group to die in one go."""
    left = list(crashes)
    while left:
        group: dict[str, CrashAt] = {}
        for crash in left:
            if len(group) < AT_ONCE:
                group.setdefault(crash.service, crash)
        left = [crash for crash in left if crash not in group.values()]
        yield Crashed(list(group.values()))


def everything(passed: Passed, chance: random.Random) -> Iterator[tuple[Fault, bool]]:
    """Give every fault and every crash point over and over, each round in an order of its own.

    With each comes whether the weeks must pass for it to be come by.
    """
    while True:
        listed: list[tuple[Fault, bool]] = [
            (fault, False) for of_one in families().values() for fault in of_one
        ]
        for crashes, in_sweeps in ((passed.by_the_load, False), (passed.by_the_sweep, True)):
            shuffled = chance.sample(list(crashes), len(crashes))
            listed += [(crashed, in_sweeps) for crashed in at_once(shuffled)]
        yield from chance.sample(listed, len(listed))


def _shuffled(crashes: set[CrashAt]) -> list[CrashAt]:
    # Sorted first: the order of a set is chance's too, and of each process its own.
    listed = sorted(crashes)
    random.Random(SHUFFLED_BY).shuffle(listed)  # noqa: S311 - a repeatable order, no secret.
    return listed


def _next(listed: Sequence[T], number: int, count: int) -> list[T]:
    if not listed:
        return []
    first = number * count % len(listed)
    return list(islice(cycle(listed), first, first + min(count, len(listed))))
