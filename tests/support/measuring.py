"""What a service tells those who watch it: how it stands in its store, and what it has counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any

from prometheus_client import REGISTRY, Counter
from sqlalchemy import event, text

from shared.messaging.sampling import looking_into
from shared.metrics import StandingLook
from tests.support.bench import ServiceBench


def standing_of(
    bench: ServiceBench, look: StandingLook, *, now: datetime | None = None
) -> dict[str, float]:
    """Look how a service stands, as the service itself looks; by series, without the service.

    The values of `balian_slips_out` and its oldest are under `balian_slips_out{post="..."}` and
    `balian_slips_out_oldest_timestamp_seconds{post="..."}`.
    """
    with looking_into(bench.store) as session:
        told = look(session, now=now or bench.now)
    series = [(_series(one.gauge.name, dict(one.labels)), one.value) for one in told]
    assert len(dict(series)) == len(series), "a series is told twice"
    return dict(series)


def above_zero(standing: dict[str, float], *, without_oldest: bool = True) -> dict[str, float]:
    """Give the series of which there is something, without their oldest unless told."""
    return {
        series: value
        for series, value in standing.items()
        if value and not (without_oldest and "_oldest_timestamp_seconds" in series)
    }


def oldest(standing: dict[str, float]) -> dict[str, float]:
    """Give the oldest of each series of which there is one, under the name of the series."""
    return {
        series.replace("_oldest_timestamp_seconds", ""): value
        for series, value in standing.items()
        if "_oldest_timestamp_seconds" in series
    }


def plans_of(bench: ServiceBench, look: StandingLook) -> str:
    """Give the plans by which PostgreSQL looks, as long as an index could serve at all.

    On the few rows of a test it would rather read them all; on a million it must not have to.
    """
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(bench.store.engine, "before_cursor_execute", note)
    try:
        standing_of(bench, look)
    finally:
        event.remove(bench.store.engine, "before_cursor_execute", note)
    with bench.store.reading() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        driver: Any = session.connection().connection.driver_connection
        return "\n".join(
            line
            for statement, parameters in asked
            if statement.lstrip().startswith("SELECT")
            for (line,) in driver.execute(f"EXPLAIN {statement}", parameters)
        )


def counted(
    metrics: ModuleType, act: Callable[[], Any], *, service: str | None = None
) -> dict[str, float]:
    """Tell by how much each counter of a service's `metrics` moved while something was done.

    The label `service` is left out; with `service` only what moved under that name is told.
    """
    before = _samples(metrics, service)
    act()
    after = _samples(metrics, service)
    moved = {series: value - before.get(series, 0.0) for series, value in after.items()}
    return {series: by for series, by in moved.items() if by}


def _samples(metrics: ModuleType, service: str | None) -> dict[str, float]:
    counters = [each for each in vars(metrics).values() if isinstance(each, Counter)]
    names = {family.name for counter in counters for family in counter.describe()}
    return {
        _series(sample.name, {k: v for k, v in sample.labels.items() if k != "service"}): (
            sample.value
        )
        for family in REGISTRY.collect()
        if family.name in names
        for sample in family.samples
        if service is None or sample.labels["service"] == service
    }


def _series(name: str, labels: dict[str, str]) -> str:
    written = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{written}}}" if written else name
