"""A county as a deployment runs it: each service a process, on one RabbitMQ and one PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from balian.host import NODES, bring_up_to_date
from shared.messaging.topology import NODE_OWNER, node_service
from shared.vault import Vault
from tests.support.postgres import Postgres

ROOT: Final = Path(__file__).resolve().parents[2]
START_LIMIT: Final = 240.0


class ServiceFailed(RuntimeError):
    """Raised when a service does not start; the end of its log is in the message."""


def service_names(nodes: Sequence[str] = NODES) -> tuple[str, ...]:
    """Name the five services, with one reception for each node."""
    receptions = (node_service(node) for node in nodes)
    return ("intake", "triage", *receptions, "supervision", "accountability")


@dataclass(kw_only=True)
class CountyProcesses:
    """The services of a county, each in processes of its own.

    Args:
        uri: the broker's address.
        stores: the store of each service, by its name.
        directory: where keys and logs are.
        environment: settings all of them get.
    """

    uri: str
    stores: Mapping[str, str]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Bring every store to its newest schema, and make the keys."""
        Vault.open_or_create(self.directory / "keys")
        for service, url in self.stores.items():
            is_node = service.startswith(f"{NODE_OWNER}_")
            bring_up_to_date(NODE_OWNER if is_node else service, url)

    def start(self, service: str) -> subprocess.Popen[bytes]:
        """Start one more process of a service."""
        running = self.running.setdefault(service, [])
        environment = {
            **os.environ,
            "AMQP_URI": self.uri,
            "STORE_URL": self.stores[service],
            "KEYS_DIR": str(self.directory / "keys"),
            "CLOCK": "simulated",
            "NODES": ",".join(
                name.removeprefix(f"{NODE_OWNER}_")
                for name in self.stores
                if name.startswith(f"{NODE_OWNER}_")
            ),
            "LOG_LEVEL": "WARNING",
            **self.environment,
        }
        with self._log(service).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "balian", "run", service],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        running.append(process)
        return process

    def await_started(self, service: str, times: int) -> None:
        """Wait until so many processes of a service have said that they take calls.

        Raises:
            ServiceFailed: one of them has ended, or does not come.
        """
        ends = time.monotonic() + START_LIMIT
        while self._log(service).read_text(errors="replace").count("takes calls.") < times:
            over = time.monotonic() > ends
            if over or any(process.poll() is not None for process in self.running[service]):
                raise ServiceFailed(self._log(service).read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Ask a process to stop, and give its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=60)

    def kill(self) -> None:
        """Kill every process that still runs."""
        everyone = [process for processes in self.running.values() for process in processes]
        for process in everyone:
            process.kill()
        for process in everyone:
            process.wait(timeout=30)

    def _log(self, service: str) -> Path:
        return self.directory / f"{service}.log"


@contextmanager
def county_processes(
    *,
    uri: str,
    postgres: Postgres,
    directory: Path,
    replicas: int = 1,
    nodes: Sequence[str] = NODES,
    environment: Mapping[str, str] | None = None,
) -> Iterator[CountyProcesses]:
    """Run so many processes of every service, in simulated time, until the block ends."""
    county = CountyProcesses(
        uri=uri,
        stores={service: postgres.database() for service in service_names(nodes)},
        directory=directory,
        environment=environment or {},
    )
    county.prepare()
    try:
        for service in county.stores:
            for _ in range(replicas):
                county.start(service)
        for service in county.stores:
            county.await_started(service, replicas)
        yield county
    finally:
        county.kill()
