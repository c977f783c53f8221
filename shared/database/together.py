"""Group commit: those who write at the same time share one transaction of the database.

A commit waits for the disk, several milliseconds long, and holds the writer's lock meanwhile; one
commit for each of sixteen calls under way would make the disk the limit.
So whoever has written and sees others wait hands the open transaction on to the next of them, and
the last commits for all.
Each still reads and writes alone, one after the other, and what one of them writes is undone
without the others where it fails; nobody is told of success before the one commit has succeeded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Literal

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.database.faults import StoreConflict, StoreUnavailable

_MOST: Final = 64
_LONGEST: Final = 0.025
"""In seconds: how long a shared transaction is handed on before it is committed."""
_LOOK_UP: Final = 0.1
"""In seconds: after this a member looks whether the one who was to commit is still there."""


@dataclass(kw_only=True)
class _Shared:
    """One transaction of the database, and those who have written in it."""

    connection: Connection
    transaction: RootTransaction
    begun: float = field(default_factory=monotonic)
    members: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether what was written in it can still be committed."""
        return self._status() is TransactionStatus.INTRANS

    @property
    def is_busy(self) -> bool:
        """Tell whether it was left in the middle of a statement."""
        return self._status() is TransactionStatus.ACTIVE

    def _status(self) -> TransactionStatus:
        if self.connection.closed or self.connection.invalidated:
            return TransactionStatus.UNKNOWN
        driver: Any = self.connection.connection.driver_connection
        return TransactionStatus(driver.info.transaction_status)


class WritingTogether:
    """The writers of one process on one database.

    Args:
        engine: whose transactions begin with the writer's lock.
        turn_timeout: in seconds, how long a writer waits for its turn.
    """

    def __init__(self, engine: Engine, *, turn_timeout: float) -> None:
        self._engine = engine
        self._turn_timeout = turn_timeout
        self._turn = threading.Lock()
        self._waiting = 0
        self._open: _Shared | None = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write in a transaction that others may share; it is committed when the block is left.

        Raises:
            StoreConflict: the turn to write did not come in time.
            SQLAlchemyError: the database's own; nothing was kept, or whether it was is unknown.
        """
        self._take_turn()
        try:
            shared = self._open or self._begin()
            with self._undoing(shared), self._session(shared) as session:
                yield session
            shared.members += 1
        finally:
            self._leave()
        self._await(shared)

    def _take_turn(self) -> None:
        self._waiting += 1
        try:
            has_turn = self._turn.acquire(timeout=self._turn_timeout)
        finally:
            self._waiting -= 1
        if not has_turn:
            msg = "the turn to write did not come in time"
            raise StoreConflict(msg)

    def _leave(self) -> None:
        """Commit unless somebody waits to write in the same transaction, and pass the turn on."""
        try:
            shared = self._open
            if shared is not None and not self._may_go_on(shared):
                self._commit(shared)
        finally:
            self._turn.release()

    def _may_go_on(self, shared: _Shared) -> bool:
        return (
            self._waiting > 0
            and shared.is_whole
            and shared.members < _MOST
            and monotonic() - shared.begun < _LONGEST
        )

    def _begin(self) -> _Shared:
        connection = self._engine.connect()
        try:
            self._open = _Shared(connection=connection, transaction=connection.begin())
        except BaseException:
            connection.close()
            raise
        return self._open

    @contextmanager
    def _session(self, shared: _Shared) -> Iterator[Session]:
        # The first needs no savepoint of its own: with it everything is undone.
        mode: Literal["create_savepoint", "rollback_only"] = (
            "create_savepoint" if shared.members else "rollback_only"
        )
        with (
            Session(
                shared.connection, expire_on_commit=False, join_transaction_mode=mode
            ) as session,
            session.begin(),
        ):
            session.connection()
            yield session

    @contextmanager
    def _undoing(self, shared: _Shared) -> Iterator[None]:
        """End the shared transaction where a failure leaves nothing in it that may be kept."""
        try:
            yield
        except BaseException as failure:
            if not shared.members or not shared.is_whole:
                self._end(shared, failure)
            raise

    def _commit(self, shared: _Shared) -> None:
        try:
            if not shared.is_whole:
                # The database would answer such a commit with a rollback, and call it done.
                raise StoreUnavailable("the shared transaction was broken off")  # noqa: EM101, TRY301
            shared.transaction.commit()
        except BaseException as failure:
            self._end(shared, failure)
            if not isinstance(failure, Exception):
                raise
        else:
            self._end(shared, None)

    def _end(self, shared: _Shared, failure: BaseException | None) -> None:
        """Close the shared transaction and tell all who have written in it what became of it."""
        self._open = None
        shared.failure = failure
        try:
            with suppress(SQLAlchemyError):
                if failure is not None and shared.is_busy:
                    shared.connection.invalidate()
                shared.connection.close()
        finally:
            shared.over.set()

    def _await(self, shared: _Shared) -> None:
        """Wait until what was written is committed, and see to it that somebody commits it.

        Raises:
            SQLAlchemyError: it could not be committed, or whether it was is unknown.
        """
        while not shared.over.wait(_LOOK_UP):
            # Whoever was to go on may have been killed while it waited for its turn.
            if self._turn.acquire(blocking=False):
                try:
                    if self._open is shared:
                        self._commit(shared)
                finally:
                    self._turn.release()
        if isinstance(shared.failure, SQLAlchemyError):
            raise shared.failure
        if shared.failure is not None:
            msg = "the shared transaction was broken off"
            raise StoreUnavailable(msg) from shared.failure
