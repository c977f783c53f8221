"""`balian run`: one service of the real system on a real broker, as its README says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from balian.exit_codes import ExitCode
from balian.host import bring_up_to_date
from shared.messaging.client import BusClient, CallTimedOut, ServiceUnknown
from tests.support.bus.harness import ROOT, eventually
from tests.support.health import ask, free_port, readiness
from tests.support.rabbitmq import RabbitMQ
from tests.support.schemas import reach

OFFICE_HEAD = {"actor": "office_head:petition_office", "roles": "office_head"}


def environment(uri: str, directory: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "AMQP_URI": uri, "STORE_DIR": str(directory), **more}


@contextmanager
def running(
    service: str, uri: str, directory: Path, log: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "balian", "run", service, "--migrate"],
            cwd=ROOT,
            env=environment(uri, directory, **more),
            stderr=out,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_a_service_started_alone_is_called_and_stops_cleanly(
    rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())
    client = BusClient(uri, timeout=2.0, attempts=1)

    def answers() -> bool:
        try:
            found = client.call_raw("accountability", "list_circulars", {}, OFFICE_HEAD)
        except (CallTimedOut, ServiceUnknown):
            return False
        return found == {"circulars": []}

    with running("accountability", uri, tmp_path / "stores", tmp_path / "log") as process:
        assert eventually(answers, within=60.0)
        # The first calls are answered while the start still ends: a stop then would cut it short.
        said = tmp_path / "log"
        assert eventually(lambda: "accountability takes calls" in said.read_text(), within=60.0)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0

    client.close()


def test_reception_is_the_one_of_the_node_in_the_environment(
    rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())
    log = tmp_path / "log"
    node = {"NODE": "sanchakou", "NODE_TERRITORY": "sanchakou_town", "REGIME": "county"}

    with running("reception", uri, tmp_path / "stores", log, **node) as process:
        assert eventually(lambda: "takes calls" in log.read_text(), within=60.0), log.read_text()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0

    assert "reception_sanchakou takes calls" in log.read_text()
    assert (tmp_path / "stores" / "reception_sanchakou.sqlite3").exists()


def test_a_store_that_is_behind_is_named_and_how_to_bring_it(
    rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())

    ended = subprocess.run(
        [sys.executable, "-m", "balian", "run", "intake"],
        cwd=ROOT,
        env=environment(uri, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )

    assert ended.returncode == ExitCode.BAD_INPUT, ended.stderr
    assert "the store of intake is behind" in ended.stderr
    assert "balian migrate intake" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_service_runs_on_the_store_of_a_later_version(rabbitmq: RabbitMQ, tmp_path: Path) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())
    url = f"sqlite:///{tmp_path}/accountability.sqlite3"
    bring_up_to_date("accountability", url)
    reach(url, "9999")
    log = tmp_path / "log"

    with running("accountability", uri, tmp_path, log) as process:
        assert eventually(lambda: "takes calls" in log.read_text(), within=60.0), log.read_text()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0


@contextmanager
def silent_broker() -> Iterator[str]:
    """Take connections and never answer on one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"amqp://x:y@127.0.0.1:{server.getsockname()[1]}/z"


@contextmanager
def no_broker() -> Iterator[str]:
    """Have a port at which nobody is."""
    yield f"amqp://x:y@127.0.0.1:{free_port()}/z"


@pytest.mark.parametrize("broker", [silent_broker, no_broker])
def test_a_stop_that_comes_before_the_broker_answers_ends_the_start_promptly(
    tmp_path: Path, broker: Callable[[], AbstractContextManager[str]]
) -> None:
    log = tmp_path / "log"
    with broker() as uri:
        port = free_port()
        health = {"HEALTH_PORT": str(port), "BUS_TIMEOUT": "2"}
        with running("accountability", uri, tmp_path / "stores", log, **health) as process:
            assert eventually(lambda: "waiting to start" in log.read_text(), within=60.0)
            told = readiness(port)
            is_alive = ask(port, "/healthz").status == 200
            process.send_signal(signal.SIGTERM)

            assert process.wait(timeout=5) == 0

    assert is_alive
    assert told is not None
    assert "start" in told["failing"]["accountability"]
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("service", "uri", "exit_code", "said"),
    [
        pytest.param("no_such", "amqp://x:y@127.0.0.1:1/z", ExitCode.USAGE, "no_such", id="name"),
        pytest.param("intake", "embedded://x", ExitCode.USAGE, "AMQP_URI", id="bus in a process"),
        pytest.param("intake", "http://x", ExitCode.BAD_INPUT, "AMQP_URI", id="no bus at all"),
        pytest.param("reception", "amqp://x:y@h/z", ExitCode.USAGE, "NODE", id="no node"),
        pytest.param(
            "reception_", "amqp://x:y@h/z", ExitCode.USAGE, "reception_", id="half a name"
        ),
        pytest.param("reception_三岔口", "amqp://x@h/z", ExitCode.BAD_INPUT, "NODE", id="bad code"),
    ],
)
def test_a_mistaken_start_says_what_is_wrong_and_what_to_do(
    tmp_path: Path, service: str, uri: str, exit_code: ExitCode, said: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "balian", "run", service],
        cwd=ROOT,
        env=environment(uri, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == exit_code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("service", "settings", "exit_code", "said"),
    [
        pytest.param(
            "reception_county", {"NODE": "sanchakou"}, ExitCode.USAGE, "sanchakou", id="two nodes"
        ),
        pytest.param(
            "reception_sanchakou", {"REGIME": "none"}, ExitCode.BAD_INPUT, "none", id="regime"
        ),
        pytest.param(
            "intake",
            {"AMQP_URI": "amqp://x@127.0.0.1/z", "AMQP_PASSWORD_FILE": "/nowhere/{service}"},
            ExitCode.BAD_INPUT,
            "AMQP_PASSWORD_FILE: /nowhere/intake",
            id="no password",
        ),
        pytest.param(
            "intake", {"BUS_RIGHTS": "own"}, ExitCode.BAD_INPUT, "user must be intake", id="user"
        ),
    ],
)
def test_a_mistaken_setting_is_named(
    tmp_path: Path, service: str, settings: dict[str, str], exit_code: ExitCode, said: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "balian", "run", service],
        cwd=ROOT,
        env=environment("amqp://x:y@127.0.0.1:1/z", tmp_path, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == exit_code, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
