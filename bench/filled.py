"""Counties whose stores hold the petitions of many years, each on a PostgreSQL of its own.

Filling takes minutes, so a county is filled once in a run, and every benchmark that asks for its
size is given the same one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from bench.county import SERVICES, County, connected_to
from bench.cpu import cpu_seconds
from bench.filler.ages import monday_played
from bench.filler.plan import instants
from bench.processes import PYTHON, ROOT, Processes, ProcessFailed, clean_environment
from bench.servers import DurablePostgres, FreeRabbitMQ, running_postgres
from shared.calendar import LOCAL_ZONE

_AGES: Final = 12
"""How many weeks of age are told apart; the play is over in eleven."""
_SIDE_BY_SIDE: Final = (
    ("supervision", "accountability"),
    ("intake", "triage", "reception_county"),
)
_BYTES_OF_A_PETITION: Final = 45_000
"""What one takes of a disk, with its indexes, and with some room."""
_UNFILLED: Final = 200_000_000


class NoRoom(OSError):
    """Raised when the disk has not the room for a filled county; says how much it takes."""


class FillingPostgres(DurablePostgres):
    """A PostgreSQL that is being filled, and would be filled anew if the machine failed."""

    @property
    def _settings(self) -> Mapping[str, str]:
        return {
            **super()._settings,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "autovacuum": "off",
            "shared_buffers": "512MB",
            "maintenance_work_mem": "512MB",
            "checkpoint_timeout": "1h",
            "max_wal_size": "8GB",
        }


@dataclass
class FilledCounty:
    """A county with so many petitions in its stores, and the servers it runs on."""

    petitions: int
    county: County
    postgres: DurablePostgres
    rabbitmq: FreeRabbitMQ
    _has_its_directory: bool = False
    _runs: bool = False

    def run(self) -> None:
        """Run all of its services, which go on until it rests.

        The first time they are told the directory.

        Raises:
            ProcessFailed: one of them does not start.
        """
        if self._runs:
            return
        self._runs = True
        self.county.start(*SERVICES)
        if not self._has_its_directory:
            self.county.tell_directory()
            self._has_its_directory = True

    def rest(self) -> None:
        """Stop its services, where they run; what waits in its queues waits on."""
        if self._runs:
            self._runs = False
            self.county.processes.stop(*SERVICES)

    @property
    def gigabytes(self) -> float:
        """Give how much room its stores take, with their indexes."""
        sizes = []
        for service in SERVICES:
            with connected_to(self.county.store(service)) as connection:
                row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
                sizes.append(int(row[0]) if row else 0)
        return sum(sizes) / 1e9

    def cpu(self) -> dict[str, float]:
        """Give the CPU seconds taken so far by its services, its store, the bus and the driver."""
        trees = {name: self.county.processes.pid(name) for name in SERVICES}
        trees |= {"rabbitmq": self.rabbitmq.pid, "postgres": self.postgres.pid}
        return {**cpu_seconds(trees), "driver": time.process_time()}


@dataclass
class FilledCounties:
    """The filled counties of a run.

    Args:
        rabbitmq: the broker they all use, each with a virtual host of its own.
        directory: for what they leave behind.
        stack: ends them.
        say: tells what is being done.
    """

    rabbitmq: FreeRabbitMQ
    directory: Path
    stack: ExitStack
    say: Callable[[str], None]
    _made: dict[int, FilledCounty] = field(default_factory=dict)

    def of(self, petitions: int) -> FilledCounty:
        """Give the county with about so many petitions; nothing of it runs when it is new.

        Raises:
            NoRoom: as its docstring says.
            ProcessFailed: it cannot be filled.
        """
        if petitions not in self._made:
            self._made[petitions] = self.stack.enter_context(self._filled(petitions))
        return self._made[petitions]

    def run_only(self, *sizes: int) -> list[FilledCounty]:
        """Give the counties of these sizes, all of them running, and no other.

        Raises:
            NoRoom: as its docstring says.
            ProcessFailed: one cannot be filled, or does not start.
        """
        counties = [self.of(size) for size in sizes]
        for size, county in self._made.items():
            if size not in sizes:
                county.rest()
        for county in counties:
            county.run()
        return counties

    @cached_property
    def _now(self) -> datetime:
        return datetime.now(LOCAL_ZONE)

    @cached_property
    def _ages(self) -> Path:
        """Play the week that is copied, and keep it week by week."""
        self.say("  playing the week of which the stored petitions are copies")
        kept = self.directory / "ages"
        kept.mkdir()
        moments = instants(self._now, played=monday_played(), ages=_AGES)
        _run_all(
            self.directory / "ages.log",
            ["bench.filler.ages", str(kept), *(each.isoformat() for each in moments)],
        )
        return kept

    @contextmanager
    def _filled(self, petitions: int) -> Iterator[FilledCounty]:
        self.say(f"  preparing a county with {petitions:,} petitions in its stores")
        directory = self.directory / f"filled-{petitions}"
        directory.mkdir()
        processes = Processes(directory)
        with running_postgres() as postgres:
            _require_room(postgres.directory, petitions)
            county = County(
                uri=self.rabbitmq.uri(self.rabbitmq.vhost()),
                stores=postgres.databases(SERVICES),
                processes=processes,
                keys=directory / "keys",
            )
            county.migrate()
            if petitions:
                self._fill(petitions, county, postgres)
            try:
                yield FilledCounty(
                    petitions=petitions,
                    county=county,
                    postgres=postgres,
                    rabbitmq=self.rabbitmq,
                )
            finally:
                processes.close()

    def _fill(self, petitions: int, county: County, postgres: DurablePostgres) -> None:
        kept = self._ages
        begun = time.monotonic()
        filling = FillingPostgres(
            directory=postgres.directory, binaries=postgres.binaries, user=postgres.user
        )
        postgres.stop()
        filling.start()
        common = [
            "bench.filler",
            *("--kept", str(kept)),
            *("--keys", str(county.keys)),
            *("--address", county.stores.replace("postgresql+psycopg://", "postgresql://")),
            *("--petitions", str(petitions)),
            *("--today", self._now.date().isoformat()),
        ]
        log = county.processes.directory / "filling.log"
        _run_all(log, *([*common, *stores] for stores in _SIDE_BY_SIDE))
        filling.stop()
        # What was not written through meanwhile is on the disk before anything is measured.
        os.sync()
        postgres.start()
        self.say(f"  filled in {time.monotonic() - begun:.0f} s")


def _run_all(log: Path, *modules: list[str]) -> None:
    """Run Python modules side by side, to their ends.

    Raises:
        ProcessFailed: one of them ends otherwise than well.
    """
    with log.open("wb") as opened:
        running = [
            subprocess.Popen(
                [PYTHON, "-m", *module],
                cwd=ROOT,
                env=clean_environment({}),
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=opened,
            )
            for module in modules
        ]
        try:
            codes = [process.wait() for process in running]
        finally:
            for process in running:
                process.kill()
    if any(codes):
        msg = f"the stores cannot be filled:\n{log.read_text(errors='replace')[-3000:]}"
        raise ProcessFailed(msg)


def _require_room(directory: Path, petitions: int) -> None:
    needed = _UNFILLED + petitions * _BYTES_OF_A_PETITION
    free = shutil.disk_usage(directory).free
    if free < needed:
        msg = f"{petitions:,} petitions take {needed / 1e9:.0f} GB, and {free / 1e9:.0f} are free"
        raise NoRoom(msg)
