"""Each service is a plain nameko service: nameko's own runner starts it, any client calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from balian.host import bring_up_to_date
from shared.messaging.topology import NODE_OWNER
from tests.support.bus.harness import ROOT, eventually
from tests.support.health import ask, free_port, is_ready
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ

OPERATOR: Final = {"actor": "operator:duty", "roles": "operator"}
OWNERS: Final = ("intake", "triage", "reception", "supervision", "accountability")


@contextmanager
def nameko_running(
    owner: str, uri: str, directory: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    with (directory / f"{owner}.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from nameko.cli.main import main; main()",
                "run",
                "--config",
                "deploy/nameko.yaml",
                f"services.{owner}.service",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "AMQP_URI": uri,
                "STORE_DIR": str(directory / "stores"),
                "NODES": "county,sanchakou",
                **more,
            },
            stderr=log,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def status_of(proxy: Any, service: str) -> dict[str, Any]:
    status: dict[str, Any] = proxy[service].service_status({})
    return status


@pytest.mark.parametrize("node", ["", "sanchakou"])
def test_nameko_starts_every_service_and_a_nameko_client_calls_it(
    rabbitmq: RabbitMQ, tmp_path: Path, node: str
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())
    owners = (NODE_OWNER,) if node else OWNERS
    names = {owner: owner for owner in owners} | {NODE_OWNER: f"reception_{node or 'county'}"}
    ports = {owner: free_port() for owner in owners}
    for owner, service in names.items():
        bring_up_to_date(owner, f"sqlite:///{tmp_path}/stores/{service}.sqlite3")

    with ExitStack() as stack:
        more = {"NODE": node} if node else {}
        processes = {
            owner: stack.enter_context(
                nameko_running(owner, uri, tmp_path, HEALTH_PORT=str(ports[owner]), **more)
            )
            for owner in owners
        }
        for owner in owners:
            assert eventually(partial(is_ready, ports[owner]), within=90.0), (
                tmp_path / f"{owner}.log"
            ).read_text()
        config = {"AMQP_URI": uri}
        with ClusterRpcProxy(config, context_data=dict(OPERATOR), timeout=20) as proxy:
            told = {owner: status_of(proxy, service) for owner, service in names.items()}
        metrics = {owner: ask(ports[owner], "/metrics").body.decode() for owner in owners}
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        ended = {process.wait(timeout=40) for process in processes.values()}

    assert {owner: status["service"] for owner, status in told.items()} == names
    assert told[NODE_OWNER]["node"] == (node or "county")
    assert ended == {0}
    for owner, service in names.items():
        labels = f'method="service_status",outcome="ok",service="{service}"'
        assert f"balian_calls_total{{{labels}}}" in metrics[owner]
        assert "_created" not in metrics[owner]


def test_nameko_refuses_a_store_that_is_behind_and_says_how_to_bring_it(
    rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())

    with nameko_running("triage", uri, tmp_path) as process:
        ended = process.wait(timeout=90)

    assert ended != 0
    assert "run `balian migrate triage`" in (tmp_path / "triage.log").read_text()


OVERLAPPING = """
import eventlet

eventlet.monkey_patch()

import importlib
import sys

module = importlib.import_module("services.intake.service")

from sqlalchemy import text

from shared.database import Store

store = Store(base=module.Base, url=sys.argv[1])
turns = []


def take_turns():
    while True:
        turns.append(1)
        eventlet.sleep(0)


taking = eventlet.spawn(take_turns)
with store.reading() as session:
    session.execute(text("SELECT 1"))
    before = len(turns)
    session.execute(text("SELECT pg_sleep(0.5)"))
    during = len(turns) - before
taking.kill()
store.dispose()
sys.stdout.write("overlapped" if during > 10 else "stood still")
"""
"""What nameko's runner does: the standard library is made green, and then a service imported."""


def test_under_namekos_runner_too_a_query_lets_others_have_their_turns(postgres: Postgres) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OVERLAPPING, postgres.database()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ended.stdout == "overlapped", ended.stderr
