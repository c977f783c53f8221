"""Migrations of a made-up service: written from its models, applied, and found to agree."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import services
from shared.database import Store, StoreConflict, StoreLimits, StoreUnavailable
from shared.database.migrations import (
    NoMigrations,
    base_of,
    differences,
    is_behind,
    is_current,
    upgrade,
)
from shared.database.revision import write_revision
from tests.support.postgres import Postgres
from tests.support.small_service import Base

OWNER = "made_up"

MODELS = '''
"""Models."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import COLUMN_TYPES, metadata_for


class Stage(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Base(DeclarativeBase):
    metadata = metadata_for("made_up")
    type_annotation_map = COLUMN_TYPES


class Matter(Base):
    __tablename__ = "matters"
    __table_args__ = (
        UniqueConstraint("code", "opened_at"),
        CheckConstraint("version > 0", name="version_counts"),
    )

    matter_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), index=True)
    stage: Mapped[Stage]
    opened_at: Mapped[datetime]
    version: Mapped[int]
    facts: Mapped[dict[str, object]] = mapped_column(COLUMN_TYPES[list[str]])


class Entry(Base):
    __tablename__ = "entries"

    entry_no: Mapped[int] = mapped_column(primary_key=True)
    matter_no: Mapped[str] = mapped_column(ForeignKey("matters.matter_no"))
    # more
'''

LATER = MODELS.replace(
    "    # more\n",
    "    noted_at: Mapped[datetime | None]\n    word: Mapped[str] = mapped_column(String(9))\n",
).replace("String(64), index=True", "String(80), index=True")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "services"
    directory = root / OWNER
    directory.mkdir(parents=True)
    (directory / "__init__.py").write_text("")
    monkeypatch.setattr(services, "__path__", [*services.__path__, str(root)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield directory
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith(f"services.{OWNER}")]:
        del sys.modules[name]


def _models(package: Path, content: str) -> None:
    _forget()
    (package / "models.py").write_text(textwrap.dedent(content))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'made_up.sqlite3'}"
    database: str = request.getfixturevalue("postgres").database()
    return database


def test_a_service_without_migrations_says_how_to_write_them(package: Path) -> None:
    _models(package, MODELS)

    with pytest.raises(NoMigrations, match=r"shared\.database\.revision made_up"):
        upgrade(OWNER, "sqlite://")


def test_migrations_lead_to_what_the_models_say_and_keep_the_rows(package: Path, url: str) -> None:
    _models(package, MODELS)
    first = write_revision(OWNER, "initial")
    upgrade(OWNER, url)
    assert differences(OWNER, url) == []
    store = Store(base=base_of(OWNER), url=url)
    with store.writing() as session:
        session.execute(
            text(
                "INSERT INTO matters (matter_no, code, stage, opened_at, version, facts)"
                " VALUES ('m1', 'c', 'open', '2026-06-01 00:00:00', 1, '{}')"
            )
        )
    store.dispose()

    _models(package, LATER)
    second = write_revision(OWNER, "note when")
    assert not is_current(OWNER, url)
    upgrade(OWNER, url)
    upgrade(OWNER, url)

    assert first is not None
    assert first.name == "0001_initial.py"
    assert second is not None
    assert second.name == "0002_note_when.py"
    assert write_revision(OWNER, "nothing") is None
    assert is_current(OWNER, url)
    assert differences(OWNER, url) == []
    store = Store(base=base_of(OWNER), url=url)
    with store.reading() as session:
        assert session.execute(text("SELECT matter_no FROM matters")).scalars().all() == ["m1"]
        names = {index["name"] for index in inspect(session.connection()).get_indexes("matters")}
        partial = inspect(session.connection()).get_indexes("outbox_messages")
    assert "ix_matters_code" in names
    unsent = next(index for index in partial if index["name"] == "ix_outbox_messages_unsent")
    assert any("where" in option for option in unsent.get("dialect_options", {}))
    store.dispose()


def test_a_store_is_behind_before_its_migrations_and_never_when_it_is_ahead(
    package: Path, url: str
) -> None:
    _models(package, MODELS)
    write_revision(OWNER, "initial")
    new = is_behind(OWNER, url)
    upgrade(OWNER, url)
    upgraded = is_behind(OWNER, url)

    _models(package, LATER)
    second = write_revision(OWNER, "note when")
    assert second is not None
    with_the_new_code = is_behind(OWNER, url)
    upgrade(OWNER, url)
    second.unlink()
    with_the_old_code = is_behind(OWNER, url)

    assert (new, upgraded, with_the_new_code, with_the_old_code) == (True, False, True, False)
    assert not is_current(OWNER, url)


def test_a_migration_may_take_longer_than_any_other_statement(postgres: Postgres) -> None:
    store = Store(base=Base, url=postgres.database(), limits=StoreLimits(statement_timeout=0.2))

    with store.migrating() as connection:
        connection.execute(text("CREATE TABLE slowly_made AS SELECT 1 AS made FROM pg_sleep(0.6)"))
    with pytest.raises(StoreUnavailable), store.writing() as session:
        session.execute(text("SELECT pg_sleep(0.6)"))

    with store.reading() as session:
        assert inspect(session.connection()).has_table("slowly_made")
    store.dispose()


def test_a_migration_waits_for_a_lock_no_longer_than_others_do(postgres: Postgres) -> None:
    store = Store(base=Base, url=postgres.database(), limits=StoreLimits(lock_timeout=0.2))

    with store.writing(), pytest.raises(StoreConflict), store.migrating():
        pytest.fail("two wrote at once")

    with store.migrating() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "200ms"
    store.dispose()
