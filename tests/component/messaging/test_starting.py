"""A start waits for the bus and the store: aloud, bounded, and only for what is away."""

from __future__ import annotations

import logging
from time import monotonic

import pytest

from shared.database import StoreUnavailable
from shared.messaging.publishing import BusAddress, BusPublisher
from shared.messaging.starting import BusUnreachable, await_reachable
from tests.support.health import free_port


def never() -> bool:
    return False


def test_a_start_without_a_broker_ends_after_its_limit(caplog: pytest.LogCaptureFixture) -> None:
    address = BusAddress(uri=f"amqp://a:secret@127.0.0.1:{free_port()}/", timeout=1.0)
    began = monotonic()

    with pytest.raises(BusUnreachable) as unreachable, caplog.at_level(logging.WARNING):
        await_reachable(
            "intake", {"bus": BusPublisher(address).probe}, is_stopping=never, limit=1.0
        )

    assert 1.0 <= monotonic() - began < 5.0
    assert "waiting to start" in caplog.messages
    assert "secret" not in f"{unreachable.value!r} {caplog.text} {address!r}"


def test_a_start_goes_on_as_soon_as_everything_answers() -> None:
    failures = iter([StoreUnavailable("away"), StoreUnavailable("away"), None])
    probed: list[str] = []

    def store() -> None:
        probed.append("store")
        failure = next(failures)
        if failure is not None:
            raise failure

    await_reachable(
        "intake",
        {"bus": lambda: probed.append("bus"), "store": store},
        is_stopping=never,
        limit=30.0,
    )

    assert probed == ["bus", "store", "store", "store"]


def test_a_start_without_a_store_ends_after_its_limit() -> None:
    def store() -> None:
        msg = "away"
        raise StoreUnavailable(msg)

    with pytest.raises(StoreUnavailable):
        await_reachable("intake", {"store": store}, is_stopping=never, limit=0.5)


def test_a_start_that_is_called_off_waits_no_longer() -> None:
    def store() -> None:
        msg = "away"
        raise StoreUnavailable(msg)

    began = monotonic()

    await_reachable("intake", {"store": store}, is_stopping=lambda: True, limit=30.0)

    assert monotonic() - began < 0.5
