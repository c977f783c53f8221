"""What every service measures of the mechanism, whatever it decides.

Names are `balian_<thing>_<base unit>`, the service is a label, and every label comes from a closed
set: a petition's number in a label would be a new series for each petition.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

CALLS: Final = Counter(
    "balian_calls_total",
    "Calls by how they ended: replied, repeated, rejected, unavailable or error.",
    ("service", "method", "outcome"),
)
CALL_SECONDS: Final = Histogram(
    "balian_call_seconds",
    "Time from an admitted call to its answer.",
    ("service", "method"),
    buckets=_SECONDS,
)
MESSAGES: Final = Counter(
    "balian_messages_handled_total",
    "Messages by what became of them: handled, duplicate, early, refused, parked or failed.",
    ("service", "message", "outcome"),
)
MESSAGE_SECONDS: Final = Histogram(
    "balian_message_handling_seconds",
    "Time from a message's arrival to its outcome.",
    ("service", "message"),
    buckets=_SECONDS,
)
DEADLINES: Final = Counter(
    "balian_deadlines_settled_total",
    "Deadlines that came due, by outcome: fired, refused, failed.",
    ("service", "kind", "outcome"),
)
DEADLINE_LATENESS_SECONDS: Final = Histogram(
    "balian_deadline_lateness_seconds",
    "Time from the instant a deadline fires at to its firing.",
    ("service",),
    buckets=(0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 600.0, 3600.0),
)
CONFLICTS: Final = Counter(
    "balian_store_conflicts_total", "Transactions repeated for a conflict.", ("service",)
)
OUTBOX_UNSENT: Final = Gauge(
    "balian_outbox_unsent_messages", "Recorded events not yet sent.", ("service",)
)
OUTBOX_OLDEST_SECONDS: Final = Gauge(
    "balian_outbox_oldest_unsent_seconds", "Age of the oldest event not yet sent.", ("service",)
)
EARLY_WAITING: Final = Gauge(
    "balian_early_messages", "Messages that wait for their predecessor.", ("service",)
)
EARLY_OLDEST_SECONDS: Final = Gauge(
    "balian_early_oldest_seconds",
    "Age of the oldest message that waits for its predecessor; alert above 600.",
    ("service",),
)
PARKED: Final = Gauge(
    "balian_parked_messages", "Messages parked and not yet settled; alert above 0.", ("service",)
)
DEADLINES_PENDING: Final = Gauge(
    "balian_deadlines_pending", "Deadlines that can still fire.", ("service",)
)
UNROUTABLE: Final = Counter(
    "balian_outbox_unroutable_total",
    "Attempts to publish an event whose subscriber has no queue; alert above 0.",
    ("service", "message"),
)
BUS_FAILURES: Final = Counter(
    "balian_bus_failures_total", "Times the relay could not reach the bus.", ("service",)
)
