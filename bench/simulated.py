"""A county on the simulated clock, so that weeks of a case pass in the time that its calls take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.conversations import Call, ask
from bench.county import SERVICES, County, sample_directory
from bench.cpu import cpu_seconds
from bench.ground import Ground
from bench.load import Callers
from bench.processes import Processes
from shared.calendar import LOCAL_ZONE
from shared.clock import ClockKind

BEGINNING: Final = datetime(2026, 3, 2, 8, 30, tzinfo=LOCAL_ZONE)
"""When the county gets its directory, and before anything else happens there."""


@dataclass(frozen=True, kw_only=True)
class SimulatedCounty:
    """A county whose calls tell the time, with processes of its own beside those of the run."""

    ground: Ground
    county: County

    def start(self, *services: str) -> None:
        """Start services and give the county its directory.

        Raises:
            ProcessFailed: one of them does not start.
        """
        self.county.start(*services)
        with Callers(self.county.uri) as callers:
            put = Call(
                method="triage.put_directory",
                actor="operator:bench",
                at=BEGINNING,
                says=sample_directory(),
            )
            ask(callers, put)

    def cpu(self) -> dict[str, float]:
        """Give the CPU seconds taken so far, by the servers, the driver and every service."""
        trees = {name: self.county.processes.pid(name) for name in SERVICES}
        return {**self.ground.cpu(), **cpu_seconds(trees)}


@contextmanager
def simulated_county(
    ground: Ground, *, name: str, services: Sequence[str] = SERVICES
) -> Iterator[SimulatedCounty]:
    """Prepare a county for the block, with a bus, stores and keys of its own; nothing runs yet.

    Args:
        ground: what the run stands on.
        name: what its directory is called, and how the names of its databases begin.
        services: whose stores are made.
    """
    directory = ground.directory / name
    directory.mkdir()
    processes = Processes(directory)
    stores = ground.postgres.databases([f"{name}_{service}" for service in services])
    try:
        county = County(
            uri=ground.new_bus(),
            stores=stores.replace("{service}", f"{name}_{{service}}"),
            processes=processes,
            keys=directory / "keys",
            clock=ClockKind.SIMULATED,
        )
        county.migrate(*services)
        yield SimulatedCounty(ground=ground, county=county)
    finally:
        processes.close()
