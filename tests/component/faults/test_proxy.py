"""The proxy passes, refuses, swallows in either direction, cuts and delays, as it is told to."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faults import proxy as module
from tests.support.faults.proxy import LATENCY, tell

ECHO = """
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Give the control port and the port of a line to a server that echoes."""
    control, line = _free(), _free()
    echo = subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True)
    assert echo.stdout is not None
    target = echo.stdout.readline().strip()
    path = str(Path(module.__file__))
    running = subprocess.Popen(
        [sys.executable, path, str(control), f"triage.bus={line}=127.0.0.1:{target}"]
    )
    try:
        _await(control)
        yield control, line
    finally:
        for process in (running, echo):
            process.kill()
            process.wait(timeout=10)
        echo.stdout.close()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _opened(port: int, *, patience: float = 5.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=patience)


def _echoed(line: socket.socket, text: bytes = b"hello") -> bytes:
    line.sendall(text)
    return line.recv(100)


def _is_reset(line: socket.socket, text: bytes = b"hello") -> bool:
    """Tell whether a line ends when it is used; a green socket takes a reset for an end."""
    try:
        return _echoed(line, text) == b""
    except ConnectionError:
        return True


def _until_the_end(line: socket.socket, text: bytes) -> bytes:
    """Send a text and give what comes back before the line ends; fails where all of it does."""
    received = b""
    try:
        line.sendall(text)
        while piece := line.recv(100):
            received += piece
    except ConnectionError:
        pass
    assert len(received) < len(text)
    return received


def _is_refused(port: int) -> bool:
    """Tell whether a new connection ends at once, be it while it is made or when it is used."""
    try:
        with _opened(port) as line:
            return _is_reset(line)
    except ConnectionError:
        return True


def test_a_line_passes_bytes_both_ways_and_ends_with_its_client(ports: tuple[int, int]) -> None:
    _control, port = ports

    with _opened(port) as line:
        assert _echoed(line) == b"hello"
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""


def test_a_refusing_line_resets_what_is_open_and_what_comes(ports: tuple[int, int]) -> None:
    control, port = ports
    with _opened(port) as line:
        assert _echoed(line) == b"hello"

        tell(("127.0.0.1", control), {"lines": "triage.*", "mode": "refuse"})

        assert _is_reset(line)
    assert _is_refused(port)


@pytest.mark.parametrize("mode", ["hole_up", "hole_down", "hole_both"])
def test_what_falls_into_a_hole_arrives_when_the_line_heals(
    ports: tuple[int, int], mode: str
) -> None:
    control, port = ports
    with _opened(port, patience=1.0) as line:
        assert _echoed(line) == b"hello"
        tell(("127.0.0.1", control), {"lines": "*", "mode": mode})

        with pytest.raises(TimeoutError):
            _echoed(line, b"lost?")
        tell(("127.0.0.1", control), {"lines": "*", "mode": "pass"})

        assert line.recv(100) == b"lost?"


def test_a_cut_line_delivers_half_and_is_reset(ports: tuple[int, int]) -> None:
    control, port = ports
    with _opened(port) as line:
        assert _echoed(line) == b"hello"
        tell(("127.0.0.1", control), {"lines": "triage.bus", "mode": "cut"})

        assert b"12345678".startswith(_until_the_end(line, b"12345678"))
        assert _is_reset(line)


def test_a_slow_line_delivers_late(ports: tuple[int, int]) -> None:
    control, port = ports
    with _opened(port) as line:
        assert _echoed(line) == b"hello"
        tell(("127.0.0.1", control), {"lines": "*", "mode": "latency"})
        started = time.monotonic()

        assert _echoed(line, b"later") == b"later"

        assert time.monotonic() - started >= 2 * LATENCY


def test_an_order_nobody_understands_is_answered_so(ports: tuple[int, int]) -> None:
    control, _port = ports

    with pytest.raises(ValueError, match="sideways"):
        tell(("127.0.0.1", control), {"lines": "*", "mode": "sideways"})
    assert tell(("127.0.0.1", control), {}) == json.loads('{"triage.bus": "pass"}')
