"""The crash points that the services declare: each of their messages at each point it comes by.

It is read off the service classes and the contracts, so that a new call, event or deadline asks
for a load that comes by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.accountability.service import AccountabilityService
from services.intake.service import IntakeService
from services.reception.service import make_reception_service
from services.supervision.service import SupervisionService
from services.triage.service import TriageService
from shared.contracts.base import Command, events
from shared.messaging.entrypoints import MESSAGING, CallEntrypoint, EventEntrypoint
from tests.support.faults.crashes import CrashAt
from tests.support.faults.stores import Row, Stores, owner_of

SERVICE_CLASSES: Final[Mapping[str, type]] = {
    "intake": IntakeService,
    "triage": TriageService,
    "reception": make_reception_service("county"),
    "supervision": SupervisionService,
    "accountability": AccountabilityService,
}
"""The service class of each owner of contracts; every node is of the same."""

COMMAND_POINTS: Final = ("command_written_before_commit", "command_committed_before_reply")
EVENT_POINTS: Final = ("event_handled_before_commit", "event_committed_before_ack")
PUBLISHING_POINT: Final = "published_before_mark"
DEADLINE_POINT: Final = "deadline_claimed_before_commit"


@dataclass(frozen=True, order=True)
class Passage:
    """One crash point with one kind of message, whichever node of an owner comes by it."""

    owner: str
    point: str
    message: str

    @classmethod
    def of(cls, crash: CrashAt) -> Passage:
        """Give what a death of one service is a case of."""
        return cls(owner_of(crash.service), crash.point, crash.message)


def declared() -> frozenset[Passage]:
    """List every crash point with every kind of message.

    What every service answers about itself is left out.  It comes by no point of its own: a sweep
    does for each deadline that it fires, and a replay is the handling of what was parked.
    """
    return frozenset(
        passage for owner, of_class in SERVICE_CLASSES.items() for passage in _of(owner, of_class)
    )


def _of(owner: str, service_class: type) -> Iterator[Passage]:
    for name in dir(service_class):
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ()):
            match entrypoint:
                case CallEntrypoint(request_type=called) if issubclass(called, Command):
                    if called.owner == owner:
                        yield from (Passage(owner, at, called.wire_name()) for at in COMMAND_POINTS)
                case EventEntrypoint(event_type=heard):
                    yield from (Passage(owner, at, heard.wire_type) for at in EVENT_POINTS)
                case _:
                    pass
    yield from (Passage(owner, PUBLISHING_POINT, event.wire_type) for event in events(owner))
    kinds = getattr(service_class, MESSAGING).deadlines
    yield from (Passage(owner, DEADLINE_POINT, str(kind)) for kind in kinds)


def come_by(stores: Stores) -> set[CrashAt]:
    """List every crash point with every kind of message that has left a trace in the stores."""
    found: set[CrashAt] = set()
    for service in stores.services:
        handled = stores.rows(service, "processed_messages")
        for points, column, rows in (
            (COMMAND_POINTS, "method", replied(stores, service)),
            (EVENT_POINTS, "type", handled),
            ((PUBLISHING_POINT,), "type", stores.rows(service, "outbox_messages")),
            ((DEADLINE_POINT,), "kind", fired(stores, service)),
        ):
            found |= {CrashAt(service, point, row[column]) for row in rows for point in points}
    return found


def every_pass(stores: Stores) -> Iterator[tuple[str, str]]:
    """Iterate over the service and the message of everything that has left a trace."""
    for service in stores.services:
        yield from ((service, row["method"]) for row in replied(stores, service))
        yield from ((service, row["kind"]) for row in fired(stores, service))
        for table in ("processed_messages", "outbox_messages"):
            yield from ((service, row["type"]) for row in stores.rows(service, table))


def replied(stores: Stores, service: str) -> list[Row]:
    """Give the commands that a service has carried out."""
    return [row for row in stores.rows(service, "commands") if row["outcome"] == "replied"]


def fired(stores: Stores, service: str) -> list[Row]:
    """Give the deadlines of a service that have fired."""
    return [row for row in stores.rows(service, "deadlines") if row["state"] == "fired"]
