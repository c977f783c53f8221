"""Waiting, as a green thread may: for something, but never without end."""

from __future__ import annotations

from typing import Any

import eventlet
from eventlet.event import Event as GreenEvent
from eventlet.greenthread import GreenThread

__all__ = ["Delays", "GreenEvent", "wait_at_most"]


class Delays:
    """Growing waits, in seconds, for something that will come right by itself."""

    def __init__(self, *, first: float = 0.1, most: float = 5.0) -> None:
        self._next = first
        self._most = most

    def next(self) -> float:
        """Give the next wait."""
        delay, self._next = self._next, min(self._next * 2, self._most)
        return delay


def wait_at_most(seconds: float | None, event: GreenEvent | GreenThread) -> Any:
    """Wait for an event, or a green thread, and give what it was sent; None when time is up."""
    timer = eventlet.Timeout(seconds)
    try:
        return event.wait()
    except eventlet.Timeout as expired:
        if expired is not timer:
            raise
        return None
    finally:
        timer.cancel()
