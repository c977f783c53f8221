"""A TCP proxy that can be told to misbehave; it stands between the services and what they stand on.

It is run as a program of its own, ``python proxy.py CONTROL_PORT NAME=PORT=HOST:PORT ...``, and
needs the standard library only: in a deployment it runs in the services' own image.
Each line (`NAME`) listens on a port and passes bytes to its target.
A connection to the control port takes one JSON object per text line, such as
``{"lines": "triage.*", "mode": "hole_up"}``, and answers each with one.
"""

from __future__ import annotations

import fnmatch
import json
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

CHUNK = 65536
TICK = 0.05
LATENCY = 0.15
"""Seconds by which `latency` delays each piece that passes."""


class Mode(str, Enum):  # noqa: UP042 - it also runs where it is copied to, on any Python 3.
    """How a line behaves."""

    PASS = "pass"  # noqa: S105 - no password.
    REFUSE = "refuse"
    """Every connection is reset, the open ones too."""
    HOLE_UP = "hole_up"
    """What the service sends goes nowhere until the line heals; the other direction works."""
    HOLE_DOWN = "hole_down"
    """What is sent to the service does not arrive until the line heals."""
    HOLE_BOTH = "hole_both"
    CUT = "cut"
    """The next piece is cut in half and the connection reset; one piece for each connection."""
    LATENCY = "latency"


HOLES = {
    "up": frozenset({Mode.HOLE_UP, Mode.HOLE_BOTH}),
    "down": frozenset({Mode.HOLE_DOWN, Mode.HOLE_BOTH}),
}


@dataclass(eq=False)
class Line:
    """One listener and where it leads to."""

    name: str
    port: int
    target: tuple[str, int]
    host: str = "0.0.0.0"  # noqa: S104 - reachable by the containers beside it and nobody else.
    mode: Mode = Mode.PASS
    connections: set[Connection] = field(default_factory=set)

    def listen(self) -> None:
        """Open the listener and serve it in a thread."""
        listener = socket.create_server((self.host, self.port), backlog=128)
        self.port = listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def set(self, mode: Mode) -> None:
        """Behave so from now on."""
        self.mode = mode
        if mode is Mode.REFUSE:
            for connection in list(self.connections):
                connection.reset()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _address = listener.accept()
            threading.Thread(target=self._open, args=(client,), daemon=True).start()

    def _open(self, client: socket.socket) -> None:
        if self.mode is Mode.REFUSE:
            reset(client)
            return
        # Nothing reaches the target through a hole, not even that someone would connect.
        while self.mode in HOLES["up"]:
            time.sleep(TICK)
        try:
            server = socket.create_connection(self.target, timeout=2)
        except OSError:
            reset(client)
            return
        server.settimeout(None)
        Connection(self, client, server).run()


class Connection:
    """One connection through a line: two pumps, one for each direction."""

    def __init__(self, line: Line, client: socket.socket, server: socket.socket) -> None:
        self._line = line
        self._client = client
        self._server = server
        self._is_open = True

    def run(self) -> None:
        """Pass bytes until one side ends."""
        for one in (self._client, self._server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line.connections.add(self)
        down = threading.Thread(
            target=self._pump, args=(self._server, self._client, "down"), daemon=True
        )
        down.start()
        self._pump(self._client, self._server, "up")
        down.join()
        self._line.connections.discard(self)
        for one in (self._client, self._server):
            one.close()

    def reset(self) -> None:
        """End both sides at once, without a goodbye."""
        self._is_open = False
        reset(self._client)
        reset(self._server)

    def _pump(self, source: socket.socket, sink: socket.socket, direction: str) -> None:
        while self._is_open:
            try:
                if not self._pass_on(source, sink, direction):
                    break
            except (OSError, ValueError):
                self.reset()
                return
        if self._is_open:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

    def _pass_on(self, source: socket.socket, sink: socket.socket, direction: str) -> bool:
        if self._line.mode in HOLES[direction]:
            # What is not read stays with the sender's kernel, as packets that nobody confirms.
            time.sleep(TICK)
            return True
        readable, _, _ = select.select([source], [], [], TICK)
        if not readable:
            return True
        data = source.recv(CHUNK)
        if not data:
            return False
        while self._line.mode in HOLES[direction] and self._is_open:
            time.sleep(TICK)
        if self._line.mode is Mode.LATENCY:
            time.sleep(LATENCY)
        if self._line.mode is Mode.CUT:
            sink.sendall(data[: len(data) // 2])
            self.reset()
            return False
        sink.sendall(data)
        return True


def reset(one: socket.socket) -> None:
    """Close a socket so that its peer sees a reset."""
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        one.close()


class Proxy:
    """Several lines and the port at which they are told how to behave."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = {line.name: line for line in lines}

    def start(self, control_port: int, host: str = "0.0.0.0") -> int:  # noqa: S104 - as above.
        """Open every line and the control port, and give the latter's number."""
        for line in self.lines.values():
            line.listen()
        control = socket.create_server((host, control_port))
        threading.Thread(target=self._serve, args=(control,), daemon=True).start()
        return int(control.getsockname()[1])

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Set the lines that match to a mode, and tell how every line behaves."""
        if "mode" in order:
            mode = Mode(order["mode"])
            for name in fnmatch.filter(self.lines, order.get("lines", "*")):
                self.lines[name].set(mode)
        return {name: line.mode.value for name, line in self.lines.items()}

    def _serve(self, control: socket.socket) -> None:
        while True:
            client, _address = control.accept()
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rw", encoding="utf-8") as stream:
            for text in stream:
                try:
                    answer = self.obey(json.loads(text))
                except ValueError as wrong:
                    answer = {"error": str(wrong)}
                stream.write(json.dumps(answer) + "\n")
                stream.flush()


def tell(address: tuple[str, int], order: dict[str, Any]) -> dict[str, Any]:
    """Give a running proxy one order, from outside.

    Raises:
        ValueError: it does not understand the order.
    """
    with (
        socket.create_connection(address, timeout=10) as control,
        control.makefile("rw", encoding="utf-8") as stream,
    ):
        stream.write(json.dumps(order) + "\n")
        stream.flush()
        answer: dict[str, Any] = json.loads(stream.readline())
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer


def line_from(text: str) -> Line:
    """Read `NAME=PORT=HOST:PORT`."""
    name, port, target = text.split("=")
    host, _, target_port = target.rpartition(":")
    return Line(name=name, port=int(port), target=(host, int(target_port)))


def main(arguments: Sequence[str]) -> None:
    """Run until killed."""
    control_port, *lines = arguments
    Proxy([line_from(text) for text in lines]).start(int(control_port))
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
