"""Readiness on a real broker and a real database, and answers that come whatever hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import eventlet
import pytest

from shared.vault import Vault
from tests.support.bus import services
from tests.support.bus.harness import CLERK, ROOT, BusUnderTest, eventually, petition
from tests.support.health import (
    ask,
    ask_for_every_page,
    free_port,
    is_failing,
    is_ready,
    readiness,
)
from tests.support.rabbitmq import RabbitMQ

if TYPE_CHECKING:
    from tests.support.postgres import Postgres


WORKERS = 4


def server_of(bus: BusUnderTest) -> RabbitMQ:
    assert bus.server is not None
    return bus.server


def test_a_service_is_ready_once_it_takes_calls_and_tells_what_it_measures(
    rabbit_bus: BusUnderTest,
) -> None:
    port = free_port()
    rabbit_bus.spawn("counter", "ledger", HEALTH_PORT=port)
    rabbit_bus.client().call_raw(
        "counter", "place_order", {"request_id": "placing-1", "petition_no": petition(1)}, CLERK
    )

    assert eventually(lambda: is_ready(port))

    assert ask(port, "/healthz").status == 200
    metrics = ask(port, "/metrics").body
    assert b'balian_calls_total{method="place_order",outcome="ok",service="counter"} 1.0' in (
        metrics
    )
    assert b"_created" not in metrics


def test_every_page_comes_while_every_worker_is_held(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, trace = tmp_path / "hold", tmp_path / "trace"
    hold.touch()
    monkeypatch.setenv(services.HOLD, str(hold))
    monkeypatch.setenv(services.TRACE, str(trace))
    port = free_port()
    rabbit_bus.spawn("counter", HEALTH_PORT=port, max_workers=WORKERS)
    assert eventually(lambda: is_ready(port))
    clients = [rabbit_bus.client(timeout=60, attempts=1) for _ in range(WORKERS + 2)]
    calls = [
        eventlet.spawn(
            client.call_raw,
            "counter",
            "place_order",
            {"request_id": f"placing-{number:04d}", "petition_no": petition(number), "pause_ms": 1},
            CLERK,
        )
        for number, client in enumerate(clients, start=1)
    ]
    assert eventually(lambda: trace.exists() and len(trace.read_text().splitlines()) == WORKERS)

    told = ask_for_every_page(port)
    answered = [call for call in calls if call.dead]
    hold.unlink()
    taken = [call.wait() for call in calls]

    assert {one.status for one in told} == {200}
    assert answered == []
    assert len(taken) == WORKERS + 2


def test_a_silent_broker_makes_a_service_unready_and_holds_no_answer_up(
    rabbit_bus: BusUnderTest,
) -> None:
    port = free_port()
    rabbit_bus.spawn("counter", HEALTH_PORT=port)
    assert eventually(lambda: is_ready(port))

    with server_of(rabbit_bus).silenced():
        is_told = eventually(lambda: is_failing(port, "bus"), within=8.0)
        told = ask_for_every_page(port)

    assert is_told, readiness(port)
    assert {one.status for one in told[::3]} == {200}, "it is alive all the time"
    assert eventually(lambda: is_ready(port), within=30.0), readiness(port)


def test_a_lost_connection_makes_a_service_unready_until_it_consumes_again(
    rabbit_bus: BusUnderTest,
) -> None:
    port = free_port()
    rabbit_bus.spawn("counter", HEALTH_PORT=port)
    assert eventually(lambda: is_ready(port))

    server_of(rabbit_bus).stop()
    is_told = eventually(lambda: is_failing(port, "bus"), within=8.0)
    server_of(rabbit_bus).start()

    assert is_told
    assert eventually(lambda: is_ready(port), within=30.0), readiness(port)
    taken = rabbit_bus.client().call_raw("counter", "count_orders", {}, CLERK)
    assert taken == {"count": 0}


@contextmanager
def stopped(postgres: Postgres) -> Iterator[None]:
    """Let the database answer nothing, as when its disk hangs."""
    main = int((postgres.directory / "cluster" / "postmaster.pid").read_text().split()[0])
    everyone = [main, *children_of(main)]
    for process in everyone:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in everyone:
            os.kill(process, signal.SIGCONT)


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def test_a_hanging_store_makes_a_service_unready_and_holds_no_answer_up(
    rabbit_bus: BusUnderTest, postgres: Postgres, tmp_path: Path
) -> None:
    port = free_port()
    url = postgres.database()
    services.create_tables("counter", url)
    Vault.open_or_create(tmp_path / "keys")
    rabbit_bus.spawn(
        "counter", HEALTH_PORT=port, STORE_DIR=None, STORE_URL=url, KEYS_DIR=str(tmp_path / "keys")
    )
    assert eventually(lambda: is_ready(port))

    with stopped(postgres):
        is_told = eventually(lambda: is_failing(port, "store"), within=8.0)
        told = ask_for_every_page(port)

    assert is_told, readiness(port)
    assert {one.status for one in told[::3]} == {200}, "it is alive all the time"
    assert eventually(lambda: is_ready(port), within=20.0), readiness(port)


def test_a_stop_makes_a_service_unready_before_anything_else(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    port = free_port()
    process = rabbit_bus.spawn("counter", HEALTH_PORT=port)
    assert eventually(lambda: is_ready(port))
    call = eventlet.spawn(
        rabbit_bus.client(timeout=20, attempts=1).call_raw,
        "counter",
        "place_order",
        {"request_id": "placing-0001", "petition_no": petition(1), "pause_ms": 3000},
        CLERK,
    )
    assert eventually(trace.exists)

    process.send_signal(signal.SIGTERM)

    assert eventually(lambda: is_failing(port, "stop"), within=1.0)
    assert ask(port, "/healthz").status == 200
    assert call.wait()["orders"] == 1
    assert process.wait(timeout=15) == 0
    assert readiness(port) is None


def test_a_taken_port_ends_the_start_with_the_reason(rabbit_bus: BusUnderTest) -> None:
    with free_listener() as port:
        ended = subprocess.run(
            [sys.executable, "-m", "balian", "run", "intake"],
            cwd=ROOT,
            env={
                **os.environ,
                "AMQP_URI": rabbit_bus.uri,
                "STORE_DIR": str(rabbit_bus.directory),
                "HEALTH_PORT": str(port),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ended.returncode == 5
    assert f"port {port}" in ended.stderr
    assert "HEALTH_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


@contextmanager
def free_listener() -> Iterator[int]:
    import socket  # noqa: PLC0415 - for this alone.

    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]
