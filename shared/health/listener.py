"""The health listener: a port of the process, answered by threads of the system.

eventlet makes `socket` and `threading` green, and a green thread only has its turn when the others
give way.  So everything here is taken as it was before: real sockets, real threads.  They never
wait for anything green, log nothing (the log's lock is green) and read only what others left.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any, Final

import eventlet
import eventlet.patcher

from shared.health.answers import respond
from shared.health.board import Board, Findings
from shared.health.gauges import health_told
from shared.metrics import STANDING

_THREADS: Final = 4
"""So many may ask at once; who asks and then says nothing takes only one thread, and briefly."""

_PATIENCE: Final = 1.0
_LONGEST_HEAD: Final = 8 * 1024
_BACKLOG: Final = 32
_BEAT: Final = 0.5
_BREATH: Final = 0.05


class PortUnusable(RuntimeError):
    """Raised when the health listener cannot have its port; names the port and what to do."""


class Listener:
    """One port for every service of a process.

    Raises:
        PortUnusable: the port is taken, or the address is none of this machine's.
    """

    def __init__(self, host: str, port: int) -> None:
        self.board = Board(monotonic())
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._is_closed = False
        self._pulse = eventlet.spawn(self._beat)
        start_thread = eventlet.patcher.original("_thread").start_new_thread
        for _ in range(_THREADS):
            start_thread(self._serve, ())

    def close(self) -> None:
        """Let go of the port."""
        self._is_closed = True
        self._pulse.kill()
        # Shutting a listening socket down wakes those who wait in `accept`; closing it does not.
        with suppress(OSError):
            self._socket.shutdown(_sockets().SHUT_RDWR)
        self._socket.close()

    def _beat(self) -> None:
        while True:
            self.board.beat(monotonic())
            eventlet.sleep(_BEAT)

    def _serve(self) -> None:
        while not self._is_closed:
            try:
                connection, _from = self._socket.accept()
            except OSError:
                # Closed, or the one who asked is gone again, or there are too many open files.
                eventlet.patcher.original("time").sleep(_BREATH)
                continue
            with suppress(OSError):
                self._answer(connection)
            connection.close()

    def _answer(self, connection: Any) -> None:
        head = _read_head(connection)
        if head is not None:
            line = head.partition(b"\r\n")[0]
            connection.sendall(respond(line, self.board, now=monotonic()))
            connection.shutdown(_sockets().SHUT_WR)


_listeners: dict[tuple[str, int], Listener] = {}


class listener_at:  # noqa: N801 - used like a function.
    """Share one listener among the services of a process; the last to leave closes it.

    Raises:
        PortUnusable: as `Listener`.
    """

    def __init__(self, host: str, port: int, findings: Findings) -> None:
        self._key = (host, port)
        self._findings = findings
        if self._key not in _listeners:
            _listeners[self._key] = Listener(host, port)
        self.listener = _listeners[self._key]
        board = self.listener.board
        board.add(findings)
        self._untell = STANDING.join(
            findings.service, lambda: health_told(findings, board, monotonic())
        )

    def leave(self) -> None:
        """Tell no more of this service; a second time changes nothing."""
        board = self.listener.board
        board.remove(self._findings)
        self._untell()
        if board.is_empty and _listeners.get(self._key) is self.listener:
            del _listeners[self._key]
            self.listener.close()


def begin_stop() -> None:
    """Make every service of this process unready, before anything is stopped."""
    for listener in _listeners.values():
        listener.board.begin_stop()


def _read_head(connection: Any) -> bytes | None:
    """Read until the empty line; None where it does not come soon, or is too far away."""
    ends = monotonic() + _PATIENCE
    head = b""
    while b"\r\n\r\n" not in head:
        left = ends - monotonic()
        if left <= 0 or len(head) > _LONGEST_HEAD:
            return None
        connection.settimeout(left)
        received: bytes = connection.recv(_LONGEST_HEAD)
        if not received:
            return None
        head += received
    return head


def _bound(host: str, port: int) -> Any:
    sockets = _sockets()
    try:
        family, kind, protocol, _name, address = sockets.getaddrinfo(
            host, port, type=sockets.SOCK_STREAM, flags=sockets.AI_PASSIVE
        )[0]
        bound = sockets.socket(family, kind, protocol)
        try:
            # A restart need not wait until old connections are forgotten.
            bound.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(_BACKLOG)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        msg = (
            f"the health listener cannot have port {port} of {host} ({error.strerror or error}):"
            " end what holds it, or set HEALTH_PORT or HEALTH_HOST to another"
        )
        raise PortUnusable(msg) from None
    return bound


def _sockets() -> Any:
    return eventlet.patcher.original("socket")
