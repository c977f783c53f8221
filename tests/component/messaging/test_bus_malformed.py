"""Messages nobody can read: each is parked with its reason, and the service goes on."""

from __future__ import annotations

import json
import resource
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from kombu.entity import Exchange, Queue

from tests.support.bus.harness import CLERK, BusUnderTest, eventually, petition
from tests.support.poison import ANY_MESSAGE as UNREADABLE
from tests.support.poison import (
    NOTHING,
    ONLY_CALLS,
    ONLY_EVENTS,
    Poison,
    on_the_wire,
    too_large,
    unreadable_properties,
)

LARGEST = 50_000
ANY_MESSAGE = [*UNREADABLE, too_large(LARGEST)]


def send(
    bus: BusUnderTest, poison: Poison, *, exchange: str, routing_key: str, body: bytes
) -> None:
    with bus.connection() as connection, connection.channel() as channel:
        # Without an id of its own a message that cannot be read is known by its content.
        properties: dict[str, Any] = {
            "delivery_mode": 2,
            "correlation_id": str(uuid.uuid4()),
            "message_id": poison.case,
        }
        if poison.reply_to is not None:
            properties["reply_to"] = poison.reply_to
        message = channel.prepare_message(
            body if poison.body is NOTHING else poison.body,
            content_type=poison.content_type,
            content_encoding=poison.content_encoding,
            headers=poison.headers,
            properties=properties,
        )
        if poison.properties:
            message = on_the_wire(poison, message)
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key)


CALL = json.dumps(
    {
        "args": [],
        "kwargs": {"request": {"request_id": "poisoned-0001", "petition_no": petition(66)}},
    }
).encode()


def place_order(bus: BusUnderTest, poison: Poison) -> None:
    send(bus, poison, exchange="nameko-rpc", routing_key="counter.place_order", body=CALL)


@contextmanager
def answers_taken(bus: BusUnderTest) -> Iterator[Callable[[], Any]]:
    """Take what is sent to the reply address `answers`, one after the other."""
    taken: list[Any] = []
    with bus.connection() as connection:
        queue = Queue(
            "answers",
            exchange=Exchange("nameko-rpc", type="topic", durable=True),
            routing_key="answers",
            durable=True,
        )

        def next_answer() -> Any:
            while not taken:
                connection.drain_events(timeout=10)
            return taken.pop(0)

        with connection.Consumer(queue, callbacks=[lambda body, _message: taken.append(body)]):
            yield next_answer


def test_every_unreadable_call_that_can_be_answered_is_refused_and_not_parked(
    bus: BusUnderTest,
) -> None:
    running = bus.start(LARGEST_MESSAGE=LARGEST)
    corpus = [poison for poison in [*ANY_MESSAGE, *ONLY_CALLS] if poison.reply_to is not None]

    told = []
    with answers_taken(bus) as next_answer:
        for poison in corpus:
            place_order(bus, replace(poison, reply_to="answers"))
            told.append(next_answer()["error"])

    assert {error["exc_path"] for error in told} == {"shared.contracts.base.MalformedRequest"}
    for poison, error in zip(corpus, told, strict=True):
        assert f"({poison.reason})" in error["exc_args"][0], poison.case
    assert bus.parked("counter") == []
    assert all(container.started for container in running.containers.values())
    assert bus.orders() == []


def test_a_call_that_says_nowhere_to_answer_is_parked_and_the_service_goes_on(
    bus: BusUnderTest,
) -> None:
    running = bus.start(LARGEST_MESSAGE=LARGEST)
    corpus = [replace(poison, reply_to=None) for poison in [*ANY_MESSAGE, *ONLY_CALLS]]
    looked_at_later = {"header_malformed", "call_id_stack_malformed", "not_a_call"}

    for poison in corpus:
        place_order(bus, poison)

    reasons = [
        "reply_to_missing" if poison.reason in looked_at_later else poison.reason
        for poison in corpus
    ]
    expected = sorted((reason, "rpc-counter") for reason in reasons)
    assert eventually(lambda: sorted(bus.parked("counter")) == expected), bus.parked("counter")
    request = {"request_id": "sound-0001", "petition_no": petition(1)}
    assert bus.client().call_raw("counter", "place_order", request, CLERK)["orders"] == 1
    assert all(container.started for container in running.containers.values())
    assert bus.orders() == [petition(1)]


def test_properties_that_nobody_can_read_end_neither_the_consumer_nor_its_connection(
    rabbit_bus: BusUnderTest,
) -> None:
    running = rabbit_bus.start(LARGEST_MESSAGE=LARGEST)
    corpus = unreadable_properties()

    for poison in corpus:
        place_order(rabbit_bus, poison)
        send(
            rabbit_bus,
            poison,
            exchange="counter.events",
            routing_key="order_placed.v1",
            body=b"{}",
        )

    calls = [(poison.reason, "rpc-counter") for poison in corpus]
    events = [(poison.reason, "ledger.order_placed.v1") for poison in corpus]
    assert eventually(lambda: rabbit_bus.parked("counter") == calls)
    assert eventually(lambda: rabbit_bus.parked("ledger") == events)
    request = {"request_id": "sound-0001", "petition_no": petition(1)}
    assert rabbit_bus.client().call_raw("counter", "place_order", request, CLERK)["orders"] == 1
    assert all(container.started for container in running.containers.values())


def test_a_dead_letter_with_properties_that_nobody_can_read_is_parked_as_it_is(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.stop(rabbit_bus.start())
    corpus = unreadable_properties()
    for poison in corpus:
        place_order(rabbit_bus, poison)
    with rabbit_bus.connection() as connection, connection.channel() as channel:
        for _ in corpus:
            assert eventually(lambda: _gives_up_on_the_next(channel, "rpc-counter"))

    rabbit_bus.start(LARGEST_MESSAGE=LARGEST)

    expected = [("delivered_too_often", "counter.dead_letters")] * len(corpus)
    assert eventually(lambda: rabbit_bus.parked("counter") == expected)


def _gives_up_on_the_next(channel: Any, queue: str) -> bool:
    message = channel.basic_get(queue)
    if message is not None:
        channel.basic_reject(message.delivery_tag, requeue=False)
    return message is not None


def test_a_body_that_says_it_is_compressed_is_never_decompressed(bus: BusUnderTest) -> None:
    bus.start(LARGEST_MESSAGE=LARGEST)
    bomb = zlib.compress(b"[" + b"0," * 40_000_000 + b"0]", 9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with answers_taken(bus) as next_answer:
        place_order(
            bus,
            Poison(
                "", "", body=bomb, headers={"compression": "application/x-gzip"}, reply_to="answers"
            ),
        )
        error = next_answer()["error"]

    assert "(compressed)" in error["exc_args"][0]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


def test_every_unreadable_event_is_parked_with_its_reason_and_the_service_goes_on(
    bus: BusUnderTest,
) -> None:
    running = bus.start(LARGEST_MESSAGE=LARGEST)
    corpus = [*ANY_MESSAGE, *ONLY_EVENTS]

    for poison in corpus:
        send(bus, poison, exchange="counter.events", routing_key="order_placed.v1", body=b"{}")

    expected = sorted(poison.reason for poison in corpus)
    assert eventually(lambda: sorted(reason for reason, _ in bus.parked("ledger")) == expected), (
        bus.parked("ledger")
    )
    request = {"request_id": "sound-0001", "petition_no": petition(1)}
    bus.client().call_raw("counter", "place_order", request, CLERK)
    assert eventually(lambda: bus.entries() == [(petition(1), "placed")])
    assert all(container.started for container in running.containers.values())


@pytest.mark.parametrize(
    "body",
    [
        {"args": [], "kwargs": {}},
        {"args": [{}, {}], "kwargs": {}},
        {"args": [{}], "kwargs": {"request": {}}},
        {"args": [], "kwargs": {"other": {}}},
    ],
    ids=["none", "two", "twice", "by another name"],
)
def test_a_call_that_can_be_answered_is_told_what_is_wrong(
    bus: BusUnderTest, body: dict[str, Any]
) -> None:
    bus.start()
    poison = Poison("", "", body=json.dumps(body).encode(), reply_to="answers")

    with answers_taken(bus) as next_answer:
        place_order(bus, poison)
        error = next_answer()["error"]

    assert error["exc_path"] == "shared.contracts.base.MalformedRequest"
    assert len(error["exc_args"]) == 1
    assert "request" in error["exc_args"][0]
    assert bus.parked("counter") == []


def test_a_call_that_comes_as_a_copy_of_one_to_somebody_else_is_not_worked_on(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.start()
    copied = Poison("", "", headers={"CC": ["counter.place_order"]}, reply_to="answers")

    with answers_taken(rabbit_bus) as next_answer:
        send(rabbit_bus, copied, exchange="nameko-rpc", routing_key="ledger.place_order", body=CALL)
        # Whom it is addressed to knows no such method, and nor does whoever got the copy.
        errors = [next_answer()["error"]["exc_type"] for _ in ("addressed", "copied")]

    assert errors == ["MethodNotFound", "MethodNotFound"]
    assert rabbit_bus.orders() == []
