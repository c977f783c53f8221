"""One intake on each kind of store, with the fictional county's directory put.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.intake import Intake
    from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """One PostgreSQL database for all tests of intake: making one takes longer than most tests."""
    return postgres.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_intake(request: pytest.FixtureRequest) -> Iterator[Intake]:
    """An intake that has not heard of any directory."""
    from tests.support.intake import Intake  # noqa: PLC0415 - see above.

    if request.param == "sqlite":
        made = Intake.at("sqlite://")
        yield made
    else:
        made = Intake.at(request.getfixturevalue("postgres_url"))
        yield made
        made.empty_store()
    made.bench.close()


@pytest.fixture
def intake(empty_intake: Intake) -> Intake:
    """An intake that knows the directory."""
    empty_intake.hear_directory()
    return empty_intake
