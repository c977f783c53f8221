"""What was published is published once more, and those who handled it absorb it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from shared.clock import machine_now
from shared.database import Store
from shared.messaging.republishing import republish
from tests.support.bench import ServiceBench
from tests.support.bus.harness import CLERK, BusUnderTest, petition
from tests.support.bus.services import BASES
from tests.support.small_service import record_visit, visit


def _publish(bench: ServiceBench, count: int) -> None:
    for _ in range(count):
        bench.command(record_visit, visit(bench.request_id()))
    with bench.engine.claim_unsent(count) as claim:
        claim.mark_sent(claim.rows)


@pytest.mark.parametrize("at_once", [2, 10_000], ids=["in many steps", "in one step"])
def test_everything_sent_is_unsent_again(bench: ServiceBench, at_once: int) -> None:
    _publish(bench, 5)

    marked = republish(bench.engine.store, at_once=at_once)

    assert marked == 5
    assert bench.engine.standing()["unsent"] == 5


def test_what_waits_to_be_sent_is_left_as_it_is(bench: ServiceBench) -> None:
    _publish(bench, 1)
    bench.command(record_visit, visit(bench.request_id()))
    with bench.engine.claim_unsent(10) as claim:
        claim.postpone(claim.rows, "unroutable")

    marked = republish(bench.engine.store)

    assert marked == 1
    assert [row.attempts for row in bench.engine.published_page(0, 10)] == [0, 1]


def test_only_what_was_recorded_since_an_instant(bench: ServiceBench) -> None:
    _publish(bench, 3)
    now = machine_now()
    outbox = bench.engine.store.tables.outbox_messages
    with bench.engine.store.writing() as session:
        long_ago = now - timedelta(days=2)
        session.execute(update(outbox).where(outbox.c.seq < 3).values(created_at=long_ago))

    marked = republish(bench.engine.store, since=now - timedelta(days=1))

    assert marked == 1
    assert [row.sent for row in bench.engine.published_page(0, 10)] == [True, True, False]


def test_an_empty_store_has_nothing_to_publish(bench: ServiceBench) -> None:
    assert republish(bench.engine.store) == 0


def test_whoever_handled_it_absorbs_it(bus: BusUnderTest) -> None:
    services = bus.start()
    client = bus.client()
    for number in range(1, 4):
        request = {"request_id": f"request-{number:04d}", "petition_no": petition(number)}
        client.call_raw("counter", "place_order", request, CLERK)
    bus.await_rest()
    before = bus.entries()
    bus.stop(services)

    store = Store(base=BASES["counter"], url=bus.url("counter"))
    marked = republish(store)
    store.dispose()
    bus.start()
    bus.await_rest()

    assert marked == 3
    assert len(before) == 3
    assert bus.entries() == before
