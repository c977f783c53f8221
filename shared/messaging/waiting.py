"""How psycopg waits for PostgreSQL in the green world: straight in the hub.

psycopg hands a generator to a function that waits on its socket for what the generator asks.
Its own functions wait in C, which stops every greenthread, or with `select`, whose green form
builds three listeners and a timer for each statement; a statement asks to read, and nothing else.
"""

from __future__ import annotations

import select
from time import monotonic
from typing import Any, Final, TypeVar

from eventlet import patcher
from eventlet.hubs import trampoline
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.waiting import READY_NONE, READY_R, READY_W, WAIT_R, WAIT_W

T = TypeVar("T")

_UNGREEN: Final[Any] = patcher.original("select")


class _Late(Exception):
    """The time to wait is over."""


def wait_in_hub(
    steps: PQGen[T], fileno: int, interval: float = 0.0, timeout: float | None = None
) -> T:
    """Drive a generator of psycopg to its end, letting others run while it waits for its socket.

    Args:
        steps: what psycopg does on a connection; it yields what it waits for.
        fileno: the connection's socket.
        interval: how often to look up for signals; not needed here, since the hub sees them.
        timeout: in seconds, for the whole; None for no limit but the server's own.

    Raises:
        OperationalError: the socket was closed meanwhile.
        _WaitTimeout: the time is over.
    """
    del interval
    ends = None if timeout is None else monotonic() + timeout
    try:
        wanted = next(steps)
        while True:
            try:
                ready = _await(wanted, fileno, None if ends is None else ends - monotonic())
            except _Late:
                ready = READY_NONE
            wanted = steps.send(ready)
            if ends is not None and monotonic() >= ends:
                msg = "wait timeout expired"
                raise errors._WaitTimeout(msg)  # noqa: SLF001 - what psycopg's callers expect.
    except StopIteration as finished:
        result: T = finished.value
        return result
    except OSError as gone:
        msg = "connection socket closed"
        raise errors.OperationalError(msg) from gone


def _await(wanted: int, fileno: int, seconds: float | None) -> int:
    """Wait until a socket is ready for what is wanted of it."""
    limit = None if seconds is None else max(0.0, seconds)
    if wanted == WAIT_R:
        trampoline(fileno, read=True, timeout=limit, timeout_exc=_Late)
        return READY_R
    if wanted == WAIT_W:
        trampoline(fileno, write=True, timeout=limit, timeout_exc=_Late)
        return READY_W
    # Statements are being written while the answers to earlier ones may come: nearly always there
    # is room for more of them, and nobody has to wait.
    now = _UNGREEN.poll()
    now.register(fileno, _UNGREEN.POLLIN | _UNGREEN.POLLOUT)
    for _, events in now.poll(0):
        # A broken socket counts as readable: whoever reads it is told.
        readable, writable = events & ~_UNGREEN.POLLOUT, events & _UNGREEN.POLLOUT
        return (READY_R if readable else 0) | (READY_W if writable else 0)
    readable, writable, _ = select.select((fileno,), (fileno,), (), limit)
    return (READY_R if readable else 0) | (READY_W if writable else 0)
