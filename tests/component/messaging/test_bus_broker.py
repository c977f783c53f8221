"""A broker that restarts, drops its connections or falls silent: bounded waits, nothing lost."""

from __future__ import annotations

import time
from typing import Any

import eventlet
import pytest

from shared.messaging.client import CallTimedOut
from shared.messaging.publishing import BusAddress, BusPublisher, PublishFailed
from tests.support.bus.harness import CLERK, BusUnderTest, numbers, petition
from tests.support.rabbitmq import RabbitMQ


def server_of(bus: BusUnderTest) -> RabbitMQ:
    assert bus.server is not None
    return bus.server


def place_all(bus: BusUnderTest, count: int, *, pause: float) -> Any:
    """Place orders one after the other, each until it is answered, in a greenthread."""

    def place() -> None:
        client = bus.client(timeout=2, attempts=60)
        for number in range(1, count + 1):
            request = {"request_id": f"placing-{number:04d}", "petition_no": petition(number)}
            client.call_raw("counter", "place_order", request, CLERK)
            eventlet.sleep(pause)

    return eventlet.spawn(place)


def assert_each_once(bus: BusUnderTest, count: int) -> None:
    expected = [petition(number) for number in range(1, count + 1)]
    assert sorted(bus.orders()) == expected
    assert sorted(numbers(bus.entries(), "placed")) == expected
    assert bus.parked("ledger") == []
    assert bus.parked("counter") == []


def test_a_restart_of_the_broker_loses_nothing_and_doubles_nothing(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.start()
    placed = place_all(rabbit_bus, 60, pause=0.05)
    eventlet.sleep(1)

    server_of(rabbit_bus).stop()
    eventlet.sleep(1)
    server_of(rabbit_bus).start()
    placed.wait()
    rabbit_bus.await_rest(within=60)

    assert_each_once(rabbit_bus, 60)


def test_connections_closed_by_the_broker_lose_nothing_and_double_nothing(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.start()
    placed = place_all(rabbit_bus, 80, pause=0.05)

    for _ in range(3):
        eventlet.sleep(1)
        server_of(rabbit_bus).control(
            "close_all_connections", "--vhost", rabbit_bus.vhost, "a test"
        )
    placed.wait()
    rabbit_bus.await_rest(within=60)

    assert_each_once(rabbit_bus, 80)


def test_a_silent_broker_costs_every_publication_and_call_a_bounded_time(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.start()
    client = rabbit_bus.client(timeout=1, attempts=2)
    request = {"request_id": "placing-0001", "petition_no": petition(1)}
    client.call_raw("counter", "place_order", request, CLERK)
    publisher = BusPublisher(BusAddress(uri=rabbit_bus.uri, timeout=1.0))

    def publish() -> None:
        publisher.publish(b"{}", exchange="nameko-rpc", routing_key="nowhere", properties={})

    publish()

    with server_of(rabbit_bus).silenced():
        started = time.monotonic()
        with pytest.raises(PublishFailed):
            publish()
        publishing = time.monotonic() - started
        started = time.monotonic()
        with pytest.raises(CallTimedOut):
            client.call_raw("counter", "count_orders", {}, CLERK)
        calling = time.monotonic() - started

    assert publishing < 4
    assert calling < 12
    again = {"request_id": "placing-0002", "petition_no": petition(2)}
    rabbit_bus.client(timeout=5, attempts=6).call_raw("counter", "place_order", again, CLERK)
    rabbit_bus.await_rest(within=60)
    assert_each_once(rabbit_bus, 2)
