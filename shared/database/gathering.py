"""Rows that are still to be written: inserted with one statement a table, for all who write them.

Sending a statement costs more than what it inserts, and most rows are inserted to be read by
somebody else, later.
So they are gathered while a transaction goes on, those of all writers who share it, and written
before it is committed, parents before children.
Nobody sees the difference: a statement in which a table is named that has gathered rows, or that
writes what refers to such a table, lets them be written first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import JSON, Connection, Engine, Insert, MetaData, Table, event, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapper, Session, object_mapper

from shared.database.faults import StoreConflict, translate

T = TypeVar("T")

_Row = dict[str, Any]
_Counter = tuple[Table, str, tuple[tuple[str, Any], ...]]

_GATHERED: Final = "balian_gathered"
_BESIDE: Final = "balian_beside_gathered"
_MARK: Final = "balian_writer"
_WORDS: Final = re.compile(r"\w+")
_STATEMENTS_KNOWN: Final = 4096

BESIDE_GATHERED: Final[Mapping[str, bool]] = {_BESIDE: True}
"""The execution options of a statement that no gathered row can matter to."""


class WritersParted(StoreConflict):
    """What several wrote together could not be kept; each of them is to write again, apart."""


class NotAppendable(TypeError):
    """Raised for an entry whose row cannot be told from the entry alone; names its table."""


@dataclass
class _Waiting:
    """What waits to be written: rows, and counters with how far they have counted."""

    rows: dict[Table, list[_Row]] = field(default_factory=dict)
    counts: dict[_Counter, int] = field(default_factory=dict)
    """Every counter that is known, written or not."""
    uncounted: dict[_Counter, bool] = field(default_factory=dict)
    """Those not written as they stand, and whether they have a row to be counted in."""
    writers: int = 0
    """How many have come to their end with rows in here."""

    def copy(self) -> _Waiting:
        return _Waiting(
            rows={table: list(rows) for table, rows in self.rows.items()},
            counts=dict(self.counts),
            uncounted=dict(self.uncounted),
            writers=self.writers,
        )

    def names(self) -> set[str]:
        return {table.name for table in self.rows} | {it[0].name for it in self.uncounted}


class Gathered:
    """What is gathered in one transaction, of all who share it.

    Args:
        connection: the transaction's; it asks here before each statement, until this is closed.
        metadata: of the store; it tells which table refers to which.
    """

    def __init__(self, connection: Connection, metadata: MetaData) -> None:
        self._connection = connection
        connection.info[_GATHERED] = self
        self._metadata = metadata
        self._waiting = _Waiting()
        self._names: set[str] = set()
        """Of the tables something waits for."""
        self._facts: dict[str, object] = {}
        self._lacking: dict[str, set[tuple[object, ...]]] = {}
        """By table, the primary keys that it is known to have no row of."""
        self._owes_mark = False
        self._has_mark = False
        self._is_at_it = False

    # --- Gathering -----------------------------------------------------------------------------

    def insert(self, table: Table, row: _Row) -> None:
        """Have a row inserted; all rows of a table name the same columns."""
        self._waiting.rows.setdefault(table, []).append(row)
        self._names.add(table.name)
        self._facts.pop(table.name, None)
        if lacking := self._lacking.get(table.name):
            lacking.discard(_key_of(table, row))

    def append(self, entry: object) -> None:
        """Have the row of an entry inserted; what is changed of the entry later is not kept.

        Raises:
            NotAppendable: as its docstring says.
        """
        table, columns = _plan_of(object_mapper(entry))
        values = entry.__dict__
        self.insert(table, {key: values.get(name, default) for key, name, default in columns})

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing waits to be written."""
        return not self._names

    def keys_of(self, table: Table) -> set[tuple[object, ...]]:
        """Give the primary keys of the rows of a table that wait."""
        return {_key_of(table, row) for row in self._waiting.rows.get(table, ())}

    def know_lacking(self, table: Table, keys: Iterable[tuple[object, ...]]) -> None:
        """Know primary keys of which a table has no row, until one is inserted.

        Nobody else writes while the transaction goes on.
        """
        self._lacking.setdefault(table.name, set()).update(keys)

    def lacks(self, table: Table, key: tuple[object, ...]) -> bool:
        """Tell whether a table is known to have no row of a primary key, and none waits."""
        return key in self._lacking.get(table.name, ())

    def count(
        self, table: Table, column: str, key: Mapping[str, Any], *, is_new: bool = False
    ) -> int:
        """Count one further in a counter row, making the row where there is none.

        Args:
            table: where the counters stand.
            column: the one that counts.
            key: its other columns, which are its primary key.
            is_new: there is no such row, so that the database need not be asked.
        """
        counter = (table, column, tuple(key.items()))
        waiting = self._waiting
        if counter in waiting.counts:
            waiting.counts[counter] += 1
            waiting.uncounted.setdefault(counter, True)
        elif is_new:
            waiting.counts[counter] = 1
            waiting.uncounted[counter] = False
        else:
            statement = _counting(table, column, tuple(key), self._connection.dialect.name)
            with self._by_itself():
                self._mark()
                counted = self._connection.execute(statement, {**key, column: 1}).scalar_one()
            waiting.counts[counter] = int(counted)
            return int(counted)
        self._names.add(table.name)
        return waiting.counts[counter]

    def remember(self, table: Table, find: Callable[[], T]) -> T:
        """Find a fact that one table tells, once until something is written to the table.

        Nobody else writes while the transaction goes on.

        Args:
            table: which tells it, this one fact and no other.
            find: how it is read from the table.
        """
        if table.name not in self._facts:
            self._facts[table.name] = find()
        return cast("T", self._facts[table.name])

    def know(self, table: Table, fact: object) -> None:
        """Know the fact that `remember` would find in a table, since another question told it."""
        self._facts[table.name] = fact

    @contextmanager
    def one_writer(self, *, is_first: bool) -> Iterator[None]:
        """Gather what one writer writes; where it fails, that is undone, and nothing else.

        What was written meanwhile was perhaps not only the writer's own: so it waits again.
        Of the first nothing is undone: with it the whole transaction has to be.
        """
        before = self._waiting.copy()
        self._owes_mark, self._has_mark = not is_first, False
        try:
            yield
        except BaseException:
            self._waiting, self._names = before, before.names()
            self._facts.clear()
            if self._has_mark:
                # If that fails, the transaction is not whole any more, as can be seen from it.
                with suppress(SQLAlchemyError), self._by_itself():
                    self._connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_MARK}")
            raise
        self._waiting.writers += 1

    def _mark(self) -> None:
        """Mark the place to which a writer is undone: only now that something is written."""
        if self._owes_mark:
            self._owes_mark = False
            self._connection.exec_driver_sql(f"SAVEPOINT {_MARK}")
            self._has_mark = True

    # --- Writing -------------------------------------------------------------------------------

    def write(self) -> None:
        """Write all that waits.

        Raises:
            WritersParted: it is refused, and earlier writers have a part in it.
            SQLAlchemyError: it is refused and all of it is of this writer; or the database's own.
        """
        if not self._names:
            return
        waiting = self._waiting
        try:
            with self._by_itself():
                self._mark()
                self._write_rows(waiting)
                self._write_counts(waiting)
        except Exception as error:
            if not waiting.writers or translate(error) is not None:
                raise
            msg = "rows of several writers were refused together"
            raise WritersParted(msg) from error
        self._waiting = _Waiting(counts=waiting.counts)
        self._names = set()

    def _write_rows(self, waiting: _Waiting) -> None:
        order = _order_of(self._metadata)
        for table in sorted(waiting.rows, key=order.__getitem__):
            rows = waiting.rows[table]
            self._connection.execute(_inserting(table), rows if len(rows) > 1 else rows[0])

    def _write_counts(self, waiting: _Waiting) -> None:
        rows: dict[tuple[Table, str, tuple[str, ...], bool], list[_Row]] = {}
        for counter, has_row in waiting.uncounted.items():
            table, column, key = counter
            row = {**dict(key), column: waiting.counts[counter]}
            names = tuple(name for name, _ in key)
            rows.setdefault((table, column, names, has_row), []).append(row)
        for (table, column, names, has_row), counted in rows.items():
            dialect = self._connection.dialect.name
            # One that is said to be new is not found where it is not: that would be a mistake.
            statement = _setting(table, column, names, dialect) if has_row else _inserting(table)
            self._connection.execute(statement, counted if len(counted) > 1 else counted[0])

    def give_way(self, sql: str, *, writes: bool) -> None:
        """Write what has to be written before a statement.

        Raises:
            WritersParted, SQLAlchemyError: as `write`.
        """
        if self._is_at_it:
            return
        waiting = self._waiting
        if self._names and not self._names.isdisjoint(_touched(self._metadata, sql, writes)):
            self.write()
        if writes:
            with self._by_itself():
                self._mark()
        if writes and (self._facts or self._lacking or waiting.counts):
            self._forget(_touched(self._metadata, sql, writes))

    def _forget(self, named: Collection[str]) -> None:
        """Know no longer what the tables told that are written to now."""
        waiting = self._waiting
        waiting.counts = {
            key: count for key, count in waiting.counts.items() if key[0].name not in named
        }
        self._facts = {name: fact for name, fact in self._facts.items() if name not in named}
        for name in self._lacking.keys() & named:
            del self._lacking[name]

    def close(self) -> None:
        """Be asked no more: the transaction is about to end."""
        if not (self._connection.closed or self._connection.invalidated):
            self._connection.info.pop(_GATHERED, None)

    @contextmanager
    def _by_itself(self) -> Iterator[None]:
        self._is_at_it = True
        try:
            yield
        finally:
            self._is_at_it = False


def gathered_in(session: Session) -> Gathered:
    """Give what is gathered in the transaction of a writer's session."""
    gathered: Gathered = session.info[_GATHERED]
    return gathered


def find_gathered(session: Session) -> Gathered | None:
    """Give what is gathered in the transaction of a session; None where it only reads."""
    return session.info.get(_GATHERED)


def session_info(gathered: Gathered) -> dict[str, Any]:
    """Give what a writer's session has to know, so that `gathered_in` finds it."""
    return {_GATHERED: gathered}


def let_gathered_rows_be_written(engine: Engine) -> None:
    """Have every statement of an engine's transactions see the rows gathered before it."""
    event.listen(engine, "before_cursor_execute", _give_way)


def _give_way(
    connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: Any,
    _executemany: bool,  # noqa: FBT001 - SQLAlchemy passes it.
) -> None:
    gathered: Gathered | None = connection.info.get(_GATHERED)
    if gathered is None or context.execution_options.get(_BESIDE):
        return
    gathered.give_way(statement, writes=not _only_reads(context.compiled))


def _only_reads(compiled: Any) -> bool:
    """Tell whether a statement is a question; what is written by hand may be anything."""
    if compiled is None or not getattr(compiled.statement, "is_select", False):
        return False
    return not any(getattr(cte.element, "is_dml", False) for cte in compiled.ctes or ())


@lru_cache(_STATEMENTS_KNOWN)
def _touched(metadata: MetaData, sql: str, writes: bool) -> frozenset[str]:  # noqa: FBT001
    """Name the tables a statement touches: those it names, and those its rows may refer to."""
    named = {word for word in _WORDS.findall(sql) if word in metadata.tables}
    if writes:
        keys = [key for name in named for key in metadata.tables[name].foreign_keys]
        named |= {key.column.table.name for key in keys}
    return frozenset(named)


# Built once: making a statement or a plan costs as much as sending it.


@cache
def _order_of(metadata: MetaData) -> Mapping[Table, int]:
    return {table: place for place, table in enumerate(metadata.sorted_tables)}


@cache
def _plan_of(mapper: Mapper[Any]) -> tuple[Table, tuple[tuple[str, str, Any], ...]]:
    """Tell of which attributes the row of an entry is made, and what counts where one is not set.

    Raises:
        NotAppendable: as its docstring says.
    """
    table = cast("Table", mapper.local_table)
    columns = []
    for attribute in mapper.column_attrs:
        column: Any = attribute.columns[0]
        if column is table.autoincrement_column:
            continue
        default = column.default
        told_elsewhere = column.server_default is not None or (
            default is not None and not default.is_scalar
        )
        # A JSON column would hold the JSON of None, and not nothing.
        if told_elsewhere or (column.nullable and isinstance(column.type, JSON)):
            msg = f"{table.name}.{column.name} cannot be told from the entry"
            raise NotAppendable(msg)
        columns.append((column.key, attribute.key, None if default is None else default.arg))
    return table, tuple(columns)


@cache
def _key_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.primary_key)


def _key_of(table: Table, row: _Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _key_columns(table))


@cache
def _inserting(table: Table) -> Insert:
    # Inline: nobody is told the numbers that the database gives.
    return insert(table).inline()


def _upsert(table: Table, dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


@cache
def _counting(table: Table, column: str, key: tuple[str, ...], dialect: str) -> Insert:
    """Give the statement that counts one further in a row, or makes the row."""
    counted: Insert = (
        _upsert(table, dialect)
        .on_conflict_do_update(index_elements=list(key), set_={column: table.c[column] + 1})
        .returning(table.c[column])
    )
    return counted


@cache
def _setting(table: Table, column: str, key: tuple[str, ...], dialect: str) -> Insert:
    """Give the statement that says how far a row has counted."""
    upsert = _upsert(table, dialect)
    told: Insert = upsert.on_conflict_do_update(
        index_elements=list(key), set_={column: upsert.excluded[column]}
    )
    return told
