"""How a service stands at the moment it is asked, and how it is told once it has stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import eventlet.patcher
from prometheus_client import REGISTRY, generate_latest

from shared.messaging.observing import Observed, Workers, connections_of
from shared.metrics import Standing, StandingGauge
from tests.support.bus.harness import eventually
from tests.support.scraping import Scrape, read
from tests.support.small_service import record_visit, visit

if TYPE_CHECKING:
    from tests.support.bench import ServiceBench

VISITS = StandingGauge(name="balian_test_visits", documentation="Visits, when it was asked.")


def instant_of_asking(_session: object, *, now: datetime) -> Sequence[Standing]:
    return [Standing(gauge=VISITS, value=now.timestamp())]


def told() -> Scrape:
    return read(generate_latest(REGISTRY).decode())


def is_up(name: str) -> bool:
    return told().value(name, service="intake") == 1.0


def told_by_a_thread_of_the_system() -> Scrape:
    """Collect as the listener does: without any hub, and without waiting for one."""
    ended = eventlet.patcher.original("_thread").allocate_lock()
    ended.acquire()
    told_there: list[str] = []

    def collect() -> None:
        told_there.append(generate_latest(REGISTRY).decode())
        ended.release()

    eventlet.patcher.original("_thread").start_new_thread(collect, ())
    assert ended.acquire(timeout=10)
    return read(told_there[0])


def test_connections_in_use_are_counted(shared_bench: ServiceBench) -> None:
    store = shared_bench.store
    with store.reading():
        one, most = connections_of(store)
        with store.reading():
            two, _ = connections_of(store)
    none, _ = connections_of(store)

    assert (none, one, two) == (0, 1, 2)
    assert most >= store.limits.connections


def test_a_service_is_told_from_its_start_to_its_stop(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))
    observed = Observed(
        engine=bench.engine, workers=Workers(busy=lambda: 2, most=10), standing=instant_of_asking
    )
    observed.start()
    try:
        assert eventually(lambda: is_up("balian_mechanism_state_up"))
        assert eventually(lambda: is_up("balian_business_state_up"))
        found = told_by_a_thread_of_the_system()
    finally:
        observed.close()
        observed.close()

    assert found.value("balian_workers_busy", service="intake") == 2.0
    assert found.value("balian_workers", service="intake") == 10.0
    assert found.value("balian_outbox_unsent_messages", service="intake") == 1.0
    # Under the simulated clock the time is the latest that a call has told.
    assert found.value("balian_test_visits", service="intake") == bench.now.timestamp()
    assert told().series("balian_workers", service="intake") == {}
    assert told().series("balian_test_visits", service="intake") == {}


def test_a_page_is_unknown_until_it_was_looked_up_and_then_told_as_json(
    bench: ServiceBench,
) -> None:
    observed = Observed(
        engine=bench.engine,
        workers=Workers(busy=lambda: 0, most=10),
        pages={"/targets": lambda _session, *, now: [{"node": "县城", "at": now.isoformat()}]},
    )
    unknown = observed.page("/targets")
    observed.start()
    try:
        assert eventually(lambda: observed.pages["/targets"]() is not None)
        shown = observed.page("/targets")
    finally:
        observed.close()

    assert unknown is None
    assert shown == '[{"node": "县城", "at": "2000-01-01T00:00:00+00:00"}]\n'.encode()
