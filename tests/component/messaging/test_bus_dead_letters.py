"""What the broker gave up on: brought into the store unread, and handled if someone asks."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from shared.contracts.every_service import ReplayUnreadable
from tests.support.bus.harness import CLERK, OPERATOR, BusUnderTest, eventually, petition
from tests.support.bus.services import CounterService, LedgerService

DEEP = b"[" * 200_000
ORDERS = "ledger.order_placed.v1"


def give_up_on_what_waits(bus: BusUnderTest, queue: str = ORDERS) -> None:
    """Refuse the next message of a queue for good, as the broker does after too many deliveries."""
    with bus.connection() as connection, connection.channel() as channel:

        def is_given_up() -> bool:
            message = channel.basic_get(queue)
            if message is not None:
                channel.basic_reject(message.delivery_tag, requeue=False)
            return message is not None

        assert eventually(is_given_up)


def order_given_up(bus: BusUnderTest) -> None:
    """Let an order be placed and its event be given up on before the ledger has seen it."""
    with bus.connection() as connection:
        bus.topology.declare(connection)
    bus.start(CounterService)
    request = {"request_id": "order-0001", "petition_no": petition(1)}
    bus.client().call_raw("counter", "place_order", request, CLERK)
    give_up_on_what_waits(bus)


def parked_one(bus: BusUnderTest, **more: Any) -> dict[str, Any]:
    found: list[Any] = []

    def is_parked() -> bool:
        found[:] = bus.client().call_raw("ledger", "list_parked", more, OPERATOR)["messages"]
        return bool(found)

    assert eventually(is_parked)
    assert len(found) == 1
    return dict(found[0])


def replay(bus: BusUnderTest, parked_no: int) -> str:
    request = {"request_id": f"replay-{uuid.uuid4()}", "parked_no": parked_no}
    outcome: str = bus.client().call_raw("ledger", "replay_parked", request, OPERATOR)["outcome"]
    return outcome


def test_a_dead_letter_is_parked_with_its_type_and_can_be_handled_after_all(
    bus: BusUnderTest,
) -> None:
    order_given_up(bus)

    bus.start(LedgerService)
    parked = parked_one(bus)
    outcome = replay(bus, parked["parked_no"])

    assert (parked["reason"], parked["type"]) == ("delivered_too_often", "order_placed.v1")
    assert outcome == "handled"
    assert bus.entries() == [(petition(1), "placed")]
    assert bus.client().call_raw("ledger", "list_parked", {}, OPERATOR)["messages"] == []


def test_a_dead_letter_replayed_twice_is_handled_once(bus: BusUnderTest) -> None:
    order_given_up(bus)
    bus.start(LedgerService)
    parked_no = parked_one(bus)["parked_no"]

    outcomes = [replay(bus, parked_no) for _ in range(2)]

    assert outcomes == ["handled", "duplicate"]
    assert bus.entries() == [(petition(1), "placed")]


def test_what_is_shown_of_a_dead_letter_is_never_what_it_says(bus: BusUnderTest) -> None:
    order_given_up(bus)
    bus.start(LedgerService)

    shown = bus.client().call_raw(
        "ledger", "show_parked", {"parked_no": parked_one(bus)["parked_no"]}, OPERATOR
    )

    assert set(shown["preview"]) == {"body"}
    assert petition(1) not in json.dumps(shown)


@pytest.mark.parametrize("body", [DEEP, b"\xff\x00{", b""], ids=["too deep", "no text", "empty"])
def test_a_dead_letter_that_nobody_can_read_is_parked_all_the_same(
    bus: BusUnderTest, body: bytes
) -> None:
    with bus.connection() as connection:
        bus.topology.declare(connection)
        with connection.channel() as channel:
            message = channel.prepare_message(body, properties={"message_id": "poison"})
            channel.basic_publish(message, exchange="counter.events", routing_key="order_placed.v1")
    give_up_on_what_waits(bus)

    bus.start()
    parked = parked_one(bus)
    with pytest.raises(ReplayUnreadable):
        replay(bus, parked["parked_no"])

    assert (parked["reason"], parked["type"]) == ("delivered_too_often", "unreadable")
    request = {"request_id": "sound-0001", "petition_no": petition(1)}
    bus.client().call_raw("counter", "place_order", request, CLERK)
    assert eventually(lambda: bus.entries() == [(petition(1), "placed")])


def test_a_call_that_was_given_up_on_is_parked_with_its_service(bus: BusUnderTest) -> None:
    first = bus.start()
    bus.stop(first)
    with bus.connection() as connection, connection.channel() as channel:
        message = channel.prepare_message(b"{}", properties={"message_id": "call"})
        channel.basic_publish(message, exchange="nameko-rpc", routing_key="ledger.list_entries")
    give_up_on_what_waits(bus, "rpc-ledger")

    bus.start()
    parked = parked_one(bus)

    assert (parked["reason"], parked["message_id"]) == ("delivered_too_often", "call")
