"""Events over the bus: each has its effect once, however it is delivered and in whatever order."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import pytest

from tests.support.bus import services
from tests.support.bus.harness import (
    CLERK,
    OPERATOR,
    BusUnderTest,
    eventually,
    numbers,
    petition,
)


def place(bus: BusUnderTest, number: int) -> None:
    request = {"request_id": f"placing-{number:04d}", "petition_no": petition(number)}
    bus.client().call_raw("counter", "place_order", request, CLERK)


def pay(bus: BusUnderTest, number: int) -> None:
    request = {"request_id": f"paying-{number:04d}", "petition_no": petition(number)}
    bus.client().call_raw("counter", "pay_order", request, CLERK)


def publish_again(bus: BusUnderTest, envelope: dict[str, Any], times: int) -> None:
    with bus.connection() as connection:
        producer = connection.Producer()
        for _ in range(times):
            producer.publish(
                envelope,
                exchange="counter.events",
                routing_key=envelope["type"],
                serializer="json",
                message_id=envelope["event_id"],
            )


def published(bus: BusUnderTest) -> list[dict[str, Any]]:
    page = bus.client().call_raw("counter", "list_published", {}, OPERATOR)
    return [one["envelope"] for one in page["events"]]


def test_an_event_is_handled_once_however_often_it_is_delivered(bus: BusUnderTest) -> None:
    bus.start()
    place(bus, 1)
    bus.await_rest()

    publish_again(bus, published(bus)[0], times=5)
    place(bus, 2)
    bus.await_rest()
    time.sleep(0.3)

    assert bus.entries() == [(petition(1), "placed"), (petition(2), "placed")]
    assert bus.parked("ledger") == []


def test_an_event_that_comes_before_its_predecessor_waits_for_it(bus: BusUnderTest) -> None:
    bus.start()

    pay(bus, 1)
    assert eventually(lambda: bus.pending("ledger")["ledger"].early == 1)
    place(bus, 1)
    bus.await_rest()

    assert bus.entries() == [(petition(1), "placed"), (petition(1), "paid")]
    assert bus.pending("ledger")["ledger"].early == 0


def test_an_event_that_comes_in_order_does_not_wait(bus: BusUnderTest) -> None:
    bus.start()

    place(bus, 1)
    pay(bus, 1)
    bus.await_rest()

    assert bus.entries() == [(petition(1), "placed"), (petition(1), "paid")]


def test_what_is_published_while_its_subscriber_is_down_is_handled_when_it_comes(
    bus: BusUnderTest,
) -> None:
    bus.start(services.CounterService)
    for number in range(1, 6):
        place(bus, number)

    bus.start(services.LedgerService)
    bus.await_rest(within=60)

    assert sorted(numbers(bus.entries(), "placed")) == [petition(n) for n in range(1, 6)]


def test_an_event_with_nowhere_to_go_stays_unsent_until_there_is(bus: BusUnderTest) -> None:
    bus.start(services.CounterService)
    ledger_alone = bus.start(services.LedgerService)
    place(bus, 1)
    bus.await_rest()
    bus.stop(ledger_alone)
    with bus.connection() as connection, connection.channel() as channel:
        channel.queue_delete("ledger.order_placed.v1")

    place(bus, 2)

    def second() -> list[Any]:
        rows = bus.read("counter", "SELECT sent_at, last_failure FROM outbox_messages")
        return list(rows[1:])

    assert eventually(lambda: second() == [(None, "unroutable")])
    assert bus.pending("counter")["counter"].unsent == 1

    bus.start(services.LedgerService)
    bus.await_rest()

    assert bus.entries() == [(petition(1), "placed"), (petition(2), "placed")]


def test_a_handler_that_fails_is_tried_again_and_nothing_is_requeued(bus: BusUnderTest) -> None:
    bus.start()
    services.FAILURES_LEFT[petition(1)] = 2

    place(bus, 1)
    place(bus, 2)
    bus.await_rest()

    assert bus.entries() == [(petition(2), "placed"), (petition(1), "placed")]
    assert bus.parked("ledger") == []


def test_events_are_held_while_the_store_is_out_and_none_is_lost_or_parked(
    bus: BusUnderTest,
) -> None:
    bus.start()
    place(bus, 1)
    bus.await_rest()
    outage = sqlite3.connect(bus.directory / "ledger.sqlite3", isolation_level=None)
    outage.execute("BEGIN IMMEDIATE")

    for number in range(2, 12):
        place(bus, number)
    time.sleep(2.5)
    during = bus.entries()
    outage.execute("ROLLBACK")
    outage.close()
    bus.await_rest(within=60)

    assert during == [(petition(1), "placed")]
    assert sorted(numbers(bus.entries(), "placed")) == [petition(n) for n in range(1, 12)]
    assert bus.parked("ledger") == []


def test_on_the_embedded_bus_a_row_is_sent_only_when_its_subscriber_has_committed(
    embedded_bus: BusUnderTest,
) -> None:
    embedded_bus.start()
    outage = sqlite3.connect(embedded_bus.directory / "ledger.sqlite3", isolation_level=None)
    outage.execute("BEGIN IMMEDIATE")

    place(embedded_bus, 1)
    time.sleep(1)
    during = embedded_bus.pending("counter")["counter"].unsent
    outage.execute("ROLLBACK")
    outage.close()

    assert during == 1
    assert eventually(lambda: embedded_bus.pending("counter")["counter"].unsent == 0)
    assert embedded_bus.entries() == [(petition(1), "placed")]


def test_on_the_embedded_bus_what_was_not_handled_is_published_again_after_a_restart(
    embedded_bus: BusUnderTest,
) -> None:
    counter_alone = embedded_bus.start(services.CounterService)
    place(embedded_bus, 1)
    embedded_bus.stop(counter_alone)
    from shared.messaging.broker import forget_broker  # noqa: PLC0415

    forget_broker(embedded_bus.uri)

    embedded_bus.start()
    embedded_bus.await_rest()

    assert embedded_bus.entries() == [(petition(1), "placed")]


@pytest.mark.parametrize("count", [300])
def test_a_burst_arrives_whole(bus: BusUnderTest, count: int) -> None:
    bus.start(services.CounterService)
    client = bus.client()
    for number in range(1, count + 1):
        request = {"request_id": f"placing-{number:04d}", "petition_no": petition(number)}
        client.call_raw("counter", "place_order", request, CLERK)

    bus.start(services.LedgerService)
    bus.await_rest(within=90)

    assert sorted(numbers(bus.entries(), "placed")) == [petition(n) for n in range(1, count + 1)]
