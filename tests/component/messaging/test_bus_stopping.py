"""Stopping and dying: what is in hand is finished once, and a kill loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import eventlet
import pytest
from sqlalchemy import text

from balian.socket import NoHost, SocketClient
from shared.contracts.mechanism import Fault
from shared.database import Store
from shared.vault import Vault
from tests.support.bus import services
from tests.support.bus.harness import (
    CLERK,
    OPERATOR,
    ROOT,
    BusUnderTest,
    eventually,
    numbers,
    petition,
)
from tests.support.health import ask, free_port
from tests.support.postgres import Postgres

CRASH_POINTS = (
    "command_written_before_commit",
    "command_committed_before_reply",
    "event_handled_before_commit",
    "event_committed_before_ack",
    "published_before_mark",
)
ROUNDS = int(os.environ.get("BALIAN_STOP_ROUNDS", "2"))
"""How many instances are stopped one after the other; a soak asks for more."""

EVENT_POINTS = frozenset({"event_handled_before_commit", "event_committed_before_ack"})


def placing(number: int, **rest: Any) -> dict[str, Any]:
    return {"request_id": f"placing-{number:04d}", "petition_no": petition(number), **rest}


# --- SIGTERM -------------------------------------------------------------------------------------


def test_a_stop_finishes_the_call_in_hand_and_nobody_does_it_again(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    first = rabbit_bus.spawn("counter")
    client = rabbit_bus.client(timeout=20, attempts=1)
    call = eventlet.spawn(
        client.call_raw, "counter", "place_order", placing(1, pause_ms=3000), CLERK
    )
    assert eventually(trace.exists)

    first.send_signal(signal.SIGTERM)
    rabbit_bus.spawn("counter")
    taken = call.wait()

    assert taken["orders"] == 1
    assert first.wait(timeout=15) == 0
    assert trace.read_text().splitlines() == ["placing-0001"]
    assert rabbit_bus.orders() == [petition(1)]


def test_stop_after_stop_everything_in_hand_is_done_once(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each instance is stopped over a call and replaced while it still works on it."""
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    trace.touch()
    client = rabbit_bus.client(timeout=30, attempts=1)
    running = rabbit_bus.spawn("counter")
    ended = []
    for number in range(1, ROUNDS + 1):
        call = eventlet.spawn(
            client.call_raw, "counter", "place_order", placing(number, pause_ms=4000), CLERK
        )
        assert eventually(lambda number=number: len(trace.read_text().splitlines()) == number)  # type: ignore[misc]

        running.send_signal(signal.SIGTERM)
        replacement = rabbit_bus.spawn("counter")
        taken = call.wait()
        ended.append(running.wait(timeout=15))
        running = replacement

        assert taken["orders"] == number
    assert ended == [0] * ROUNDS
    assert trace.read_text().splitlines() == [
        f"placing-{number:04d}" for number in range(1, ROUNDS + 1)
    ]
    assert rabbit_bus.orders() == [petition(number) for number in range(1, ROUNDS + 1)]


class OnDatabase:
    """The ledger on a database, each instance of it a process."""

    def __init__(self, bus: BusUnderTest, url: str) -> None:
        self._bus = bus
        self._url = url
        services.create_tables("ledger", url)
        Vault.open_or_create(bus.directory / "ledger_keys")

    def spawn(self, **settings: Any) -> subprocess.Popen[str]:
        keys = str(self._bus.directory / "ledger_keys")
        where = {"STORE_DIR": None, "STORE_URL": self._url, "KEYS_DIR": keys}
        return self._bus.spawn("ledger", **where, **settings)

    def read(self, query: str) -> list[tuple[Any, ...]]:
        store = Store(base=services.LedgerBase, url=self._url)
        try:
            with store.reading() as session:
                return [tuple(row) for row in session.execute(text(query))]
        finally:
            store.dispose()

    @property
    def entries(self) -> list[tuple[Any, ...]]:
        return self.read("SELECT petition_no, kind FROM entries ORDER BY entry_id")

    @property
    def records(self) -> list[tuple[Any, ...]]:
        return self.read("SELECT type, outcome FROM processed_messages")


def duplicates_of_placings(port: int) -> float:
    """Read how often an instance was given a placing that had been handled before."""
    wanted = b'balian_messages_duplicate_total{message="order_placed.v1",service="ledger"}'
    (line,) = (one for one in ask(port, "/metrics").body.splitlines() if one.startswith(wanted))
    return float(line.split()[-1])


def test_a_stop_finishes_the_event_in_hand_and_nobody_handles_it_again(
    rabbit_bus: BusUnderTest, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    on_database = OnDatabase(rabbit_bus, postgres.database())
    rabbit_bus.start(services.CounterService)
    port = free_port()
    with monkeypatch.context() as slow:
        slow.setenv(services.SLOW_HANDLING, "4")
        first = on_database.spawn()
    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)
    assert eventually(trace.exists)

    first.send_signal(signal.SIGTERM)
    on_database.spawn(HEALTH_PORT=port)
    ended = first.wait(timeout=30)
    # The next event comes behind whatever the first instance has given back.
    rabbit_bus.client().call_raw("counter", "place_order", placing(2), CLERK)
    rabbit_bus.await_rest()

    assert ended == 0
    assert trace.read_text().splitlines() == [petition(1)]
    assert on_database.entries == [(petition(1), "placed"), (petition(2), "placed")]
    assert on_database.records == [("order_placed.v1", "handled")] * 2
    assert duplicates_of_placings(port) == 0


def test_an_event_that_outlasts_the_grace_goes_back_and_is_done_by_the_next_instance(
    rabbit_bus: BusUnderTest, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    on_database = OnDatabase(rabbit_bus, postgres.database())
    rabbit_bus.start(services.CounterService)
    with monkeypatch.context() as slow:
        slow.setenv(services.SLOW_HANDLING, "600")
        first = on_database.spawn(STOP_GRACE=1)
    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)
    assert eventually(trace.exists)

    first.send_signal(signal.SIGTERM)
    ended = first.wait(timeout=60)
    left = on_database.entries
    monkeypatch.setenv(services.SLOW_HANDLING, "0")
    on_database.spawn()
    rabbit_bus.await_rest()

    assert ended == 0
    assert left == []
    assert trace.read_text().splitlines() == [petition(1)] * 2
    assert on_database.entries == [(petition(1), "placed")]
    assert on_database.records == [("order_placed.v1", "handled")]


def test_a_stop_without_a_broker_ends_well_before_the_grace_is_over(
    rabbit_bus: BusUnderTest,
) -> None:
    running = rabbit_bus.spawn("counter", STOP_GRACE=20)
    assert rabbit_bus.server is not None
    rabbit_bus.server.stop()
    try:
        time.sleep(1.0)
        running.send_signal(signal.SIGTERM)
        ended = running.wait(timeout=10)
    finally:
        rabbit_bus.server.start()

    assert ended == 0


def test_a_stop_leaves_a_held_event_to_the_next_instance(rabbit_bus: BusUnderTest) -> None:
    import sqlite3  # noqa: PLC0415

    rabbit_bus.start(services.CounterService)
    ledger = rabbit_bus.spawn("ledger")
    outage = sqlite3.connect(rabbit_bus.directory / "ledger.sqlite3", isolation_level=None)
    outage.execute("BEGIN IMMEDIATE")
    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)
    time.sleep(1.5)

    ledger.send_signal(signal.SIGTERM)
    ended = ledger.wait(timeout=15)
    outage.execute("ROLLBACK")
    outage.close()
    rabbit_bus.spawn("ledger")
    rabbit_bus.await_rest()

    assert ended == 0
    assert rabbit_bus.entries() == [(petition(1), "placed")]
    assert rabbit_bus.parked("ledger") == []


# --- Kills on RabbitMQ ---------------------------------------------------------------------------


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing_on_rabbitmq(
    rabbit_bus: BusUnderTest, point: str
) -> None:
    dies = "ledger" if point in EVENT_POINTS else "counter"
    lives = "counter" if dies == "ledger" else "ledger"
    rabbit_bus.spawn(lives)
    dying = rabbit_bus.spawn(dies, BALIAN_CRASHPOINT=f"{point}:2")
    client = rabbit_bus.client(timeout=1, attempts=1)
    for number in range(1, 5):
        with suppress(Fault):
            client.call_raw("counter", "place_order", placing(number), CLERK)
    assert dying.wait(timeout=20) == -signal.SIGKILL

    rabbit_bus.spawn(dies)
    again = rabbit_bus.client(timeout=10)
    for number in range(1, 5):
        again.call_raw("counter", "place_order", placing(number), CLERK)
    rabbit_bus.await_rest(within=60)

    expected = [petition(number) for number in range(1, 5)]
    assert sorted(rabbit_bus.orders()) == expected
    assert sorted(numbers(rabbit_bus.entries(), "placed")) == expected
    assert rabbit_bus.parked("ledger") == []


# --- Kills of the embedded host ------------------------------------------------------------------


class HostProcess:
    """An embedded host in a process of its own, called by its socket."""

    def __init__(self, directory: Path, crash_point: str = "", clock: str = "simulated") -> None:
        arguments = [str(directory), clock, *([crash_point] if crash_point else [])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.bus.run_host", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "started"
        self.client = SocketClient(directory)

    def place(self, number: int, **rest: Any) -> dict[str, Any]:
        return self.client.call_raw("counter", "place_order", placing(number, **rest), CLERK)

    def entries(self) -> list[str]:
        listed = self.client.call_raw("ledger", "list_entries", {}, CLERK)["entries"]
        return [one["petition_no"] for one in listed]

    def unsent(self) -> int:
        pending = self.client.call_raw("counter", "pending", {}, OPERATOR)
        return int(pending["unsent"])

    def end(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Any]:
    started: list[HostProcess] = []

    def start(crash_point: str = "", clock: str = "simulated") -> HostProcess:
        started.append(HostProcess(tmp_path, crash_point, clock))
        return started[-1]

    yield start
    for host in started:
        host.end()


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_kill_of_the_host_at_any_point_loses_nothing_and_doubles_nothing(
    hosts: Any, point: str
) -> None:
    dying = hosts(f"{point}:2")
    with suppress(NoHost):
        for number in range(1, 6):
            dying.place(number)
            time.sleep(0.1)
    assert dying.process.wait(timeout=20) == -signal.SIGKILL

    host = hosts()
    for number in range(1, 6):
        host.place(number)

    expected = [petition(number) for number in range(1, 6)]
    assert eventually(lambda: sorted(host.entries()) == expected), host.entries()
    assert eventually(lambda: host.unsent() == 0)
    assert host.place(6)["orders"] == 6


def test_a_stop_of_the_host_finishes_the_call_in_hand(hosts: Any) -> None:
    host = hosts()
    call = eventlet.spawn(host.place, 1, pause_ms=1500)
    eventlet.sleep(0.5)

    host.process.send_signal(signal.SIGTERM)

    assert call.wait()["orders"] == 1
    assert host.process.wait(timeout=15) == 0
    assert hosts().place(1, pause_ms=1500)["orders"] == 1


def test_a_kill_while_a_deadline_fires_fires_it_once_after_all(hosts: Any) -> None:
    people = {"actor": "clerk:window_1"}
    dying = hosts("deadline_claimed_before_commit", clock="system")
    order = placing(1, pays_itself_after_ms=300)
    dying.client.call_raw("counter", "place_order", order, people)
    assert dying.process.wait(timeout=20) == -signal.SIGKILL

    host = hosts(clock="system")

    def kinds() -> list[str]:
        listed = host.client.call_raw("ledger", "list_entries", {}, people)["entries"]
        return [one["kind"] for one in listed]

    assert eventually(lambda: kinds() == ["placed", "paid"]), kinds()
    time.sleep(1.2)
    assert kinds() == ["placed", "paid"]
