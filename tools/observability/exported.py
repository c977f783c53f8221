"""What is exported here: by the services, by RabbitMQ, and by Prometheus of itself.

What a service exports is read from its own declarations.  Of RabbitMQ and Prometheus only what is
asked of them stands here; a component test finds it at a real one.
"""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Final

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from shared.metrics.mechanism import Outcome, Settlement
from shared.metrics.standing import StandingGauge
from tools.observability.series import Catalogue, Metric, catalogue_of

SERVICE: Final = "service"
"""The label that every metric of a service has, and every target of theirs in Prometheus."""

EVERY_SERVICE: Final = "every service"
"""The owner of what the mechanism tells, whatever the service decides."""

_OF_A_SERVICE: Final = frozenset({SERVICE, "node"})
_SERVICES: Final = "services"
_OF_THE_MECHANISM: Final = ("shared.metrics", "shared.messaging", "shared.health")
_OF_A_BUSINESS: Final = ("metrics", "standing")
_KINDS: Final = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}
_OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
_VALUES: Final = {
    "balian_calls_total": {"outcome": _OUTCOMES},
    "balian_messages_handled_total": {"outcome": _OUTCOMES},
    "balian_early_settled_total": {"outcome": _OUTCOMES},
    "balian_deadlines_settled_total": {
        "outcome": frozenset(settlement.value for settlement in Settlement)
    },
}

_QUEUE: Final = frozenset({"vhost", "queue"})
_GLOBAL: Final = frozenset({"protocol", "queue_type"})
RABBITMQ: Final = (
    Metric(
        name="rabbitmq_alarms_memory_used_watermark",
        kind="gauge",
        labels=frozenset(),
        meaning="1 while the broker takes no messages for want of memory.",
    ),
    Metric(
        name="rabbitmq_alarms_free_disk_space_watermark",
        kind="gauge",
        labels=frozenset(),
        meaning="1 while the broker takes no messages for want of disk.",
    ),
    Metric(
        name="rabbitmq_connections", kind="gauge", labels=frozenset(), meaning="Open connections."
    ),
    Metric(name="rabbitmq_channels", kind="gauge", labels=frozenset(), meaning="Open channels."),
    Metric(
        name="rabbitmq_process_resident_memory_bytes",
        kind="gauge",
        labels=frozenset(),
        meaning="Memory that the broker uses.",
    ),
    Metric(
        name="rabbitmq_resident_memory_limit_bytes",
        kind="gauge",
        labels=frozenset(),
        meaning="Memory above which it takes no messages.",
    ),
    Metric(
        name="rabbitmq_disk_space_available_bytes",
        kind="gauge",
        labels=frozenset(),
        meaning="Disk that is free.",
    ),
    Metric(
        name="rabbitmq_disk_space_available_limit_bytes",
        kind="gauge",
        labels=frozenset(),
        meaning="Free disk below which it takes no messages.",
    ),
    Metric(
        name="rabbitmq_global_messages_received_total",
        kind="counter",
        labels=frozenset({"protocol"}),
        meaning="Messages that were published to it.",
    ),
    Metric(
        name="rabbitmq_global_messages_delivered_total",
        kind="counter",
        labels=_GLOBAL,
        meaning="Messages that it delivered.",
    ),
    Metric(
        name="rabbitmq_global_messages_redelivered_total",
        kind="counter",
        labels=_GLOBAL,
        meaning="Messages that it delivered once more.",
    ),
    Metric(
        name="rabbitmq_detailed_queue_messages_ready",
        kind="gauge",
        labels=_QUEUE,
        meaning="Messages that wait in a queue.",
    ),
    Metric(
        name="rabbitmq_detailed_queue_messages_unacked",
        kind="gauge",
        labels=_QUEUE,
        meaning="Messages of a queue that are being handled.",
    ),
    Metric(
        name="rabbitmq_detailed_queue_messages",
        kind="gauge",
        labels=_QUEUE,
        meaning="Both together.",
    ),
    Metric(
        name="rabbitmq_detailed_queue_consumers",
        kind="gauge",
        labels=_QUEUE,
        meaning="Who reads a queue.",
    ),
)
"""What is asked of the broker: of its own page, and of that of its queues."""

PROMETHEUS: Final = (
    Metric(
        name="up",
        kind="gauge",
        labels=_OF_A_SERVICE,
        meaning="1 where the last scrape of a target was answered.",
    ),
    Metric(
        name="prometheus_sd_refresh_failures_total",
        kind="counter",
        labels=frozenset({"mechanism"}),
        meaning="Failed attempts to read where targets are.",
        values={"mechanism": frozenset({"http", "file"})},
    ),
    Metric(
        name="ALERTS",
        kind="gauge",
        labels=frozenset({"alertname", "alertstate", "severity", "audience", *_OF_A_SERVICE}),
        meaning="1 for each alert that is pending or fires.",
        values={"alertstate": frozenset({"pending", "firing"})},
    ),
)
"""What is asked of Prometheus about itself."""


def of_the_services() -> tuple[Metric, ...]:
    """List what the services declare, by name."""
    found = {metric.name: metric for module in _declaring() for metric in _declared_in(module)}
    return tuple(found[name] for name in sorted(found))


def of_their_process() -> tuple[Metric, ...]:
    """List what the metrics library tells of a process by itself."""
    return tuple(
        Metric(
            name=sample.name,
            kind=family.type,
            labels=frozenset(sample.labels),
            meaning=family.documentation,
        )
        for family in REGISTRY.collect()
        if family.name.startswith(("process_", "python_"))
        for sample in family.samples
    )


def catalogue() -> Catalogue:
    """List every series that can be asked for in a deployment."""
    of_targets = [
        Metric(
            name=metric.name,
            kind=metric.kind,
            labels=metric.labels | _OF_A_SERVICE,
            values=metric.values,
        )
        for metric in (*of_the_services(), *of_their_process())
    ]
    return catalogue_of([*of_targets, *RABBITMQ, *PROMETHEUS])


def _declaring() -> Iterator[ModuleType]:
    """Import and give every module that may declare a metric."""
    for package in _OF_THE_MECHANISM:
        yield from map(_imported, _modules_of(package))
    for service in _modules_of(_SERVICES):
        for module in _modules_of(service):
            if module.rpartition(".")[2] in _OF_A_BUSINESS:
                yield _imported(module)


def _modules_of(package: str) -> list[str]:
    inside = _imported(package).__path__
    return [module.name for module in pkgutil.iter_modules(inside, f"{package}.")]


def _imported(name: str) -> ModuleType:
    with warnings.catch_warnings():
        # The mechanism brings eventlet, which warns of its own end (shared/messaging/patching.py).
        warnings.filterwarnings("ignore", message=r"\nEventlet is deprecated\.", category=Warning)
        return importlib.import_module(name)


def _declared_in(module: ModuleType) -> Iterator[Metric]:
    package, of_whom, *_ = module.__name__.split(".")
    is_business = package == _SERVICES
    owner = of_whom if is_business else EVERY_SERVICE
    for declared in vars(module).values():
        if isinstance(declared, MetricWrapperBase):
            yield _counted(declared, owner)
        elif isinstance(declared, StandingGauge):
            yield _standing(declared, owner)
            if is_business:
                # What waits in an office has waited for some time; beside each stands since when.
                yield _standing(declared.oldest, owner)


def _counted(declared: MetricWrapperBase, owner: str) -> Metric:
    (family,) = declared.describe()
    name = f"{family.name}_total" if isinstance(declared, Counter) else family.name
    return Metric(
        name=name,
        kind=_KINDS[type(declared)],
        labels=frozenset(declared._labelnames),  # noqa: SLF001 - the library tells it nowhere else.
        meaning=family.documentation,
        owner=owner,
        values=_VALUES.get(name, {}),
    )


def _standing(declared: StandingGauge, owner: str) -> Metric:
    return Metric(
        name=declared.name,
        kind="gauge",
        labels=frozenset({SERVICE, *declared.labels}),
        meaning=declared.documentation,
        owner=owner,
    )
