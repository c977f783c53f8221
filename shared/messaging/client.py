"""Calling a service from outside; one service asks another by `asking`.

A call that got no answer in time may have been carried out.  It is therefore sent again as it
is, with the same ``request_id``: a command that was done answers what it answered first, and a
question may always be asked again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from amqp.exceptions import AccessRefused, ChannelError, NotFound
from kombu.entity import Queue
from kombu.messaging import Consumer

from shared.addresses import user_of
from shared.contracts.base import Reply, Request
from shared.contracts.mechanism import Fault, ServiceUnavailable
from shared.messaging import reading
from shared.messaging.answers import (
    AnswerUnreadable,
    CallForbidden,
    CallTimedOut,
    MethodUnknown,
    ServiceUnknown,
    register_errors,
    result_of,
)
from shared.messaging.broker import NO_ROUTE
from shared.messaging.context import Caller, headers_of
from shared.messaging.green import Delays
from shared.messaging.publishing import (
    BUS_FAILURES,
    PERSISTENT,
    BusAddress,
    to_json,
)
from shared.messaging.topology import (
    REPLY_QUEUE_LIFE,
    RPC_EXCHANGE,
    Topology,
    call_key,
    reply_key,
    reply_queue_name,
)

__all__ = [
    "AnswerUnreadable",
    "BusClient",
    "CallForbidden",
    "CallTimedOut",
    "MethodUnknown",
    "Question",
    "ServiceUnknown",
]

R = TypeVar("R", bound=Reply)

_LARGEST_REPLY: Final = 64 * 1024 * 1024
_NOBODY: Final = "balian_client"
"""How a caller names itself to a bus that knows no users."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One call as it goes onto the bus; what it asks need not be a valid request at all."""

    service: str
    method: str
    mapping: object
    headers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.service}.{self.method}"


class BusClient:
    """Calls services from outside; one for each thread.

    What a call sends is confirmed by its answer and by nothing else, so that many calls can be on
    their way at once over one connection.

    Args:
        uri: the bus, ``amqp://...`` or ``embedded://...``.
        timeout: seconds to wait for one answer.
        attempts: how often a call without answer is sent, always with the same ``request_id``.
        patience: seconds for which it is sent again, however often that is; a service that has
            answered before is waited for also while the bus knows no queue of it.
        when_waiting: told in a few words what is waited for, each time before it is sent again.
    """

    def __init__(
        self,
        uri: str,
        *,
        timeout: float = 10.0,
        attempts: int = 3,
        patience: float = 0.0,
        when_waiting: Callable[[str], None] | None = None,
        ssl: Any = None,
    ) -> None:
        register_errors()
        self.timeout = timeout
        self.attempts = attempts
        self.patience = patience
        self.when_waiting = when_waiting
        self._address = BusAddress(uri=uri, timeout=min(timeout, 5.0), ssl=ssl)
        self._user = user_of(uri) or _NOBODY
        self._number = str(uuid.uuid4())
        self._reply_to = reply_key(self._user, self._number)
        self._connection: Any = None
        self._channel: Any = None
        self._expected: dict[str, int] = {}
        self._answers: dict[int, Mapping[str, Any] | Fault] = {}
        self._known: set[str] = set()

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
        question = Question(service=service, method=method, mapping=mapping, headers=headers)
        return self.call_all([question])[0]

    def call_all(self, questions: Sequence[Question]) -> list[dict[str, Any]]:
        """Make several calls at once, and give their replies in the same order.

        Only those without an answer are sent again.

        Raises:
            As `call`, for the first that is refused or cannot be answered.
        """
        self._expected.clear()
        delays = Delays(first=0.2, most=2.0)
        replies: dict[int, dict[str, Any]] = {}
        begun = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            left = {n: asked for n, asked in enumerate(questions) if n not in replies}
            failure = self._round(left, replies)
            if failure is None:
                return [replies[number] for number in range(len(questions))]
            if attempt >= self.attempts and time.monotonic() - begun >= self.patience:
                raise failure
            if self.when_waiting is not None:
                self.when_waiting(str(failure))
            time.sleep(delays.next())

    def listeners(self, services: Iterable[str]) -> dict[str, int]:
        """Count the instances that take the calls of services; 0 for one the bus does not know.

        Raises:
            CallForbidden: the broker does not let this user in.
            CallTimedOut: the bus cannot be reached.
        """
        found: dict[str, int] = {}
        everyone = Topology()
        try:
            self._connect()
            for service in services:
                with self._address.bounded(), self._connection.channel() as channel:
                    try:
                        queue = channel.queue_declare(
                            everyone.call_queue(service).name, passive=True
                        )
                        found[service] = queue.consumer_count
                    except ChannelError:
                        found[service] = 0
        except AccessRefused as refused:
            self.close()
            raise CallForbidden(refused.reply_text) from None
        except BUS_FAILURES:
            self.close()
            msg = "the bus cannot be reached"
            raise CallTimedOut(msg) from None
        return found

    def close(self) -> None:
        """Close the connection; the client can be used again."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*BUS_FAILURES, AttributeError):
                connection.collect(socket_timeout=1)

    def _round(
        self, left: Mapping[int, Question], replies: dict[int, dict[str, Any]]
    ) -> Fault | None:
        """Send what is left once and collect the replies; give what kept one from being answered.

        Raises:
            As `call`, for what sending again would not change.
        """
        self._answers.clear()
        silence: Fault | None = None
        try:
            self._send(left)
            self._collect(left)
        except NotFound:
            self.close()
            silence = ServiceUnknown("no service has ever run on this bus")
            if not self._known:
                raise silence from None
        except AccessRefused as refused:
            self.close()
            raise CallForbidden(refused.reply_text or "the broker refuses this user") from None
        except BUS_FAILURES:
            self.close()
            silence = CallTimedOut(f"{_listing(left)}: the bus cannot be reached")
        failure: Fault | None = None
        for number, question in left.items():
            try:
                replies[number] = self._outcome(number, question)
            except (CallTimedOut, ServiceUnavailable) as fault:
                failure = failure or fault
            except ServiceUnknown as unknown:
                if question.service not in self._known:
                    raise
                failure = failure or unknown
        if left.keys() - self._answers.keys():
            # The line may be dead without a word; the reply queue outlives it.
            self.close()
        return silence or failure

    def _outcome(self, number: int, question: Question) -> dict[str, Any]:
        answer = self._answers.get(number)
        if answer is None:
            msg = f"{question}: no answer within {self.timeout:g} s; send the same request again"
            raise CallTimedOut(msg)
        if isinstance(answer, Fault):
            raise answer
        self._known.add(question.service)
        return result_of(answer)

    def _send(self, left: Mapping[int, Question]) -> None:
        self._connect()
        with self._address.bounded():
            for number, question in left.items():
                correlation_id = str(uuid.uuid4())
                self._expected[correlation_id] = number
                self._publish(question, correlation_id)

    def _publish(self, question: Question, correlation_id: str) -> None:
        message = self._channel.prepare_message(
            to_json({"args": [], "kwargs": {"request": question.mapping}}),
            content_type="application/json",
            content_encoding="utf-8",
            headers=reading.as_headers(question.headers),
            properties={
                "delivery_mode": PERSISTENT,
                "reply_to": self._reply_to,
                "correlation_id": correlation_id,
            },
        )
        try:
            self._channel.basic_publish(
                message,
                exchange=RPC_EXCHANGE,
                routing_key=call_key(question.service, question.method),
                mandatory=True,
            )
        except ChannelError as nowhere:
            # The bus in this process says so at once; a broker sends the message back.
            if NO_ROUTE not in str(nowhere):
                raise
            self._take_back(correlation_id, question.service)

    def _collect(self, left: Mapping[int, Question]) -> None:
        ends = time.monotonic() + self.timeout
        while left.keys() - self._answers.keys():
            remaining = ends - time.monotonic()
            if remaining <= 0:
                return
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=remaining)

    def _connect(self) -> None:
        if self._connection is not None:
            return
        connection = self._address.connected(read_timeout=None)
        with self._address.bounded():
            channel = connection.channel()
            # Nothing but this queue is the caller's to declare: the exchange belongs to the bus.
            queue = Queue(
                reply_queue_name(self._user, self._number),
                durable=True,
                queue_arguments={"x-expires": REPLY_QUEUE_LIFE},
            )(channel)
            queue.queue_declare()
            queue.bind_to(RPC_EXCHANGE, routing_key=self._reply_to)
            consumer = Consumer(
                channel, queues=[queue], on_message=self._take, no_ack=True, auto_declare=False
            )
            consumer.consume()
        events = getattr(channel, "events", None)
        if events is not None:
            events["basic_return"].add(self._on_return)
        self._connection, self._channel = connection, channel

    def _take(self, message: Any) -> None:
        # An answer to an earlier sending of the same request is as good as one to the last.
        number = self._expected.get(reading.correlation_of(message) or "")
        if number is None:
            return
        try:
            answer = reading.read_body(message, largest=_LARGEST_REPLY)
        except reading.UnreadableMessage as unreadable:
            answer = {"error": {"exc_type": unreadable.reason.value}}
        self._answers[number] = answer

    def _on_return(self, _error: object, _exchange: str, routing_key: str, message: Any) -> None:
        service = routing_key.rpartition(".")[0]
        self._take_back(str(message.properties.get("correlation_id")), service)

    def _take_back(self, correlation_id: str, service: str) -> None:
        number = self._expected.pop(correlation_id, None)
        if number is not None:
            self._answers[number] = ServiceUnknown(f"no service {service} is known on this bus")


def _listing(questions: Mapping[int, Question]) -> str:
    return ", ".join(str(question) for question in questions.values())
