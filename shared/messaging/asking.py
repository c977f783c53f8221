"""What one service asks another while it answers a call; from outside `client` calls.

A question that got no answer in time is asked again: nothing is done by asking.
Questions wait in a queue of their own, which an instance of a version before this one does not
read: so the second time one is asked as anybody would.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from shared.contracts.base import Query, Reply, Request
from shared.contracts.flows import CALLS
from shared.contracts.mechanism import ServiceUnavailable
from shared.messaging import reading
from shared.messaging.answers import result_of
from shared.messaging.context import Actor, Caller, headers_of
from shared.messaging.green import GreenEvent, wait_at_most
from shared.messaging.publishing import BusPublisher, PublishFailed, Unroutable, to_json
from shared.messaging.replies import KeptReplyListener
from shared.messaging.topology import RPC_EXCHANGE, asked_key, call_key
from shared.policy import Role

R = TypeVar("R", bound=Reply)


class ForbiddenCall(TypeError):
    """Raised when a service calls one it must not call, or orders where it may only ask."""


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
        allowed: Mapping[str, tuple[type[Query[Any]], ...]] = CALLS,
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
        if type(request) not in self._allowed.get(self._owner, ()):
            asked = request.wire_name()
            msg = f"{self._owner} must not ask {asked}: see shared.contracts.flows.CALLS"
            raise ForbiddenCall(msg)
        target = service or request.owner
        body = to_json({"args": [], "kwargs": {"request": request.dump()}})
        again = call_key(target, request.method_name)
        for key in (asked_key(target, request.method_name), *[again] * (self._attempts - 1)):
            answer = self._once(target, key, body, is_last_way=key == again)
            if answer is not None:
                return request.reply_type.load(result_of(answer))  # type: ignore[return-value]
        msg = f"{target}.{request.method_name} did not answer; send the same request again"
        raise ServiceUnavailable(msg)

    def _once(
        self, service: str, routing_key: str, body: bytes, *, is_last_way: bool
    ) -> Mapping[str, Any] | None:
        correlation_id = str(uuid.uuid4())
        reply: GreenEvent = self._listener.expect(correlation_id, service=service)
        try:
            self._publisher.publish(
                body,
                exchange=RPC_EXCHANGE,
                routing_key=routing_key,
                properties={
                    "reply_to": self._listener.routing_key,
                    "correlation_id": correlation_id,
                },
                headers=reading.as_headers(headers_of(self._onward)),
                mandatory=True,
            )
            answer: Mapping[str, Any] | None = wait_at_most(self._timeout, reply)
        except Unroutable:
            if not is_last_way:
                return None
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
