"""Writes docs/metrics.md: what can be asked of Prometheus here, and which alerts look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tools.observability.exported import EVERY_SERVICE, PROMETHEUS, RABBITMQ, of_the_services
from tools.observability.rules import RuleBook
from tools.observability.series import OF_EVERY_TARGET, Metric

_INTRODUCTION: Final = """\
# Metrics

Made from the code by `make docs`; do not edit.

What the services, the broker and Prometheus tell, what it means, and which alert looks at it.
What to do when an alert fires stands in the [runbook](runbook.md).

Every service tells them on its page `/metrics` ([cli.md](cli.md#health)).
The label `service` is the name of the service on the bus, `reception_NODE` for a node.
Every label is from a closed set: methods and events are those of the [contracts](contracts.md), \
units are those of the office's directory, or of a case handled before one left it, and no label \
names a petition or a person.
A counter is there with 0 from the start for every combination of its labels, and none has a \
series `_created`.
A gauge of a store is looked up beforehand: what waits in the mechanism every 5 seconds, the state \
of the business every 15, while somebody asks.
Where the store cannot be read those gauges are left out, and `balian_mechanism_state_up` or \
`balian_business_state_up` is 0.
A gauge `..._oldest_timestamp_seconds` is left out where there is nothing of its kind.
Several replicas of a service tell of one store alike: take the `max` of a gauge, and the `sum` of \
a counter.
Beside these each process tells of itself what the library measures, such as \
`process_start_time_seconds` and `process_resident_memory_bytes`.
"""
_HEADER: Final = "| metric | type | labels | meaning | alerts |\n| --- | --- | --- | --- | --- |"


def render_metrics(book: RuleBook) -> str:
    """Write the page."""
    told = of_the_services()
    owners = [EVERY_SERVICE, *sorted({one.owner for one in told} - {EVERY_SERVICE})]
    sections = [
        _INTRODUCTION,
        *(
            _section(_title(owner), (one for one in told if one.owner == owner), book)
            for owner in owners
        ),
        _section("RabbitMQ", RABBITMQ, book),
        _section("Prometheus", PROMETHEUS, book),
        _recorded(book),
    ]
    return "\n".join(sections)


def _title(owner: str) -> str:
    return owner[0].upper() + owner[1:]


def _section(title: str, metrics: Iterable[Metric], book: RuleBook) -> str:
    rows = "\n".join(_row(metric, book) for metric in metrics)
    return f"## {title}\n\n{_HEADER}\n{rows}\n"


def _row(metric: Metric, book: RuleBook) -> str:
    alerts = ", ".join(f"[{name}](runbook.md#{name.lower()})" for name in _looking_at(metric, book))
    return (
        f"| `{metric.name}` | {metric.kind} | {_labels(metric.labels)} "
        f"| {metric.meaning} | {alerts} |"
    )


def _labels(labels: Iterable[str]) -> str:
    return ", ".join(f"`{label}`" for label in sorted(set(labels) - OF_EVERY_TARGET))


def _looking_at(metric: Metric, book: RuleBook) -> Iterator[str]:
    names = {name for name, _labels in metric.series()}
    for alert in book.alerts:
        if names & book.leaves_of(book.findings[alert.name].names):
            yield alert.name


def _recorded(book: RuleBook) -> str:
    rows = "\n".join(
        f"| `{record.name}` | {_labels(book.catalogue[record.name].labels)} |"
        for record in book.records
    )
    return (
        "## Recorded\n\n"
        "Worked out once by `deploy/prometheus/recording.yml`, for alerts and dashboards.\n\n"
        f"| record | labels |\n| --- | --- |\n{rows}\n"
    )
