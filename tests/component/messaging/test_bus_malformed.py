"""Messages nobody can read: each is parked with its reason, and the service goes on."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.bus.harness import CLERK, BusUnderTest, eventually, petition

LARGEST = 50_000
NOTHING = object()


@dataclass
class Poison:
    """A message with one thing wrong."""

    case: str
    reason: str
    body: Any = NOTHING
    content_type: str | None = "application/json"
    content_encoding: str | None = "utf-8"
    headers: dict[str, Any] = field(default_factory=dict)
    reply_to: str | None = "nowhere"


ANY_MESSAGE = [
    Poison("no content type", "content_type_missing", content_type=None),
    Poison("a pickle", "content_type_unknown", content_type="application/x-python-serialize"),
    Poison("an unknown coding", "content_encoding_unknown", content_encoding="utf-16"),
    Poison("no UTF-8", "not_utf8", body=b'{"args": ["\xff\xfe"]}'),
    Poison("no JSON", "not_json", body=b"{args"),
    Poison("an empty body", "not_json", body=b""),
    Poison("not a number", "not_json", body=b'{"args": [NaN], "kwargs": {}}'),
    Poison("beyond every number", "not_json", body=b'{"args": [1e999], "kwargs": {}}'),
    Poison("two hundred thousand deep", "too_deep", body=b"[" * 20_000 + b"]" * 20_000),
    Poison("a list", "not_a_mapping", body=b"[1, 2]"),
    Poison("NUL in a text", "unstorable_text", body=b'{"args": ["\\u0000"], "kwargs": {}}'),
    Poison("half a character", "unstorable_text", body=b'{"args": ["\\ud800"], "kwargs": {}}'),
    Poison("too large", "oversized", body=json.dumps({"args": ["x" * LARGEST]}).encode()),
    Poison("compressed with nothing", "compressed", headers={"compression": "no/such"}),
    Poison("a number as call ids", "call_id_stack_malformed", headers={"nameko.call_id_stack": 5}),
    Poison("numbers as call ids", "call_id_stack_malformed", headers={"nameko.call_id_stack": [5]}),
    Poison("a list as the actor", "header_malformed", headers={"nameko.actor": ["clerk"]}),
    Poison("a boundless actor", "header_malformed", headers={"nameko.actor": "x" * 5000}),
]
ONLY_CALLS = [
    Poison("no reply address", "reply_to_missing", reply_to=None),
    Poison("no arguments", "not_a_call", body=b'{"kwargs": {}}'),
    Poison("arguments of a wrong kind", "not_a_call", body=b'{"args": {}, "kwargs": []}'),
]
ONLY_EVENTS = [
    Poison("an empty envelope", "malformed", body=b"{}"),
    Poison("an unknown version", "malformed", body=b'{"type": "order_placed.v9"}'),
]


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
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key)


def test_every_unreadable_call_is_parked_with_its_reason_and_the_service_goes_on(
    bus: BusUnderTest,
) -> None:
    running = bus.start(LARGEST_MESSAGE=LARGEST)
    corpus = [*ANY_MESSAGE, *ONLY_CALLS]
    request = {"request_id": "poisoned-0001", "petition_no": petition(66)}
    body = json.dumps({"args": [], "kwargs": {"request": request}}).encode()

    for poison in corpus:
        send(bus, poison, exchange="nameko-rpc", routing_key="counter.place_order", body=body)

    expected = sorted((poison.reason, "rpc-counter") for poison in corpus)
    assert eventually(lambda: sorted(bus.parked("counter")) == expected), bus.parked("counter")
    request = {"request_id": "sound-0001", "petition_no": petition(1)}
    assert bus.client().call_raw("counter", "place_order", request, CLERK)["orders"] == 1
    assert all(container.started for container in running.containers.values())
    assert bus.orders() == [petition(1)]


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
    from kombu.entity import Exchange, Queue  # noqa: PLC0415

    bus.start()
    answers: list[Any] = []
    with bus.connection() as connection:
        exchange = Exchange("nameko-rpc", type="topic", durable=True)
        queue = Queue("answers", exchange=exchange, routing_key="answers", durable=True)
        with connection.Consumer(
            queue, callbacks=[lambda answer, _message: answers.append(answer)]
        ):
            poison = Poison("", "", reply_to="answers")
            send(
                bus,
                poison,
                exchange="nameko-rpc",
                routing_key="counter.place_order",
                body=json.dumps(body).encode(),
            )
            connection.drain_events(timeout=10)

    error = answers[0]["error"]
    assert error["exc_path"] == "shared.contracts.base.MalformedRequest"
    assert len(error["exc_args"]) == 1
    assert "request" in error["exc_args"][0]
    assert bus.parked("counter") == []
