"""Migrations: how a store's schema comes to be what the models say, one step after the other.

Each service keeps its steps in `services/<owner>/migrations`.  They only go forward, because
nothing of record is ever deleted.  `upgrade` is run once before the instances of a service start,
by the host or by a job of the deployment, never by each instance.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Literal

import alembic.command
from alembic import context
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Enum
from sqlalchemy.orm import DeclarativeBase

from shared.database.store import Store
from shared.database.types import Instant

_SERVICES = "services"
VERSION_TABLE = "schema_versions"


class NoMigrations(FileNotFoundError):
    """Raised for a service that has no migrations yet; write the first one with `revision`."""


def upgrade(owner: str, url: str) -> None:
    """Bring a store to the newest schema; a store that has it already is left alone.

    Args:
        owner: the service whose tables they are, such as `reception`.
        url: the store, a new and empty one too.

    Raises:
        NoMigrations: the service has none.
        StoreUnavailable: the store cannot be used now.
    """
    alembic.command.upgrade(configuration(owner, url), "head")


def is_current(owner: str, url: str) -> bool:
    """Tell whether a store has exactly the schema that the migrations lead to.

    Raises:
        NoMigrations: the service has none.
        StoreUnavailable: the store cannot be used now.
    """
    scripts = ScriptDirectory.from_config(configuration(owner, url))
    return _reached(owner, url) == set(scripts.get_heads())


def is_behind(owner: str, url: str) -> bool:
    """Tell whether a store lacks what this code needs: it has an earlier schema, or none yet.

    A schema that this code does not know is a later one.  It is not behind: while a deployment is
    upgraded, services of the old version go on with it.

    Raises:
        NoMigrations: the service has none.
        StoreUnavailable: the store cannot be used now.
    """
    scripts = ScriptDirectory.from_config(configuration(owner, url))
    known = {script.revision for script in scripts.walk_revisions()}
    reached = _reached(owner, url)
    return reached <= known and reached != set(scripts.get_heads())


def differences(owner: str, url: str) -> list[Any]:
    """List what the models say and the migrations do not, after upgrading a scratch store.

    Args:
        owner: the service whose models and migrations are compared.
        url: an empty store, which is brought to the newest schema.
    """
    upgrade(owner, url)
    base = base_of(owner)
    store = Store(base=base, url=url)
    try:
        with store.reading() as session:
            found = MigrationContext.configure(session.connection(), opts=_options(store))
            return list(compare_metadata(found, base.metadata))
    finally:
        store.dispose()


def run(base: type[DeclarativeBase]) -> None:
    """Run the migrations Alembic was asked for: the whole of a service's `env.py`."""
    attributes = context.config.attributes
    store = Store(base=base, url=attributes["url"])
    try:
        with store.migrating() as connection:
            _run(base, store, connection, attributes.get("revision_hook"))
    finally:
        store.dispose()


def configuration(owner: str, url: str) -> Config:
    """Make Alembic's configuration of a service's migrations.

    Raises:
        NoMigrations: the service has none.
    """
    directory = directory_of(owner)
    if not (directory / "env.py").exists():
        msg = f"{owner} has no migrations; run: python -m shared.database.revision {owner} initial"
        raise NoMigrations(msg)
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(directory).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


def directory_of(owner: str) -> Path:
    """Give the directory of a service's migrations."""
    package = importlib.import_module(f"{_SERVICES}.{owner}")
    return Path(next(iter(package.__path__))) / "migrations"


def base_of(owner: str) -> type[DeclarativeBase]:
    """Give the declarative base of a service's models."""
    base: type[DeclarativeBase] = importlib.import_module(f"{_SERVICES}.{owner}.models").Base
    return base


def _reached(owner: str, url: str) -> set[str]:
    """Read which migrations a store has come to; none in a new one."""
    store = Store(base=base_of(owner), url=url)
    try:
        with store.reading() as session:
            options = {"version_table": VERSION_TABLE}
            found = MigrationContext.configure(session.connection(), opts=options)
            return set(found.get_current_heads())
    finally:
        store.dispose()


def _run(
    base: type[DeclarativeBase], store: Store, connection: Connection, revision_hook: Any
) -> None:
    context.configure(
        connection=connection,
        target_metadata=base.metadata,
        process_revision_directives=revision_hook,
        **_options(store),
    )
    context.run_migrations()


def _options(store: Store) -> dict[str, Any]:
    return {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "render_as_batch": store.is_sqlite,
        "render_item": _render_item,
    }


def _render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types so that a migration stays true when the models change."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        autogen.imports.add("from shared.database import Instant")
        return "Instant()"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False
