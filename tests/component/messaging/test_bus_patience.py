"""Calls from outside: many at once, sent again with patience, and what no patience helps."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import eventlet
import pytest

from shared.messaging.client import BusClient, CallForbidden, CallTimedOut, Question, ServiceUnknown
from tests.support.bus import counter
from tests.support.bus.harness import CLERK, OPERATOR, BusUnderTest, petition

ABSENCE = 2.0


def order(number: int, **more: Any) -> Question:
    mapping = {"request_id": f"request-{number:04d}", "petition_no": petition(number), **more}
    return Question(service="counter", method="place_order", mapping=mapping, headers=CLERK)


def pending(service: str) -> Question:
    return Question(service=service, method="pending", mapping={}, headers=OPERATOR)


def test_many_calls_at_once_are_answered_in_their_order(bus: BusUnderTest) -> None:
    bus.start()

    answers = bus.client().call_all([*(order(number) for number in range(1, 6)), pending("ledger")])

    assert [answer["petition_no"] for answer in answers[:5]] == [
        petition(number) for number in range(1, 6)
    ]
    assert answers[5]["service"] == "ledger"
    assert sorted(bus.orders()) == [petition(number) for number in range(1, 6)]


def test_one_that_is_refused_among_many_is_told(bus: BusUnderTest) -> None:
    bus.start()

    with pytest.raises(counter.OrderRefused):
        bus.client().call_all([order(1), order(2, fails="refused"), order(3)])

    assert sorted(bus.orders()) == [petition(1), petition(3)]


def test_a_service_nobody_ever_started_is_told_at_once_however_patient(bus: BusUnderTest) -> None:
    bus.start()
    with BusClient(bus.uri, patience=60.0) as client:
        begun = time.monotonic()

        with pytest.raises(ServiceUnknown):
            client.call_raw("stranger", "greet", {}, CLERK)

    assert time.monotonic() - begun < 10


def test_a_service_that_was_killed_is_waited_for(rabbit_bus: BusUnderTest) -> None:
    process = rabbit_bus.spawn("counter")
    waited: list[str] = []
    client = BusClient(
        rabbit_bus.uri, timeout=0.5, attempts=1, patience=60.0, when_waiting=waited.append
    )
    with client:
        client.call_all([order(1)])
        os.kill(process.pid, signal.SIGKILL)
        again = eventlet.spawn_after(ABSENCE, rabbit_bus.spawn, "counter")

        (taken,) = client.call_all([order(2)])

        again.wait()
    assert taken["petition_no"] == petition(2)
    assert waited
    assert waited[0].startswith("counter.place_order: no answer")
    assert sorted(rabbit_bus.orders()) == [petition(1), petition(2)]


def test_a_broker_that_was_away_is_waited_for(rabbit_bus: BusUnderTest) -> None:
    rabbit_bus.start()
    server = rabbit_bus.server
    assert server is not None
    with BusClient(rabbit_bus.uri, timeout=0.5, attempts=1, patience=60.0) as client:
        client.call_all([order(1)])
        with server.silenced():
            impatient = BusClient(rabbit_bus.uri, timeout=0.5, attempts=1)
            with impatient, pytest.raises(CallTimedOut):
                impatient.call_all([order(2)])

        client.call_all([order(2)])

    assert sorted(rabbit_bus.orders()) == [petition(1), petition(2)]


def test_a_user_whom_the_broker_does_not_know_is_told_so_at_once(rabbit_bus: BusUnderTest) -> None:
    rabbit_bus.start()
    stranger = rabbit_bus.uri.replace("guest:guest@", "nobody:wrong@")
    with BusClient(stranger, patience=60.0) as client:
        begun = time.monotonic()

        with pytest.raises(CallForbidden):
            client.call_all([order(1)])

    assert time.monotonic() - begun < 10
    assert rabbit_bus.orders() == []


def test_who_takes_calls_is_counted(rabbit_bus: BusUnderTest) -> None:
    rabbit_bus.start()
    rabbit_bus.spawn("counter")

    with BusClient(rabbit_bus.uri) as client:
        found = client.listeners(["counter", "ledger", "stranger"])

    assert found == {"counter": 2, "ledger": 1, "stranger": 0}
