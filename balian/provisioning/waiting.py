"""Waiting for a server that may still be starting: bounded, and told to whoever looks on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from balian.faults import HostUnreachable
from balian.speech import say

T = TypeVar("T")

_PAUSE: Final = 1.0
_TELL_EVERY: Final = 10.0


def wait_for(
    what: str,
    attempt: Callable[[], T],
    *,
    until: float,
    failures: tuple[type[Exception], ...],
    todo: str,
) -> T:
    """Try until it succeeds.

    Args:
        what: what is waited for, in words.
        attempt: raises one of ``failures`` while it cannot be done.
        until: the moment of the monotonic clock after which it is given up.
        failures: what may still come right.
        todo: what to look at when it does not.

    Raises:
        HostUnreachable: the time is over.
    """
    told = 0.0
    while True:
        try:
            return attempt()
        except failures as failure:
            now = time.monotonic()
            if now >= until:
                raise HostUnreachable(
                    what=f"{what} did not come in time", why=_first_line(failure), todo=todo
                ) from None
            if now - told >= _TELL_EVERY:
                told = now
                say(f"Waiting for {what} ({_first_line(failure)}).")
            time.sleep(_PAUSE)


def _first_line(failure: Exception) -> str:
    return (str(failure).splitlines() or [type(failure).__name__])[0]
