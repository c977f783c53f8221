"""Which exchanges and queues there are: all derived from the one map in ``shared.contracts.flows``.

Everything is declared from here before any service starts, because an event with no queue bound
for it yet would be lost to the consumer that comes later.  Queue names are part of the schema:
``<consumer>.<event type>``, never a method's name, so that renaming a method loses no message.

On RabbitMQ a queue is a quorum queue: replicated, and counting how often a message was delivered.
A message that kills its consumer over and over ends among the consumer's dead letters.

What services ask each other waits in queues of its own: whoever asks holds a call open meanwhile,
and so must not stand behind all who called from outside on a Monday morning.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from amqp.exceptions import NotFound
from kombu.connection import Connection
from kombu.entity import Exchange, Queue, binding

from shared.contracts.base import Event, Query
from shared.contracts.flows import CALLS, LISTENS
from shared.logs import Log
from shared.messaging.dead_letters import dead_letters_of

log: Final = Log(__name__)

_PAUSE: Final = 0.5
"""In seconds."""

NODE_OWNER: Final = "reception"
"""The one owner of which there are several: one service for each node."""

RPC_EXCHANGE: Final = "nameko-rpc"
DEAD_LETTER_EXCHANGE: Final = "dead_letters"
ASKED: Final = "asked"
"""Stands in the routing key of a question between services."""

DELIVERY_LIMIT: Final = 20
_NO_LIMIT: Final = 2**31 - 1

REPLY_QUEUE_LIFE: Final = 300_000
"""Milliseconds for which the broker keeps the reply queue of a caller who has gone."""


class QueueMissing(RuntimeError):
    """Raised when the provisioner has not yet made a queue a service consumes."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"there is no queue {queue}: run `balian provision`")
        self.queue = queue


def node_service(node: str) -> str:
    """Name the service of a reception node."""
    return f"{NODE_OWNER}_{node}"


def reply_queue_name(user: str, number: str) -> str:
    """Name the queue to which the replies to one user's calls come."""
    return f"rpc.reply-{user}-{number}"


def reply_key(user: str, number: str) -> str:
    """Give the routing key of those replies; it names the user, so that no other may bind it."""
    return f"reply-{user}-{number}"


def call_key(service: str, method: str) -> str:
    """Give the routing key of a call from outside; nameko names it."""
    return f"{service}.{method}"


def asked_key(service: str, method: str) -> str:
    """Give the routing key of a question that another service asks."""
    return f"{service}.{ASKED}.{method}"


def call_in(routing_key: str) -> tuple[str, str]:
    """Tell which service and which method of it a routing key of either kind names."""
    service, _, method = routing_key.partition(".")
    return service, method.removeprefix(f"{ASKED}.")


def reliable_queue_arguments(consumer: str) -> dict[str, Any]:
    """Give the arguments of every queue that must lose nothing.

    Dead-lettering at least once needs a queue that refuses rather than drops when it is full.
    """
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-overflow": "reject-publish",
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
        "x-dead-letter-routing-key": consumer,
    }


def call_exchange() -> Exchange:
    """Give the exchange to which every call and every reply is published; nameko names it."""
    return Exchange(RPC_EXCHANGE, type="topic", durable=True)


def event_exchange(owner: str) -> Exchange:
    """Give the exchange to which an owner, and every node of it, publishes its events."""
    return Exchange(f"{owner}.events", type="topic", durable=True)


@dataclass(frozen=True, kw_only=True)
class Topology:
    """The map of one deployment: who listens to what, who asks what, and which nodes there are."""

    listens: Mapping[str, tuple[type[Event], ...]] = field(default_factory=lambda: LISTENS)
    may_call: Mapping[str, tuple[type[Query[Any]], ...]] = field(default_factory=lambda: CALLS)
    nodes: tuple[str, ...] = ()
    is_provisioned: bool = False
    """Whether everything is made by the provisioner, so that a service may declare nothing."""
    _subscribers: dict[tuple[str, str | None], tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def consumers(self) -> Iterator[str]:
        """Iterate over the services that listen, each node by its own name."""
        for owner in self.listens:
            if owner == NODE_OWNER:
                yield from (node_service(node) for node in self.nodes)
            else:
                yield owner

    def owner_of(self, consumer: str) -> str:
        """Tell whose contracts a service keeps: ``reception_county`` keeps those of reception."""
        is_node = consumer.startswith(f"{NODE_OWNER}_")
        return NODE_OWNER if is_node and NODE_OWNER in self.listens else consumer

    def node_of(self, consumer: str) -> str | None:
        """Tell which node a service is, or None."""
        owner = self.owner_of(consumer)
        return consumer.removeprefix(f"{owner}_") if owner != consumer else None

    def events_for(self, consumer: str) -> tuple[type[Event], ...]:
        """List what a service listens to."""
        return self.listens.get(self.owner_of(consumer), ())

    def binding_keys(self, consumer: str, event: type[Event]) -> tuple[str, ...]:
        """Give the routing keys under which a consumer wants an event: its own node's, or all."""
        if event.addressed_by is None:
            return (event.wire_type,)
        node = self.node_of(consumer)
        if node is not None:
            return (f"{event.wire_type}.{node}",)
        return (event.wire_type, f"{event.wire_type}.*")

    def subscribers(self, wire_type: str, node: str | None) -> tuple[str, ...]:
        """List the services that get an event of this type, published for one node or for all."""
        key = (wire_type, node)
        if key not in self._subscribers:
            self._subscribers[key] = tuple(self._find_subscribers(wire_type, node))
        return self._subscribers[key]

    def _find_subscribers(self, wire_type: str, node: str | None) -> Iterator[str]:
        for consumer in self.consumers():
            for event in self.events_for(consumer):
                is_for_it = event.addressed_by is None or self.node_of(consumer) in (None, node)
                if event.wire_type == wire_type and is_for_it:
                    yield consumer

    def is_heard(self, wire_type: str) -> bool:
        """Tell whether the map gives this type to anyone, now or once its node has started."""
        return any(
            event.wire_type == wire_type for events in self.listens.values() for event in events
        )

    def event_queue(self, consumer: str, event: type[Event]) -> Queue:
        """Give the queue in which a consumer's events of one type wait."""
        exchange = event_exchange(event.owner)
        return Queue(
            queue_name(consumer, event.wire_type),
            bindings=[binding(exchange, key) for key in self.binding_keys(consumer, event)],
            durable=True,
            no_declare=self.is_provisioned,
            queue_arguments=reliable_queue_arguments(consumer),
        )

    def call_queue(self, consumer: str) -> Queue:
        """Give the queue in which the calls to a service wait."""
        return self._queue_of_calls(consumer, f"rpc-{consumer}", call_key(consumer, "*"))

    def asked_queue(self, consumer: str) -> Queue | None:
        """Give the queue in which other services' questions wait; None where nobody may ask."""
        owner = self.owner_of(consumer)
        if not any(request.owner == owner for asked in self.may_call.values() for request in asked):
            return None
        name = f"rpc-{consumer}-{ASKED}"
        return self._queue_of_calls(consumer, name, asked_key(consumer, "*"))

    def _queue_of_calls(self, consumer: str, name: str, key: str) -> Queue:
        return Queue(
            name,
            exchange=call_exchange(),
            routing_key=key,
            durable=True,
            no_declare=self.is_provisioned,
            queue_arguments=reliable_queue_arguments(consumer),
        )

    def queues_of(self, consumer: str) -> Iterator[Queue]:
        """Iterate over every queue a service consumes, but for that of its replies."""
        yield self.call_queue(consumer)
        asked = self.asked_queue(consumer)
        if asked is not None:
            yield asked
        yield self.dead_letter_queue(consumer)
        for event in self.events_for(consumer):
            yield self.event_queue(consumer, event)

    def dead_letter_queue(self, consumer: str) -> Queue:
        """Give the queue of what could not be read however often it was delivered."""
        return Queue(
            dead_letters_of(consumer),
            exchange=Exchange(DEAD_LETTER_EXCHANGE, type="direct", durable=True),
            routing_key=consumer,
            durable=True,
            no_declare=self.is_provisioned,
            # Said aloud, because a newer RabbitMQ has a limit of its own, and drops what is beyond.
            queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": _NO_LIMIT},
        )

    def reply_queue(self, user: str, number: str) -> Queue:
        """Give the queue to which the replies to one caller come; it ends some time after it."""
        return Queue(
            reply_queue_name(user, number),
            exchange=Exchange(
                RPC_EXCHANGE, type="topic", durable=True, no_declare=self.is_provisioned
            ),
            routing_key=reply_key(user, number),
            durable=True,
            queue_arguments={"x-expires": REPLY_QUEUE_LIFE},
        )

    def declare(self, connection: Connection, *, limit: float = 10.0) -> None:
        """Declare every exchange, queue and binding; what is there already stays as it is.

        While the broker makes a queue that another declares at the same moment, it may say that it
        knows of none; then everything is declared once more.

        Args:
            connection: to the broker.
            limit: in seconds, how long it may go on saying so.

        Raises:
            NotFound: it still says so.
        """
        ends = time.monotonic() + limit
        while True:
            try:
                self._declare(connection)
            except NotFound:
                if time.monotonic() > ends:
                    raise
                log.warning("a queue is being made by another at this moment")
                time.sleep(_PAUSE)
            else:
                return

    def _declare(self, connection: Connection) -> None:
        with connection.channel() as channel:
            for owner in sorted({*self.listens, *self._sources()}):
                event_exchange(owner)(channel).declare()
            for consumer in self.consumers():
                self.declare_consumer(channel, consumer)

    def declare_consumer(self, channel: Any, consumer: str) -> None:
        """Declare the queues and bindings of one service on an open channel."""
        self.dead_letter_queue(consumer)(channel).declare()
        for event in self.events_for(consumer):
            self.event_queue(consumer, event)(channel).declare()

    def require(self, connection: Connection, consumer: str) -> None:
        """Return if every queue of a service is there, asking for no right to make any.

        Raises:
            QueueMissing: one is not.
        """
        for queue in self.queues_of(consumer):
            try:
                with connection.channel() as channel:
                    channel.queue_declare(queue=queue.name, passive=True)
            except NotFound:
                raise QueueMissing(queue.name) from None

    def _sources(self) -> set[str]:
        return {event.owner for events in self.listens.values() for event in events}


def queue_name(consumer: str, wire_type: str) -> str:
    """Name the queue in which a service's events of one type wait."""
    return f"{consumer}.{wire_type}"
