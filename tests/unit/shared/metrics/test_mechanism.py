"""What is counted of the mechanism is there with every label from the start, and no more."""

from __future__ import annotations

import itertools

from prometheus_client import REGISTRY, generate_latest

from shared.metrics import mechanism
from shared.metrics.mechanism import Outcome, Series, Settlement

SERVICE = "a_service_of_the_tests"
SERIES = Series(
    service=SERVICE,
    methods=("register", "find"),
    messages=("case_opened.v1", "case_closed.v1"),
    events=("petition_registered.v1",),
    deadlines=("remind",),
)


def samples() -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Give what is told of the service: by name, then by the labels other than the service."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for metric in REGISTRY.collect():
        for one in metric.samples:
            if one.labels.get("service") == SERVICE:
                rest = {key: value for key, value in one.labels.items() if key != "service"}
                found.setdefault(one.name, {})[tuple(sorted(rest.items()))] = one.value
    return found


def combinations(**labels: tuple[str, ...]) -> set[tuple[tuple[str, str], ...]]:
    return {
        tuple(sorted(zip(labels, values, strict=True)))
        for values in itertools.product(*labels.values())
    }


def test_every_series_is_there_from_the_start() -> None:
    mechanism.begin(SERIES)

    found = samples()

    outcomes = tuple(map(str, Outcome))
    assert set(found["balian_calls_total"]) == combinations(
        method=("register", "find", "unreadable"), outcome=outcomes
    )
    assert set(found["balian_calls_repeated_total"]) == combinations(method=("register", "find"))
    assert set(found["balian_call_seconds_count"]) == combinations(method=("register", "find"))
    assert set(found["balian_messages_handled_total"]) == combinations(
        message=("case_opened.v1", "case_closed.v1", "unreadable", "dead_letter"), outcome=outcomes
    )
    for name in (
        "balian_messages_duplicate_total",
        "balian_messages_early_total",
        "balian_message_handling_seconds_count",
    ):
        assert set(found[name]) == combinations(message=("case_opened.v1", "case_closed.v1"))
    assert set(found["balian_early_settled_total"]) == combinations(
        message=("case_opened.v1", "case_closed.v1"), outcome=outcomes
    )
    assert set(found["balian_messages_redelivered_total"]) == combinations(
        message=("case_opened.v1", "case_closed.v1", "call")
    )
    assert set(found["balian_outbox_unroutable_total"]) == combinations(
        message=("petition_registered.v1",)
    )
    assert set(found["balian_deadlines_settled_total"]) == combinations(
        kind=("remind", "unhandled"), outcome=tuple(map(str, Settlement))
    )
    for name in (
        "balian_store_conflicts_total",
        "balian_bus_failures_total",
        "balian_replies_lost_total",
        "balian_relay_batch_messages_count",
        "balian_relay_last_success_timestamp_seconds",
        "balian_deadline_lateness_seconds_count",
        "balian_sweep_last_success_timestamp_seconds",
    ):
        assert set(found[name]) == {()}
    assert {value for series in found.values() for value in series.values()} == {0.0}


def test_when_a_series_began_is_not_told() -> None:
    mechanism.begin(SERIES)

    assert b"_created" not in generate_latest(REGISTRY)


def test_a_histogram_has_a_bound_at_the_objective_it_is_about() -> None:
    mechanism.begin(SERIES)

    bounds = {
        name: {dict(labels)["le"] for labels in samples()[f"{name}_bucket"]}
        for name in (
            "balian_call_seconds",
            "balian_message_handling_seconds",
            "balian_deadline_lateness_seconds",
            "balian_relay_batch_messages",
        )
    }

    assert {"0.5", "1.0", "2.5"} <= bounds["balian_call_seconds"]
    assert {"0.5", "1.0", "2.5"} <= bounds["balian_message_handling_seconds"]
    assert {"1.0", "60.0"} <= bounds["balian_deadline_lateness_seconds"]
    assert "400.0" in bounds["balian_relay_batch_messages"]
