"""Faults of one store: somebody holds a lock on it, or the disk under it is full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
import sqlalchemy
from sqlalchemy import text

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.fault import Fault

ADMINISTRATOR: Final = "AUTOCOMMIT"
_SMALL: Final = "/small"
_ATTEMPTS: Final = 20


@dataclass
class LockHeld(Fault):
    """Somebody else's transaction holds the outbox of one store, and with it every writer."""

    service: str
    seconds: float = 10.0

    @property
    def name(self) -> str:
        return f"the store of {self.service} is locked for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        self._engine = sqlalchemy.create_engine(county.administrator(self.service))
        self._connection = self._engine.connect()
        # One table, for two could be taken in another order than by those who use them.
        self._connection.execute(text("LOCK TABLE outbox_messages IN ACCESS EXCLUSIVE MODE"))

    def heal(self, county: FaultyCounty) -> None:
        del county
        self._connection.close()
        self._engine.dispose()


class DiskNotFull(RuntimeError):
    """Raised when the small disk is filled and still takes more: the fault would be none."""


@dataclass
class DiskFull(Fault):
    """The disk under one store is full; every other store, and PostgreSQL's own log, have room."""

    service: str
    seconds: float = 6.0

    @property
    def name(self) -> str:
        return f"the disk of {self.service} is full for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        administer(county, "postgres", *_unless_there(county))
        administer(county, self.service, *_moved("pg_default", "small"))
        # Until nothing fits any more; that `dd` fails is what is wanted.
        fill = f"dd if=/dev/zero of={_SMALL}/ballast bs=4k 2>/dev/null; sync {_SMALL}; true"
        county.execute("postgres", "sh", "-c", fill)
        try:
            administer(
                county,
                self.service,
                "CREATE TABLE faults_probe TABLESPACE small AS SELECT generate_series(1, 100000)",
            )
        except sqlalchemy.exc.OperationalError:
            return
        msg = f"the small disk of {self.service} takes more"
        raise DiskNotFull(msg)

    def heal(self, county: FaultyCounty) -> None:
        county.execute("postgres", "rm", "-f", f"{_SMALL}/ballast")

    def tidy(self, county: FaultyCounty) -> None:
        administer(county, self.service, *_moved("small", "pg_default"))


def _unless_there(county: FaultyCounty) -> Sequence[str]:
    engine = sqlalchemy.create_engine(county.administrator(), poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT 1 FROM pg_tablespace WHERE spcname = 'small'"))
    return () if found else (f"CREATE TABLESPACE small LOCATION '{_SMALL}'",)


def _moved(source: str, target: str) -> Sequence[str]:
    return (
        f"ALTER TABLE ALL IN TABLESPACE {source} SET TABLESPACE {target}",
        f"ALTER INDEX ALL IN TABLESPACE {source} SET TABLESPACE {target}",
    )


def administer(county: FaultyCounty, database: str, *statements: str) -> None:
    """Execute statements in a database as its administrator, each by itself."""
    url = county.administrator(database)
    engine = sqlalchemy.create_engine(
        url, poolclass=sqlalchemy.NullPool, isolation_level=ADMINISTRATOR
    )
    with engine.connect() as connection:
        for statement in statements:
            _insist(connection, statement)


def _insist(connection: sqlalchemy.Connection, statement: str) -> None:
    """Execute a statement that the services' own transactions may be in the way of."""
    for _ in range(_ATTEMPTS):
        try:
            connection.exec_driver_sql(statement)
        except sqlalchemy.exc.OperationalError as failed:
            if not isinstance(failed.orig, psycopg.errors.DeadlockDetected):
                raise
        else:
            return
    msg = f"the services are always in the way of {statement}"
    raise RuntimeError(msg)
