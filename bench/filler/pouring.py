"""Pours copies into a store: by `COPY`, before its indexes are made, in one transaction.

What the migrations made is taken down and put up again from PostgreSQL's own description of it, so
a filled store has the schema of every other store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier

from bench.filler.plan import Plan
from bench.filler.snapshots import tables_of
from shared.vault import Vault

_AT_ONCE: Final = 8_000_000
"""In characters; so much is made before it is sent."""

_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype = ANY (%(kinds)s)
  AND conrelid::regclass::text <> 'schema_versions'
ORDER BY conrelid::regclass::text, conname
"""
_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'schema_versions'
ORDER BY tablename, indexname
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass
class Pourer:
    """Sends the rows of one store's tables, so many at a time."""

    connection: Connection
    _rows: dict[tuple[str, tuple[str, ...]], list[str]] = field(default_factory=dict)
    _size: int = 0

    def take(self, table: str, columns: tuple[str, ...], rows: str) -> None:
        """Take rows of a table as `COPY` reads them."""
        self._rows.setdefault((table, columns), []).append(rows)
        self._size += len(rows)
        if self._size > _AT_ONCE:
            self.send()

    def send(self) -> None:
        """Send what was taken."""
        for (table, columns), rows in self._rows.items():
            names = SQL(", ").join(Identifier(column) for column in columns)
            statement = SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(Identifier(table), names)
            with self.connection.cursor().copy(statement) as copying:
                copying.write("".join(rows))
        self._rows.clear()
        self._size = 0


def pour(store: str, address: str, plan: Plan, vault: Vault, *, say: Callable[[str], None]) -> None:
    """Fill an empty store with the copies of a plan.

    Args:
        store: its name, such as `intake`.
        address: where it is, as psycopg takes it; its tables are there and hold nothing.
        plan: which copies there are.
        vault: the keys it is sealed with.
        say: told how long each part took.
    """
    begun = time.monotonic()
    with psycopg.connect(address) as connection:
        # Nothing was in the tables when the transaction began, so no log of the rows is needed.
        names = [Identifier(table.name) for table in tables_of(store)]
        connection.execute(SQL("TRUNCATE {} RESTART IDENTITY").format(SQL(", ").join(names)))
        with _bare_tables(connection):
            pourer = Pourer(connection)
            for mould, copy in plan.copies():
                part = mould.parts.get(store)
                if part is None:
                    continue
                for table, rows in zip(part.tables, part.poured(copy, vault), strict=True):
                    pourer.take(table.name, table.columns, rows)
            if store == "intake":
                for on, last in plan.day_counts.items():
                    pourer.take("day_counts", ("on", "last"), f"{on}\t{last}\n")
            pourer.send()
            say(f"    {store}: rows after {time.monotonic() - begun:.0f} s")
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")
    say(f"    {store}: filled after {time.monotonic() - begun:.0f} s")


@contextmanager
def _bare_tables(connection: Connection) -> Iterator[None]:
    """Take constraints and indexes down, and put them up again when the block ends."""
    foreign = _constraints(connection, "f")
    _drop(connection, foreign)
    keys = _constraints(connection, "p", "u")
    _drop(connection, keys)
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
    yield
    for table, name, definition in keys:
        _add(connection, table, name, definition)
    for _, definition in indexes:
        connection.execute(definition)
    for table, name, definition in foreign:
        _add(connection, table, name, definition)


def _constraints(connection: Connection, *kinds: str) -> Sequence[tuple[str, str, str]]:
    found = connection.execute(_CONSTRAINTS, {"kinds": list(kinds)}).fetchall()
    return [(str(table), str(name), str(definition)) for table, name, definition in found]


def _drop(connection: Connection, constraints: Sequence[tuple[str, str, str]]) -> None:
    for table, name, _ in constraints:
        connection.execute(
            SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(table), Identifier(name))
        )


def _add(connection: Connection, table: str, name: str, definition: str) -> None:
    connection.execute(
        SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(Identifier(table), Identifier(name))
        + SQL(definition)  # PostgreSQL wrote it.
    )
