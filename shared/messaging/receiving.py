"""Taking messages from the bus: nameko's consumer and RPC receiver, made to survive what comes.

Three things differ from nameko.  A message is read by `shared.messaging.reading` before anything
is started for it, and parked if it cannot be.  A message is acknowledged only after what it asked
has been committed and answered.  And a stop waits for what is in hand, so that the broker gives
nothing that is still being worked on to someone else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic
from typing import Any, Final, Protocol

import eventlet
from nameko.exceptions import BadRequest, ContainerBeingKilled, MethodNotFound, serialize
from nameko.extensions import ProviderCollector, SharedExtension
from nameko.messaging import QueueConsumer
from nameko.rpc import ReplyListener, RpcConsumer

from shared.contracts.base import MalformedRequest, Refusal
from shared.contracts.mechanism import Fault, UnexpectedFault
from shared.database import StoreUnavailable
from shared.logs import Log, trace_of
from shared.messaging import reading
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.green import Delays, GreenEvent, wait_at_most
from shared.messaging.publishing import (
    BUS_FAILURES,
    BusAddress,
    BusPublisher,
    PublishFailed,
    to_json,
)
from shared.messaging.reading import UnreadableMessage, WrongSignature
from shared.messaging.topology import RPC_EXCHANGE, Topology, reply_key
from shared.messaging.unopened import leave_unopened

log: Final = Log(__name__)

_REPLY_ATTEMPTS: Final = 3
_LOOK_UP: Final = 0.2
_HEARTBEAT: Final = 10
"""Seconds; a connection on which nothing came for twice as long is taken for lost."""
_MOST_PARKED_BYTES: Final = 64 * 1024


class InHand:
    """What has been taken from the bus and is not yet settled."""

    def __init__(self) -> None:
        self.count = 0
        self.is_stopping = False
        self._sleepers: set[GreenEvent] = set()
        self._empty: GreenEvent | None = None

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one message as in hand until the block ends."""
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
            if not self.count and self._empty is not None:
                self._empty.send(None)
                self._empty = None

    def sleep(self, seconds: float) -> None:
        """Wait, but not past a stop: a held message is then left to whoever comes next."""
        if self.is_stopping:
            return
        sleeper = GreenEvent()
        self._sleepers.add(sleeper)
        wait_at_most(seconds, sleeper)
        self._sleepers.discard(sleeper)

    def stop(self, grace: float) -> bool:
        """Wait until nothing is in hand, at most ``grace`` seconds; tell whether it is so."""
        self.is_stopping = True
        for sleeper in list(self._sleepers):
            sleeper.send(None)
        if self.count:
            self._empty = self._empty or GreenEvent()
            wait_at_most(grace, self._empty)
        return not self.count


class Mechanism(Protocol):
    """What the receivers need of the `Messaging` of their service."""

    address: BusAddress
    publisher: BusPublisher
    topology: Topology
    grace: float
    largest_message: int

    def park_unreadable(
        self, *, queue: str, reason: str, body: bytes, message_id: str | None
    ) -> None:
        """Keep a message that nobody can read, where an operator finds it."""

    def park_dead_letter(self, letter: DeadLetter) -> None:
        """Keep a message that was delivered too often, where an operator finds it."""

    def wait_for_store(self, in_hand: InHand) -> None:
        """Return when the store answers, or at a stop."""

    def begin_stop(self) -> None:
        """Hear that the service takes nothing new from now on."""


class MessagingMissing(AttributeError):
    """Raised at start when a service class has entrypoints but no `messaging`.

    An attribute error, because nameko reads every attribute of an extension before it is bound.
    """


class MechanismHolder(SharedExtension):
    """Where the `Messaging` of a container leaves itself for the other extensions to find."""

    def __init__(self) -> None:
        # In a list: nameko takes every attribute that is an extension for a part of this one.
        self._left: list[Mechanism] = []
        super().__init__()

    def leave(self, mechanism: Mechanism) -> None:
        """Leave the mechanism of this container."""
        self._left.append(mechanism)

    def found(self) -> Mechanism:
        """Give the mechanism that was left here.

        Raises:
            MessagingMissing: the service class has none.
        """
        if not self._left:
            msg = "a service with entrypoints needs `messaging = Messaging(...)`"
            raise MessagingMissing(msg)
        return self._left[0]


class BusConsumer(QueueConsumer):
    """One connection on which a service consumes everything, each queue with its own prefetch."""

    holder = MechanismHolder()
    is_consuming = False
    _channel: Any = None

    @property
    def connection(self) -> Any:
        """Give a connection that is not open: kombu asks it which errors there are."""
        return self.holder.found().address.connection()

    def run(self) -> None:
        """Consume until stopped, looking up more often than once a second whether to stop."""
        super().run(safety_interval=_LOOK_UP)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Consume each provider's queue, handing it every message as it came."""
        self._channel = channel
        leave_unopened(channel)
        for provider in self._providers:
            take = partial(self._take, provider)
            consumer = consumer_cls(
                queues=[provider.queue],
                on_message=take,
                # A body that is left compressed is for the provider to judge as well.
                on_decode_error=lambda message, _error, take=take: take(message),
            )
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Open the consuming connection, however often that takes; each attempt is bounded."""
        delays = Delays()
        while (connection := self._attempt()) is None:
            self._sleep(delays.next())
        try:
            yield connection
        except BaseException:
            # Closing in good order asks the broker to agree, which is what may just have failed.
            with suppress(*BUS_FAILURES, AttributeError):
                connection.collect(socket_timeout=1)
            raise
        connection.release()

    def _attempt(self) -> Any:
        heartbeat = self.container.config.get("HEARTBEAT", _HEARTBEAT)
        try:
            # Its reads may wait, for messages come when they come; not so its writes.
            return self.holder.found().address.connected(heartbeat=heartbeat, read_timeout=None)
        except BUS_FAILURES as failure:
            service = self.container.service_name
            log.warning("the bus is out of reach", service=service, error=type(failure).__name__)
            if self.should_stop:
                # Of all that was raised this is what the loop above looks for before it ends.
                raise ConnectionAbortedError from None
            return None

    def _sleep(self, seconds: float) -> None:
        ends = monotonic() + seconds
        while monotonic() < ends and not self.should_stop:
            eventlet.sleep(_LOOK_UP)

    @contextmanager
    def extra_context(self, _connection: Any, _channel: Any) -> Iterator[None]:
        """Know for as long as it is so that the queues are consumed."""
        self.is_consuming = True
        try:
            yield
        finally:
            self.is_consuming = False

    def unregister_provider(self, provider: Any) -> None:
        """Stop consuming for a provider; returns once its consumer is cancelled."""
        self.holder.found().begin_stop()
        if self._consumers_ready.ready() and not self.is_consuming:
            # The connection is lost, and every consumer with it: there is nothing to cancel.
            ProviderCollector.unregister_provider(self, provider)
            self._consumers.pop(provider, None)
            if not self._providers:
                self.should_stop = True
            return
        eventlet.spawn_after(0, self._look_up)
        super().unregister_provider(provider)

    def on_iteration(self) -> None:
        """Cancel what is to be cancelled; with the last consumer gone, end at once."""
        super().on_iteration()
        if self.should_stop:
            self._look_up()

    def _look_up(self) -> None:
        # The loop looks up by itself soon; the bus in this process need not even be waited for.
        interrupt = getattr(self._channel and self._channel.connection, "interrupt", None)
        if interrupt is not None:
            interrupt()

    def settle(self, message: Any) -> None:
        """Acknowledge a message, if the channel it came on still lives."""
        if message.channel is not None and message.channel.connection:
            with suppress(*BUS_FAILURES):
                message.ack()

    def _take(self, provider: Any, message: Any) -> None:
        # What a channel delivers in its last moments will be delivered again to someone else.
        if message.channel is not None and message.channel.connection:
            provider.receive(message)


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


class CallReceiver(RpcConsumer):
    """Receives the calls to one service and answers each, come what may."""

    queue_consumer = BusConsumer()
    holder = MechanismHolder()

    def __init__(self) -> None:
        self.in_hand = InHand()
        super().__init__()

    def setup(self) -> None:
        """Take a queue that loses nothing and counts deliveries, instead of nameko's own."""
        is_first = self.queue is None
        super().setup()
        if is_first:
            self.queue: Any = self.holder.found().topology.call_queue(self.container.service_name)

    def unregister_provider(self, provider: Any) -> None:
        """Stop taking calls, then wait for those in hand."""
        super().unregister_provider(provider)
        grace = self.holder.found().grace
        if not self.in_hand.stop(grace):
            log.warning("calls still in hand after the grace period", seconds=grace)

    def receive(self, message: Any) -> None:
        """Start what a call asks for, or answer at once why not."""
        self.container.spawn_managed_thread(partial(self._receive, message), identifier="call")

    def _receive(self, message: Any) -> None:
        with self.in_hand.one():
            routing_key = message.delivery_info.get("routing_key") or ""
            try:
                call = reading.read_call(message, largest=self.holder.found().largest_message)
                entrypoint = self.get_provider_for_method(routing_key)
            except UnreadableMessage as unreadable:
                # Who can be told what is wrong sends it again; nobody else would know of it.
                if reading.reply_address(message) or park(self, message, unreadable):
                    self._answer(message, None, MalformedRequest(_unreadable(unreadable)))
            except WrongSignature as wrong:
                self._answer(message, None, MalformedRequest(str(wrong)))
            except MethodNotFound as unknown:
                self._answer(message, None, unknown)
            else:
                self._work(message, entrypoint, call)

    def _work(self, message: Any, entrypoint: Any, call: reading.IncomingCall) -> None:
        done = GreenEvent()

        def answer(_worker: Any, result: Any, exc_info: Any) -> Any:
            try:
                self._answer(message, result, exc_info[1] if exc_info else None)
            finally:
                done.send(None)
            return result, exc_info

        try:
            self.container.spawn_worker(
                entrypoint,
                args=(),
                kwargs={"request": call.request},
                context_data=dict(call.context),
                handle_result=answer,
            )
        except ContainerBeingKilled:
            return
        done.wait()

    def _answer(self, message: Any, result: Any, error: BaseException | None) -> None:
        """Reply and acknowledge; a reply that cannot be sent is left to the caller's next try."""
        reply_to = reading.reply_address(message)
        if reply_to is not None:
            body = reply_body(result, error)
            properties = {"correlation_id": reading.correlation_of(message)}
            self._reply(body, reply_to, {k: v for k, v in properties.items() if v is not None})
        self.queue_consumer.settle(message)

    def _reply(self, body: bytes, reply_to: str, properties: dict[str, str]) -> None:
        delays = Delays()
        for _ in range(_REPLY_ATTEMPTS):
            try:
                self.holder.found().publisher.publish(
                    body, exchange=RPC_EXCHANGE, routing_key=reply_to, properties=properties
                )
            except PublishFailed:
                self.in_hand.sleep(delays.next())
            else:
                return
        log.warning("a reply could not be sent")


def park(receiver: Any, message: Any, unreadable: UnreadableMessage) -> bool:
    """Park a message nobody can read, waiting for the store where it is away.

    Returns whether it was parked and may be acknowledged; at a stop it stays with the broker.
    """
    mechanism: Mechanism = receiver.holder.found()
    body = message.body
    raw = body.encode() if isinstance(body, str) else bytes(body or b"")
    while not receiver.in_hand.is_stopping:
        try:
            mechanism.park_unreadable(
                queue=receiver.queue.name,
                reason=unreadable.reason.value,
                body=raw[:_MOST_PARKED_BYTES],
                message_id=reading.message_id_of(message),
            )
        except StoreUnavailable:
            mechanism.wait_for_store(receiver.in_hand)
        else:
            return True
    return False


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


def _unreadable(unreadable: UnreadableMessage) -> str:
    return (
        f"the message could not be read ({unreadable.reason.value}); correct it and send it again"
    )
