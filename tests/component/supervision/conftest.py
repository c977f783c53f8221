"""What the tests of supervision share: the county on a store.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.supervision import County


def _county_on(url: str) -> Iterator[County]:
    from tests.support.supervision import county_on  # noqa: PLC0415 - see above.

    made = county_on(url)
    yield made
    made.bench.close()


@pytest.fixture
def county() -> Iterator[County]:
    """Supervision on SQLite in memory."""
    yield from _county_on("sqlite://")


@pytest.fixture(params=("sqlite_file", "postgresql"))
def stored_county(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[County]:
    """Supervision on each kind of store that lasts."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    yield from _county_on(url)
