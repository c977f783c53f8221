"""The socket of a store directory: how another process on this machine calls the embedded host.

One JSON object a line, each way.
A call is ``{"service", "method", "request", "headers"}`` and is answered by ``{"reply"}``, or by
``{"error", "message", "rule"}``; ``{"host": "services"}`` is answered by the names of the
services and the nodes.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import eventlet

from shared.contracts.base import MalformedRequest, Refusal, refusal_named
from shared.contracts.mechanism import Fault, ServiceUnavailable, UnexpectedFault
from shared.logs import Log, trace_of
from shared.messaging.client import (
    AnswerUnreadable,
    CallTimedOut,
    MethodUnknown,
    ServiceUnknown,
)
from shared.messaging.topology import Topology

log: Final = Log(__name__)

SOCKET_NAME: Final = "balian.sock"
LONGEST_LINE: Final = 4 * 1024 * 1024

_LONGEST_PATH: Final = 100
_FAULTS: Final = {
    fault.__name__: fault
    for fault in (
        AnswerUnreadable,
        CallTimedOut,
        MethodUnknown,
        ServiceUnavailable,
        ServiceUnknown,
        UnexpectedFault,
    )
}

Answer = Callable[[str, str, object, Mapping[str, str]], dict[str, Any]]


class NoHost(ConnectionError):
    """Raised when no host answers in a directory: start one with ``balian up``."""


class CallServer:
    """Answers calls on the socket of a store directory."""

    def __init__(self, directory: Path, *, answer: Answer, about: Mapping[str, Any]) -> None:
        self._path = directory / SOCKET_NAME
        self._answer = answer
        self._about = about
        self._listener: socket.socket | None = None
        self._accepting: Any = None
        self._is_stopping = False
        self._lines: set[socket.socket] = set()

    def start(self) -> None:
        """Open the socket, for its owner only; the directory's lock is held by the caller."""
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        former = os.umask(0o177)
        try:
            _at(self._path, listener.bind)
        finally:
            os.umask(former)
        listener.listen(64)
        self._listener = listener
        self._accepting = eventlet.spawn(self._accept, listener)

    def refuse(self) -> None:
        """Take no more calls; what is in hand is still answered."""
        self._is_stopping = True
        if self._listener is not None:
            self._accepting.kill()
            self._listener.close()
            self._listener = None
            self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Close the socket and every line to it."""
        self.refuse()
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            eventlet.spawn_n(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        self._lines.add(line)
        try:
            with line, line.makefile("rb") as incoming:
                while question := incoming.readline(LONGEST_LINE):
                    line.sendall(_line(self._answer_line(question)))
        except OSError:
            return  # The caller has gone; what it asked is done or not, and may be asked again.
        except Exception as unexpected:  # noqa: BLE001 - one caller's line, not the host.
            _tell(unexpected)
        finally:
            self._lines.discard(line)

    def _answer_line(self, question: bytes) -> dict[str, Any]:
        if self._is_stopping:
            message = "the host is stopping; send the same request to the next one"
            return {"error": ServiceUnavailable.__name__, "message": message, "rule": ""}
        try:
            asked = _asked(question)
            if "host" in asked:
                return {"reply": dict(self._about)}
            reply = self._answer(
                asked["service"], asked["method"], asked.get("request"), asked["headers"]
            )
        except Refusal as refusal:
            name = type(refusal).__name__
            return {"error": name, "message": refusal.message, "rule": refusal.rule}
        except Fault as fault:
            return {"error": type(fault).__name__, "message": str(fault), "rule": ""}
        return {"reply": reply}


def _tell(unexpected: Exception) -> None:
    log.error(
        "a line to a caller broke",
        error=type(unexpected).__name__,
        trace=trace_of(unexpected),
    )


def _asked(question: bytes) -> dict[str, Any]:
    """Read one line of a caller.

    Raises:
        MalformedRequest: it is no call; says what is missing.
    """
    try:
        asked = json.loads(question)
    except (ValueError, RecursionError):
        msg = "the line is no JSON"
        raise MalformedRequest(msg) from None
    if not isinstance(asked, dict):
        msg = "the line is no JSON object"
        raise MalformedRequest(msg)
    if "host" in asked:
        return asked
    if not isinstance(asked.get("service"), str) or not isinstance(asked.get("method"), str):
        msg = "name `service` and `method`"
        raise MalformedRequest(msg)
    if not isinstance(asked.get("headers"), dict):
        msg = "send `headers`, at least `actor`"
        raise MalformedRequest(msg)
    return asked


class SocketClient:
    """Calls the host of a store directory from another process.

    Args:
        directory: the store directory of a running ``balian up``.
        timeout: seconds to wait for one answer.
    """

    def __init__(self, directory: Path, *, timeout: float = 60.0) -> None:
        self._path = directory / SOCKET_NAME
        self._timeout = timeout
        self._line: socket.socket | None = None
        self._incoming: Any = None
        about = self._exchange({"host": "services"})["reply"]
        self.services: tuple[str, ...] = tuple(about["services"])
        self.topology = Topology(nodes=tuple(about["nodes"]))
        self.clock: str = about["clock"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            Fault: it could not be answered.
            NoHost: the host has gone; what became of the call is unknown, send it again.
        """
        answer = self._exchange(
            {"service": service, "method": method, "request": mapping, "headers": dict(headers)}
        )
        if "error" in answer:
            raise _error_named(answer)
        reply: dict[str, Any] = answer["reply"]
        return reply

    def close(self) -> None:
        """Close the line to the host."""
        if self._line is not None:
            self._incoming.close()
            self._line.close()
            self._line = None

    def _exchange(self, question: Mapping[str, Any]) -> dict[str, Any]:
        try:
            if self._line is None:
                self._connect()
            assert self._line is not None  # noqa: S101 - just connected.
            self._line.sendall(_line(question))
            answer = self._incoming.readline()
        except OSError as lost:
            self.close()
            msg = f"no host answers at {self._path}: {lost}"
            raise NoHost(msg) from None
        if not answer:
            self.close()
            msg = f"the host at {self._path} went away while it was asked"
            raise NoHost(msg)
        read: dict[str, Any] = json.loads(answer)
        return read

    def _connect(self) -> None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self._timeout)
        try:
            _at(self._path, line.connect)
        except OSError:
            line.close()
            raise
        self._line = line
        self._incoming = line.makefile("rb")


def _at(path: Path, use: Callable[[str], None]) -> None:
    """Use a socket's path, by a short way where it is longer than the system allows."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        use(str(path))
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        use(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _error_named(answer: Mapping[str, Any]) -> Exception:
    name, message = str(answer["error"]), str(answer.get("message", ""))
    if name in _FAULTS:
        return _FAULTS[name](message)
    try:
        return refusal_named(name)(message)
    except KeyError:
        return AnswerUnreadable(f"the host answered with {name}")
