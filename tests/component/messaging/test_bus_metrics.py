"""What a running service tells whoever scrapes it, on a real broker and real stores."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import eventlet
import pytest
from sqlalchemy import create_engine, text

from shared.contracts.base import events, requests
from shared.contracts.every_service import ClockNotSimulated
from shared.messaging.client import MethodUnknown
from shared.messaging.dead_letters import dead_letters_of
from shared.messaging.declarations import EVERY_SERVICE
from shared.metrics.mechanism import Outcome
from shared.vault import Vault
from tests.support.bus import services
from tests.support.bus.harness import CLERK, BusUnderTest, eventually, petition
from tests.support.health import ask, free_port, is_ready
from tests.support.scraping import Scrape, scrape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.postgres import Postgres

BACKLOG = (
    "balian_outbox_unsent_messages",
    "balian_outbox_oldest_unsent_seconds",
    "balian_early_messages",
    "balian_early_oldest_seconds",
    "balian_parked_messages",
    "balian_deadlines_pending",
    "balian_deadline_lag_seconds",
)


def placing(number: int, **more: Any) -> dict[str, Any]:
    return {"request_id": f"placing-{number:04d}", "petition_no": petition(number), **more}


def started(bus: BusUnderTest, *names: str, **settings: Any) -> int:
    """Start services as another process and give its port once it is ready."""
    port = free_port()
    bus.spawn(*names, HEALTH_PORT=port, **settings)
    assert eventually(lambda: is_ready(port))
    return port


def on_database(bus: BusUnderTest, postgres: Postgres, owner: str) -> dict[str, Any]:
    """Give the settings of a service whose store is a database of its own."""
    url = postgres.database()
    services.create_tables(owner, url)
    keys = bus.directory / f"{owner}_keys"
    Vault.open_or_create(keys)
    return {"STORE_DIR": None, "STORE_URL": url, "KEYS_DIR": str(keys)}


def reaches(
    port: int, name: str, value: float, labels: Mapping[str, str], *, within: float = 20.0
) -> bool:
    return eventually(lambda: scrape(port).value(name, **labels) == value, within=within)


def label_values(found: Scrape, name: str, label: str, **labels: str) -> set[str]:
    return {dict(one)[label] for one in found.series(name, **labels)}


def test_the_first_scrape_has_every_series_of_every_service_of_the_process(
    rabbit_bus: BusUnderTest,
) -> None:
    found = scrape(started(rabbit_bus, "counter", "ledger"))

    for owner in ("counter", "ledger"):
        methods = {call.method_name for call in (*requests(owner), *requests(EVERY_SERVICE))}
        for outcome in Outcome:
            labels = {"service": owner, "outcome": outcome.value}
            assert label_values(found, "balian_calls_total", "method", **labels) == {
                *methods,
                "unreadable",
            }
        assert label_values(found, "balian_call_seconds_count", "method", service=owner) == methods
        recorded = {event.wire_type for event in events(owner)}
        unroutable = label_values(found, "balian_outbox_unroutable_total", "message", service=owner)
        assert unroutable == recorded
        for name in (
            "balian_workers_busy",
            "balian_store_connections_in_use",
            "balian_bus_failures_total",
            "balian_replies_lost_total",
            "balian_relay_batch_messages_count",
        ):
            assert found.value(name, service=owner) == 0.0
        assert found.value("balian_ready", service=owner) == 1.0
        assert label_values(found, "balian_health", "part", service=owner) == {
            *("bus", "store", "relay")
        }
        assert len(found.series("balian_build_info", service=owner)) == 1
        assert found.value("balian_workers", service=owner)
        assert found.value("balian_store_connections", service=owner)
        assert found.value("balian_relay_last_success_timestamp_seconds", service=owner)
    heard = {event.wire_type for event in services.LISTENS["ledger"]}
    for name in ("balian_messages_duplicate_total", "balian_messages_early_total"):
        assert label_values(found, name, "message", service="ledger") == heard
        assert found.series(name, service="counter") == {}
    assert "_created" not in found.text


def test_what_waits_is_told_soon_after_the_start(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter")

    assert reaches(port, "balian_mechanism_state_up", 1.0, {"service": "counter"})
    found = scrape(port)
    assert {name: found.value(name, service="counter") for name in BACKLOG} == dict.fromkeys(
        BACKLOG, 0.0
    )


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_finds_nothing_wrong_with_what_is_told(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter", "ledger")
    assert reaches(port, "balian_mechanism_state_up", 1.0, {"service": "ledger"})
    ours = [
        line
        for line in scrape(port).text.splitlines(keepends=True)
        if line.removeprefix("# HELP ").removeprefix("# TYPE ").startswith("balian_")
    ]

    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input="".join(ours),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr + checked.stdout) == (0, "")


def test_calls_are_counted_by_how_they_ended(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter")
    client = rabbit_bus.client(attempts=1)

    def call(mapping: dict[str, Any]) -> None:
        client.call_raw("counter", "place_order", mapping, CLERK)

    call(placing(1))
    call(placing(1))
    for fails in ("refused", "refused", "unexpectedly"):
        with pytest.raises(Exception, match=r"refused|unexpected_fault"):
            call(placing(2 if fails == "refused" else 3, fails=fails))

    found = scrape(port)
    of_it = {"service": "counter", "method": "place_order"}
    assert {
        outcome: found.value("balian_calls_total", outcome=outcome.value, **of_it)
        for outcome in Outcome
    } == {Outcome.OK: 2.0, Outcome.REJECTED: 2.0, Outcome.ERROR: 1.0, Outcome.TIMEOUT: 0.0}
    assert found.value("balian_calls_repeated_total", **of_it) == 2.0
    assert found.value("balian_call_seconds_count", **of_it) == 5.0


def test_a_call_that_is_none_of_any_method_is_counted_as_refused(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter")
    client = rabbit_bus.client(attempts=1)

    with pytest.raises(MethodUnknown):
        client.call_raw("counter", "burn_orders", placing(1), CLERK)
    send_call(rabbit_bus, b"\xff\xff", reply_to="answers")
    send_call(rabbit_bus, b'{"args": [1, 2], "kwargs": {}}', reply_to="answers")

    refused = {"service": "counter", "method": "unreadable", "outcome": "rejected"}
    assert reaches(port, "balian_calls_total", 3.0, refused)


def test_an_answer_that_the_bus_does_not_take_is_counted_and_its_call_is_done(
    rabbit_bus: BusUnderTest,
) -> None:
    server = rabbit_bus.server
    assert server is not None
    port = started(rabbit_bus, "counter")
    body = json.dumps({"args": [], "kwargs": {"request": placing(1, pause_ms=1500)}}).encode()
    busy = {"service": "counter"}

    send_call(rabbit_bus, body, reply_to="answers")
    assert reaches(port, "balian_workers_busy", 1.0, busy)
    server.kill()
    try:
        is_counted = reaches(port, "balian_replies_lost_total", 1.0, busy, within=30.0)
    finally:
        server.start()

    assert is_counted
    assert rabbit_bus.orders() == [petition(1)]


def send_call(bus: BusUnderTest, body: bytes, *, reply_to: str) -> None:
    """Send what should be a call, as no client of ours would."""
    with bus.connection() as connection, connection.channel() as channel:
        message = channel.prepare_message(
            body,
            content_type="application/json",
            headers={f"nameko.{name}": value for name, value in CLERK.items()},
            properties={"reply_to": reply_to, "correlation_id": "a-call"},
        )
        channel.basic_publish(message, exchange="nameko-rpc", routing_key="counter.place_order")


def test_a_call_that_every_service_answers_is_timed_as_a_whole(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter", CLOCK="system")
    client = rabbit_bus.client(attempts=1)
    operator = {"actor": "operator:duty"}
    client.call_raw("counter", "service_status", {}, operator)

    with pytest.raises(ClockNotSimulated):
        client.call_raw("counter", "next_due", {}, operator)

    found = scrape(port)
    for method, outcome in (("service_status", "ok"), ("next_due", "rejected")):
        assert (
            found.value("balian_calls_total", service="counter", method=method, outcome=outcome)
            == 1.0
        )


def test_a_question_that_another_service_leaves_unanswered_is_a_timeout(
    rabbit_bus: BusUnderTest,
) -> None:
    counter = rabbit_bus.spawn("counter")
    port = started(rabbit_bus, "ledger", CALL_TIMEOUT=1)
    counter.kill()
    counter.wait(timeout=10)

    with pytest.raises(Exception, match="send the same request again"):
        rabbit_bus.client(timeout=20, attempts=1).call_raw("ledger", "compare_orders", {}, CLERK)

    found = scrape(port)
    calls = {"service": "ledger", "method": "compare_orders"}
    assert found.value("balian_calls_total", outcome="timeout", **calls) == 1.0
    assert found.value("balian_calls_total", outcome="error", **calls) == 0.0


def test_what_comes_early_and_what_comes_twice_is_counted(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "ledger")
    rabbit_bus.start(services.CounterService)
    client = rabbit_bus.client()
    client.call_raw("counter", "pay_order", placing(1), CLERK)
    paid = {"service": "ledger", "message": "order_paid.v1"}
    assert reaches(port, "balian_messages_early_total", 1.0, paid)

    client.call_raw("counter", "place_order", placing(1) | {"request_id": "placing-2"}, CLERK)
    assert reaches(port, "balian_early_settled_total", 1.0, {"outcome": "ok", **paid})
    again(rabbit_bus)

    placed = {"service": "ledger", "message": "order_placed.v1"}
    assert reaches(port, "balian_messages_duplicate_total", 1.0, placed)
    found = scrape(port)
    assert found.value("balian_messages_handled_total", outcome="ok", **placed) == 2.0
    assert found.value("balian_messages_handled_total", outcome="ok", **paid) == 1.0
    assert found.value("balian_messages_redelivered_total", **placed) == 0.0


def again(bus: BusUnderTest) -> None:
    """Send every placing once more, as a relay does that died before it marked them as sent."""
    import sqlite3  # noqa: PLC0415

    store = sqlite3.connect(bus.directory / "counter.sqlite3", timeout=10)
    with store:
        store.execute("UPDATE outbox_messages SET sent_at = NULL WHERE type = 'order_placed.v1'")
    store.close()


def test_what_the_broker_delivers_again_is_counted(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv(services.TRACE, str(trace))
    with monkeypatch.context() as slow:
        slow.setenv(services.SLOW_HANDLING, "600")
        first = rabbit_bus.spawn("ledger")
    rabbit_bus.start(services.CounterService)
    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)
    assert eventually(trace.exists)

    first.kill()
    first.wait(timeout=10)
    port = started(rabbit_bus, "ledger")

    placed = {"service": "ledger", "message": "order_placed.v1"}
    assert reaches(port, "balian_messages_handled_total", 1.0, {"outcome": "ok", **placed})
    found = scrape(port)
    assert found.value("balian_messages_redelivered_total", **placed) == 1.0
    assert found.value("balian_messages_redelivered_total", service="ledger", message="call") == 0.0


def test_a_call_that_its_first_instance_died_of_is_counted_as_redelivered(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, hold = tmp_path / "trace", tmp_path / "hold"
    hold.touch()
    monkeypatch.setenv(services.TRACE, str(trace))
    monkeypatch.setenv(services.HOLD, str(hold))
    first = rabbit_bus.spawn("counter")
    calling = eventlet.spawn(
        rabbit_bus.client(timeout=60, attempts=1).call_raw,
        "counter",
        "place_order",
        placing(1, pause_ms=1),
        CLERK,
    )
    assert eventually(trace.exists)

    first.kill()
    first.wait(timeout=10)
    hold.unlink()
    port = started(rabbit_bus, "counter")

    assert calling.wait()["orders"] == 1
    assert reaches(
        port, "balian_messages_redelivered_total", 1.0, {"service": "counter", "message": "call"}
    )


def test_what_nobody_can_read_and_what_the_broker_gave_up_on_are_counted_as_errors(
    rabbit_bus: BusUnderTest,
) -> None:
    port = started(rabbit_bus, "ledger")
    with rabbit_bus.connection() as connection, connection.channel() as channel:
        for queue in ("ledger.order_placed.v1", dead_letters_of("ledger")):
            message = channel.prepare_message(b"\xff\xff", content_type="application/json")
            channel.basic_publish(message, exchange="", routing_key=queue)

    for message in ("unreadable", "dead_letter"):
        labels = {"service": "ledger", "message": message, "outcome": "error"}
        assert reaches(port, "balian_messages_handled_total", 1.0, labels)
    assert reaches(port, "balian_parked_messages", 2.0, {"service": "ledger"})


def test_what_is_unsent_grows_old_while_the_relay_has_no_bus(rabbit_bus: BusUnderTest) -> None:
    server = rabbit_bus.server
    assert server is not None
    port = started(rabbit_bus, "counter", CLOCK="system")
    by = {"service": "counter"}
    rabbit_bus.client().call_raw(
        "counter", "place_order", placing(1, pays_itself_after_ms=6000), {"actor": "clerk:window_1"}
    )
    # The order is told, and then the bus is gone at once: a broker that is asked to stop may take
    # longer than the payment.
    assert reaches(port, "balian_relay_batch_messages_sum", 1.0, by)
    server.kill()
    try:
        # The payment falls due without a bus, and its event stays behind.
        assert reaches(port, "balian_outbox_unsent_messages", 1.0, by)
        ages = [scrape(port).value("balian_outbox_oldest_unsent_seconds", **by) or 0.0]
        grew = eventually(
            lambda: (
                (scrape(port).value("balian_outbox_oldest_unsent_seconds", **by) or 0.0)
                > ages[0] + 2.0
            )
        )
        failing = scrape(port)
    finally:
        server.start()

    assert grew
    assert (failing.value("balian_bus_failures_total", **by) or 0.0) > 0.0
    assert failing.value("balian_health", part="bus", **by) == 0.0
    assert failing.value("balian_ready", **by) == 0.0
    assert failing.value("balian_mechanism_state_up", **by) == 1.0
    assert reaches(port, "balian_outbox_unsent_messages", 0.0, by, within=30.0)
    assert scrape(port).value("balian_outbox_oldest_unsent_seconds", **by) == 0.0
    assert (scrape(port).value("balian_relay_batch_messages_sum", **by) or 0.0) >= 1.0
    fired = {"kind": "payment", "outcome": "fired"}
    assert scrape(port).value("balian_deadlines_settled_total", **fired, **by) == 1.0
    assert scrape(port).value("balian_sweep_last_success_timestamp_seconds", **by)


def test_sweeps_that_never_end_are_missed_from_the_start_of_the_service_on(
    rabbit_bus: BusUnderTest, postgres: Postgres
) -> None:
    settings = on_database(rabbit_bus, postgres, "counter")
    began = time.time()

    engine = create_engine(settings["STORE_URL"])
    with engine.begin() as locking:
        locking.execute(text("LOCK TABLE deadlines IN ACCESS EXCLUSIVE MODE"))
        port = started(rabbit_bus, "counter", CLOCK="system", **settings)
        told = scrape(port).value("balian_sweep_last_success_timestamp_seconds", service="counter")
    engine.dispose()

    assert told is not None
    assert began <= told <= time.time()


def test_in_simulated_time_no_sweep_is_missed(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter")

    told = scrape(port).value("balian_sweep_last_success_timestamp_seconds", service="counter")

    assert told == 0.0


def test_a_store_that_is_taken_away_leaves_a_flag_and_nothing_old(
    rabbit_bus: BusUnderTest, postgres: Postgres
) -> None:
    port = started(rabbit_bus, "counter", **on_database(rabbit_bus, postgres, "counter"))
    by = {"service": "counter"}
    assert reaches(port, "balian_mechanism_state_up", 1.0, by)
    assert reaches(port, "balian_business_state_up", 1.0, by)
    before = scrape(port)

    with away(postgres):
        is_flagged = reaches(port, "balian_mechanism_state_up", 0.0, by, within=30.0)
        business_is_flagged = reaches(port, "balian_business_state_up", 0.0, by, within=45.0)
        found = scrape(port)
        page = ask(port, "/orders")

    assert is_flagged
    assert business_is_flagged
    assert {name for name in BACKLOG if found.value(name, **by) is not None} == set()
    assert found.series("balian_test_orders") == {}
    assert found.value("balian_business_state_timestamp_seconds", **by) == before.value(
        "balian_business_state_timestamp_seconds", **by
    )
    assert found.value("balian_workers", **by)
    assert found.series("balian_calls_total", **by)
    assert page.content["orders"] == [], "a page is shown as it was last known"
    assert reaches(port, "balian_mechanism_state_up", 1.0, by, within=30.0)
    assert reaches(port, "balian_business_state_up", 1.0, by, within=45.0)


class away:  # noqa: N801 - used like a function.
    """Let a database server be gone for a while."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    def __enter__(self) -> None:
        self._postgres.stop()

    def __exit__(self, *_why: object) -> None:
        self._postgres.start()


def test_business_that_takes_too_long_to_look_up_is_flagged_and_harms_nothing_else(
    rabbit_bus: BusUnderTest, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(services.SLOW_LOOK, "30")
    port = started(rabbit_bus, "counter", **on_database(rabbit_bus, postgres, "counter"))
    by = {"service": "counter"}

    assert reaches(port, "balian_business_state_up", 0.0, by)

    found = scrape(port)
    assert found.series("balian_test_orders") == {}
    assert found.value("balian_business_state_timestamp_seconds", **by) is None
    assert reaches(port, "balian_mechanism_state_up", 1.0, by)
    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)


def test_business_and_pages_are_told_as_the_store_has_them(rabbit_bus: BusUnderTest) -> None:
    port = started(rabbit_bus, "counter")
    assert reaches(port, "balian_test_orders", 0.0, {"service": "counter", "size": "any"})
    assert scrape(port).series("balian_test_orders_oldest_timestamp_seconds") == {}

    rabbit_bus.client().call_raw("counter", "place_order", placing(1), CLERK)

    assert reaches(
        port, "balian_test_orders", 1.0, {"service": "counter", "size": "any"}, within=30.0
    )
    # Under the simulated clock the time is what the last call has told.
    oldest = scrape(port).series("balian_test_orders_oldest_timestamp_seconds", service="counter")
    assert set(oldest.values()) == {1780275600.0}
    assert eventually(
        lambda: (
            ask(port, "/orders").content
            == {"orders": [petition(1)], "at": "2026-06-01T01:00:00+00:00"}
        ),
        within=30.0,
    )


def test_busy_workers_and_connections_are_told_as_they_are(
    rabbit_bus: BusUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, trace = tmp_path / "hold", tmp_path / "trace"
    hold.touch()
    monkeypatch.setenv(services.HOLD, str(hold))
    monkeypatch.setenv(services.TRACE, str(trace))
    port = started(rabbit_bus, "counter", max_workers=3)
    idle = scrape(port)
    calls = [
        eventlet.spawn(
            rabbit_bus.client(timeout=60, attempts=1).call_raw,
            "counter",
            "place_order",
            placing(number, pause_ms=1),
            CLERK,
        )
        for number in (1, 2)
    ]

    is_busy = reaches(port, "balian_workers_busy", 2.0, {"service": "counter"})
    hold.unlink()
    for call in calls:
        call.wait()

    assert idle.value("balian_workers", service="counter") == 3.0
    assert idle.value("balian_workers_busy", service="counter") == 0.0
    assert is_busy
    assert reaches(port, "balian_workers_busy", 0.0, {"service": "counter"})
