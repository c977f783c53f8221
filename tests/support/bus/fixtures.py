"""The fixtures of the tests of the bus.

A test module imports what it uses::

    from tests.support.bus.fixtures import bus, rabbitmq, services_declared  # noqa: F401
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bus import services
from tests.support.bus.harness import EMBEDDED, RABBITMQ, BusUnderTest, bus_under_test
from tests.support.rabbitmq import RabbitMQ, running_rabbitmq


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """A RabbitMQ of this test session's own."""
    with running_rabbitmq() as server:
        yield server


@pytest.fixture(autouse=True)
def services_declared() -> Iterator[None]:
    """The counter and the ledger are declared for the length of a test."""
    with services.declared():
        yield


def _bus(kind: str, request: pytest.FixtureRequest, directory: Path) -> Iterator[BusUnderTest]:
    with bus_under_test(kind, directory, lambda: request.getfixturevalue("rabbitmq")) as made:
        yield made


@pytest.fixture(params=[EMBEDDED, RABBITMQ])
def bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BusUnderTest]:
    """Each of the two buses, empty."""
    yield from _bus(request.param, request, tmp_path)


@pytest.fixture
def embedded_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BusUnderTest]:
    """The bus of this process alone."""
    yield from _bus(EMBEDDED, request, tmp_path)


@pytest.fixture
def rabbit_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BusUnderTest]:
    """RabbitMQ alone."""
    yield from _bus(RABBITMQ, request, tmp_path)
