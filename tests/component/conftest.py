"""What every component test shares: one PostgreSQL and one RabbitMQ for the whole session.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.rabbitmq import RabbitMQ


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give the session's PostgreSQL, or skip aloud where there is none."""
    from tests.support.postgres import session_postgres  # noqa: PLC0415 - see above.

    with session_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """Give the session's RabbitMQ, or skip aloud where there is none."""
    from tests.support.rabbitmq import running_rabbitmq  # noqa: PLC0415 - see above.

    with running_rabbitmq() as server:
        yield server
