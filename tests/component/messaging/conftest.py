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
    from tests.support.bus.harness import BusUnderTest
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


# --- The bus -------------------------------------------------------------------------------------


@pytest.fixture
def services_declared() -> Iterator[None]:
    """The counter and the ledger of `tests.support.bus`, declared for the length of a test."""
    from tests.support.bus.services import declared  # noqa: PLC0415

    with declared():
        yield


def bus_of(kind: str, request: pytest.FixtureRequest, directory: Path) -> Iterator[BusUnderTest]:
    from tests.support.bus.harness import bus_under_test  # noqa: PLC0415

    with bus_under_test(kind, directory, lambda: request.getfixturevalue("rabbitmq")) as made:
        yield made


@pytest.fixture(params=["embedded", "rabbitmq"])
def bus(
    request: pytest.FixtureRequest, tmp_path: Path, services_declared: None
) -> Iterator[BusUnderTest]:
    """Each of the two buses, empty."""
    del services_declared
    yield from bus_of(request.param, request, tmp_path)


@pytest.fixture
def embedded_bus(
    request: pytest.FixtureRequest, tmp_path: Path, services_declared: None
) -> Iterator[BusUnderTest]:
    """The bus of this process alone."""
    del services_declared
    yield from bus_of("embedded", request, tmp_path)


@pytest.fixture
def rabbit_bus(
    request: pytest.FixtureRequest, tmp_path: Path, services_declared: None
) -> Iterator[BusUnderTest]:
    """RabbitMQ alone."""
    del services_declared
    yield from bus_of("rabbitmq", request, tmp_path)
