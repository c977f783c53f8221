"""Everything the broker must hold for a deployment, as plain values made from the one map.

Both ways to bring it about read it from here: the file that RabbitMQ loads when it starts, and the
provisioner, which compares it with what a running broker has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from shared.contracts.base import events
from shared.contracts.flows import LISTENS
from shared.messaging.rights import DESK, OPERATOR, PROVISIONER, Rights, RightsMap
from shared.messaging.topology import (
    DEAD_LETTER_EXCHANGE,
    NODE_OWNER,
    RPC_EXCHANGE,
    Topology,
    event_exchange,
    node_service,
)

VHOST: Final = "balian"
COUNTY_NODE: Final = "county"
"""The node that every deployment has; townships join later."""

REPLY_QUEUES: Final = "rpc.reply-"
"""What the name of every queue begins with that comes and goes with a caller."""


@dataclass(frozen=True, order=True)
class ExchangeObject:
    """An exchange, always durable."""

    name: str
    type: str


@dataclass(frozen=True)
class QueueObject:
    """A queue, always durable, with the arguments it was made with."""

    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, order=True)
class BindingObject:
    """What brings an exchange's messages into a queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True, kw_only=True)
class BrokerObjects:
    """What one part of a deployment needs of the broker: the county, or a node that joins."""

    rights: tuple[Rights, ...]
    exchanges: tuple[ExchangeObject, ...]
    queues: tuple[QueueObject, ...]
    bindings: tuple[BindingObject, ...]

    @classmethod
    def of_county(cls, nodes: Sequence[str] = (COUNTY_NODE,)) -> Self:
        """Give what the five services, some nodes, the front ends and the operator need."""
        services = tuple(Topology(nodes=tuple(nodes)).consumers())
        return cls._of(services, users=(PROVISIONER, DESK, OPERATOR))

    @classmethod
    def of_nodes(cls, nodes: Sequence[str]) -> Self:
        """Give what some nodes need in a county that is there already."""
        return cls._of(tuple(node_service(node) for node in nodes), users=())

    @property
    def users(self) -> tuple[str, ...]:
        """Name the users."""
        return tuple(right.user for right in self.rights)

    @classmethod
    def _of(cls, services: tuple[str, ...], *, users: tuple[str, ...]) -> Self:
        topology, rights = Topology(), RightsMap()
        declared: list[Any] = [queue for name in services for queue in topology.queues_of(name)]
        return cls(
            rights=tuple(rights.of(user) for user in (*users, *services)),
            exchanges=tuple(_exchanges()),
            queues=tuple(
                QueueObject(queue.name, dict(queue.queue_arguments)) for queue in declared
            ),
            bindings=tuple(sorted(one for queue in declared for one in _bindings(queue))),
        )


def _exchanges() -> Iterator[ExchangeObject]:
    yield ExchangeObject(RPC_EXCHANGE, "topic")
    yield ExchangeObject(DEAD_LETTER_EXCHANGE, "direct")
    for owner in sorted(LISTENS):
        if any(events(owner)):
            exchange = event_exchange(owner)
            yield ExchangeObject(exchange.name, exchange.type)


def _bindings(queue: Any) -> Iterator[BindingObject]:
    if queue.exchange is not None and queue.exchange.name:
        yield BindingObject(queue.exchange.name, queue.name, queue.routing_key)
    for bound in queue.bindings:
        yield BindingObject(bound.exchange.name, queue.name, bound.routing_key)


def node_of_user(user: str) -> str | None:
    """Tell which node a user stands for; None for every other user."""
    prefix = f"{NODE_OWNER}_"
    return user.removeprefix(prefix) if user.startswith(prefix) else None
