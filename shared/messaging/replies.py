"""Replies, both ways: waiting for those of others, and writing one's own."""

from __future__ import annotations

import uuid
from typing import Any, Final

from nameko.exceptions import BadRequest, serialize
from nameko.rpc import ReplyListener

from shared.contracts.base import Refusal
from shared.contracts.mechanism import Fault, UnexpectedFault
from shared.logs import Log, trace_of
from shared.messaging import reading
from shared.messaging.consuming import BusConsumer
from shared.messaging.green import GreenEvent
from shared.messaging.holding import MechanismHolder
from shared.messaging.publishing import to_json
from shared.messaging.reading import UnreadableMessage
from shared.messaging.topology import reply_key

log: Final = Log(__name__)


class KeptReplyListener(ReplyListener):
    """Receives the replies to this service's calls, and keeps its connection open to the end.

    nameko closes a consumer's connection as soon as its last queue is cancelled, while workers
    still run, and the broker gives their messages to another instance.  This queue is cancelled
    last of all, so every service has one, also a service that calls nobody.
    """

    queue_consumer = BusConsumer()
    holder = MechanismHolder()

    def __init__(self, **kwargs: Any) -> None:
        self._asked: dict[str, str] = {}
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Name queue and routing key for this service, so that no other may bind or read them."""
        service, number = self.container.service_name, str(uuid.uuid4())
        self.routing_key = reply_key(service, number)
        self.queue = self.holder.found().topology.reply_queue(service, number)
        self.queue_consumer.register_provider(self)

    def receive(self, message: Any) -> None:
        """Hand a reply to whoever waits for it; a stray one, or another's, is dropped."""
        self.queue_consumer.settle(message)
        correlation_id = reading.correlation_of(message) or ""
        if not self._is_from_the_asked(message, correlation_id):
            log.warning("a reply came from another than was asked")
            return
        waiting = self._reply_events.pop(correlation_id, None)
        if waiting is None:
            return
        try:
            waiting.send(reading.read_body(message, largest=64 * 1024 * 1024))
        except UnreadableMessage as unreadable:
            waiting.send_exception(unreadable)

    def expect(self, correlation_id: str, *, service: str) -> GreenEvent:
        """Begin to wait for a reply of a service."""
        self._asked[correlation_id] = service
        event: GreenEvent = self.get_reply_event(correlation_id)
        return event

    def forget(self, correlation_id: str) -> None:
        """Stop waiting for a reply; its coming later harms nothing."""
        self._reply_events.pop(correlation_id, None)
        self._asked.pop(correlation_id, None)

    def _is_from_the_asked(self, message: Any, correlation_id: str) -> bool:
        """Tell whether a reply may be taken, as far as the broker vouches for senders here."""
        if self.holder.found().address.user_id is None or correlation_id not in self._asked:
            return True
        return reading.sender_of(message) == self._asked[correlation_id]


def reply_body(result: Any, error: BaseException | None) -> bytes:
    """Write the reply to a call in nameko's form.

    An error crosses as its class path, its name and one sentence.  Only refusals, faults and
    nameko's own complaints about a call cross as they are; anything else becomes an
    `UnexpectedFault` with an incident id, because its text may hold SQL or a person's name.
    """
    if error is None:
        try:
            return to_json({"result": result, "error": None})
        except (TypeError, ValueError) as unwritable:
            error = unwritable
    if not isinstance(error, Refusal | Fault | BadRequest):
        error = unexpected(error)
    return to_json({"result": None, "error": serialize(error)})


def unexpected(error: BaseException) -> UnexpectedFault:
    """Log what nobody foresaw under an incident id, by kind and place, and name only the id."""
    incident_id = str(uuid.uuid4())
    log.error(
        "a reply could not be made",
        incident_id=incident_id,
        error=type(error).__name__,
        trace=trace_of(error),
    )
    return UnexpectedFault(f"unexpected_fault, incident {incident_id}")
