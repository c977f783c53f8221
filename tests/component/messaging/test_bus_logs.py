"""What services log of calls and messages: one chain, one id, and not a word of anyone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.messaging.dead_letters import DELIVERED_TOO_OFTEN
from tests.support.bus.counter import PlaceOrder
from tests.support.bus.harness import CLERK, BusUnderTest, eventually, petition
from tests.support.bus.services import FAILURES_LEFT, PERSONAL
from tests.support.log_lines import WrittenLog, log_written
from tests.support.poison import ANY_MESSAGE, Poison

CANARY = "金丝雀某某"
CANARIES = (CANARY, "13800000000", "张三", "canary@example")


def _order(number: int, **more: object) -> PlaceOrder:
    return PlaceOrder.load(
        {"request_id": f"window-1-{number:06d}", "petition_no": petition(number), **more}
    )


def _hits(log: WrittenLog) -> set[str]:
    return {canary for canary in CANARIES if canary in log.text}


def test_a_chain_from_a_call_to_the_last_message_has_one_correlation_id(
    bus: BusUnderTest,
) -> None:
    with log_written() as log:
        bus.start()
        bus.call("counter", _order(1), {**CLERK, "correlation_id": "conversation-1"})
        bus.await_rest()

    (call,) = [line for line in log.lines("call answered") if line["method"] == "place_order"]
    (handled,) = log.lines("message handled")
    assert call == call | {
        "level": "info",
        "service": "counter",
        "request_id": "window-1-000001",
        "petition_no": petition(1),
        "correlation_id": "conversation-1",
        "outcome": "replied",
    }
    assert handled == handled | {
        "level": "info",
        "service": "ledger",
        "message_type": "order_placed.v1",
        "petition_no": petition(1),
        "correlation_id": "conversation-1",
        "outcome": "handled",
    }
    assert handled["message_id"] in {
        event_id for (event_id,) in bus.read("counter", "SELECT event_id FROM outbox_messages")
    }
    assert call["seconds"] >= 0
    assert handled["seconds"] >= 0


def test_what_a_service_asks_another_is_of_the_same_chain(bus: BusUnderTest) -> None:
    from tests.support.bus.ledger import CompareOrders  # noqa: PLC0415 - declared for the test.

    with log_written() as log:
        bus.start()
        bus.call("ledger", CompareOrders(), {**CLERK, "correlation_id": "conversation-2"})

    told = {
        (line["service"], line["method"]): line["correlation_id"]
        for line in log.lines("call answered")
    }
    assert told["ledger", "compare_orders"] == "conversation-2"
    assert told["counter", "count_orders"] == "conversation-2"


@pytest.mark.proves("P-1")
def test_no_error_and_no_refused_call_puts_a_word_into_the_log(bus: BusUnderTest) -> None:
    FAILURES_LEFT[petition(3)] = 1
    with log_written() as log:
        bus.start()
        client = bus.client()
        for mapping in (
            _order(2, fails="unexpectedly").dump(),
            {"request_id": CANARY, "petition_no": CANARY, CANARY: CANARY},
            {"request_id": "window-1-000009", "petition_no": [CANARY], "name": CANARY},
            CANARY,
            [CANARY],
        ):
            with pytest.raises(Exception, match=r"."):
                client.call_raw("counter", "place_order", mapping, CLERK)
        with pytest.raises(Exception, match=r"."):
            client.call_raw("counter", "place_order", {}, {"actor": CANARY, "now": CANARY})
        bus.call("counter", _order(3))
        bus.await_rest()

    assert len(log.lines("a call failed unexpectedly")) == 1
    assert len(log.lines("a message could not be handled")) == 1
    assert _hits(log) == set()
    assert PERSONAL not in log.text


@pytest.mark.proves("P-1")
def test_no_message_that_cannot_be_read_puts_a_word_into_the_log(bus: BusUnderTest) -> None:
    with log_written() as log:
        bus.start()
        corpus = [
            *ANY_MESSAGE,
            Poison("no event", "x", body=json.dumps({"event_id": CANARY, "data": CANARY}).encode()),
            Poison("no JSON", "x", body=f"{{{CANARY} 13800000000".encode()),
            Poison("an unknown header", "x", headers={"nameko.actor": [CANARY], CANARY: CANARY}),
        ]
        for number, poison in enumerate(corpus):
            _publish(bus, replace(poison, case=f"{CANARY} {number}"))
        assert eventually(lambda: len(bus.parked("ledger")) == len(corpus)), bus.parked("ledger")

    parked = log.lines("message parked")
    assert len(parked) >= len(corpus)
    assert all(line["message_id"].startswith("sha256:") for line in parked)
    assert DELIVERED_TOO_OFTEN not in {line["reason"] for line in parked}
    assert _hits(log) == set()


def _publish(bus: BusUnderTest, poison: Poison) -> None:
    """Lay a message before the ledger, with a canary where its id and its type stand."""
    with bus.connection() as connection, connection.channel() as channel:
        sound = json.dumps({"name": CANARY, "phone": "13800000000"}).encode()
        message = channel.prepare_message(
            poison.body if isinstance(poison.body, bytes) else sound,
            content_type=poison.content_type,
            content_encoding=poison.content_encoding,
            headers=poison.headers,
            properties={"delivery_mode": 2, "message_id": poison.case, "type": CANARY},
        )
        channel.basic_publish(message, exchange="counter.events", routing_key="order_placed.v1")
