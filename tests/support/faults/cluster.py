"""A county on three brokers, and the loss of the one that leads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.support.faults.deployment import FaultyCounty, free_ports
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Finding, Harm

BROKERS: Final = ("rabbitmq", "rabbitmq2", "rabbitmq3")
_LISTED: Final = ("--quiet", "--no-table-headers", "--vhost", "balian")
_NEW_LEADERS_WITHIN: Final = 30.0


@dataclass
class ClusterCounty(FaultyCounty):
    """A county whose queues have a replica on each of three brokers."""

    _overrides: list[str] = field(default_factory=lambda: ["compose.stores.yml"])

    def __post_init__(self) -> None:
        super().__post_init__()
        self.further_ports = free_ports(2)

    @property
    def environment(self) -> dict[str, str]:
        """Give what compose reads of this deployment."""
        second, third = self.further_ports
        return {**super().environment, "AMQP_PORT_2": str(second), "AMQP_PORT_3": str(third)}

    @property
    def leading_arguments(self) -> tuple[str, ...]:
        """Say to deploy/compose that this county is on three brokers."""
        return ("--cluster",)

    def bus(self, user: str = "operator") -> str:
        """Give the addresses of all three brokers for a user, with the password."""
        password = quote(self.secret(f"amqp_{user}"), safe="")
        ports = (self.amqp_port, *self.further_ports)
        return ";".join(f"amqp://{user}:{password}@127.0.0.1:{port}/balian" for port in ports)

    def leaders(self, *, told_by: str) -> dict[str, str]:
        """Give the broker that leads each quorum queue, as one of the brokers sees it."""
        listed = self._queues(told_by, "leader")
        return {queue: leader.partition("@")[2] for queue, leader in listed.items() if leader}

    def members(self, *, told_by: str) -> dict[str, int]:
        """Count the replicas of each quorum queue."""
        listed = self._queues(told_by, "members")
        return {queue: found.count("@") for queue, found in listed.items() if "@" in found}

    def _queues(self, told_by: str, what: str) -> dict[str, str]:
        told = self.execute(
            told_by, "rabbitmqctl", "list_queues", *_LISTED, "name", what, user="rabbitmq"
        )
        rows = (line.split("\t", 1) for line in told.splitlines() if "\t" in line)
        return {name: value.strip() for name, value in rows}


@dataclass
class LeaderKilled(Fault):
    """The broker that leads the most queues is killed; Docker starts it again."""

    seconds: float = 5.0
    killed: str = ""
    _led: Counter[str] = field(default_factory=Counter)
    _moved: bool = False

    @property
    def name(self) -> str:
        return "the broker that leads is killed"

    def inject(self, county: FaultyCounty) -> None:
        assert isinstance(county, ClusterCounty)
        self._led = Counter(county.leaders(told_by=BROKERS[0]).values())
        self.killed = max(BROKERS, key=lambda broker: self._led[broker])
        county.signal(self.killed, "KILL")

    def hold(self, county: FaultyCounty) -> None:
        assert isinstance(county, ClusterCounty)
        left = next(broker for broker in BROKERS if broker != self.killed)
        ends = time.monotonic() + _NEW_LEADERS_WITHIN
        while not self._moved and time.monotonic() < ends:
            led_now = Counter(county.leaders(told_by=left).values())
            self._moved = led_now[self.killed] < self._led[self.killed]
            time.sleep(0.2)

    def missed(self) -> Sequence[Finding]:
        if self._led[self.killed] and self._moved:
            return ()
        return (Finding("fault", Harm.VIOLATION, f"{self.killed} led nothing, or leads it still"),)


@contextmanager
def cluster_county(directory: Path) -> Iterator[ClusterCounty]:
    """Run a county on three brokers for the block; nothing of it is left afterwards."""
    county = ClusterCounty(directory)
    try:
        county.up()
        yield county
    finally:
        county.down()
