"""The migrations of triage build what its models say."""

from __future__ import annotations

from pathlib import Path

import alembic.command
from sqlalchemy import create_engine, text

from services.triage.models import Base
from shared.database.migrations import configuration, differences, is_current, upgrade
from tests.support.bench import ServiceBench
from tests.support.postgres import Postgres
from tests.support.triage import Triage


def test_the_migrations_and_the_models_agree(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"

    assert differences("triage", url) == []
    assert is_current("triage", url)


def test_they_agree_on_postgresql_too(postgres: Postgres) -> None:
    url = postgres.database()

    assert differences("triage", url) == []
    assert is_current("triage", url)


def test_an_upgraded_store_keeps_the_parts_it_knew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    alembic.command.upgrade(configuration("triage", url), "0003")
    engine = create_engine(url)
    petition = {
        "form": "visit",
        "territory": "county",
        "registered_on": "2026-06-01",
        "received_on": "2026-06-01",
        "urgent": False,
        "state": "unsorted",
        "due_on": "2026-06-16",
        "overdue": False,
        "sortings": 0,
    }
    names = ", ".join(petition)
    values = ", ".join(f":{name}" for name in petition)
    with engine.begin() as before:
        for number, part in ((1, 2), (2, None)):
            before.execute(
                text(
                    "INSERT INTO triaged_petitions"  # noqa: S608 - names of columns.
                    f" (petition_no, split_part, {names}) VALUES (:number, :part, {values})"
                ),
                petition | {"number": f"XF-{number}", "part": f"XF-{part}" if part else None},
            )

    upgrade("triage", url)

    with engine.begin() as after:
        parts = after.execute(text("SELECT petition_no, part_no FROM split_parts")).all()
    engine.dispose()
    assert [tuple(row) for row in parts] == [("XF-1", "XF-2")]


def test_a_migrated_store_takes_a_sorting(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade("triage", url)
    triage = Triage(ServiceBench("triage", Base, url=url))
    triage.put_directory()
    triage.register()

    assert triage.forward().lead_unit == "labour_bureau"
