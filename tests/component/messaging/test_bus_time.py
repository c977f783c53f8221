"""Deadlines over the bus: by themselves under the system clock, and only when told otherwise."""

from __future__ import annotations

import time
from typing import Any

from tests.support.bus.harness import OPERATOR, BusUnderTest, eventually, numbers, petition

PEOPLE_OF_TODAY = {"actor": "clerk:window_1"}


def placing(number: int, **rest: Any) -> dict[str, Any]:
    return {"request_id": f"placing-{number:04d}", "petition_no": petition(number), **rest}


def paid(bus: BusUnderTest) -> list[str]:
    return numbers(bus.entries(), "paid")


def test_under_the_system_clock_a_deadline_fires_by_itself_once_and_not_early(
    bus: BusUnderTest,
) -> None:
    bus.start(CLOCK="system")
    started = time.monotonic()
    order = placing(1, pays_itself_after_ms=1500)

    bus.client().call_raw("counter", "place_order", order, PEOPLE_OF_TODAY)

    assert eventually(lambda: paid(bus) == [petition(1)])
    assert 1.5 <= time.monotonic() - started < 5
    time.sleep(1.2)
    assert paid(bus) == [petition(1)]


def test_a_deadline_that_fell_due_while_the_service_was_down_fires_at_its_start(
    bus: BusUnderTest,
) -> None:
    services = bus.start(CLOCK="system")
    order = placing(1, pays_itself_after_ms=1000)
    bus.client().call_raw("counter", "place_order", order, PEOPLE_OF_TODAY)
    bus.stop(services)
    time.sleep(1.2)

    bus.start(CLOCK="system")

    assert eventually(lambda: paid(bus) == [petition(1)])


def test_under_the_simulated_clock_nothing_fires_until_it_is_swept(bus: BusUnderTest) -> None:
    bus.start()
    client = bus.client()
    operator = {**OPERATOR, "now": "2026-06-01T09:00:01+08:00"}
    order = placing(1, pays_itself_after_ms=1000)
    client.call_raw("counter", "place_order", order, {**OPERATOR, "actor": "clerk:window_1"})
    time.sleep(1.5)
    before = paid(bus)

    due = client.call_raw("counter", "next_due", {}, operator)
    early = client.call_raw("counter", "sweep", {"request_id": "sweep-0001"}, OPERATOR)
    swept = client.call_raw("counter", "sweep", {"request_id": "sweep-0002"}, operator)
    bus.await_rest()

    assert before == []
    assert due["at"].startswith("2026-06-01T01:00:01")
    assert (early, swept) == ({"fired": 0}, {"fired": 1})
    assert paid(bus) == [petition(1)]
