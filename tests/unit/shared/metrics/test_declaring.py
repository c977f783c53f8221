"""Counters are closed: every series from the start, and none beside them."""

from __future__ import annotations

import uuid
from enum import StrEnum

import pytest
from prometheus_client import REGISTRY, Counter

from shared.metrics import LabelUndeclared, begin_counting, closed_counter, require_labels


class Grade(StrEnum):
    """How something was judged."""

    GOOD = "good"
    BAD = "bad"


def a_counter(owner: str) -> Counter:
    return closed_counter(
        f"balian_test_{uuid.uuid4().hex}_total",
        "Things.",
        owner=owner,
        labels={"grade": Grade, "form": ("visit", "letter")},
    )


def series(counter: Counter) -> dict[tuple[str, str, str], float]:
    return {
        (one.labels["service"], one.labels["grade"], one.labels["form"]): one.value
        for metric in counter.collect()
        for one in metric.samples
    }


def test_nothing_is_told_before_a_service_begins_to_count() -> None:
    counter = a_counter("reception")

    assert series(counter) == {}


def test_every_series_is_there_with_0_for_each_service_that_begins() -> None:
    counter = a_counter("reception")

    begin_counting("reception_county", owner="reception")
    begin_counting("reception_east", owner="reception")

    assert series(counter) == {
        (service, grade, form): 0.0
        for service in ("reception_county", "reception_east")
        for grade in ("good", "bad")
        for form in ("visit", "letter")
    }


def test_the_counters_of_another_owner_are_not_begun() -> None:
    counter = a_counter("triage")

    begin_counting("reception_county", owner="reception")

    assert series(counter) == {}


def test_beginning_again_keeps_what_was_counted() -> None:
    counter = a_counter("reception")
    begin_counting("reception_county", owner="reception")
    counter.labels(service="reception_county", grade="bad", form="visit").inc()

    begin_counting("reception_county", owner="reception")

    assert series(counter)["reception_county", "bad", "visit"] == 1.0
    assert sum(series(counter).values()) == 1.0


def test_what_is_declared_may_be_counted() -> None:
    require_labels(a_counter("intake"), {"form": "visit", "grade": Grade.GOOD})


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        pytest.param({"grade": "good"}, "has the labels grade, form", id="one too few"),
        pytest.param(
            {"grade": "good", "form": "visit", "unit": "x"}, "has the labels", id="one too many"
        ),
        pytest.param(
            {"grade": "good", "form": "XF-20260601-0001"}, "value of form", id="another value"
        ),
    ],
)
def test_anything_else_is_refused_without_quoting_it(labels: dict[str, str], told: str) -> None:
    counter = a_counter("intake")

    with pytest.raises(LabelUndeclared, match=told) as refused:
        require_labels(counter, labels)

    assert "XF-" not in str(refused.value)


def test_a_counter_that_is_not_closed_takes_any_label() -> None:
    plain = Counter(f"balian_test_{uuid.uuid4().hex}_total", "Things.", ("service", "what"))
    try:
        require_labels(plain, {"what": "anything"})
    finally:
        REGISTRY.unregister(plain)
