"""What waits for the mechanism in a store, as it is told to those who scrape."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Insert, insert, update

from shared.clock import machine_now
from shared.database import DeadlineState
from shared.deadlines import AT_ONCE
from shared.messaging.backlog import backlog_told, look_at_backlog
from shared.messaging.sampling import looking_into
from tests.support.bench import ServiceBench
from tests.support.small_service import (
    case_overdue,
    on_case_overdue,
    record_visit,
    visit,
)

NOTHING = {
    "balian_outbox_unsent_messages": 0,
    "balian_outbox_oldest_unsent_seconds": 0,
    "balian_early_messages": 0,
    "balian_early_oldest_seconds": 0,
    "balian_parked_messages": 0,
    "balian_deadlines_pending": 0,
    "balian_deadline_lag_seconds": 0,
}


def told(bench: ServiceBench, *, after: float = 0.0) -> dict[str, float]:
    """Look now, and tell some seconds later, in whole seconds."""
    with looking_into(bench.store) as session:
        backlog = look_at_backlog(session, bench.store.tables)
    now = machine_now() + timedelta(seconds=after)
    return {one.gauge.name: int(one.value) for one in backlog_told(backlog, now)}


def test_an_empty_store_has_nothing_waiting(bench: ServiceBench) -> None:
    assert told(bench) == NOTHING


def test_what_is_unsent_grows_old_though_nobody_looks(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))
    bench.command(record_visit, visit("request-2"))
    outbox = bench.store.tables.outbox_messages
    with bench.store.writing() as session:
        since = machine_now() - timedelta(seconds=30)
        session.execute(update(outbox).where(outbox.c.seq == 1).values(created_at=since))

    at_once, later = told(bench), told(bench, after=100)

    assert at_once["balian_outbox_unsent_messages"] == 2
    assert at_once["balian_outbox_oldest_unsent_seconds"] in {30, 31}
    assert later["balian_outbox_oldest_unsent_seconds"] in {130, 131}


def test_what_is_sent_waits_no_longer(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))
    with bench.engine.claim_unsent(10) as claim:
        claim.mark_sent(claim.rows)

    assert told(bench)["balian_outbox_unsent_messages"] == 0
    assert told(bench, after=100)["balian_outbox_oldest_unsent_seconds"] == 0


def test_a_message_that_came_early_is_told_with_its_age(bench: ServiceBench) -> None:
    bench.event(on_case_overdue, case_overdue())

    later = told(bench, after=60)

    assert later["balian_early_messages"] == 1
    assert later["balian_early_oldest_seconds"] in {60, 61}


def test_a_parked_message_is_told(bench: ServiceBench) -> None:
    bench.engine.park_unreadable(queue="intake.calls", reason="not_json", body=b"\xff")

    assert told(bench)["balian_parked_messages"] == 1


def test_a_deadline_lags_from_the_instant_it_should_have_fired_at(bench: ServiceBench) -> None:
    _schedule(bench, -90, 3600)

    found = told(bench)

    assert found["balian_deadlines_pending"] == 2
    assert found["balian_deadline_lag_seconds"] in {90, 91}


def test_a_deadline_to_come_does_not_lag_until_it_has_come(bench: ServiceBench) -> None:
    _schedule(bench, 60)

    assert told(bench)["balian_deadline_lag_seconds"] == 0
    assert told(bench, after=100)["balian_deadline_lag_seconds"] in {40, 41}


def test_one_that_only_waits_for_a_sweep_lags_since_it_was_set(bench: ServiceBench) -> None:
    since = machine_now() - timedelta(seconds=20)
    with bench.store.writing() as session:
        session.execute(_deadline(bench, 1, fires_at=AT_ONCE, scheduled_at=since))

    assert told(bench)["balian_deadline_lag_seconds"] in {20, 21}


def test_where_time_is_told_a_deadline_lags_by_that_time(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))
    with looking_into(bench.store) as session:
        backlog = look_at_backlog(
            session, bench.store.tables, told_now=bench.now + timedelta(days=1, seconds=7)
        )

    lag = {one.gauge.name: one.value for one in backlog_told(backlog, machine_now())}

    assert lag["balian_deadline_lag_seconds"] == 7


def _schedule(bench: ServiceBench, *fires_in: float) -> None:
    now = machine_now()
    with bench.store.writing() as session:
        for number, seconds in enumerate(fires_in, start=1):
            fires_at = now + timedelta(seconds=seconds)
            session.execute(_deadline(bench, number, fires_at=fires_at, scheduled_at=now))


def _deadline(
    bench: ServiceBench, number: int, *, fires_at: datetime, scheduled_at: datetime
) -> Insert:
    return insert(bench.store.tables.deadlines).values(
        kind="remind",
        subject=f"case {number}",
        version=1,
        fires_at=fires_at,
        state=DeadlineState.PENDING.value,
        explanation={},
        scheduled_at=scheduled_at,
        correlation_id="a-test",
        attempts=0,
    )
