"""Whether what comes has come before: of those who share a transaction, one looks for all.

The row of a call or message is looked for before anything is done for it, in the transaction in
which it is written, and in which nobody else writes.
So what is not there then is not there before the end either, unless one of those who share the
transaction has written it; and the first of them can ask for all who are on their way by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    Row,
    Select,
    String,
    Table,
    any_,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from shared.database import Store
from shared.database.gathering import BESIDE_GATHERED, find_gathered

Key = tuple[str, ...]
"""The primary key of a row, in the order of the table's columns."""


class Lookahead:
    """The rows of one table by which its writers know what has come before.

    Args:
        store: where the table is.
        table: its rows are only inserted through `gathering`, or by a statement that names it.
    """

    def __init__(self, store: Store, table: Table) -> None:
        self._tables = store.tables
        self._table = table
        # Built once: making a statement costs as much as sending it.
        self._statement = _statement(store, table)
        self._columns = [column.key for column in table.primary_key]
        self._on_their_way: set[Key] = set()

    @contextmanager
    def coming(self, key: Key) -> Iterator[None]:
        """Have the others look for this one too, while it waits for its turn to write."""
        self._on_their_way.add(key)
        try:
            yield
        finally:
            self._on_their_way.discard(key)

    def find(self, session: Session, key: Key) -> Row[Any] | None:
        """Find the row of a key; None where there is none.

        Of a writer it is known afterwards whether any message waits for its predecessor.
        """
        gathered = find_gathered(session)
        if gathered is None:
            return self._look(session, {key})[1].get(key)
        if gathered.lacks(self._table, key):
            return None
        waiting = gathered.keys_of(self._table)
        if key in waiting:
            # It is written for this, with all that waits.
            return self._look(session, {key})[1].get(key)
        # Whoever is through has its row in the transaction: among those that wait, or written.
        asked = {key, *self._on_their_way} - waiting
        someone_waits, found = self._look(session, asked, execution_options=BESIDE_GATHERED)
        gathered.know(self._tables.early_messages, someone_waits)
        gathered.know_lacking(self._table, asked - found.keys())
        return found.get(key)

    def _look(
        self, session: Session, keys: Iterable[Key], **options: Any
    ) -> tuple[bool, dict[Key, Row[Any]]]:
        # The other columns of a key are few for each value of its first.
        firsts = sorted({key[0] for key in keys})
        rows = session.execute(self._statement, {"firsts": firsts}, **options).all()
        found = {self._key_of(row): row for row in rows if row[1] is not None}
        return rows[0].someone_waits, found

    def _key_of(self, row: Row[Any]) -> Key:
        return tuple(row._mapping[name] for name in self._columns)  # noqa: SLF001 - its public name.


def _statement(store: Store, table: Table) -> Select[Any]:
    """Select the rows whose keys begin so, or one of nothing; and whether any message waits."""
    first = next(iter(table.primary_key))
    chosen = (
        first.in_(bindparam("firsts", expanding=True))
        if store.is_sqlite
        else first == any_(bindparam("firsts", type_=ARRAY(String)))
    )
    always = select(literal_column("1")).subquery("always")
    someone_waits = store.tables.someone_waits().label("someone_waits")
    return select(someone_waits, first.label("first"), table).select_from(
        always.outerjoin(table, chosen)
    )
