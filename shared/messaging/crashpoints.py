"""Places at which a test may kill the process, to prove that nothing is lost and nothing doubled.

Nothing happens at a crash point unless the process was started with one armed.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

CRASH_POINTS: Final = (
    "command_written_before_commit",
    "command_committed_before_reply",
    "event_handled_before_commit",
    "event_committed_before_ack",
    "published_before_mark",
    "deadline_claimed_before_commit",
)

Watcher = Callable[[str], None]

_watchers: list[Watcher] = []


class UnknownCrashPoint(ValueError):
    """Raised when a crash point is armed that is not on the list."""


def arm(setting: str) -> None:
    """Arm one crash point, as `name` or `name:n` for its n-th pass; empty text arms none.

    Raises:
        UnknownCrashPoint: there is no such point, or n is no positive number.
    """
    if not setting:
        return
    name, _, passes = setting.partition(":")
    if name not in CRASH_POINTS or not (passes or "1").isdigit() or int(passes or "1") < 1:
        msg = f"a crash point is one of {', '.join(CRASH_POINTS)}, with :n for its n-th pass"
        raise UnknownCrashPoint(msg)
    _watchers.append(_killer(name, int(passes or "1")))


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher of every crash point passed; one that raises stands for a crash."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def crashpoint(name: str) -> None:
    """Pass a crash point; an armed process dies here, without a chance to tidy up."""
    for watcher in _watchers:
        watcher(name)


def _killer(name: str, at_pass: int) -> Watcher:
    passes = itertools.count(1)

    def kill(passed: str) -> None:
        if passed == name and next(passes) == at_pass:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill
