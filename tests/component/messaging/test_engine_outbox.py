"""Rows on their way out: chosen because they are unsent, claimed once, kept as the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from shared.clock import machine_now
from shared.contracts.envelope import Envelope
from shared.messaging.crashpoints import watching
from tests.support.bench import ServiceBench
from tests.support.small_service import (
    NO,
    OTHER_NO,
    case_opened,
    on_case_opened,
    record_visit,
    visit,
)


class Killed(BaseException):
    """Stands for the death of the process."""


def _record(bench: ServiceBench, count: int) -> None:
    for number in range(count):
        bench.command(record_visit, visit(bench.request_id(), NO if number % 2 == 0 else OTHER_NO))


def test_versions_count_each_petition_by_itself(bench: ServiceBench) -> None:
    _record(bench, 4)

    counted = [(envelope.petition_no, envelope.case_version) for envelope in bench.recorded]

    assert counted == [(NO, 1), (OTHER_NO, 1), (NO, 2), (OTHER_NO, 2)]


def test_a_row_stays_in_the_ledger_after_it_was_sent(bench: ServiceBench) -> None:
    _record(bench, 3)

    with bench.engine.claim_unsent(2) as claim:
        claim.mark_sent(claim.rows)

    assert bench.engine.standing()["unsent"] == 1
    assert [row.sent for row in bench.engine.published_page(0, 10)] == [True, True, False]
    with bench.engine.claim_unsent(10) as rest:
        assert [row.seq for row in rest.rows] == [3]


def test_what_is_sent_can_be_read_by_any_consumer(bench: ServiceBench) -> None:
    _record(bench, 1)

    with bench.engine.claim_unsent(10) as claim:
        (row,) = claim.rows

    envelope = Envelope.load(row.envelope)
    assert envelope.dump() == row.envelope
    assert row.routing_key == "visit_recorded.v1"
    assert row.headers["now"] == bench.now.isoformat()
    assert "roles" not in row.headers


def test_rows_under_way_can_be_left_out(bench: ServiceBench) -> None:
    _record(bench, 3)

    with bench.engine.claim_unsent(10, excluding=[1, 2]) as claim:
        assert [row.seq for row in claim.rows] == [3]


def test_two_relays_never_hold_the_same_row(shared_bench: ServiceBench) -> None:
    _record(shared_bench, 4)

    with (
        shared_bench.engine.claim_unsent(2) as first,
        shared_bench.engine.claim_unsent(2) as second,
    ):
        held = [row.seq for row in first.rows] + [row.seq for row in second.rows]

    assert len(held) == len(set(held)) >= 2


def test_a_row_the_bus_did_not_take_rests_and_holds_up_no_other(bench: ServiceBench) -> None:
    _record(bench, 2)

    with bench.engine.claim_unsent(1) as claim:
        claim.postpone(claim.rows, "no queue is bound")

    with bench.engine.claim_unsent(10) as later:
        assert [row.seq for row in later.rows] == [2]
    row = bench.table_rows("outbox_messages")[0]
    assert (row["attempts"], row["last_failure"]) == (1, "no queue is bound")
    assert bench.engine.standing()["unsent"] == 2


def test_a_clock_set_back_does_not_hold_a_row_for_ever(bench: ServiceBench) -> None:
    _record(bench, 1)
    outbox = bench.store.tables.outbox_messages
    with bench.store.writing() as session:
        session.execute(update(outbox).values(next_try_at=machine_now() + timedelta(days=1)))

    with bench.engine.claim_unsent(10) as claim:
        assert len(claim.rows) == 1


def test_a_death_after_publishing_sends_the_row_again(bench: ServiceBench) -> None:
    _record(bench, 1)

    def kill(passed: str) -> None:
        if passed == "published_before_mark":
            raise Killed

    with watching(kill), pytest.raises(Killed), bench.engine.claim_unsent(10) as claim:
        claim.mark_sent(claim.rows)

    with bench.engine.claim_unsent(10) as again:
        assert len(again.rows) == 1


def test_whoever_waits_is_woken_by_a_commit_that_wrote_something(bench: ServiceBench) -> None:
    woken: list[str] = []
    bench.engine.when_recorded.append(lambda: woken.append("woken"))

    bench.command(record_visit, visit("request-1"))
    bench.command(record_visit, visit("request-1"))
    bench.event(on_case_opened, case_opened())

    assert woken == ["woken", "woken"]


def test_the_age_of_the_oldest_unsent_row_is_known(bench: ServiceBench) -> None:
    assert bench.engine.standing()["oldest_unsent_seconds"] == 0
    _record(bench, 1)
    outbox = bench.store.tables.outbox_messages
    with bench.store.writing() as session:
        session.execute(update(outbox).values(created_at=machine_now() - timedelta(minutes=2)))

    assert 119 <= bench.engine.standing()["oldest_unsent_seconds"] < 180
