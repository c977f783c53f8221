"""Triage on each kind of store.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.triage import Triage


@pytest.fixture(params=["sqlite", "postgresql"])
def triage(request: pytest.FixtureRequest) -> Iterator[Triage]:
    """Triage with the sample directory and one petition that waits."""
    from services.triage.models import Base  # noqa: PLC0415 - see above.
    from tests.support.bench import ServiceBench  # noqa: PLC0415 - see above.
    from tests.support.triage import Triage  # noqa: PLC0415 - see above.

    url = "sqlite://"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    bench = ServiceBench("triage", Base, url=url)
    made = Triage(bench)
    made.put_directory()
    made.register()
    yield made
    bench.close()
