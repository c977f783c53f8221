"""The bus inside one process, as kombu sees it: ``embedded://NAME``.

Kombu's ``memory://`` carries nameko, but it polls once a second, forgets the messages of a closed
channel, keeps no delivery limit and lets a mandatory message fall on the floor.  This transport
keeps kombu's interface and takes everything else from `shared.messaging.broker`.
"""

# ruff: noqa: A002, ARG002, D102, FBT001, FBT002, PLR0917 - the methods and their arguments are
# kombu's, and documented there.

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any, Final

from amqp.exceptions import NotFound
from amqp.protocol import queue_declare_ok_t
from kombu.transport import TRANSPORT_ALIASES, memory, virtual

from shared.messaging.broker import SCHEME, Consumption, EmbeddedBroker, EmbeddedQueue, broker_named
from shared.messaging.green import GreenEvent, wait_at_most
from shared.messaging.unopened import faults_of

_MOST_PER_DRAIN: Final = 50

# Kombu annotates next to nothing, and what it does contradicts itself from class to class.
KombuMessage: Any = virtual.Message
KombuChannel: Any = memory.Channel
KombuTransport: Any = memory.Transport


class Message(KombuMessage):
    """A received message, unopened, with the redelivery marks RabbitMQ gives."""

    def __init__(self, payload: dict[str, Any], channel: Any = None, **kwargs: Any) -> None:
        self.errors = faults_of(payload.get("headers"))
        super().__init__(payload, channel=channel, **kwargs)
        self.delivery_info = {
            **self.properties["delivery_info"],
            "redelivered": payload.get("redelivered", False),
        }


class Channel(KombuChannel):
    """A channel whose unacknowledged messages go back to their queues when it closes."""

    Message: Any = Message
    body_encoding = None
    _tags = itertools.count(1)

    def __init__(self, connection: Transport, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.broker: EmbeddedBroker = connection.broker
        self._own_consumers: deque[Consumption] = deque()
        self._held: dict[int, tuple[dict[str, Any], Consumption]] = {}
        self._prefetch = 0

    # -- topology

    def exchange_declare(
        self,
        exchange: str | None = None,
        type: str = "direct",
        **_ignored: Any,
    ) -> None:
        self.broker.declare_exchange(exchange or f"amq.{type}", type)

    def exchange_delete(self, exchange: str, **_ignored: Any) -> None:
        self.broker.exchanges.pop(exchange, None)

    def queue_declare(
        self,
        queue: str | None = None,
        passive: bool = False,
        arguments: Mapping[str, Any] | None = None,
        **_ignored: Any,
    ) -> Any:
        name = queue or f"amq.gen-{next(self._tags)}"
        if passive and name not in self.broker.queues:
            msg = f"no queue {name!r}"
            raise NotFound(msg, (50, 10), "Channel.queue_declare", 404)
        declared = self.broker.declare_queue(name, arguments)
        return queue_declare_ok_t(name, len(declared.ready), len(declared.consumers))

    def queue_delete(self, queue: str, **_ignored: Any) -> None:
        self.broker.delete_queue(queue)

    def queue_bind(
        self, queue: str, exchange: str | None = None, routing_key: str = "", **_ignored: Any
    ) -> None:
        if exchange:
            self.broker.bind(queue, exchange, routing_key)

    def queue_unbind(
        self, queue: str, exchange: str | None = None, routing_key: str = "", **_ignored: Any
    ) -> None:
        self.broker.unbind(queue, exchange or "", routing_key)

    def list_bindings(self) -> Iterator[tuple[str, str, str]]:
        return ((queue, exchange, key) for queue, exchange, key in self.broker.bindings())

    def queue_purge(self, queue: str, **_ignored: Any) -> int:
        purged = self.broker.queues[queue].ready
        size = len(purged)
        purged.clear()
        return size

    # -- messages

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: Mapping[str, Any] | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        # nameko's responder reads the content type among the properties, where AMQP has it.
        present = {"content_type": content_type, "content_encoding": content_encoding}
        return {
            "body": body,
            "content-type": content_type,
            "content-encoding": content_encoding,
            "headers": dict(headers or {}),
            "properties": {
                **{key: value for key, value in present.items() if value is not None},
                "priority": priority or 0,
                **(properties or {}),
            },
        }

    def basic_publish(
        self,
        message: dict[str, Any],
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        **_ignored: Any,
    ) -> None:
        self.broker.publish(
            message, exchange=exchange or "", routing_key=routing_key, mandatory=mandatory
        )

    def basic_qos(
        self, prefetch_size: int = 0, prefetch_count: int = 0, apply_global: bool = False
    ) -> None:
        self._prefetch = prefetch_count

    def basic_consume(
        self,
        queue: str,
        no_ack: bool = False,
        callback: Callable[[Any], None] | None = None,
        consumer_tag: str = "",
        **_ignored: Any,
    ) -> None:
        assert callback is not None  # noqa: S101 - kombu's consumer always brings one.
        source = self.broker.declare_queue(queue, None)
        consumer = Consumption(
            tag=consumer_tag,
            channel=self,
            queue=source,
            callback=callback,
            no_ack=no_ack,
            prefetch=self._prefetch,
        )
        source.consumers.append(consumer)
        self._own_consumers.append(consumer)
        self.connection.wake()

    def basic_cancel(self, consumer_tag: str) -> None:
        for consumer in [one for one in self._own_consumers if one.tag == consumer_tag]:
            self._own_consumers.remove(consumer)
            consumer.queue.consumers.remove(consumer)
            consumer.queue.unused_since = monotonic()

    def basic_get(self, queue: str, no_ack: bool = False, **_ignored: Any) -> Any:
        source = self.broker.declare_queue(queue, None)
        if not source.ready:
            return None
        consumer = Consumption(
            tag="", channel=self, queue=source, callback=_nothing, no_ack=no_ack, prefetch=0
        )
        return self._received(source.ready.popleft(), consumer)

    def _received(self, raw: dict[str, Any], consumer: Consumption) -> Any:
        tag = next(self._tags)
        raw["properties"]["delivery_tag"] = tag
        raw["properties"]["delivery_info"]["consumer_tag"] = consumer.tag
        if consumer.no_ack:
            self.broker.settle(raw, consumer.queue.name)
        else:
            self._held[tag] = (raw, consumer)
            consumer.unacknowledged += 1
        return Message(raw, channel=self)

    def deliver_one(self) -> bool:
        """Hand one waiting message to a consumer, in turn; tell whether there was one."""
        for _ in range(len(self._own_consumers)):
            consumer = self._own_consumers[0]
            self._own_consumers.rotate(-1)
            if consumer.queue.ready and consumer.takes_more:
                consumer.callback(self._received(consumer.queue.ready.popleft(), consumer))
                return True
        return False

    def _released(self, delivery_tag: int) -> tuple[dict[str, Any], EmbeddedQueue]:
        raw, consumer = self._held.pop(delivery_tag)
        consumer.unacknowledged -= 1
        if consumer.queue.ready:
            self.connection.wake()
        return raw, consumer.queue

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        raw, queue = self._released(delivery_tag)
        self.broker.settle(raw, queue.name)

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        raw, queue = self._released(delivery_tag)
        if requeue:
            self.broker.give_back(raw, queue)
        else:
            self.broker.bury(raw, queue)

    def close(self) -> None:
        if self.closed:
            return
        for consumer in list(self._own_consumers):
            self.basic_cancel(consumer.tag)
        for tag in sorted(self._held, reverse=True):
            self.broker.give_back(*self._released(tag))
        super().close()


def _nothing(_message: object) -> None:
    return None


class Transport(KombuTransport):
    """A connection to a bus of this process, woken by each message instead of polling."""

    Channel: Any = Channel
    driver_type = SCHEME
    driver_name = SCHEME
    recoverable_connection_errors = (ConnectionError,)
    recoverable_channel_errors = ()

    def __init__(self, client: Any, **kwargs: Any) -> None:
        self.broker = broker_named(client.hostname or "")
        self._sleeper: GreenEvent | None = None
        self._is_interrupted = False
        super().__init__(client, **kwargs)

    def wake(self) -> None:
        """End a wait for messages: there may be one now."""
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            sleeper.send(None)

    def interrupt(self) -> None:
        """End a wait for messages as if its time were over."""
        self._is_interrupted = True
        self.wake()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Hand waiting messages to their consumers, or wait for one.

        Raises:
            TimeoutError: none came within ``timeout`` seconds.
        """
        ends = None if timeout is None else monotonic() + timeout
        while not self._deliver_some():
            left = None if ends is None else ends - monotonic()
            if self._is_interrupted or (left is not None and left <= 0):
                self._is_interrupted = False
                raise TimeoutError
            self._sleep(left)

    def _deliver_some(self) -> bool:
        delivered = 0
        while delivered < _MOST_PER_DRAIN and any(
            channel.deliver_one() for channel in list(self.channels)
        ):
            delivered += 1
        return delivered > 0

    def _sleep(self, seconds: float | None) -> None:
        sleeper = self._sleeper = self._sleeper or GreenEvent()
        wait_at_most(seconds, sleeper)


def register_transport() -> None:
    """Teach kombu the ``embedded://`` scheme."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
