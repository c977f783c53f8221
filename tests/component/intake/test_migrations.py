"""The migrations of intake keep what was heard before them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import alembic.command
import pytest
import sqlalchemy

from shared.database.migrations import configuration, upgrade

if TYPE_CHECKING:
    from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store, of each kind that lasts."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database()
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


def test_a_routing_heard_before_names_its_node_afterwards(url: str) -> None:
    alembic.command.upgrade(configuration("intake", url), "0001")
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as store:
        petitions = sqlalchemy.Table("petitions", sqlalchemy.MetaData(), autoload_with=store)
        milestones = sqlalchemy.Table("milestones", sqlalchemy.MetaData(), autoload_with=store)
        store.execute(sqlalchemy.insert(petitions).values(**_petition(petitions)))
        for kind, subject in (("routed", "sanchakou-l_town_head"), ("registered", "-")):
            store.execute(
                sqlalchemy.insert(milestones).values(
                    petition_no="XF-20260601-0001",
                    kind=kind,
                    subject=subject,
                    occurred_at=sqlalchemy.func.current_timestamp(),
                )
            )

    upgrade("intake", url)

    with engine.begin() as store:
        told = sqlalchemy.text("SELECT kind, node, place FROM milestones ORDER BY kind")
        assert [tuple(row) for row in store.execute(told)] == [
            ("registered", None, None),
            ("routed", "sanchakou", None),
        ]
    engine.dispose()


def _petition(petitions: sqlalchemy.Table) -> dict[str, object]:
    """Fill in a row that a milestone can point to, whatever columns a petition has."""
    plain = {"INTEGER": 1, "BIGINT": 1, "BOOLEAN": False, "JSON": []}
    row: dict[str, object] = {}
    for column in petitions.columns:
        kind = str(column.type).partition("(")[0]
        if column.nullable:
            continue
        if kind in {"DATE", "DATETIME", "TIMESTAMP"}:
            row[column.name] = sqlalchemy.func.current_timestamp()
        else:
            row[column.name] = plain.get(kind, "x")
    return {**row, "petition_no": "XF-20260601-0001"}
