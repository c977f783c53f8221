"""What the tests of the mechanism share: one bench for each kind of store.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.bench import ServiceBench
    from tests.support.postgres import Postgres

STORES = ("sqlite_in_memory", "sqlite_file", "postgresql")


def url_of(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    match kind:
        case "sqlite_in_memory":
            return "sqlite://"
        case "sqlite_file":
            return f"sqlite:///{tmp_path / 'store.sqlite3'}"
        case _:
            server: Postgres = request.getfixturevalue("postgres")
            return server.database()


def small_bench(url: str) -> ServiceBench:
    from tests.support.bench import ServiceBench  # noqa: PLC0415 - see above.
    from tests.support.small_service import HANDLERS, Base  # noqa: PLC0415 - see above.

    bench = ServiceBench("intake", Base, url=url)
    bench.deadline_handlers.update(HANDLERS)
    return bench


@pytest.fixture(params=STORES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceBench]:
    """A small service on each kind of store."""
    made = small_bench(url_of(request.param, request, tmp_path))
    yield made
    made.close()


@pytest.fixture(params=STORES[1:])
def shared_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceBench]:
    """A small service on each kind of store that many green threads may use at once."""
    made = small_bench(url_of(request.param, request, tmp_path))
    yield made
    made.close()
