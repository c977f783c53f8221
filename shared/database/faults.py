"""Which database errors are whose fault: the moment's, the machine's, or the program's.

The three want three answers.
A conflict is tried again at once; an outage is waited for with the message held; anything
else is a bug, which no repetition cures.  A missing table arrives as the same exception class
as a full disk, so the class alone does not tell.
"""

from __future__ import annotations

import sqlite3
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

_SQLITE_CONFLICTS: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_OUTAGES: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended codes keep the primary one in their lowest byte."""

_POSTGRES_CONFLICTS: Final = frozenset({"40001", "40P01", "55P03"})
_POSTGRES_OUTAGE_CLASSES: Final = ("08", "53", "57", "58", "25006")
"""Connection lost, resources exhausted, shut down or cancelled, I/O, read-only server."""


class StoreConflict(Exception):
    """Another transaction was in the way; the same work may succeed at once if repeated."""


class StoreUnavailable(Exception):
    """The store cannot be used now: hold the message, probe, take no more.

    Nothing of the transaction was kept, or whether it was kept is unknown; both are safe to
    repeat with the same message or `request_id`.
    """


def translate(error: Exception) -> Exception | None:
    """Give the condition a database error stands for; None when it is the program's fault."""
    if isinstance(error, PoolExhausted):
        return StoreUnavailable("no database connection became free in time")
    # A connection that cannot be prepared fails before SQLAlchemy wraps anything.
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _translate_sqlite(cause)
    if isinstance(cause, psycopg.Error):
        invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
        return _translate_postgres(cause, invalidated=invalidated)
    return None


def is_attempt_to_write(error: Exception) -> bool:
    """Tell whether a write was tried where only reading is allowed: in a query, a bug."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE
        return code == sqlite3.SQLITE_READONLY
    return isinstance(cause, psycopg.errors.ReadOnlySqlTransaction)


def _translate_sqlite(cause: sqlite3.Error) -> Exception | None:
    extended = getattr(cause, "sqlite_errorcode", None)
    if extended is None:
        return None
    code = extended & _PRIMARY_CODE
    name = getattr(cause, "sqlite_errorname", str(code))
    if code in _SQLITE_CONFLICTS:
        return StoreConflict(name)
    if code in _SQLITE_OUTAGES:
        return StoreUnavailable(name)
    return None


def _translate_postgres(cause: psycopg.Error, *, invalidated: bool) -> Exception | None:
    code = cause.sqlstate
    if code in _POSTGRES_CONFLICTS:
        return StoreConflict(code)
    if code is not None and code.startswith(_POSTGRES_OUTAGE_CLASSES):
        return StoreUnavailable(code)
    lost = code is None and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or invalidated:
        return StoreUnavailable("connection lost")
    return None
