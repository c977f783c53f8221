"""What is counted and timed of the mechanism of every service, whatever the service decides.

RED of every call and message: how many, how they ended, how long they took; beside it what the
mechanism absorbed (repeats, duplicates, what came early) and how the relay and the sweep got on.
Names are `balian_<thing>_<base unit>`, the service is a label, and every label is from a closed
set that `begin` shows with 0 before anything has happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram

from shared.metrics.declaring import SERVICE


class Outcome(StrEnum):
    """How a call or the handling of a message ended, in four words for every dashboard."""

    OK = "ok"  # Answered or handled, now or before; stored where it came early.
    REJECTED = "rejected"  # A rule, the policy or the contract refuses it.
    ERROR = "error"  # Nobody foresaw it; a message is tried again, or parked.
    TIMEOUT = "timeout"  # Another service, the store or the bus did not come in time.


class Settlement(StrEnum):
    """What became of a deadline that came due."""

    FIRED = "fired"
    REFUSED = "refused"
    FAILED = "failed"


UNREADABLE: Final = "unreadable"
"""Stands for the type of a message, or the method of a call, that could not be read."""

DEAD_LETTER: Final = "dead_letter"
"""Stands for a message that was delivered too often, whatever type it claims."""

CALL: Final = "call"
"""Stands among the types of messages for a call, whatever it asks."""

UNHANDLED: Final = "unhandled"
"""Stands for the kind of a deadline that this version has no handler for."""

# Around the objective of a burst: 95 of 100 calls answered within 1 s.
_CALL_SECONDS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 1.5, 2.5, 5.0, 10.0),
)
# Around the same second: who asks right after an act should find what follows from it.
_HANDLING_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Around the sweep's own second; a minute late is what an alert waits for.
_LATENESS_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
# Up to the largest batch: who sends those all the time is falling behind.
_BATCH_MESSAGES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 400)

CALLS: Final = Counter(
    "balian_calls_total",
    "Calls by how they ended: ok, rejected, error or timeout.",
    (SERVICE, "method", "outcome"),
)
CALLS_REPEATED: Final = Counter(
    "balian_calls_repeated_total",
    "Commands that had been answered before and got the same answer.",
    (SERVICE, "method"),
)
CALL_SECONDS: Final = Histogram(
    "balian_call_seconds",
    "Time from a worker's taking a call to its outcome; what it waits before shows in its queue.",
    (SERVICE, "method"),
    buckets=_CALL_SECONDS,
)
REPLIES_LOST: Final = Counter(
    "balian_replies_lost_total",
    "Answers that the bus did not take; whoever waits for one sends the same request again.",
    (SERVICE,),
)
MESSAGES: Final = Counter(
    "balian_messages_handled_total",
    "Deliveries of messages by how they ended: ok, rejected, error or timeout.",
    (SERVICE, "message", "outcome"),
)
MESSAGE_SECONDS: Final = Histogram(
    "balian_message_handling_seconds",
    "Time from a message's arrival to its outcome.",
    (SERVICE, "message"),
    buckets=_HANDLING_SECONDS,
)
DUPLICATES: Final = Counter(
    "balian_messages_duplicate_total",
    "Messages that had been handled before and changed nothing.",
    (SERVICE, "message"),
)
EARLY: Final = Counter(
    "balian_messages_early_total",
    "Messages that came before their predecessor and were stored.",
    (SERVICE, "message"),
)
EARLY_SETTLED: Final = Counter(
    "balian_early_settled_total",
    "Messages that came early by how they ended later: ok, rejected, error or timeout.",
    (SERVICE, "message", "outcome"),
)
REDELIVERED: Final = Counter(
    "balian_messages_redelivered_total",
    "Messages and calls the broker delivered again, after somebody else had held them.",
    (SERVICE, "message"),
)
CONFLICTS: Final = Counter(
    "balian_store_conflicts_total", "Transactions repeated for a conflict.", (SERVICE,)
)
UNROUTABLE: Final = Counter(
    "balian_outbox_unroutable_total",
    "Attempts to publish an event that the bus has no queue for, or refuses; alert above 0.",
    (SERVICE, "message"),
)
RELAY_BATCH: Final = Histogram(
    "balian_relay_batch_messages",
    "Events the relay took to the bus at once.",
    (SERVICE,),
    buckets=_BATCH_MESSAGES,
)
RELAY_SUCCESS: Final = Gauge(
    "balian_relay_last_success_timestamp_seconds",
    "Instant at which the relay last had nothing left to do, or did it; 0 before the first time.",
    (SERVICE,),
)
BUS_FAILURES: Final = Counter(
    "balian_bus_failures_total", "Times the relay could not reach the bus.", (SERVICE,)
)
DEADLINES: Final = Counter(
    "balian_deadlines_settled_total",
    "Deadlines that came due, by outcome: fired, refused, failed.",
    (SERVICE, "kind", "outcome"),
)
DEADLINE_LATENESS_SECONDS: Final = Histogram(
    "balian_deadline_lateness_seconds",
    "Time from the instant a deadline fires at to its firing.",
    (SERVICE,),
    buckets=_LATENESS_SECONDS,
)
SWEEP_SUCCESS: Final = Gauge(
    "balian_sweep_last_success_timestamp_seconds",
    "Instant at which a sweep last fired all that had come, or the service began to sweep; 0"
    " before, and in simulated time.",
    (SERVICE,),
)


@dataclass(frozen=True, kw_only=True)
class Series:
    """The values that the labels of one service's mechanism can take."""

    service: str
    methods: Sequence[str]
    messages: Sequence[str]
    """The types of the events it listens to."""
    events: Sequence[str]
    """The types of the events it records."""
    deadlines: Sequence[str]
    """The kinds of its deadlines."""


def begin(series: Series) -> None:
    """Show every series of one service, with 0 where nothing has been counted yet."""
    service = series.service
    messages = (*series.messages, UNREADABLE, DEAD_LETTER)
    kinds = (*series.deadlines, UNHANDLED)
    _show(CALLS, [service], (*series.methods, UNREADABLE), Outcome)
    _show(CALLS_REPEATED, [service], series.methods)
    _show(CALL_SECONDS, [service], series.methods)
    _show(MESSAGES, [service], messages, Outcome)
    _show(MESSAGE_SECONDS, [service], series.messages)
    _show(DUPLICATES, [service], series.messages)
    _show(EARLY, [service], series.messages)
    _show(EARLY_SETTLED, [service], series.messages, Outcome)
    _show(REDELIVERED, [service], (*series.messages, CALL))
    _show(UNROUTABLE, [service], series.events)
    _show(DEADLINES, [service], kinds, Settlement)
    for single in (
        *(CONFLICTS, REPLIES_LOST, RELAY_BATCH, RELAY_SUCCESS, BUS_FAILURES),
        *(DEADLINE_LATENESS_SECONDS, SWEEP_SUCCESS),
    ):
        _show(single, [service])


def series_of(metric: Any, *labels: str) -> Any:
    """Give one series of a metric by its labels in order; quicker than asking the metric."""
    return _series_of(metric, labels)


@cache
def _series_of(metric: Any, labels: tuple[str, ...]) -> Any:
    return metric.labels(*labels)


def _show(metric: Any, *values: Iterable[str]) -> None:
    combinations: list[tuple[str, ...]] = [()]
    for choices in values:
        combinations = [(*one, str(choice)) for one in combinations for choice in choices]
    for labels in combinations:
        _series_of(metric, labels)


def call_ended(
    service: str, method: str, outcome: Outcome, seconds: float, *, is_repeat: bool
) -> None:
    """Count a call that was answered or failed, and whether it had been answered before."""
    _series_of(CALLS, (service, method, outcome.value)).inc()
    _series_of(CALL_SECONDS, (service, method)).observe(seconds)
    if is_repeat:
        _series_of(CALLS_REPEATED, (service, method)).inc()


def call_unread(service: str) -> None:
    """Count a call that was refused before it was one of any method."""
    _series_of(CALLS, (service, UNREADABLE, Outcome.REJECTED.value)).inc()


def message_ended(service: str, message: str, outcome: Outcome, seconds: float) -> None:
    """Count a delivery of a message that was settled or failed."""
    _series_of(MESSAGES, (service, message, outcome.value)).inc()
    _series_of(MESSAGE_SECONDS, (service, message)).observe(seconds)


def deadline_settled(
    service: str, kind: str, settlement: Settlement, *, lateness: float | None
) -> None:
    """Count a deadline that came due; `lateness` in seconds, None where time is only told."""
    _series_of(DEADLINES, (service, kind, settlement.value)).inc()
    if lateness is not None:
        _series_of(DEADLINE_LATENESS_SECONDS, (service,)).observe(max(0.0, lateness))
