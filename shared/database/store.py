"""One service's store: how it is opened, and the two kinds of transaction there are.

Both databases keep one rule: **one writing transaction at a time in a store**, readers beside it.
SQLite has no other way.  On PostgreSQL the same is had with READ COMMITTED and one advisory
lock taken first in every writing transaction.  A use case reads, asks a rule and writes what
the rule said; between the reading and the writing nobody else may have written, or two
petitions are given the same hour.  Row locks would have to be remembered by every author of
every use case; SERIALIZABLE finds most of it but aborts at random on small tables, whose index
PostgreSQL does not use.  The lock costs parallel writes within one service, most of which would
be waiting for the disk, and those who come together share one commit instead (`together`).  It
buys that both databases behave alike: no deadlock, no write skew, nothing to retry that was not
refused by the network.

Nothing may call, publish or sleep inside a transaction: under eventlet a SQLite writer that
yields can leave the process waiting for itself.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

import psycopg
import sqlalchemy
from sqlalchemy import Connection, Engine, StaticPool, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from shared.database.base import mechanism, owner_of
from shared.database.faults import StoreConflict, StoreUnavailable, is_attempt_to_write, translate
from shared.database.gathering import Gathered, let_gathered_rows_be_written, session_info
from shared.database.together import WritingTogether

__all__ = ["Store", "StoreConflict", "StoreLimits", "StoreUnavailable"]

_WRITER_LOCK_KEY: Final = 0x8A11A2
_MODE: Final = "balian_mode"
_PRIVATE: Final = 0o700
_READERS_WAIT: Final = 50
"""In milliseconds."""
_RESTED: Final = 2.0
"""In seconds: a connection that was not used for so long is asked for a sign of life."""
_RESTS_SINCE: Final = "rests_since"


@dataclass
class _WritersTurns:
    """Whose turn it is to write a SQLite file in this process, and how many have had theirs."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    taken: int = 0


_turns_by_file: dict[str, _WritersTurns] = {}


class ForeignKeysBroken(Exception):
    """Raised when a migration would leave rows of a table pointing nowhere; names the table."""


@dataclass(frozen=True, kw_only=True)
class StoreLimits:
    """How much of the database one process may take, and how long it may wait; in seconds."""

    connections: int = 16
    connection_wait: float = 10.0
    connect_timeout: int = 5
    statement_timeout: float = 15.0
    lock_timeout: float = 10.0
    idle_in_transaction_timeout: float = 60.0


class Store:
    """The database of one service or node.

    Args:
        base: the declarative base of the service's models.
        url: `sqlite:///file`, `sqlite://` (in memory, for tests) or `postgresql+psycopg://...`.
        limits: what this process may take.

    Nothing is opened before it is first used.

    Raises:
        StoreUnavailable: the directory of a SQLite file can neither be found nor made.
    """

    def __init__(
        self, *, base: type[DeclarativeBase], url: str, limits: StoreLimits | None = None
    ) -> None:
        self.base = base
        self.owner = owner_of(base)
        self.tables = mechanism(base)
        self.limits = limits or StoreLimits()
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and make_url(url).database in (None, "", ":memory:")
        self.engine = self._open(url)
        self._readers = self.engine.execution_options(**self._of_readers())
        self._writers = self.engine.execution_options(**{_MODE: "write"})
        self._claimers = self.engine.execution_options(**{_MODE: "claim"})
        self._turns = _WritersTurns()
        self._together = WritingTogether(
            self._writers, base.metadata, turn_timeout=self.limits.lock_timeout
        )
        let_gathered_rows_be_written(self.engine)
        if self.is_sqlite and not self.in_memory:
            path = str(Path(str(self.engine.url.database)).resolve())
            self._turns = _turns_by_file.setdefault(path, self._turns)

    @property
    def writes(self) -> int | None:
        """Count the writers that have had their turn; None where other processes write too.

        While the number stays, what was read from the store is still what stands there.
        """
        return self._turns.taken if self.is_sqlite else None

    def create_tables(self) -> None:
        """Create every table at once, where no migration ever has to follow: in tests."""
        with self._locked(), self._writers.begin() as connection:
            self.base.metadata.create_all(connection)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a read-only transaction.

        Raises:
            StoreConflict, StoreUnavailable: as their docstrings say.
        """
        if self.in_memory:
            with self._locked(), self._transaction(self._readers) as session:
                yield session
        else:
            with self._transaction(self._readers) as session:
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open the writing transaction; it commits at the end and rolls back on any exception.

        Raises:
            StoreConflict, StoreUnavailable: as their docstrings say.
        """
        with self._translating(), self._write() as session:
            yield session

    def _write(self) -> AbstractContextManager[Session]:
        return self._alone() if self.is_sqlite else self._together.writing()

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        with self._locked(), self._transaction(self._writers) as session:
            gathered = Gathered(session.connection(), self.base.metadata)
            session.info |= session_info(gathered)
            try:
                yield session
                session.flush()
                gathered.write()
            finally:
                gathered.close()

    @contextmanager
    def claiming(self) -> Iterator[Session]:
        """Open a transaction that holds rows by their locks beside the writer (PostgreSQL).

        For the relay only, which publishes while its rows are locked; on SQLite it would stop
        every writer, so there the relay claims in the process instead.
        """
        with self._transaction(self._claimers) as session:
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open the transaction of a migration: one schema or the other is there, never half.

        It may take as long as a big store needs, but waits for a lock no longer than anybody does.
        SQLite alters a table by making it anew, so foreign keys rest meanwhile and are checked as
        a whole before the commit.  Dispose of the store afterwards.

        Raises:
            StoreConflict, StoreUnavailable: as their docstrings say.
            ForeignKeysBroken: rows would point nowhere; nothing was changed.
        """
        migrators = self.engine.execution_options(**{_MODE: "migrate"})
        with self._translating(), self._locked(), migrators.begin() as connection:
            yield connection
            if self.is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise ForeignKeysBroken(str(broken[0]))

    def probe(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StoreUnavailable: it gives none.
        """
        with self.reading() as session:
            session.execute(sqlalchemy.text("SELECT 1"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._turns.lock.acquire(timeout=self.limits.lock_timeout):
            msg = f"the write lock of {self.owner} did not become free in time"
            raise StoreUnavailable(msg)
        try:
            yield
        finally:
            self._turns.taken += 1
            self._turns.lock.release()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        with (
            self._translating(reads=engine is self._readers),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()  # Begin now: SQLite must take its lock before any read.
            yield session

    @contextmanager
    def _translating(self, *, reads: bool = False) -> Iterator[None]:
        """Raise the condition that a database error stands for, and a program's own as it is."""
        try:
            yield
        except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error) as error:
            condition = translate(error)
            if condition is None or (reads and is_attempt_to_write(error)):
                raise
            raise condition from error

    def _of_readers(self) -> dict[str, Any]:
        if self.is_sqlite:
            return {_MODE: "read"}
        # One snapshot for the whole answer, so that a view never mixes two states.
        return {_MODE: "read", "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _open(self, url: str) -> Engine:
        return self._open_sqlite(url) if self.is_sqlite else self._open_postgres(url)

    def _open_sqlite(self, url: str) -> Engine:
        options: dict[str, Any] = {}
        if self.in_memory:
            options["poolclass"] = StaticPool
        else:
            directory = Path(str(make_url(url).database)).parent
            try:
                directory.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            except OSError as error:
                msg = f"the directory of {self.owner}'s store cannot be made"
                raise StoreUnavailable(msg) from error
            options["pool_size"] = self.limits.connections
            options["pool_timeout"] = self.limits.connection_wait
        engine = sqlalchemy.create_engine(
            url,
            hide_parameters=True,
            json_serializer=_to_json,
            # SQLite's own waiting is in C and would stop every green thread: never wait there.
            connect_args={"timeout": 0, "check_same_thread": False, "isolation_level": None},
            **options,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _open_postgres(self, url: str) -> Engine:
        limits = self.limits
        session_options = " ".join(
            f"-c {name}={value}"
            for name, value in {
                "timezone": "UTC",
                "default_transaction_isolation": r"read\ committed",
                "statement_timeout": int(limits.statement_timeout * 1000),
                "lock_timeout": int(limits.lock_timeout * 1000),
                "idle_in_transaction_session_timeout": int(
                    limits.idle_in_transaction_timeout * 1000
                ),
            }.items()
        )
        engine = sqlalchemy.create_engine(
            url,
            hide_parameters=True,
            json_serializer=_to_json,
            pool_size=limits.connections,
            max_overflow=0,
            pool_timeout=limits.connection_wait,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": limits.connect_timeout,
                "tcp_user_timeout": int(limits.statement_timeout * 1000),
                "keepalives_idle": 10,
                "application_name": f"balian_{self.owner}",
                "options": session_options,
            },
        )
        event.listen(engine, "begin", _begin_postgres)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", _probe_rested)
        return engine


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 0",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(_MODE)
    writes = mode != "read"
    if mode == "migrate":
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    # A reader meets a lock only of another process, such as one that tidies up after a death;
    # so its short wait in C cannot be for a green thread of this one.
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {0 if writes else _READERS_WAIT}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE] = monotonic()


def _probe_rested(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested for a sign of life before it is used.

    One that was used a moment ago is not asked: asking costs as much as a statement.

    Raises:
        DisconnectionError: it gives none; the pool opens another.
    """
    since = record.info.get(_RESTS_SINCE)
    if since is None or monotonic() - since < _RESTED:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as dead:
        raise DisconnectionError from dead


def _begin_postgres(connection: Connection) -> None:
    match connection.get_execution_options().get(_MODE):
        case "write":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK_KEY})")
        case "claim":
            # A mark of what was sent that is lost with the machine is a message sent twice.
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        case "migrate":
            # A table of years is rewritten in minutes, and half of it is worth nothing.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK_KEY})")
        case _:
            pass
