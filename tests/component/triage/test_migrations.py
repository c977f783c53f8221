"""The migrations of triage build what its models say."""

from __future__ import annotations

from pathlib import Path

from services.triage.models import Base
from shared.database.migrations import differences, is_current, upgrade
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


def test_a_migrated_store_takes_a_sorting(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade("triage", url)
    triage = Triage(ServiceBench("triage", Base, url=url))
    triage.put_directory()
    triage.register()

    assert triage.forward().lead_unit == "labour_bureau"
