"""`balian run`: one service of the real system on a real broker, as its README says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from balian.exit_codes import ExitCode
from shared.messaging.client import BusClient, CallTimedOut, ServiceUnknown
from tests.support.bus.harness import ROOT, eventually
from tests.support.rabbitmq import RabbitMQ

OFFICE_HEAD = {"actor": "office_head:petition_office", "roles": "office_head"}


def environment(uri: str, directory: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "AMQP_URI": uri, "STORE_DIR": str(directory), **more}


@contextmanager
def running(
    service: str, uri: str, directory: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "balian", "run", service, "--migrate"],
            cwd=ROOT,
            env=environment(uri, directory),
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
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0

    client.close()
    assert "accountability takes calls" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("service", "uri", "exit_code", "said"),
    [
        pytest.param("no_such", "amqp://x:y@127.0.0.1:1/z", ExitCode.USAGE, "no_such", id="name"),
        pytest.param("intake", "embedded://x", ExitCode.USAGE, "AMQP_URI", id="bus in a process"),
        pytest.param("intake", "http://x", ExitCode.BAD_INPUT, "AMQP_URI", id="no bus at all"),
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
