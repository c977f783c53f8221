"""Prometheus' own tool and server, where this machine has them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest

from tests.support.health import ask, free_port

HOW_TO_GET_IT: Final = (
    "Prometheus is not installed: apt-get install --no-install-recommends prometheus"
)

_START_LIMIT: Final = 60.0


def program(name: str) -> str:
    """Find a program of Prometheus.

    Where there is none the tests that need it are skipped, aloud; in CI that is a failure.
    """
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    return found


def promtool(*arguments: str | Path) -> tuple[int, str]:
    """Run promtool; give its exit code, and what it says."""
    done = subprocess.run(
        [program("promtool"), *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def running_prometheus(configuration: str) -> Iterator[int]:
    """Run a server on this configuration until the block ends; give its port.

    ``{port}`` in the configuration stands for its own port.

    Raises:
        RuntimeError: it does not become ready; its log is in the message.
    """
    server = program("prometheus")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="balian-prometheus-") as directory:
        settings, log = Path(directory, "prometheus.yml"), Path(directory, "log")
        settings.write_text(configuration.replace("{port}", str(port)))
        with log.open("wb") as said:
            process = subprocess.Popen(
                [
                    server,
                    f"--config.file={settings}",
                    f"--storage.tsdb.path={directory}/data",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                stdout=said,
                stderr=said,
            )
        try:
            _await(port, process, log)
            yield port
        finally:
            process.kill()
            process.wait(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _START_LIMIT
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(log.read_text(errors="replace")[-3000:])
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    try:
        return ask(port, "/-/ready").status == HTTPStatus.OK
    except OSError:
        return False
