"""Calls over the bus: whoever makes them, each is answered, once, within a bound."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import eventlet
import pytest
from kombu.connection import Connection
from kombu.entity import Queue
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.rpc import RpcProxy, rpc
from nameko.standalone.rpc import ClusterRpcProxy

from shared import policy
from shared.clock import SimulatedClock
from shared.contracts.base import MalformedRequest
from shared.contracts.mechanism import (
    ActorMissing,
    NotAllowed,
    NowMissing,
    RequestIdReused,
    ServiceUnavailable,
    UnexpectedFault,
)
from shared.messaging import reading
from shared.messaging.asking import ForbiddenCall
from shared.messaging.client import CallTimedOut, MethodUnknown, ServiceUnknown
from shared.messaging.context import caller_from_headers
from shared.messaging.declarations import ServiceMisdeclared
from shared.messaging.provider import Messaging
from shared.messaging.runner import Services
from shared.messaging.topology import RPC_EXCHANGE, call_key
from tests.support.bus import counter, ledger, services
from tests.support.bus.harness import CLERK, NOW, BusUnderTest, petition

_MANY = 400
"""Calls: more than a service does while another asks it one question."""


def place(number: int, **rest: Any) -> dict[str, Any]:
    return {"request_id": f"request-{number:04d}", "petition_no": petition(number), **rest}


def test_a_typed_call_gives_a_typed_reply(bus: BusUnderTest) -> None:
    bus.start()
    caller = caller_from_headers(CLERK, SimulatedClock())
    request = counter.PlaceOrder(request_id="request-0001", petition_no=petition(1))

    reply = bus.client().call("counter", request, caller)

    assert reply == counter.OrderTaken(petition_no=petition(1), orders=1)


@pytest.mark.parametrize("positional", [True, False], ids=["positional", "keyword"])
def test_a_plain_nameko_client_is_answered(bus: BusUnderTest, positional: bool) -> None:
    bus.start()
    context = {key: CLERK[key] for key in CLERK}

    with ClusterRpcProxy(bus.config(), context_data=context, timeout=10) as cluster:
        taken = (
            cluster.counter.place_order(place(1))
            if positional
            else cluster.counter.place_order(request=place(1))
        )
        with pytest.raises(counter.OrderRefused, match=r"^\[P-5\] order XF"):
            cluster.counter.place_order(request=place(2, fails="refused"))

    assert taken == {"petition_no": petition(1), "orders": 1}


def test_a_plain_nameko_service_is_answered(bus: BusUnderTest) -> None:
    class Stranger:
        name = "stranger"
        counter: ClassVar[RpcProxy] = RpcProxy("counter")

        @rpc  # type: ignore[untyped-decorator]
        def pass_on(self, request: dict[str, Any]) -> Any:
            return self.counter.place_order(request)

    bus.start()
    stranger = Services([Stranger], {AMQP_URI_CONFIG_KEY: bus.uri})
    stranger.start()
    try:
        taken = bus.client().call_raw("stranger", "pass_on", place(1), CLERK)
    finally:
        stranger.stop(grace=10)

    assert taken["orders"] == 1


def test_the_same_request_twice_has_one_effect_and_one_answer(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()

    first = client.call_raw("counter", "place_order", place(1), CLERK)
    client.call_raw("counter", "place_order", place(2), CLERK)
    again = client.call_raw("counter", "place_order", place(1), CLERK)

    assert again == first
    assert bus.orders() == [petition(1), petition(2)]


def test_the_same_request_id_for_another_request_is_refused(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()
    client.call_raw("counter", "place_order", place(1), CLERK)

    with pytest.raises(RequestIdReused):
        client.call_raw("counter", "place_order", place(1) | {"petition_no": petition(9)}, CLERK)

    assert bus.orders() == [petition(1)]


def test_a_refusal_crosses_as_itself_and_is_repeated(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()

    for _ in range(2):
        with pytest.raises(counter.OrderRefused) as refused:
            client.call_raw("counter", "place_order", place(1, fails="refused"), CLERK)
        assert refused.value.rule == "P-5"

    assert bus.orders() == []
    assert bus.read("counter", "SELECT outcome FROM commands") == [("refused",)]


def test_an_unforeseen_error_crosses_without_its_words(bus: BusUnderTest) -> None:
    bus.start()

    with pytest.raises(UnexpectedFault) as fault:
        bus.client().call_raw("counter", "place_order", place(1, fails="unexpectedly"), CLERK)

    assert "incident" in str(fault.value)
    assert services.PERSONAL not in str(fault.value)
    assert bus.orders() == []


def test_who_may_not_call_is_refused(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()

    for headers, refusal in (
        ({"now": NOW}, ActorMissing),
        ({"actor": "petitioner:1", "now": NOW}, NotAllowed),
        ({"actor": "clerk:window_1"}, NowMissing),
    ):
        with pytest.raises(refusal):
            client.call_raw("counter", "place_order", place(1), headers)

    assert bus.orders() == []
    kept = bus.read("counter", "SELECT error, request_id FROM refused_calls ORDER BY error")
    request_id = place(1)["request_id"]
    assert kept == [(name, request_id) for name in ("ActorMissing", "NotAllowed", "NowMissing")]


def test_a_malformed_request_names_its_faults(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()

    corpus: tuple[object, ...] = (None, [], "text", {}, {"request_id": 5}, {"unknown": 1})
    for malformed in corpus:
        with pytest.raises(MalformedRequest, match="PlaceOrder"):
            client.call_raw("counter", "place_order", malformed, CLERK)


def test_an_unknown_service_and_an_unknown_method_are_told_at_once(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()
    started = time.monotonic()

    with pytest.raises(ServiceUnknown, match="nobody"):
        client.call_raw("nobody", "place_order", {}, CLERK)
    with pytest.raises(MethodUnknown, match="dance"):
        client.call_raw("counter", "dance", {}, CLERK)

    assert time.monotonic() - started < 3


def test_a_call_to_a_service_that_is_down_ends_in_time(bus: BusUnderTest) -> None:
    bus.stop(bus.start())
    started = time.monotonic()

    with pytest.raises(CallTimedOut):
        bus.client(timeout=0.5, attempts=2).call_raw("counter", "place_order", place(1), CLERK)

    assert 1 <= time.monotonic() - started < 5


def test_a_call_that_timed_out_is_sent_again_and_done_once(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client(timeout=0.5, attempts=10)

    taken = client.call_raw("counter", "place_order", place(1, pause_ms=1500), CLERK)

    assert taken["orders"] == 1
    assert bus.orders() == [petition(1)]
    bus.await_rest()
    assert bus.entries() == [(petition(1), "placed")]


def test_a_service_asks_another_before_its_own_transaction(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()
    client.call_raw("counter", "place_order", place(1), CLERK)
    bus.await_rest()

    seen = client.call_raw("ledger", "compare_orders", {}, CLERK)

    assert seen == {"orders": 1, "entries": 1}


def test_a_question_of_a_service_does_not_stand_behind_the_calls_from_outside(
    rabbit_bus: BusUnderTest,
) -> None:
    rabbit_bus.start()
    caller = rabbit_bus.client()
    with rabbit_bus.connection() as connection:
        send_calls(connection, _MANY)

        seen = caller.call_raw("ledger", "compare_orders", {}, CLERK)

        assert seen["orders"] < _MANY
        assert waiting(connection, rabbit_bus.topology.call_queue("counter")) > 0


def send_calls(connection: Connection, number: int) -> None:
    """Have many calls wait for the counter, whose answers nobody wants."""
    producer = connection.Producer()
    for each in range(1, number + 1):
        producer.publish(
            {"args": [], "kwargs": {"request": place(each)}},
            exchange=RPC_EXCHANGE,
            routing_key=call_key("counter", "place_order"),
            serializer="json",
            headers=reading.as_headers(CLERK),
            delivery_mode=2,
        )


def waiting(connection: Connection, queue: Queue) -> int:
    with connection.channel() as channel:
        return int(channel.queue_declare(queue.name, passive=True).message_count)


@pytest.mark.parametrize("is_there", [False, True], ids=["no_queue", "a_queue_nobody_reads"])
def test_a_question_reaches_an_instance_that_reads_no_queue_of_questions(
    rabbit_bus: BusUnderTest, is_there: bool
) -> None:
    rabbit_bus.start(CALL_TIMEOUT=1)
    asked = rabbit_bus.topology.asked_queue("counter")
    assert asked is not None
    with rabbit_bus.connection() as connection, connection.channel() as channel:
        channel.queue_unbind(asked.name, asked.exchange.name, asked.routing_key)
        if is_there:
            channel.queue_declare("nobody", durable=True, auto_delete=False)
            channel.queue_bind("nobody", asked.exchange.name, asked.routing_key)

        seen = rabbit_bus.client().call_raw("ledger", "compare_orders", {}, CLERK)

        assert seen == {"orders": 0, "entries": 0}
        assert not is_there or waiting(connection, Queue("nobody")) == 1


def test_a_service_that_asks_in_vain_answers_in_time(bus: BusUnderTest) -> None:
    bus.stop(bus.start())
    bus.start(services.LedgerService, CALL_TIMEOUT=0.5)
    started = time.monotonic()

    with pytest.raises(ServiceUnavailable):
        bus.client(attempts=1).call_raw("ledger", "compare_orders", {}, CLERK)

    assert time.monotonic() - started < 5


def test_a_service_may_only_ask_and_only_whom_the_map_names(embedded_bus: BusUnderTest) -> None:
    containers = embedded_bus.start().containers
    messaging = {name: next(iter(one.dependencies)) for name, one in containers.items()}
    caller = caller_from_headers(CLERK, SimulatedClock())
    an_order = counter.PlaceOrder(request_id="request-0001", petition_no=petition(1))

    with pytest.raises(ForbiddenCall, match="not order"):
        messaging["ledger"].calls(caller).ask(an_order)
    with pytest.raises(ForbiddenCall, match=r"must not ask ledger\.list_entries"):
        messaging["counter"].calls(caller).ask(ledger.ListEntries())


def test_many_calls_at_once_are_all_answered(bus: BusUnderTest) -> None:
    bus.start()

    def order(number: int) -> int:
        taken = bus.client().call_raw("counter", "place_order", place(number), CLERK)
        return int(taken["orders"])

    threads = [eventlet.spawn(order, number) for number in range(1, 31)]
    orders = [thread.wait() for thread in threads]

    assert sorted(orders) == list(range(1, 31))
    bus.await_rest()
    assert len(bus.entries()) == 30


def test_every_service_answers_for_itself(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()
    operator = {"actor": "operator:duty", "now": NOW}
    client.call_raw("counter", "place_order", place(1), CLERK)
    bus.await_rest()

    health = client.call_raw("counter", "service_status", {}, CLERK)
    page = client.call_raw("counter", "list_published", {"after": 0, "limit": 10}, operator)
    due = client.call_raw("counter", "next_due", {}, operator)
    swept = client.call_raw("counter", "sweep", {"request_id": "sweep-0001"}, operator)

    assert (health["service"], health["clock"]) == ("counter", "simulated")
    assert (health["outbox_depth"], health["parked"], health["early"]) == (0, 0, 0)
    assert [one["envelope"]["type"] for one in page["events"]] == ["order_placed.v1"]
    assert due == {"at": None}
    assert swept == {"fired": 0}
    with pytest.raises(NotAllowed):
        client.call_raw("counter", "pending", {}, CLERK)


def test_a_service_that_misses_an_entrypoint_or_a_policy_does_not_start(
    embedded_bus: BusUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HalfAService:
        name = "counter"
        messaging = Messaging(
            owner="counter",
            base=services.CounterBase,
            listens={"counter": (counter.OrderPaidV1,)},
        )

    kept = {name: roles for name, roles in policy.POLICY.items() if "pay_order" not in name}
    monkeypatch.setattr(policy, "POLICY", kept)

    with pytest.raises(ServiceMisdeclared) as misdeclared:
        embedded_bus.start(HalfAService)

    faults = str(misdeclared.value)
    assert "counter.place_order has no entrypoint" in faults
    assert "counter.pay_order has no line in shared.policy" in faults
    assert "order_paid.v1 has no handler" in faults
