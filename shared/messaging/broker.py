"""The broker inside one process: exchanges, bindings, queues, and who has what in hand.

It behaves as RabbitMQ does where the services rely on it: topic matching, prefetch for each
consumer, unacknowledged messages that go back to the head of their queue, delivery limits, dead
letters, queues that expire unused.

What it cannot do is survive the process.  So a publisher may ask to be told when every queue that
got a message has acknowledged it (`EmbeddedBroker.expect`): only then has each subscriber
committed, and only then does the relay call an outbox row sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from amqp.exceptions import ChannelError, NotFound

SCHEME: Final = "embedded"
NO_ROUTE: Final = "NO_ROUTE"


def matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether a topic binding takes a routing key: ``*`` is one word, ``#`` is any number."""
    if not pattern:
        return not words
    head, *rest = pattern
    if head == "#":
        return any(matches(rest, words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and head in ("*", words[0]) and matches(rest, words[1:])


@dataclass(eq=False)
class Consumption:
    """One subscription of one channel to one queue."""

    tag: str
    channel: Any
    queue: EmbeddedQueue
    callback: Callable[[Any], None]
    no_ack: bool
    prefetch: int
    unacknowledged: int = 0

    @property
    def takes_more(self) -> bool:
        """Tell whether its prefetch leaves room for another message."""
        return not self.prefetch or self.unacknowledged < self.prefetch


@dataclass(eq=False)
class EmbeddedQueue:
    """One queue: what waits in it, and who consumes it in turn."""

    name: str
    arguments: Mapping[str, Any]
    ready: deque[dict[str, Any]] = field(default_factory=deque)
    consumers: list[Consumption] = field(default_factory=list)
    unused_since: float = field(default_factory=monotonic)

    def put(self, message: dict[str, Any], *, first: bool = False) -> None:
        """Add a message at the end, or at the head where it was delivered before."""
        if first:
            self.ready.appendleft(message)
        else:
            self.ready.append(message)
        for consumer in self.consumers:
            consumer.channel.connection.wake()

    @property
    def has_expired(self) -> bool:
        """Tell whether nobody has consumed it for longer than it is to live so."""
        expires = self.arguments.get("x-expires")
        idle = (monotonic() - self.unused_since) * 1000
        return expires is not None and not self.consumers and idle > expires


class EmbeddedBroker:
    """The exchanges, queues and bindings of one bus, and the deliveries someone waits for."""

    def __init__(self) -> None:
        self.exchanges: dict[str, str] = {}
        self.queues: dict[str, EmbeddedQueue] = {}
        self._bindings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._routes: dict[tuple[str, str], tuple[EmbeddedQueue, ...]] = {}
        self._awaited: dict[str, tuple[set[str], Callable[[str], None]]] = {}
        self.dead_lettered = 0

    # -- topology

    def declare_exchange(self, name: str, kind: str) -> None:
        """Make an exchange, unless there is one of the name."""
        self.exchanges.setdefault(name, kind)
        self._bindings.setdefault(name, [])

    def declare_queue(self, name: str, arguments: Mapping[str, Any] | None) -> EmbeddedQueue:
        """Give the queue of a name, made if there is none."""
        for expired in [queue.name for queue in self.queues.values() if queue.has_expired]:
            self.delete_queue(expired)
        if name not in self.queues:
            self.queues[name] = EmbeddedQueue(name=name, arguments=dict(arguments or {}))
            self._routes.clear()
        return self.queues[name]

    def delete_queue(self, name: str) -> None:
        """Delete a queue with its bindings and what waits in it."""
        self.queues.pop(name, None)
        for bound in self._bindings.values():
            bound[:] = [(pattern, queue) for pattern, queue in bound if queue != name]
        self._routes.clear()

    def bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Let a queue get what is published under a key, which may be a pattern.

        Raises:
            NotFound: there is no such exchange.
        """
        if exchange not in self.exchanges:
            msg = f"no exchange {exchange!r}"
            raise NotFound(msg, (50, 20), "Queue.bind", 404)
        binding = (tuple(routing_key.split(".")), queue)
        if binding not in self._bindings[exchange]:
            self._bindings[exchange].append(binding)
            self._routes.clear()

    def unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Undo a binding."""
        binding = (tuple(routing_key.split(".")), queue)
        if binding in self._bindings.get(exchange, []):
            self._bindings[exchange].remove(binding)
            self._routes.clear()

    def bindings(self) -> Iterator[tuple[str, str, str]]:
        """Iterate over (queue, exchange, routing key)."""
        for exchange, bound in self._bindings.items():
            for pattern, queue in bound:
                yield queue, exchange, ".".join(pattern)

    def route(self, exchange: str, routing_key: str) -> tuple[EmbeddedQueue, ...]:
        """Give the queues a message goes to, each once."""
        if (exchange, routing_key) not in self._routes:
            self._routes[exchange, routing_key] = tuple(self._find(exchange, routing_key))
        return self._routes[exchange, routing_key]

    def _find(self, exchange: str, routing_key: str) -> Iterator[EmbeddedQueue]:
        if not exchange:
            names: Sequence[str] = [routing_key]
        else:
            words = tuple(routing_key.split("."))
            kind = self.exchanges.get(exchange, "direct")
            names = [
                queue
                for pattern, queue in self._bindings.get(exchange, [])
                if kind == "fanout"
                or (matches(pattern, words) if kind == "topic" else pattern == words)
            ]
        for name in dict.fromkeys(names):
            if name in self.queues:
                yield self.queues[name]

    # -- messages

    def publish(
        self, message: dict[str, Any], *, exchange: str, routing_key: str, mandatory: bool = False
    ) -> None:
        """Put a message into every queue it goes to.

        Raises:
            ChannelError: it was mandatory and goes nowhere; the text holds ``NO_ROUTE``.
        """
        queues = self.route(exchange, routing_key)
        if not queues and mandatory:
            raise ChannelError(NO_ROUTE, (60, 40), "Channel.basic_publish", 312)
        awaited = self._awaited.get(message["properties"].get("message_id", ""))
        if awaited is not None:
            awaited[0].update(queue.name for queue in queues)
        for queue in queues:
            queue.put(_copied(message, exchange=exchange, routing_key=routing_key))

    def expect(self, message_id: str, when_settled: Callable[[str], None]) -> None:
        """Call back once every queue that is about to get this message has acknowledged it."""
        self._awaited[message_id] = (set(), when_settled)

    def forget(self, message_id: str) -> None:
        """Stop waiting for a message."""
        self._awaited.pop(message_id, None)

    def settle(self, message: Mapping[str, Any], queue: str) -> None:
        """Note that a consumer of this queue is done with the message, and has committed."""
        message_id = message["properties"].get("message_id", "")
        awaited = self._awaited.get(message_id)
        if awaited is None:
            return
        outstanding, when_settled = awaited
        outstanding.discard(queue)
        if not outstanding:
            del self._awaited[message_id]
            when_settled(message_id)

    def give_back(self, message: dict[str, Any], queue: EmbeddedQueue) -> None:
        """Return an unacknowledged message to the head of its queue, or bury it after too many."""
        message["redelivered"] = True
        message["deliveries"] = message.get("deliveries", 0) + 1
        limit = queue.arguments.get("x-delivery-limit")
        if limit is not None and message["deliveries"] > limit:
            self.bury(message, queue)
        elif self.queues.get(queue.name) is queue:
            queue.put(message, first=True)

    def bury(self, message: dict[str, Any], queue: EmbeddedQueue) -> None:
        """Send a refused message to the queue's dead letters; without any it is dropped."""
        exchange = queue.arguments.get("x-dead-letter-exchange")
        if exchange is None:
            return
        self.dead_lettered += 1
        routing_key = queue.arguments.get(
            "x-dead-letter-routing-key", message["properties"]["delivery_info"]["routing_key"]
        )
        self.publish(message, exchange=exchange, routing_key=routing_key)

    @property
    def is_idle(self) -> bool:
        """Tell whether no message waits in a queue someone consumes, or with a consumer."""
        return all(
            not queue.ready and not any(consumer.unacknowledged for consumer in queue.consumers)
            for queue in self.queues.values()
            if queue.consumers
        )


def _copied(message: Mapping[str, Any], *, exchange: str, routing_key: str) -> dict[str, Any]:
    properties = dict(message["properties"])
    properties["delivery_info"] = {"exchange": exchange, "routing_key": routing_key}
    return {
        "body": message["body"],
        "content-type": message["content-type"],
        "content-encoding": message["content-encoding"],
        "headers": dict(message["headers"]),
        "properties": properties,
    }


_brokers: dict[str, EmbeddedBroker] = {}


def broker_named(name: str) -> EmbeddedBroker:
    """Give the bus of this name in this process, made at the first call; case does not count."""
    return _brokers.setdefault(name.lower(), EmbeddedBroker())


def broker_at(uri: str) -> EmbeddedBroker:
    """Give the bus behind ``embedded://NAME``."""
    return broker_named(_name_in(uri))


def is_embedded(uri: str) -> bool:
    """Tell whether a bus address means the bus inside this process."""
    return uri.startswith(f"{SCHEME}://")


def forget_broker(uri: str) -> None:
    """Drop a bus with everything in it, as the end of its process would."""
    _brokers.pop(_name_in(uri).lower(), None)


def _name_in(uri: str) -> str:
    return uri.removeprefix(f"{SCHEME}://").strip("/")
