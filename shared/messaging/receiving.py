"""Taking calls from the bus: nameko's RPC receiver, made to survive what comes.

Calls from outside and questions of other services come by a queue each, and are done alike.
A call is read by `shared.messaging.reading` before anything is started for it.  It is acknowledged
only after what it asked has been committed and answered.  And a stop waits for what is in hand, so
that the broker gives nothing that is still being worked on to someone else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from nameko.exceptions import ContainerBeingKilled, MethodNotFound
from nameko.rpc import RpcConsumer

from shared.contracts.base import MalformedRequest
from shared.logs import Log
from shared.messaging import reading
from shared.messaging.consuming import BusConsumer
from shared.messaging.green import Delays, GreenEvent
from shared.messaging.holding import InHand, MechanismHolder, park
from shared.messaging.publishing import PublishFailed, PublishRefused
from shared.messaging.reading import UnreadableMessage, WrongSignature
from shared.messaging.replies import reply_body
from shared.messaging.topology import RPC_EXCHANGE, call_in, call_key
from shared.metrics.mechanism import CALL

log: Final = Log(__name__)

_REPLY_ATTEMPTS: Final = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    """The queue of other services' questions, whose messages are calls like all others."""

    queue: Any
    receive: Callable[[Any], None]


class CallReceiver(RpcConsumer):
    """Receives the calls to one service and answers each, come what may."""

    queue_consumer = BusConsumer()
    holder = MechanismHolder()

    def __init__(self) -> None:
        self.in_hand = InHand()
        self._asked: _Asked | None = None
        super().__init__()

    def setup(self) -> None:
        """Take a queue that loses nothing and counts deliveries, instead of nameko's own."""
        is_first = self.queue is None
        super().setup()
        if not is_first:
            return
        topology, service = self.holder.found().topology, self.container.service_name
        self.queue: Any = topology.call_queue(service)
        asked = topology.asked_queue(service)
        if asked is not None:
            self._asked = _Asked(queue=asked, receive=self.receive)
            self.queue_consumer.register_provider(self._asked)

    def unregister_provider(self, provider: Any) -> None:
        """Stop taking calls, then wait for those in hand."""
        is_last = not self._providers - self._unregistering_providers - {provider}
        if is_last and self._asked is not None:
            asked, self._asked = self._asked, None
            self.queue_consumer.unregister_provider(asked)
        super().unregister_provider(provider)
        grace = self.holder.found().grace
        if not self.in_hand.stop(grace):
            log.warning("calls still in hand after the grace period", seconds=grace)

    def receive(self, message: Any) -> None:
        """Start what a call asks for, or answer at once why not."""
        self.container.spawn_managed_thread(partial(self._receive, message), identifier="call")

    def _receive(self, message: Any) -> None:
        with self.in_hand.one():
            mechanism = self.holder.found()
            if reading.is_redelivered(message):
                mechanism.count_redelivery(CALL)
            routing_key = message.delivery_info.get("routing_key") or ""
            try:
                call = reading.read_call(
                    message, largest=mechanism.largest_message, answerable=mechanism.answerable
                )
                entrypoint = self._entrypoint(routing_key)
            except UnreadableMessage as unreadable:
                mechanism.count_unread_call()
                # Who can be told what is wrong sends it again; nobody else would know of it.
                if self._reply_address(message) or park(self, message, unreadable):
                    self._answer(message, None, MalformedRequest(_unreadable(unreadable)))
            except WrongSignature as wrong:
                mechanism.count_unread_call()
                self._answer(message, None, MalformedRequest(str(wrong)))
            except MethodNotFound as unknown:
                mechanism.count_unread_call()
                self._answer(message, None, unknown)
            else:
                self._work(message, entrypoint, call)

    def _entrypoint(self, routing_key: str) -> Any:
        """Find what answers a call; one addressed to somebody else has come by a copy of its own.

        A broker checks whether its sender may call by the address alone, and older ones not by
        the further addresses (CC, BCC) that a message may carry.

        Raises:
            MethodNotFound: there is no such method here.
        """
        service, method = call_in(routing_key)
        if service != self.container.service_name:
            raise MethodNotFound(method)
        return self.get_provider_for_method(call_key(service, method))

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
        reply_to = self._reply_address(message)
        if reply_to is not None:
            body = reply_body(result, error)
            properties = {"correlation_id": reading.correlation_of(message)}
            self._reply(body, reply_to, {k: v for k, v in properties.items() if v is not None})
        self.queue_consumer.settle(message)

    def _reply_address(self, message: Any) -> str | None:
        """Give the address an answer goes to, if there is one and this service may use it."""
        return reading.reply_address(message, answerable=self.holder.found().answerable)

    def _reply(self, body: bytes, reply_to: str, properties: dict[str, str]) -> None:
        delays = Delays()
        for _ in range(_REPLY_ATTEMPTS):
            try:
                self.holder.found().publisher.publish(
                    body, exchange=RPC_EXCHANGE, routing_key=reply_to, properties=properties
                )
            except PublishRefused:
                break
            except PublishFailed:
                self.in_hand.sleep(delays.next())
            else:
                return
        self.holder.found().count_lost_reply()
        log.warning("a reply could not be sent")


def _unreadable(unreadable: UnreadableMessage) -> str:
    return (
        f"the message could not be read ({unreadable.reason.value}); correct it and send it again"
    )
