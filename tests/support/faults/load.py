"""The load: lives that several clients lead side by side, while the harness breaks things."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tests.support.faults.desk import desk_at
from tests.support.faults.steps import MATTERS

if TYPE_CHECKING:
    from tests.support.faults.harness import Harness

CLIENTS: Final = 6
FINISHES_WITHIN: Final = 180.0
"""Seconds in which a client finishes the life that it leads."""


class Load:
    """Lives led side by side, one after the other, until told to stop."""

    def __init__(self, harness: Harness, *, lives: Iterator[str]) -> None:
        self._harness = harness
        self._lives = lives
        self._is_stopping = threading.Event()
        self._taking = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def start(self) -> None:
        """Let every client begin."""
        for thread in self._threads:
            thread.start()

    def await_orders(self, number: int, *, within: float = 60.0) -> None:
        """Wait until so many orders more have been answered."""
        tally = self._harness.tally
        wanted = len(tally.accepted) + number
        ends = time.monotonic() + within
        while len(tally.accepted) < wanted and time.monotonic() < ends:
            time.sleep(0.05)

    def finish(self, *, asked: bool = True) -> None:
        """Let every client finish the life it leads; where none is asked to, all there are."""
        if asked:
            self._is_stopping.set()
        ends = time.monotonic() + FINISHES_WITHIN
        for thread in self._threads:
            thread.join(timeout=max(0.0, ends - time.monotonic()))
            if thread.is_alive():
                self._harness.tally.failed.append("a client did not finish")

    def _work(self, number: int) -> None:
        harness = self._harness
        name = harness.name_of_client(number)
        with desk_at(
            harness.county.bus("desk"), name=name, tally=harness.tally, gate=harness.gate
        ) as desk:
            while not self._is_stopping.is_set():
                with self._taking:
                    life = next(self._lives, None)
                    matter = harness.chance.choice(MATTERS)
                if life is None:
                    return
                harness.lead(desk, life, matter)
