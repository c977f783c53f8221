"""The ground a run stands on: one RabbitMQ, one PostgreSQL, the processes, and how much is done."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from bench.county import SERVICES, County
from bench.cpu import cpu_seconds
from bench.filled import FilledCounties
from bench.processes import Processes
from bench.servers import DurablePostgres, FreeRabbitMQ, running_postgres, running_rabbitmq

T = TypeVar("T")


def say(words: str) -> None:
    """Tell whoever waits what is being done; figures go elsewhere."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is done: a quick run shows that all of it works, a full one gives figures."""

    is_quick: bool

    def choose(self, *, quick: T, full: T) -> T:
        """Choose a size."""
        return quick if self.is_quick else full


@dataclass
class Ground:
    """What every benchmark is given."""

    scale: Scale
    rabbitmq: FreeRabbitMQ
    postgres: DurablePostgres
    directory: Path
    stack: ExitStack
    processes: Processes = field(init=False)

    def __post_init__(self) -> None:
        self.processes = Processes(self.directory)

    @cached_property
    def county(self) -> County:
        """Give the county of this run, started when it is first asked for."""
        say("  starting the county's services")
        return County(
            uri=self.new_bus(),
            stores=self.postgres.databases(SERVICES),
            processes=self.processes,
            keys=self.directory / "keys",
        )

    @cached_property
    def filled(self) -> FilledCounties:
        """Give the filled counties of this run, each filled when it is first asked for."""
        return FilledCounties(
            rabbitmq=self.rabbitmq, directory=self.directory, stack=self.stack, say=say
        )

    def new_bus(self) -> str:
        """Give the address of a virtual host nobody has used yet."""
        return self.rabbitmq.uri(self.rabbitmq.vhost())

    def cpu(self, *names: str) -> dict[str, float]:
        """Give the CPU seconds taken so far: by the servers, the driver and the named processes."""
        trees = {name: self.processes.pid(name) for name in names}
        trees |= {"rabbitmq": self.rabbitmq.pid, "postgres": self.postgres.pid}
        return {**cpu_seconds(trees), "driver": time.process_time()}

    def server_versions(self) -> Mapping[str, str]:
        """Give the versions of the servers."""
        return {"rabbitmq": self.rabbitmq.version(), "postgresql": self.postgres.version()}


@contextmanager
def prepared_ground(scale: Scale) -> Iterator[Ground]:
    """Start the servers, and end everything that was started when the block ends.

    Raises:
        ServerMissing: RabbitMQ or PostgreSQL is not on this machine.
    """
    with (
        tempfile.TemporaryDirectory(prefix="balian-bench-") as directory,
        running_rabbitmq() as rabbitmq,
        running_postgres() as postgres,
        ExitStack() as stack,
    ):
        ground = Ground(
            scale=scale,
            rabbitmq=rabbitmq,
            postgres=postgres,
            directory=Path(directory),
            stack=stack,
        )
        try:
            yield ground
        finally:
            ground.processes.close()
