"""The three decorators by which a service says what it answers and what it listens to.

A method keeps to one shape: ``(self, work, request)`` for a command or a query, with a third
argument where ``ask`` fetches facts first, and ``(self, work, event, envelope)`` for an event.
Everything around it, the policy, the validation, the transaction, the stored answer, the inbox
record, is done by the service's `Messaging` for all methods alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, register_entrypoint
from nameko.rpc import Rpc

from shared.contracts.base import Command, Event, Query, Refusal, Request
from shared.contracts.mechanism import Fault
from shared.logs import Log
from shared.messaging import reading
from shared.messaging.consuming import BusConsumer
from shared.messaging.green import Delays, GreenEvent
from shared.messaging.holding import InHand, MechanismHolder, park
from shared.messaging.inbox import Handling
from shared.messaging.reading import UnreadableMessage
from shared.messaging.receiving import CallReceiver

log: Final = Log(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])
Ask = Callable[..., Any]
"""``(calls, request, caller) -> facts``: what must be asked elsewhere, before the transaction."""

MESSAGING: Final = "messaging"
"""The attribute under which every service class holds its `Messaging`."""


@dataclass(frozen=True)
class Hold:
    """The event cannot be settled now: keep it and try again.

    Attributes:
        seconds: how long to wait; None to wait until the store answers.
    """

    seconds: float | None = None


class MisnamedEntrypoint(TypeError):
    """Raised at import when a method is not called as its contract is on the wire."""


class CallEntrypoint(Rpc):
    """A remote call of one contract."""

    rpc_consumer = CallReceiver()

    def __init__(self, request_type: type[Request[Any]], **kwargs: Any) -> None:
        self.request_type = request_type
        super().__init__(
            expected_exceptions=(Refusal, Fault), sensitive_arguments=("request",), **kwargs
        )


class EventEntrypoint(Entrypoint):
    """The events of one type, from the queue of this service for it."""

    queue_consumer = BusConsumer()
    holder = MechanismHolder()

    def __init__(self, event_type: type[Event], **kwargs: Any) -> None:
        self.event_type = event_type
        self.in_hand = InHand()
        self.queue: Any = None
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Take the queue's name and bindings from the topology."""
        self.queue = self.holder.found().topology.event_queue(
            self.container.service_name, self.event_type
        )
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Stop taking events, then wait for those in hand; held ones go back to the broker."""
        self.queue_consumer.unregister_provider(self)
        grace = self.holder.found().grace
        if not self.in_hand.stop(grace):
            log.warning("events still in hand after the grace period", seconds=grace)

    def receive(self, message: Any) -> None:
        """Start handling an event."""
        self.container.spawn_managed_thread(partial(self._receive, message), identifier="event")

    def _receive(self, message: Any) -> None:
        with self.in_hand.one():
            try:
                mechanism = self.holder.found()
                if reading.is_redelivered(message):
                    mechanism.count_redelivery(self.event_type.wire_type)
                body = reading.read_body(message, largest=mechanism.largest_message)
                context = reading.read_context(message)
                if mechanism.address.user_id is not None:
                    reading.require_sender(message, body)
            except UnreadableMessage as unreadable:
                settled = park(self, message, unreadable)
            else:
                settled = self._handle(body, context)
            if settled:
                self.queue_consumer.settle(message)

    def _handle(self, body: Any, context: dict[str, Any]) -> bool:
        """Work until the event is settled in the store; False leaves it with the broker."""
        delays = Delays()
        while not self.in_hand.is_stopping:
            match self._work(body, context):
                case Handling():
                    return True
                case Hold(seconds=None):
                    self.in_hand.sleep(delays.next())
                    self.holder.found().wait_for_store(self.in_hand)
                case Hold(seconds=float(seconds)):
                    self.in_hand.sleep(seconds)
                case _Killed():
                    return False
                case _:
                    self.in_hand.sleep(delays.next())
        return False

    def _work(self, body: Any, context: dict[str, Any]) -> object:
        """Let a worker try once, and give what it says; None when it failed."""
        done = GreenEvent()

        def finished(_worker: Any, result: Any, exc_info: Any) -> Any:
            done.send(result if exc_info is None else None)
            return result, exc_info

        try:
            self.container.spawn_worker(
                self, args=(body,), kwargs={}, context_data=context, handle_result=finished
            )
        except ContainerBeingKilled:
            return _Killed()
        return done.wait()


class _Killed:
    """The container dies: nothing more is started."""


def command(
    request_type: type[Command[Any]], *, ask: Ask | None = None
) -> Callable[[Method], Callable[..., Any]]:
    """Make a method answer a command: once for its ``request_id``, in one transaction.

    Args:
        request_type: the contract; the method bears its name in snake case.
        ask: what fetches facts from other services before the transaction opens.

    Raises:
        MisnamedEntrypoint: the method has another name.
    """
    return _call(request_type, "execute", ask)


def query(
    request_type: type[Query[Any]], *, ask: Ask | None = None
) -> Callable[[Method], Callable[..., Any]]:
    """Make a method answer a query, in a transaction that only reads.

    Args and Raises: as `command`.
    """
    return _call(request_type, "answer", ask)


def _call(
    request_type: type[Request[Any]], way: str, ask: Ask | None
) -> Callable[[Method], Callable[..., Any]]:
    def decorate(method: Method) -> Callable[..., Any]:
        _require_name(method, request_type.method_name)

        @functools.wraps(method)
        def entrypoint(service: Any, request: object) -> dict[str, Any]:
            mechanism = getattr(service, MESSAGING)
            answer: dict[str, Any] = getattr(mechanism, way)(
                request_type, request, partial(method, service), ask=ask
            )
            return answer

        register_entrypoint(entrypoint, CallEntrypoint(request_type))
        return entrypoint

    return decorate


def listens(event_type: type[Event]) -> Callable[[Method], Callable[..., Any]]:
    """Make a method handle the events of one type, each once however often it is delivered."""

    def decorate(method: Method) -> Callable[..., Any]:
        @functools.wraps(method)
        def entrypoint(service: Any, body: object) -> Any:
            return getattr(service, MESSAGING).handle(event_type, body, partial(method, service))

        entrypoint.use_case = method  # type: ignore[attr-defined]  # for early and parked ones.
        register_entrypoint(entrypoint, EventEntrypoint(event_type))
        return entrypoint

    return decorate


def _require_name(method: Callable[..., Any], name: str) -> None:
    if method.__name__ != name:
        msg = f"{method.__qualname__} must be called {name}, as its contract is on the wire"
        raise MisnamedEntrypoint(msg)
