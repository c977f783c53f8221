"""Stores that are not of this version: behind it, or ahead."""

from __future__ import annotations

import sqlalchemy

from shared.database.migrations import VERSION_TABLE


def reach(url: str, revision: str) -> None:
    """Let a store say that it has come to a migration, with whatever tables it has."""
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        changed = connection.execute(
            sqlalchemy.text(f"UPDATE {VERSION_TABLE} SET version_num = :revision"),  # noqa: S608
            {"revision": revision},
        )
        assert changed.rowcount == 1
    engine.dispose()
