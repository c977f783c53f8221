"""The gauges of several services of one process come together, each series once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from shared.metrics import LabelUndeclared, Standing, StandingGauge, how_many
from shared.metrics.exporting import standing_in

SLIPS = StandingGauge(name="balian_test_slips", documentation="Slips out.", labels=("post",))
SINCE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


def told(**counts: int) -> Iterator[Standing]:
    for post, number in counts.items():
        yield Standing(gauge=SLIPS, labels={"post": post}, value=number)


def lines_of(registry: CollectorRegistry) -> list[str]:
    return generate_latest(registry).decode().splitlines()


def test_the_series_of_all_services_stand_under_one_heading() -> None:
    registry = CollectorRegistry()
    collector = standing_in(registry)
    collector.join("supervision", lambda: told(petition=1, result=2))
    collector.join("reception_county", lambda: told(petition=3))

    assert lines_of(registry) == [
        "# HELP balian_test_slips Slips out.",
        "# TYPE balian_test_slips gauge",
        'balian_test_slips{post="petition",service="supervision"} 1.0',
        'balian_test_slips{post="result",service="supervision"} 2.0',
        'balian_test_slips{post="petition",service="reception_county"} 3.0',
    ]


def test_a_replica_in_the_same_process_doubles_nothing() -> None:
    registry = CollectorRegistry()
    collector = standing_in(registry)
    collector.join("supervision", lambda: told(petition=1))
    collector.join("supervision", lambda: told(petition=2))

    assert lines_of(registry)[2:] == [
        'balian_test_slips{post="petition",service="supervision"} 2.0'
    ]


def test_who_has_left_is_told_no_more() -> None:
    registry = CollectorRegistry()
    collector = standing_in(registry)
    leave = collector.join("supervision", lambda: told(petition=1))
    collector.join("intake", lambda: told(petition=2))

    leave()
    leave()

    assert lines_of(registry)[2:] == ['balian_test_slips{post="petition",service="intake"} 2.0']


def fails() -> Iterator[Standing]:
    yield from told(petition=1)
    raise RuntimeError


def test_one_that_fails_takes_nothing_from_the_others() -> None:
    registry = CollectorRegistry()
    collector = standing_in(registry)
    collector.join("triage", fails)
    collector.join("supervision", lambda: told(petition=1))

    assert lines_of(registry)[2:] == [
        'balian_test_slips{post="petition",service="supervision"} 1.0'
    ]


@pytest.mark.parametrize("labels", [{}, {"unit": "x"}, {"post": "petition", "unit": "x"}])
def test_a_value_has_the_labels_of_its_gauge(labels: dict[str, str]) -> None:
    with pytest.raises(LabelUndeclared, match="balian_test_slips has the labels post"):
        Standing(gauge=SLIPS, labels=labels, value=1)


def test_how_many_there_are_is_told_with_the_oldest_beside_it() -> None:
    some = list(how_many(SLIPS, 2, oldest=SINCE, post="petition"))
    none = list(how_many(SLIPS, 0, post="petition"))

    assert [(one.gauge.name, one.value, one.labels) for one in some] == [
        ("balian_test_slips", 2, {"post": "petition"}),
        (
            "balian_test_slips_oldest_timestamp_seconds",
            SINCE.timestamp(),
            {"post": "petition"},
        ),
    ]
    assert [one.gauge for one in none] == [SLIPS]
