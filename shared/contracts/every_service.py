"""What every service answers, whichever it is: its health, its clockwork, its ledger, its parking.

``reception_county.pending`` and ``intake.pending`` are the same call to two owners, so the policy
knows them as ``every_service.pending``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from shared.contracts.base import Between, Command, Items, Pattern, Query, Refusal, Reply
from shared.contracts.fields import Code, Line, PetitionNo, Prose

EventType = Annotated[
    str, Pattern(r"[a-z][a-z0-9_]*\.v[1-9][0-9]*", "an event type such as petition_registered.v1")
]
Whole = Annotated[int, Between(0, 10**15)]
PageSize = Annotated[int, Between(1, 1000)]


class ClockNotSimulated(Refusal):
    """The call belongs to simulated time and this service keeps the system's; do not call it."""

    rule = "I-17"
    label = "本系统按实际时间运行，不能使用模拟时间的操作"


class ParkedMessageUnknown(Refusal):
    """No parked message has this number here; take one from `list_parked`."""

    rule = "P-6"
    label = "未查到该搁置消息，请先列出搁置消息"


class ReplayUnreadable(Refusal):
    """The parked message could never be read, so there is nothing to handle; it stays parked."""

    rule = "P-6"
    label = "该消息无法读取，不能重新处理"


# --- Time ----------------------------------------------------------------------------------------


class SweptDeadlines(Reply):
    """How many deadlines fired."""

    fired: Whole


class Sweep(Command[SweptDeadlines]):
    """Fire every deadline due at the caller's ``now``, oldest first; simulated time only."""

    refused_with = (ClockNotSimulated,)


class DueInstant(Reply):
    """When the next deadline fires; nothing when none is pending."""

    at: datetime | None = None


class NextDue(Query[DueInstant]):
    """Ask when the next deadline fires; simulated time only."""

    refused_with = (ClockNotSimulated,)


# --- Rest and health -----------------------------------------------------------------------------


class PublishedCount(Reply):
    """How many events of one type, addressed to one node or to all, the bus has taken."""

    type: EventType
    node: Code | None = None
    count: Whole


class HandledCount(Reply):
    """How many messages of one type reached this store: handled, refused, parked or early."""

    type: EventType
    count: Whole


class PendingWork(Reply):
    """What a service still has to do, and what it has published and handled so far.

    Every replica of a service gives the same figures, but for `in_flight`, which is its own.
    """

    service: Code
    unsent: Whole
    early: Whole
    parked: Whole
    in_flight: Whole
    published: Annotated[tuple[PublishedCount, ...], Items(0, 10_000)]
    handled: Annotated[tuple[HandledCount, ...], Items(0, 10_000)]
    next_due: datetime | None = None


class Pending(Query[PendingWork]):
    """Ask what a service still has to do: the bus rests when nothing is left anywhere."""


class ServiceHealth(Reply):
    """How a service stands."""

    service: Code
    node: Code | None = None
    version: Line
    clock: Code
    outbox_depth: Whole
    outbox_oldest_seconds: Whole
    parked: Whole
    early: Whole
    early_oldest_seconds: Whole
    next_due: datetime | None = None


class ServiceStatus(Query[ServiceHealth]):
    """Ask how a service stands."""


# --- The ledger ----------------------------------------------------------------------------------


class PublishedEnvelope(Reply):
    """One event as it was published."""

    seq: Whole
    envelope: Mapping[str, Any]


class PublishedPage(Reply):
    """Published events in the order in which they were recorded."""

    events: Annotated[tuple[PublishedEnvelope, ...], Items(0, 1000)]
    next_after: Whole | None = None


class ListPublished(Query[PublishedPage]):
    """Read the events a service has published, a page at a time."""

    after: Whole = 0
    limit: PageSize = 500


# --- The path of a petition ----------------------------------------------------------------------

MOST_TRACED: Final = 1000
"""How many rows of each kind a trace holds at most."""


class TracedCall(Reply):
    """A command on a petition; `at` is its own instant, `done_at` the machine's at its end."""

    request_id: Line
    method: Line
    outcome: Code
    error: Line | None = None
    correlation_id: Line | None = None
    at: datetime
    done_at: datetime


class TracedEvent(Reply):
    """An event of a petition: what caused it, when it was recorded, when the bus took it."""

    event_id: Line
    type: Line
    node: Code | None = None
    case_version: Whole
    correlation_id: Line
    causation_id: Line | None = None
    occurred_at: datetime
    recorded_at: datetime
    relayed_at: datetime | None = None
    attempts: Whole
    last_failure: Line | None = None


class TracedMessage(Reply):
    """A message about a petition that reached this store, and what became of it.

    `waits_for` is told of one that came early, `parked_no` and `reason` of one set aside.
    """

    message_id: Line
    type: Line
    outcome: Code
    error: Line | None = None
    handled_at: datetime
    waits_for: Line | None = None
    parked_no: Whole | None = None
    reason: Line | None = None


class TracedDeadline(Reply):
    """A deadline of a petition: what set it, when it fires, how it was settled.

    `parked_no` is told of one that was set aside because it kept failing.
    """

    deadline_no: Whole
    kind: Code
    version: Whole
    state: Code
    correlation_id: Line
    causation_id: Line | None = None
    scheduled_at: datetime
    fires_at: datetime
    settled_at: datetime | None = None
    error: Line | None = None
    parked_no: Whole | None = None


class PetitionTrace(Reply):
    """What one service knows of a petition's path: names, ids and instants, and no content.

    Each list is in order of time; `is_cut` tells that one of them holds the oldest rows only.
    """

    service: Code
    node: Code | None = None
    calls: Annotated[tuple[TracedCall, ...], Items(0, MOST_TRACED)]
    events: Annotated[tuple[TracedEvent, ...], Items(0, MOST_TRACED)]
    messages: Annotated[tuple[TracedMessage, ...], Items(0, MOST_TRACED)]
    deadlines: Annotated[tuple[TracedDeadline, ...], Items(0, MOST_TRACED)]
    is_cut: bool = False


class TracePetition(Query[PetitionTrace]):
    """Ask what a service knows of a petition's path; nothing where it has never heard of it."""

    petition_no: PetitionNo


# --- Parking -------------------------------------------------------------------------------------


class ParkedMessage(Reply):
    """A message that could not be handled, with the reason."""

    parked_no: Whole
    message_id: Line
    type: Line
    reason: Line
    petition_no: Line | None = None
    incident_id: Line | None = None
    times_seen: Whole
    first_seen_at: datetime
    last_seen_at: datetime
    replays: Whole
    settled_at: datetime | None = None


class ParkedMessages(Reply):
    """The parked messages of a service, oldest first."""

    messages: Annotated[tuple[ParkedMessage, ...], Items(0, 1000)]


class ListParked(Query[ParkedMessages]):
    """List the messages a service has parked and not yet replayed, or all of them."""

    settled_too: bool = False
    limit: PageSize = 200


class ParkedDetail(Reply):
    """A parked message, why it was parked, and as much of it as may be shown."""

    message: ParkedMessage
    detail: Prose | None = None
    preview: Mapping[str, Any]


class ShowParked(Query[ParkedDetail]):
    """Look at one parked message, redacted."""

    refused_with = (ParkedMessageUnknown,)

    parked_no: Whole


class Replayed(Reply):
    """What became of a replayed message."""

    outcome: Code


class ReplayParked(Command[Replayed]):
    """Handle a parked message once more, as if it came now."""

    refused_with = (ParkedMessageUnknown, ReplayUnreadable)

    parked_no: Whole
