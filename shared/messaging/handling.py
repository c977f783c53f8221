"""The words in which the handling of one message is told: what it is, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.contracts.base import Event, MalformedRequest
from shared.contracts.envelope import Envelope, MalformedMessage
from shared.documents import can_be_stored
from shared.messaging.work import Work

Handler = Callable[[Work, Any, Envelope], None]


class Handling(StrEnum):
    """What became of a message; each of them may be acknowledged."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    EARLY = "early"
    REFUSED = "refused"
    PARKED = "parked"


class HandlingFailed(Exception):
    """The handler met a condition nobody foresaw: deliver the message again after a while.

    Hold it un-acknowledged for `retry_after` seconds and hand it in again; never requeue it.
    After a few failures the message is parked instead.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"try again after {retry_after} s")
        self.retry_after = retry_after


class Duplicate(Exception):
    """The record of this message is there already."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often an unforeseen failure is tried again before parking, and how long between."""

    attempts: int = 6
    first_delay: float = 0.5

    def delay_after(self, attempts: int) -> float:
        """Give the pause after so many failures, in seconds: each twice the one before."""
        return float(self.first_delay * 2 ** (attempts - 1))


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One readable message on its way to its handler; `again` when its record is there already."""

    envelope: Envelope
    event: Event
    handler: Handler
    consumer: str
    again: bool = False


def read(event_type: type[Event], body: object) -> tuple[Envelope, Event]:
    """Read an event of a type from a body.

    Raises:
        MalformedMessage: it is none, or of another type; names the bad fields, quotes no value.
    """
    envelope = Envelope.load(body)
    if not can_be_stored(envelope.data):
        msg = "data: holds characters that no document can hold"
        raise MalformedMessage(msg)
    if envelope.type != event_type.wire_type:
        msg = f"the type is not {event_type.wire_type}"
        raise MalformedMessage(msg)
    try:
        return envelope, event_type.load(envelope.data)
    except MalformedRequest as malformed:
        raise MalformedMessage(malformed.message) from None
