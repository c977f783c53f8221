"""`balian up` with a health port: one listener for every service of the host."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from balian.exit_codes import ExitCode
from tests.support.bus.harness import ROOT, eventually
from tests.support.health import ask, free_port, is_ready, readiness


def up(directory: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "balian", "up", "--dir", str(directory), "--node", "county"],
        cwd=ROOT,
        env={**os.environ, "HEALTH_PORT": str(port)},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_one_listener_tells_of_every_service_of_the_host(tmp_path: Path) -> None:
    port = free_port()
    host = up(tmp_path / "county", port)
    try:
        was_ready = eventually(lambda: is_ready(port), within=60.0)
        told, metrics = readiness(port), ask(port, "/metrics").status
        host.send_signal(signal.SIGTERM)
        host.communicate(timeout=40)
    finally:
        host.kill()

    assert was_ready, told
    assert told == {"ready": True, "failing": {}}
    assert metrics == 200
    assert host.returncode == ExitCode.OK
    assert readiness(port) is None


def test_a_taken_port_ends_the_start_with_the_reason(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        host = up(tmp_path / "county", port)
        _, said = host.communicate(timeout=60)

    assert host.returncode == ExitCode.BAD_INPUT, said
    assert f"port {port}" in said
    assert "HEALTH_PORT" in said
    assert "Traceback" not in said
