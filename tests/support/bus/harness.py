"""A bus with the two test services on it: in this process, on RabbitMQ, or as other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from kombu.connection import Connection

from shared.contracts.base import Request
from shared.contracts.every_service import PendingWork
from shared.database import Store
from shared.messaging.broker import SCHEME, forget_broker
from shared.messaging.client import BusClient
from shared.messaging.rest import came_to_rest
from shared.messaging.runner import Services
from shared.messaging.topology import Topology
from tests.support.bus.services import BASES, LISTENS, MAY_CALL, SERVICES, create_tables
from tests.support.rabbitmq import RabbitMQ

EMBEDDED: Final = "embedded"
RABBITMQ: Final = "rabbitmq"

NOW: Final = "2026-06-01T09:00:00+08:00"
CLERK: Final = {"actor": "clerk:window_1", "now": NOW}
OPERATOR: Final = {"actor": "operator:duty", "now": NOW}

ROOT: Final = Path(__file__).resolve().parents[3]


def petition(number: int) -> str:
    """Give the number of the n-th order."""
    return f"XF-20260601-{number:04d}"


@dataclass
class BusUnderTest:
    """One bus, the stores of the two services, and what starts, calls and inspects them."""

    kind: str
    uri: str
    directory: Path
    server: RabbitMQ | None = None
    vhost: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    topology: Topology = field(default_factory=lambda: Topology(listens=LISTENS, may_call=MAY_CALL))
    _running: list[Services] = field(default_factory=list)
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)
    _clients: list[BusClient] = field(default_factory=list)

    def config(self, **more: Any) -> dict[str, Any]:
        """Give the services' configuration."""
        return {
            "AMQP_URI": self.uri,
            "STORE_DIR": str(self.directory),
            "CLOCK": "simulated",
            "BUS_TIMEOUT": 3,
            "CALL_TIMEOUT": 3,
            "STOP_GRACE": 10,
            **self.settings,
            **more,
        }

    def make_stores(self) -> None:
        """Make the tables of both services."""
        for owner in BASES:
            create_tables(owner, self.url(owner))

    def url(self, owner: str) -> str:
        """Give the URL of a store, as the settings do."""
        return f"sqlite:///{self.directory}/{owner}.sqlite3"

    # -- running

    def start(self, *service_classes: type, **settings: Any) -> Services:
        """Start services in this process; both unless some are named."""
        services = Services(service_classes or SERVICES, self.config(**settings))
        services.start()
        self._running.append(services)
        return services

    def stop(self, services: Services) -> None:
        """Stop what `start` has started."""
        self._running.remove(services)
        services.stop(grace=15)

    def spawn(self, *names: str, **settings: Any) -> subprocess.Popen[str]:
        """Start services as another process and wait until they take calls."""
        chosen = names or tuple(BASES)
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.bus.run",
                json.dumps(self.config(**settings)),
                *chosen,
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "started"
        return process

    def close(self) -> None:
        """Stop everything that still runs."""
        for client in self._clients:
            client.close()
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=10)
            if process.stdout is not None:
                process.stdout.close()
        for services in list(self._running):
            self.stop(services)
        if self.kind == EMBEDDED:
            forget_broker(self.uri)

    # -- calling

    def client(self, *, timeout: float = 10.0, attempts: int = 3) -> BusClient:
        """Make a client."""
        client = BusClient(self.uri, timeout=timeout, attempts=attempts)
        self._clients.append(client)
        return client

    def call(
        self, service: str, request: Request[Any], headers: Mapping[str, str] = CLERK
    ) -> dict[str, Any]:
        """Call once with a client of its own."""
        with BusClient(self.uri, timeout=10.0) as client:
            return client.call_raw(service, request.method_name, request.dump(), headers)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a bare connection, for messages no client would send."""
        connection = Connection(self.uri)
        try:
            connection.connect()
            yield connection
        finally:
            connection.release()

    # -- looking

    def pending(self, *names: str) -> dict[str, PendingWork]:
        """Ask the services what is pending."""
        with BusClient(self.uri, timeout=10.0) as client:
            return {
                name: PendingWork.load(client.call_raw(name, "pending", {}, OPERATOR))
                for name in names or tuple(BASES)
            }

    def await_rest(self, *, within: float = 30.0) -> None:
        """Wait until the bus is at rest."""
        ends = time.monotonic() + within

        def wait() -> bool:
            time.sleep(0.05)
            return time.monotonic() < ends

        assert came_to_rest(self.pending, self.topology, wait=wait), self.pending()

    def entries(self) -> list[tuple[str, str]]:
        """Read the ledger's effects from its store: what was entered, and of what kind."""
        return self.read("ledger", "SELECT petition_no, kind FROM entries ORDER BY entry_id")

    def orders(self) -> list[str]:
        """Read the counter's orders from its store."""
        rows = self.read("counter", "SELECT petition_no FROM orders ORDER BY order_id")
        return [petition_no for (petition_no,) in rows]

    def parked(self, owner: str) -> list[tuple[str, str]]:
        """Read what a service has parked: reason and consumer."""
        return self.read(owner, "SELECT reason, consumer FROM parked_messages ORDER BY parked_no")

    def read(self, owner: str, query: str) -> list[Any]:
        """Read rows from a store."""
        store = Store(base=BASES[owner], url=self.url(owner))
        try:
            with store.reading() as session:
                return [tuple(row) for row in session.execute(sqlalchemy.text(query))]
        finally:
            store.dispose()


def eventually(holds: Callable[[], bool], *, within: float = 15.0) -> bool:
    """Wait until something holds; tell whether it did in time."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


@contextmanager
def bus_under_test(
    kind: str, directory: Path, server: Callable[[], RabbitMQ]
) -> Iterator[BusUnderTest]:
    """Make a bus of a kind, empty, with empty stores."""
    if kind == EMBEDDED:
        bus = BusUnderTest(EMBEDDED, f"{SCHEME}://test-{uuid.uuid4().hex}", directory)
    else:
        rabbitmq = server()
        vhost = rabbitmq.vhost()
        bus = BusUnderTest(RABBITMQ, rabbitmq.uri(vhost), directory, rabbitmq, vhost)
    bus.make_stores()
    try:
        yield bus
    finally:
        bus.close()


def numbers(entries: Sequence[tuple[str, str]], kind: str) -> list[str]:
    """Pick the petition numbers of the effects of one kind."""
    return [petition_no for petition_no, found in entries if found == kind]
