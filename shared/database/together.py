"""Group commit: those who write at the same time share one transaction of the database.

A commit waits for the disk, several milliseconds long, and holds the writer's lock meanwhile; one
commit for each of sixteen calls under way would make the disk the limit.
So whoever has written and sees others wait hands the open transaction on to the next of them, and
the last commits for all.
Each still reads and writes alone, one after the other, and what one of them writes is undone
without the others where it fails; nobody is told of success, nor of a failure for which something
of another may be the reason, before the one commit has succeeded.
Rows that are only inserted are gathered, and written for all before the commit (`gathering`); if
the database refuses them then, nothing is kept, and each writes again apart from the others.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, MetaData, RootTransaction
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.database.faults import StoreConflict, StoreUnavailable, translate
from shared.database.gathering import Gathered, WritersParted, session_info

_MOST: Final = 64
_LONGEST: Final = 0.1
"""In seconds: how long a shared transaction is handed on before it is committed."""
_LOOK_UP: Final = 0.1
"""In seconds: after this a member looks whether the one who was to commit is still there."""


@dataclass(kw_only=True)
class _Shared:
    """One transaction of the database, and those who have written in it."""

    connection: Connection
    transaction: RootTransaction
    gathered: Gathered
    begun: float = field(default_factory=monotonic)
    members: int = 0
    """How many had their turn in it and wait for its end, those undone in it included."""
    over: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether what was written in it can still be committed."""
        return self._status() is TransactionStatus.INTRANS

    @property
    def lives(self) -> bool:
        """Tell whether the connection can be spoken to, so that nothing of it was committed."""
        return self._status() not in {TransactionStatus.UNKNOWN, TransactionStatus.ACTIVE}

    def undo(self) -> None:
        """Undo the transaction in the database, whatever SQLAlchemy takes it for.

        A commit that was sent together with rows that are refused was never tried.
        """
        status = self._status()
        if status is TransactionStatus.ACTIVE:  # Left in the middle of a statement.
            self.connection.invalidate()
        elif status is not TransactionStatus.UNKNOWN:
            try:
                self._driver.rollback()
            except psycopg.Error:  # It is gone, and the driver had not noticed.
                self.connection.invalidate()

    def sending_at_once(self) -> AbstractContextManager[object]:
        """Send what is written within the block in one go, where there is more than a commit."""
        if self.gathered.is_nothing:
            return nullcontext()
        pipeline: AbstractContextManager[object] = self._driver.pipeline()
        return pipeline

    def _status(self) -> TransactionStatus:
        if self.connection.closed or self.connection.invalidated:
            return TransactionStatus.UNKNOWN
        return TransactionStatus(self._driver.info.transaction_status)

    @property
    def _driver(self) -> Any:
        return self.connection.connection.driver_connection


class WritingTogether:
    """The writers of one process on one database.

    Args:
        engine: whose transactions begin with the writer's lock.
        metadata: of the tables in the database.
        turn_timeout: in seconds, how long a writer waits for its turn.
    """

    def __init__(self, engine: Engine, metadata: MetaData, *, turn_timeout: float) -> None:
        self._engine = engine
        self._metadata = metadata
        self._turn_timeout = turn_timeout
        self._turn = threading.Lock()
        self._waiting = 0
        self._open: _Shared | None = None
        self._own = threading.local()
        """What each thread knows for itself: whether it is to write apart next time."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write in a transaction that others may share; it is committed when the block is left.

        Raises:
            StoreConflict: the turn to write did not come in time, or nothing was kept of several.
            SQLAlchemyError: the database's own; nothing was kept, or whether it was is unknown.
        """
        failed: Exception | None = None
        self._take_turn()
        apart = self._is_to_write_apart()
        try:
            if apart and self._open is not None:
                self._commit(self._open)
            shared = self._open or self._begin()
            try:
                with self._undoing(shared), self._session(shared) as session:
                    yield session
            except Exception as failure:
                if self._open is not shared and not shared.members:
                    raise
                # It may have failed for what another wrote, and that is not committed yet; or never
                # will be, and then it is told what the others are told.
                failed = failure
            shared.members += 1
        finally:
            self._leave(goes_on=not apart)
        self._await(shared)
        if failed is not None:
            raise failed

    def _is_to_write_apart(self) -> bool:
        apart: bool = getattr(self._own, "apart", False)
        self._own.apart = False
        return apart

    def _take_turn(self) -> None:
        self._waiting += 1
        try:
            has_turn = self._turn.acquire(timeout=self._turn_timeout)
        finally:
            self._waiting -= 1
        if not has_turn:
            msg = "the turn to write did not come in time"
            raise StoreConflict(msg)

    def _leave(self, *, goes_on: bool) -> None:
        """Commit unless somebody waits to write in the same transaction, and pass the turn on."""
        try:
            shared = self._open
            if shared is not None and not (goes_on and self._may_go_on(shared)):
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
            self._open = _Shared(
                connection=connection,
                transaction=connection.begin(),
                gathered=Gathered(connection, self._metadata),
            )
        except BaseException:
            connection.close()
            raise
        return self._open

    @contextmanager
    def _session(self, shared: _Shared) -> Iterator[Session]:
        with (
            shared.gathered.one_writer(is_first=not shared.members),
            Session(
                shared.connection,
                expire_on_commit=False,
                join_transaction_mode="rollback_only",
                info=session_info(shared.gathered),
            ) as session,
        ):
            yield session
            session.flush()

    @contextmanager
    def _undoing(self, shared: _Shared) -> Iterator[None]:
        """End the shared transaction where a failure leaves nothing in it that may be kept."""
        try:
            yield
        except BaseException as failure:
            are_parted = isinstance(failure, WritersParted)
            self._own.apart = are_parted
            if not shared.members or not shared.is_whole or are_parted:
                self._end(shared, _parting(shared, failure))
            raise

    def _commit(self, shared: _Shared) -> None:
        try:
            if not shared.is_whole:
                # The database would answer such a commit with a rollback, and call it done.
                raise StoreUnavailable("the shared transaction was broken off")  # noqa: EM101, TRY301
            with shared.sending_at_once():
                shared.gathered.write()
                shared.transaction.commit()
        except BaseException as failure:
            cause = failure.__cause__ if isinstance(failure, WritersParted) else failure
            # There is nobody to be parted from one who is alone.
            self._end(shared, cause if shared.members == 1 else _parting(shared, failure))
            if not isinstance(failure, Exception):
                raise
        else:
            self._end(shared, None)

    def _end(self, shared: _Shared, failure: BaseException | None) -> None:
        """Close the shared transaction and tell all who have written in it what became of it."""
        self._open = None
        shared.failure = failure
        try:
            with suppress(SQLAlchemyError, psycopg.Error):
                shared.gathered.close()
                if failure is not None:
                    shared.undo()
            with suppress(SQLAlchemyError, psycopg.Error):
                shared.connection.close()
        finally:
            shared.over.set()

    def _await(self, shared: _Shared) -> None:
        """Wait until what was written is committed, and see to it that somebody commits it.

        Raises:
            WritersParted: nothing was kept; this one writes apart next time.
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
        failure = shared.failure
        if failure is None:
            return
        self._own.apart = isinstance(failure, WritersParted)
        if isinstance(failure, SQLAlchemyError | WritersParted):
            raise failure
        msg = "the shared transaction was broken off"
        raise StoreUnavailable(msg) from failure


def _parting(shared: _Shared, failure: BaseException) -> BaseException:
    """Tell all who shared a transaction what the failure of one means for them.

    While the connection lives it is known that nothing was kept, and each does its own again,
    apart: so a statement of one that takes too long is no outage for the others.
    Where the connection is lost, that befell all of them; but one that failed for another reason
    rested on what is gone, and does it again as well.
    """
    is_own = (
        isinstance(failure, Exception)
        and not isinstance(failure, StoreUnavailable)
        and translate(failure) is None
    )
    if isinstance(failure, WritersParted) or not (is_own or shared.lives):
        return failure
    parted = WritersParted("what several wrote together was not kept")
    parted.__cause__ = failure
    return parted
