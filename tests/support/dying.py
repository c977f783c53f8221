"""Deaths on order: at a named crash point, or before the n-th statement that reaches a store."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from shared.database import Store
from shared.messaging.crashpoints import watching


class Killed(BaseException):
    """Stands for the death of the process: nothing that runs on may catch it."""


def quick_directory() -> tempfile.TemporaryDirectory[str]:
    """Make a directory that goes away, in memory where the machine has such a place.

    A store must be in a file to outlive a death: one in memory dies with its connection.
    """
    memory = Path("/dev/shm")  # noqa: S108 - only where there is one.
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


@contextmanager
def dying_at(point: str | None) -> Iterator[None]:
    """Die at a crash point; at none when there is no name."""

    def kill(passed: str) -> None:
        if passed == point:
            raise Killed

    with watching(kill):
        yield


@contextmanager
def dying_before_statement(store: Store, number: int | None) -> Iterator[None]:
    """Die before the n-th statement or commit from now on; never when there is no number."""
    passed = itertools.count(1)

    def statement(*_args: Any) -> None:
        if next(passed) == number:
            raise Killed

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "commit", statement)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", statement)
        event.remove(store.engine, "commit", statement)
