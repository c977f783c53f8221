"""Looking into a store now and then for those who scrape, who themselves never wait for it.

A green thread looks; threads of the system read what it left.  It looks as long as somebody asks,
at most once in an interval, and for no more than a twentieth of the time.  What it left counts for
as long as it is fresh: where a look fails or hangs nothing is told, instead of something old.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import eventlet
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.database import Store
from shared.logs import Log

T = TypeVar("T")

STATEMENT_TIMEOUT: Final = 2.0
"""Seconds a statement of a look may take on PostgreSQL."""

_FILE_TIMEOUT: Final = 0.25
"""Seconds on SQLite, which computes in this very process: nothing green goes on meanwhile."""

_STEPS: Final = 1000
"""After so many steps of SQLite's machine it looks up whether its time is over."""

_TICK: Final = 1.0
_PATIENCE: Final = 5.0
_ASKED_WITHIN: Final = 300.0
_SHARE: Final = 20

log: Final = Log(__name__)


@dataclass(frozen=True)
class Sample(Generic[T]):
    """What a look found, when (of the monotonic clock), and until when it counts."""

    found: T
    at: float
    fresh_until: float


class Sampler(Generic[T]):
    """Keeps one finding about a store fresh for as long as somebody asks for it.

    Args:
        what: names it in the log.
        service: whose store it is.
        interval: seconds between two looks.
        look: finds it, in a transaction of its own.
        clock: the monotonic clock.
    """

    def __init__(
        self,
        *,
        what: str,
        service: str,
        interval: float,
        look: Callable[[], T],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._what = what
        self._service = service
        self._interval = interval
        self._look = look
        self._clock = clock
        self._asked_at = self._woken_at = clock()
        self._next_at = self._woken_at
        self._sample: Sample[T] | None = None
        self._has_failed = False
        self._thread: Any = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = eventlet.spawn(self._keep_looking)

    def close(self) -> None:
        """Look no more; a second time changes nothing."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.kill()

    def ask(self) -> None:
        """Note that somebody asks; a look that rested begins again.  From any thread."""
        now = self._clock()
        if now - self._asked_at > _ASKED_WITHIN:
            self._woken_at = now
        self._asked_at = now

    @property
    def latest(self) -> Sample[T] | None:
        """Give what was found last, however long ago."""
        return self._sample

    @property
    def fresh(self) -> Sample[T] | None:
        """Give what was found last where it still counts."""
        sample = self._sample
        if sample is None or self._has_failed or self._clock() > sample.fresh_until:
            return None
        return sample

    @property
    def works(self) -> bool | None:
        """Tell whether the store could be looked into; None where nobody has tried for a while."""
        if self.fresh is not None:
            return True
        if not self._has_failed and self._clock() - self._woken_at <= _PATIENCE:
            return None
        return False

    def look_if_due(self) -> bool:
        """Look where somebody asks and it is time; tell whether it was tried."""
        begun = self._clock()
        if begun < self._next_at or begun - self._asked_at > _ASKED_WITHIN:
            return False
        try:
            found = self._look()
        except Exception as failure:  # noqa: BLE001 - it is told as a gauge; the service lives on.
            self._note_failure(failure)
            self._next_at = self._clock() + self._interval
            return True
        ended = self._clock()
        pause = max(self._interval, _SHARE * (ended - begun))
        self._next_at = ended + pause
        self._sample = Sample(found, ended, self._next_at + _PATIENCE)
        if self._has_failed:
            log.info("looked into the store again", service=self._service, kind=self._what)
        self._has_failed = False
        return True

    def _keep_looking(self) -> None:
        while True:
            self.look_if_due()
            eventlet.sleep(min(_TICK, self._interval))

    def _note_failure(self, failure: Exception) -> None:
        if not self._has_failed:
            log.warning(
                "the store could not be looked into",
                service=self._service,
                kind=self._what,
                error=type(failure).__name__,
            )
        self._has_failed = True


@contextmanager
def looking_into(store: Store) -> Iterator[Session]:
    """Open a transaction that only reads and whose statements must end soon.

    Raises:
        StoreUnavailable: the store cannot be used now, or PostgreSQL ended a statement.
        OperationalError: SQLite ended one.
    """
    with store.reading() as session:
        if not store.is_sqlite:
            milliseconds = int(STATEMENT_TIMEOUT * 1000)
            session.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
            yield session
            return
        ends = monotonic() + _FILE_TIMEOUT
        driver: sqlite3.Connection | None = session.connection().connection.driver_connection
        assert driver is not None  # noqa: S101 - the transaction is open.
        driver.set_progress_handler(lambda: int(monotonic() > ends), _STEPS)
        try:
            yield session
        finally:
            driver.set_progress_handler(None, 0)
