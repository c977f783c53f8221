"""Copies of one stored row under other keys, so many that a store is as big as after many years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %(table)s::text::regclass AND attnum > 0 AND NOT attisdropped
  AND pg_get_serial_sequence(attrelid::regclass::text, attname) IS NULL
ORDER BY attnum
"""

PETITION_NO: Final = (
    "'XF-' || to_char(date '2026-01-31' - n / 9000, 'YYYYMMDD')"
    " || '-' || lpad((mod(n, 9000) + 1)::text, 4, '0')"
)
"""The number of copy n in SQL: of days before the benchmark's own petitions, 9,000 of each."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """One table of which a row is copied.

    Args:
        table: its name.
        where: chooses the row, in SQL, by the parameter ``petition_no``.
        changed: what is other in copy n than in the row, in SQL, by column.
    """

    table: str
    where: str
    changed: Mapping[str, str]

    def statement(self, columns: list[str]) -> Composed:
        """Give the statement that writes copies from the first to the last."""
        values = SQL(", ").join(
            # What it is made of stands in this package and comes from nowhere else.
            SQL(self.changed[column])
            if column in self.changed
            else SQL("one.{}").format(Identifier(column))
            for column in columns
        )
        return SQL(
            "INSERT INTO {table} ({columns}) SELECT {values}"
            " FROM (SELECT * FROM {table} WHERE {where} LIMIT 1) AS one,"
            " generate_series(%(first)s::int, %(last)s::int) AS n"
        ).format(
            table=Identifier(self.table),
            columns=SQL(", ").join(map(Identifier, columns)),
            values=values,
            where=SQL(self.where),
        )


def copy(
    store: psycopg.Connection[Any], copied: Copied, *, petition_no: str, first: int, last: int
) -> int:
    """Write copies of a row; gives how many were written."""
    columns = [row[0] for row in store.execute(_COLUMNS, {"table": copied.table}).fetchall()]
    told = {"petition_no": petition_no, "first": first, "last": last}
    return store.execute(copied.statement(columns), told).rowcount
