"""A casebook is played on compose while services are killed; its ledger is the undisturbed one.

It comes before the faults: two ledgers are the same only where the register was empty before.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Self

from balian.connection import own_host
from balian.deployments import OnBroker, OwnHost
from balian.faults import CommandFault, HostUnreachable, NotAtRest
from shared.clock import ClockKind
from tests.support.casebooks import CASEBOOKS, Play, play
from tests.support.faults.checker import check
from tests.support.faults.deployment import SERVICES, FaultyCounty
from tests.support.faults.harness import RECOVERS_WITHIN
from tests.support.faults.schedule import today
from tests.support.faults.stores import read_stores

STORY = CASEBOOKS / "busy_week.jsonl"
TIMES = 5
PAUSE = 3.0


class Killer:
    """Kills one service after the other while a casebook is played."""

    def __init__(self, county: FaultyCounty, chance: random.Random) -> None:
        self._county = county
        self._chance = chance
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.killed: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._is_over.set()
        self._thread.join(timeout=60)

    def _work(self) -> None:
        while not self._is_over.wait(self._chance.uniform(0.5, PAUSE)):
            service = self._chance.choice(SERVICES)
            self._county.signal(service, self._chance.choice(("KILL", "KILL", "TERM")))
            self.killed.append(service)
            # One death after the other: between two of them the casebook gets on.
            with contextlib.suppress(TimeoutError):
                self._county.await_ready(within=RECOVERS_WITHIN)


def test_a_casebook_under_kills_has_the_ledger_of_an_undisturbed_one(
    county: FaultyCounty, tmp_path: Path
) -> None:
    nodes = ("county",)
    with own_host(tmp_path / "calm", clock=ClockKind.SIMULATED, nodes=nodes) as calm:
        assert calm.nodes == nodes
        expected = play(STORY, OwnHost(calm))

    survived = _play_under_kills(county, tmp_path)
    county.await_ready(within=60)

    assert survived.ledger.without_random_ids() == expected.ledger.without_random_ids()
    assert survived.summary == expected.summary
    assert str(check(read_stores(county.stores()))) == "clean"


def _play_under_kills(county: FaultyCounty, directory: Path) -> Play:
    """Play to the end; a play that a kill has stopped is taken up again from line 1."""
    chance = random.Random(today().toordinal())  # noqa: S311 - repeatable chance, no secret.
    with Killer(county, chance) as killer:
        for _ in range(TIMES):
            try:
                with closing(OnBroker(county.bus("operator"), nodes=("county",))) as bus:
                    played = play(STORY, bus, directory=directory)
            except (HostUnreachable, CommandFault, NotAtRest):
                time.sleep(1.0)
            else:
                assert killer.killed, "nothing was killed"
                return played
    with closing(OnBroker(county.bus("operator"), nodes=("county",))) as bus:
        county.await_ready(within=60)
        return play(STORY, bus, directory=directory)
