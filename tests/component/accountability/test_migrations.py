"""The migrations of accountability build what its models say."""

from __future__ import annotations

from pathlib import Path

import alembic.command
import pytest
from sqlalchemy import create_engine, text

from shared.database.migrations import configuration, differences, is_current, upgrade
from tests.support.postgres import Postgres

NO = "XF-20260601-0004"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrations_and_the_models_agree(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    else:
        url = f"sqlite:///{tmp_path / 'store.sqlite3'}"

    assert differences("accountability", url) == []
    assert is_current("accountability", url)


def test_a_store_of_the_first_version_keeps_the_units_it_knew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    alembic.command.upgrade(configuration("accountability", url), "0001")
    engine = create_engine(url)
    with engine.begin() as old:
        old.execute(
            text("INSERT INTO known_cases VALUES (:no, 'labour_bureau', 'leader', '2026-06-02')"),
            {"no": NO},
        )
        for ground_no, unit in (("1", "land_bureau"), ("2", "labour_bureau"), ("3", None)):
            old.execute(
                text(
                    "INSERT INTO grounds (ground_no, petition_no, kind, occasion, unit,"
                    " occurred_on, recorded_at, recorded_by) VALUES"
                    " (:ground_no, :no, 'absent', :ground_no, :unit, '2026-06-05',"
                    " '2026-06-05 02:00:00', 'service:accountability')"
                ),
                {"ground_no": ground_no, "no": NO, "unit": unit},
            )

    upgrade("accountability", url)

    with engine.connect() as new:
        units = new.execute(text("SELECT petition_no, unit FROM case_units ORDER BY unit")).all()
    engine.dispose()
    assert [tuple(row) for row in units] == [(NO, "labour_bureau"), (NO, "land_bureau")]
