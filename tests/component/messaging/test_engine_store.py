"""The store under stress: writers side by side, locks, full disks, lost servers, missing tables."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import eventlet
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from shared.contracts.base import MalformedRequest
from shared.contracts.intake import FindPetitions, RecordVisit
from shared.contracts.mechanism import RequestIdReused, ServiceUnavailable, UnexpectedFault
from shared.database import Store, StoreConflict, StoreLimits, StoreUnavailable
from shared.messaging.inbox import Handling
from tests.support.bench import ServiceBench
from tests.support.postgres import Postgres, running_postgres
from tests.support.small_service import (
    NO,
    OTHER_NO,
    Base,
    SeenCase,
    Visit,
    case_opened,
    find_petitions,
    on_case_opened,
    record_visit,
    visit,
)


def _in_parallel(calls: list[Callable[[], Any]]) -> list[Any]:
    threads = [eventlet.spawn(call) for call in calls]
    return [thread.wait() for thread in threads]


def test_many_at_once_take_numbers_one_after_the_other(shared_bench: ServiceBench) -> None:
    receipts = _in_parallel(
        [
            partial(shared_bench.command, record_visit, visit(f"request-{number}"))
            for number in range(20)
        ]
    )

    numbers = {receipt.visit_no for receipt in receipts}
    assert numbers == {f"{NO}-RC-{number}" for number in range(1, 21)}
    versions = [envelope.case_version for envelope in shared_bench.recorded]
    assert versions == list(range(1, 21))


def test_the_same_command_at_once_is_done_once(shared_bench: ServiceBench) -> None:
    receipts = _in_parallel([lambda: shared_bench.command(record_visit, visit("request-1"))] * 10)

    assert {receipt.visit_no for receipt in receipts} == {f"{NO}-RC-1"}
    assert len(shared_bench.rows(Visit)) == 1


def _looks_at_commands(store: Store) -> list[str]:
    """Note from now on what asks a store for the rows of commands."""
    looks: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if sql.startswith("SELECT") and "JOIN commands" in sql:
            looks.append(sql)

    event.listen(store.engine, "before_cursor_execute", note)
    return looks


def test_the_first_looks_for_the_rows_of_all_who_are_on_their_way(
    shared_bench: ServiceBench,
) -> None:
    answered = [
        shared_bench.command(record_visit, visit(f"answered-{number}")) for number in range(4)
    ]
    looks = _looks_at_commands(shared_bench.store)

    request_ids = [
        f"{what}-{number}"
        for number in range(4)
        for what in ("brand-new", "answered", "twice-sent")
    ] + [f"twice-sent-{number}" for number in range(4)]
    receipts = _in_parallel(
        [
            partial(shared_bench.command, record_visit, visit(request_id))
            for request_id in request_ids
        ]
    )

    again, twins = receipts[1:12:3], receipts[2:12:3]
    assert again == answered
    assert twins == receipts[12:]
    assert len({receipt.visit_no for receipt in receipts}) == 12
    assert len(shared_bench.rows(Visit)) == 12
    # On PostgreSQL those look who have a row, which are eight, and one for all the others.
    assert len(looks) < 12 or shared_bench.store.is_sqlite


def test_an_id_that_comes_at_once_for_two_requests_is_good_for_one(
    shared_bench: ServiceBench,
) -> None:
    def outcome(petition_no: str) -> str:
        try:
            shared_bench.command(record_visit, visit("request-1", petition_no))
        except RequestIdReused:
            return "refused"
        return "done"

    outcomes = _in_parallel([partial(outcome, NO), partial(outcome, OTHER_NO)] * 3)

    assert sorted(outcomes) == ["done"] * 3 + ["refused"] * 3
    assert len(shared_bench.rows(Visit)) == 1


def test_the_same_message_at_once_is_handled_once(shared_bench: ServiceBench) -> None:
    envelope = shared_bench.envelope(case_opened())
    outcomes = _in_parallel(
        [lambda: shared_bench.deliver(on_case_opened, type(case_opened()), envelope)] * 10
    )

    assert sorted(outcomes) == [*[Handling.DUPLICATE] * 9, Handling.HANDLED]
    assert len(shared_bench.rows(SeenCase)) == 1


def test_two_queries_on_postgresql_overlap(postgres: Postgres) -> None:
    store = Store(base=Base, url=postgres.database())

    def nap() -> None:
        with store.reading() as session:
            session.execute(text("SELECT pg_sleep(0.4)"))

    nap()
    started = time.monotonic()
    _in_parallel([nap] * 5)

    assert time.monotonic() - started < 1.2  # One after the other they would take 2 s.
    store.dispose()


def test_a_lock_of_another_process_is_waited_out(tmp_path: Path) -> None:
    bench = ServiceBench("intake", Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        time.sleep(0.1)
        other.execute("COMMIT")

    release = eventlet.spawn(let_go)
    receipt = bench.command(record_visit, visit("request-1"))

    release.wait()
    other.close()
    assert receipt.visit_no == f"{NO}-RC-1"
    bench.close()


def test_a_lock_that_is_not_let_go_makes_the_service_unavailable(tmp_path: Path) -> None:
    bench = ServiceBench("intake", Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(ServiceUnavailable, match="same request"):
        bench.command(record_visit, visit("request-1"))
    with pytest.raises(StoreUnavailable):
        bench.event(on_case_opened, case_opened())

    other.execute("ROLLBACK")
    other.close()
    assert bench.table_rows("commands") == []
    assert bench.engine.parked_list() == []
    bench.close()


def test_a_full_disk_is_waited_for_and_keeps_nothing_of_what_was_begun(tmp_path: Path) -> None:
    bench = ServiceBench("intake", Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")
    bench.command(record_visit, visit("request-1"))
    with bench.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill_up() -> None:
        for number in range(200):
            bench.command(record_visit, visit(f"request-{number:03d}"))

    with pytest.raises(ServiceUnavailable):
        fill_up()
    with bench.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")

    commands, visits = bench.table_rows("commands"), bench.rows(Visit)
    assert len(commands) == len(visits) == len(bench.recorded)
    bench.command(record_visit, visit("request-300"))
    bench.close()


def test_a_missing_table_is_a_mistake_and_not_an_outage(tmp_path: Path) -> None:
    bench = ServiceBench("intake", Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with bench.store.writing() as session:
        session.execute(text("DROP TABLE visits"))

    with pytest.raises(UnexpectedFault):
        bench.command(record_visit, visit("request-1"))
    bench.close()


def test_a_store_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").mkdir()
    store = Store(base=Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")

    with pytest.raises(StoreUnavailable):
        store.probe()


def test_a_file_that_is_no_store_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(b"no database at all" * 100)
    store = Store(base=Base, url=f"sqlite:///{tmp_path / 'store.sqlite3'}")

    with pytest.raises(StoreUnavailable):
        store.probe()
    with pytest.raises(StoreUnavailable):
        Store(base=Base, url=f"sqlite:///{tmp_path / 'store.sqlite3' / 'below' / 'a.sqlite3'}")


def test_no_error_of_a_store_shows_what_was_stored(bench: ServiceBench) -> None:
    with (
        pytest.raises((OperationalError, ProgrammingError)) as error,
        bench.store.writing() as session,
    ):
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "刘某某"})

    assert "刘某某" not in str(error.value)


def test_a_lost_server_is_unavailable_until_it_is_back(postgres: Postgres) -> None:
    # A server of its own: the others' connections to the session's must not be cut.
    with running_postgres(postgres.binaries) as server:
        bench = ServiceBench("intake", Base, url=server.database())
        bench.command(record_visit, visit("request-1"))

        server.stop("immediate")
        with pytest.raises(ServiceUnavailable):
            bench.command(record_visit, visit("request-2"))
        with pytest.raises(ServiceUnavailable):
            bench.query(find_petitions, FindPetitions())
        with pytest.raises(StoreUnavailable):
            bench.event(on_case_opened, case_opened())
        with pytest.raises(StoreUnavailable):
            bench.store.probe()
        server.start()

        bench.store.probe()
        assert bench.command(record_visit, visit("request-1")).visit_no == f"{NO}-RC-1"
        assert bench.command(record_visit, visit("request-2")).visit_no == f"{NO}-RC-2"
        bench.close()


def test_a_connection_killed_in_the_middle_is_an_outage(postgres: Postgres) -> None:
    store = Store(base=Base, url=postgres.database())

    with pytest.raises(StoreUnavailable), store.writing() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    store.dispose()


def test_a_writer_that_waits_too_long_for_another_meets_a_conflict(postgres: Postgres) -> None:
    store = Store(base=Base, url=postgres.database(), limits=StoreLimits(lock_timeout=0.1))

    with store.writing(), pytest.raises(StoreConflict), store.writing() as session:
        session.execute(select(1))
    store.dispose()


@pytest.mark.parametrize("note", ["\x00", "\ud800"])
def test_text_that_no_database_can_hold_is_malformed(bench: ServiceBench, note: str) -> None:
    mapping = visit("request-1").dump() | {"note": note, f"unknown{note}": 1}

    for bad in (mapping, visit("request-1").dump() | {"note": f"a{note}"}):
        with pytest.raises(MalformedRequest):
            bench.engine.execute(RecordVisit, bad, bench.caller("clerk:window_1"), record_visit)

    assert len(bench.table_rows("refused_calls")) == 2
    body = bench.envelope(case_opened()).dump()
    body["data"] = body["data"] | {f"note{note}": note}
    handling = bench.engine.handle(type(case_opened()), body, on_case_opened, consumer="intake")
    assert handling is Handling.PARKED
