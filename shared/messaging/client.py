"""Calling a service: from outside by `BusClient`, from inside another service by `Calls`.

A call that got no answer in time may have been carried out.  It is therefore sent again as it
is, with the same ``request_id``: a command that was done answers what it answered first, and a
question may always be asked again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import nameko.exceptions
from kombu.entity import Exchange, Queue
from kombu.messaging import Consumer
from nameko.exceptions import BadRequest, MethodNotFound, RemoteError

from shared.contracts.base import Query, Refusal, Reply, Request, refusals
from shared.contracts.flows import CALLS
from shared.contracts.mechanism import Fault, ServiceUnavailable
from shared.messaging import reading
from shared.messaging.context import Actor, Caller, headers_of
from shared.messaging.green import Delays, GreenEvent, wait_at_most
from shared.messaging.publishing import (
    BUS_FAILURES,
    BusAddress,
    BusPublisher,
    PublishFailed,
    Unroutable,
    to_json,
)
from shared.messaging.receiving import RPC_EXCHANGE, KeptReplyListener
from shared.policy import Role

R = TypeVar("R", bound=Reply)

REPLY_QUEUE_LIFE: Final = 300_000
"""Milliseconds for which the broker keeps the reply queue of a caller who has gone."""

_LARGEST_REPLY: Final = 64 * 1024 * 1024


class ServiceUnknown(Fault):
    """No service of this name has ever run on this bus; check the name, or start the service."""


class MethodUnknown(Fault):
    """The service has no such method; check the name."""


class CallTimedOut(Fault):
    """No answer came in time; what became of the call is unknown: send the same request again."""


class AnswerUnreadable(Fault):
    """The service answered with an error or a text this caller does not know."""


class ForbiddenCall(TypeError):
    """Raised when a service calls one it must not call, or orders where it may only ask."""


def register_errors() -> None:
    """Teach nameko to rebuild every refusal and fault at the caller, by class path."""
    for error in (Refusal, *refusals(), Fault, *Fault.__subclasses__()):
        nameko.exceptions.registry[nameko.exceptions.get_module_path(error)] = error


def result_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give the result in an answer, or raise the error in it.

    Raises:
        Refusal: a rule refuses the call.
        Fault: the call could not be answered.
    """
    error = answer.get("error")
    if error is None:
        result = answer.get("result")
        if not isinstance(result, dict):
            msg = "the answer is no mapping"
            raise AnswerUnreadable(msg)
        return result
    raise rebuilt(error)


def rebuilt(error: object) -> Exception:
    """Rebuild the error that crossed the wire; one of an unknown class names only that class."""
    try:
        known: object = nameko.exceptions.deserialize(error)
    except (TypeError, AttributeError):
        known = None
    match known:
        case Refusal() | Fault():
            return known
        case MethodNotFound():
            return MethodUnknown(f"the service has no method {known}")
        case RemoteError():
            return AnswerUnreadable(f"the service answered with {known.exc_type}")
        case BadRequest():
            return AnswerUnreadable(f"the service did not understand the call: {known}")
        case _:
            return AnswerUnreadable("the error in the answer has no form that is known")


class BusClient:
    """Calls services from outside; one for each thread.

    Args:
        uri: the bus, ``amqp://...`` or ``embedded://...``.
        timeout: seconds to wait for one answer.
        attempts: how often a call without answer is sent, always with the same ``request_id``.
    """

    def __init__(
        self, uri: str, *, timeout: float = 10.0, attempts: int = 3, ssl: Any = None
    ) -> None:
        register_errors()
        self.timeout = timeout
        self.attempts = attempts
        self._address = BusAddress(uri=uri, timeout=min(timeout, 5.0), ssl=ssl)
        self._publisher = BusPublisher(self._address, connections=1)
        self._reply_key = str(uuid.uuid4())
        self._connection: Any = None
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._expected: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(self, service: str, request: Request[R], caller: Caller) -> R:
        """Send a request and give the reply.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            ServiceUnknown, MethodUnknown: there is nobody to answer.
            CallTimedOut: no answer came, however often it was sent.
            Fault: it could not be answered otherwise.
        """
        mapping = self.call_raw(service, request.method_name, request.dump(), headers_of(caller))
        return request.reply_type.load(mapping)  # type: ignore[return-value]

    def call_raw(
        self,
        service: str,
        method: str,
        mapping: object,
        headers: Mapping[str, str],
    ) -> dict[str, Any]:
        """Send what may be no valid request at all, and give the reply as a mapping.

        Raises:
            As `call`.
        """
        body = to_json({"args": [], "kwargs": {"request": mapping}})
        self._expected.clear()
        self._answers.clear()
        delays = Delays(first=0.2, most=2.0)
        failure: Fault = CallTimedOut(f"{service}.{method}: no answer")
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(delays.next())
            try:
                answer = self._once(service, method, body, headers)
            except (PublishFailed, *BUS_FAILURES):
                self._disconnect()
                failure = CallTimedOut(f"{service}.{method}: the bus cannot be reached")
                continue
            if answer is None:
                # The line may be dead without a word; the reply queue outlives it.
                self._disconnect()
                failure = CallTimedOut(
                    f"{service}.{method}: no answer within {self.timeout:g} s;"
                    " send the same request again"
                )
                continue
            try:
                return result_of(answer)
            except ServiceUnavailable as unavailable:
                failure = unavailable
        raise failure

    def close(self) -> None:
        """Close the connections; the client can be used again."""
        self._publisher.close()
        self._disconnect()

    def _once(
        self, service: str, method: str, body: bytes, headers: Mapping[str, str]
    ) -> Mapping[str, Any] | None:
        self._connect()
        correlation_id = str(uuid.uuid4())
        self._expected.add(correlation_id)
        try:
            self._publisher.publish(
                body,
                exchange=RPC_EXCHANGE,
                routing_key=f"{service}.{method}",
                properties={"reply_to": self._reply_key, "correlation_id": correlation_id},
                headers=reading.as_headers(headers),
                mandatory=True,
            )
        except Unroutable:
            msg = f"no service {service} is known on this bus"
            raise ServiceUnknown(msg) from None
        return self._wait()

    def _wait(self) -> Mapping[str, Any] | None:
        ends = time.monotonic() + self.timeout
        while not self._answers:
            left = ends - time.monotonic()
            if left <= 0:
                return None
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=left)
        # An answer to an earlier sending of the same request is as good as one to the last.
        return self._answers.popitem()[1]

    def _connect(self) -> None:
        if self._connection is not None:
            return
        connection = self._address.connected(read_timeout=None)
        with self._address.bounded():
            channel = connection.channel()
            queue = Queue(
                f"rpc.reply-balian_client-{self._reply_key}",
                exchange=Exchange(RPC_EXCHANGE, type="topic", durable=True),
                routing_key=self._reply_key,
                durable=True,
                queue_arguments={"x-expires": REPLY_QUEUE_LIFE},
            )
            Consumer(channel, queues=[queue], on_message=self._take, no_ack=True).consume()
        self._connection = connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*BUS_FAILURES, AttributeError):
                connection.collect(socket_timeout=1)

    def _take(self, message: Any) -> None:
        correlation_id = reading.correlation_of(message)
        if correlation_id not in self._expected:
            return
        try:
            answer = reading.read_body(message, largest=_LARGEST_REPLY)
        except reading.UnreadableMessage as unreadable:
            answer = {"error": {"exc_type": unreadable.reason.value}}
        self._answers[correlation_id] = answer


class Calls:
    """What one call of a service may ask other services, before its transaction opens.

    The person on whose behalf it is asked stays named, beside the role of a service.
    """

    def __init__(
        self,
        *,
        owner: str,
        caller: Caller,
        listener: KeptReplyListener,
        publisher: BusPublisher,
        timeout: float,
        attempts: int = 2,
        allowed: Mapping[str, Sequence[str]] = CALLS,
    ) -> None:
        self._owner = owner
        self._caller = caller
        self._listener = listener
        self._publisher = publisher
        self._timeout = timeout
        self._attempts = attempts
        self._allowed = allowed

    def ask(self, request: Request[R], *, service: str | None = None) -> R:
        """Ask another service; ``service`` only where it is not named as its contract's owner.

        Raises:
            ForbiddenCall: the map of calls does not have it, or it is an order.
            Refusal: the other service refuses.
            ServiceUnavailable: it gave no answer in time.
        """
        if not isinstance(request, Query):
            msg = f"{self._owner} may ask other services but not order {request.method_name}"
            raise ForbiddenCall(msg)
        if request.owner not in self._allowed.get(self._owner, ()):
            msg = f"{self._owner} must not call {request.owner}: see shared.contracts.flows.CALLS"
            raise ForbiddenCall(msg)
        target = service or request.owner
        body = to_json({"args": [], "kwargs": {"request": request.dump()}})
        for _ in range(self._attempts):
            answer = self._once(target, request.method_name, body)
            if answer is not None:
                return request.reply_type.load(result_of(answer))  # type: ignore[return-value]
        msg = f"{target}.{request.method_name} did not answer; send the same request again"
        raise ServiceUnavailable(msg)

    def _once(self, service: str, method: str, body: bytes) -> Mapping[str, Any] | None:
        correlation_id = str(uuid.uuid4())
        reply: GreenEvent = self._listener.expect(correlation_id)
        try:
            self._publisher.publish(
                body,
                exchange=RPC_EXCHANGE,
                routing_key=f"{service}.{method}",
                properties={
                    "reply_to": self._listener.routing_key,
                    "correlation_id": correlation_id,
                },
                headers=reading.as_headers(headers_of(self._onward)),
                mandatory=True,
            )
            answer: Mapping[str, Any] | None = wait_at_most(self._timeout, reply)
        except Unroutable:
            msg = f"{service} has not been started; send the same request again"
            raise ServiceUnavailable(msg) from None
        except PublishFailed:
            return None
        else:
            return answer
        finally:
            self._listener.forget(correlation_id)

    @property
    def _onward(self) -> Caller:
        caller = self._caller
        return Caller(
            actor=Actor(caller.actor.id, caller.actor.roles | {Role.SERVICE}),
            now=caller.now,
            correlation_id=caller.correlation_id,
            causation_id=caller.causation_id,
            simulated=caller.simulated,
        )
