"""A table that somebody locks for long, as a migration does: what runs by itself waits it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import eventlet
import pytest

if TYPE_CHECKING:
    from tests.support.bench import ServiceBench
    from tests.support.postgres import Postgres

LOCKS_WAIT = 0.2
"""Seconds after which a statement gives up its wait for a lock."""


@pytest.fixture
def bench(postgres: Postgres) -> Iterator[ServiceBench]:
    """A small service that waits for locks for a moment only."""
    from shared.database import Store, StoreLimits  # noqa: PLC0415 - see the conftest.
    from tests.support.bench import ServiceBench  # noqa: PLC0415
    from tests.support.small_service import Base  # noqa: PLC0415

    made = ServiceBench("intake", Base, url=postgres.database())
    made.store.dispose()
    limits = StoreLimits(lock_timeout=LOCKS_WAIT)
    made.store = Store(base=Base, url=str(made.url), limits=limits)
    made.start_engine()
    yield made
    made.close()


@contextmanager
def locked(bench: ServiceBench, table: str) -> Iterator[None]:
    from sqlalchemy import create_engine, text  # noqa: PLC0415

    engine = create_engine(bench.url)
    with engine.begin() as locking:
        locking.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def survives(bench: ServiceBench, table: str, run: Callable[[], Any]) -> bool:
    """Tell whether something still runs after it has met a locked table several times."""
    ended: list[Exception | None] = []

    def watched() -> None:
        try:
            run()
        except Exception as failure:  # noqa: BLE001 - it is what the test looks at.
            ended.append(failure)
        else:
            ended.append(None)

    with locked(bench, table):
        thread = eventlet.spawn(watched)
        eventlet.sleep(LOCKS_WAIT * 6)
        still_runs = not ended
    thread.kill()
    return still_runs


def test_what_looks_after_early_messages_waits_for_their_table(bench: ServiceBench) -> None:
    from shared.messaging.clockwork import Clockwork  # noqa: PLC0415

    assert survives(bench, "early_messages", Clockwork(bench.engine).run)


def test_a_sweep_waits_for_the_deadlines(bench: ServiceBench) -> None:
    from shared.clock import SystemClock  # noqa: PLC0415
    from shared.messaging.clockwork import Clockwork  # noqa: PLC0415

    bench.engine.clock = SystemClock()

    assert survives(bench, "deadlines", Clockwork(bench.engine).run)


def test_the_relay_waits_for_the_outbox(bench: ServiceBench) -> None:
    from shared.messaging.publishing import BusAddress  # noqa: PLC0415
    from shared.messaging.relay import RabbitCarrier, Relay  # noqa: PLC0415
    from shared.messaging.topology import Topology  # noqa: PLC0415

    carrier = RabbitCarrier(
        address=BusAddress(uri="amqp://nowhere/", timeout=1.0), topology=Topology(), owner="intake"
    )
    relay = Relay(service="intake", outbox=bench.engine, carrier=carrier)

    assert survives(bench, "outbox_messages", relay.run)
