"""What each broker user may do: made from the one map of who hears and asks what.

RabbitMQ asks three things of a user for each exchange and queue: may it configure, write, read.
On a topic exchange it asks again for the routing key.  Because a call's routing key is
``service.method`` and an event's is its type, that is a right for each method and each event.

A service declares nothing but the queue its replies come to.  Its other queues, their bindings and
every exchange are made by the provisioner, so that a service that has been taken over can neither
bind itself to what it must not hear nor delete what others need.
`docs/broker-rights.md` says the same in words, with what remains possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.contracts import every_service
from shared.contracts.base import Event, Query, Request, events, requests
from shared.contracts.flows import CALLS, LISTENS
from shared.messaging.topology import ASKED, NODE_OWNER, RPC_EXCHANGE, Topology, event_exchange
from shared.policy import Role, roles_allowed

DESK: Final = "desk"
"""The user of every front end: all commands and queries that are meant for people."""

OPERATOR: Final = "operator"
"""The user of the command line and of casebook players: whatever can be called."""

PROVISIONER: Final = "provisioner"
"""The administrator, who makes everything else."""

EVERY_SERVICE: Final = every_service.Sweep.owner
NOTHING: Final = "^$"
EVERYTHING: Final = ".*"

_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CODE: Final = "[a-z0-9_]+"
_PLAIN_CLIENT: Final = "standalone_rpc_proxy"
"""How a client of nameko's own names itself in its reply queue, whoever it is."""

_NOT_PEOPLE: Final = frozenset({Role.OPERATOR, Role.SERVICE})


@dataclass(frozen=True, kw_only=True)
class TopicRights:
    """Which routing keys of one topic exchange a user may publish (write) and bind (read)."""

    exchange: str
    write: str = NOTHING
    read: str = NOTHING


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What one user may do in the virtual host; every pattern is anchored at both ends."""

    user: str
    configure: str
    write: str
    read: str
    topics: tuple[TopicRights, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RightsMap:
    """The map from which every right is made; the deployment's own unless a test has another."""

    listens: Mapping[str, tuple[type[Event], ...]] = field(default_factory=lambda: LISTENS)
    calls: Mapping[str, tuple[type[Query[Any]], ...]] = field(default_factory=lambda: CALLS)

    def of_service(self, service: str) -> Rights:
        """Give the rights of a service, or of a node by its own name."""
        owner = self._topology.owner_of(service)
        replies = rf"rpc\.reply-{service}-{_UUID}"
        exchange = event_exchange(owner).name
        own_queues = rf"rpc-{service}(-{ASKED})?", rf"{service}\.(dead_letters|{_CODE}\.v[0-9]+)"
        return Rights(
            user=service,
            configure=_any_of([replies]),
            write=_any_of([RPC_EXCHANGE, re.escape(exchange), replies]),
            read=_any_of([RPC_EXCHANGE, *own_queues, replies]),
            topics=(
                TopicRights(
                    exchange=RPC_EXCHANGE,
                    write=_any_of([*_asked(self.calls.get(owner, ())), *self._replies_to(owner)]),
                    read=_any_of([_reply_key(service)]),
                ),
                TopicRights(exchange=exchange, write=_any_of(_event_keys(events(owner)))),
            ),
        )

    def answerable(self, service: str) -> re.Pattern[str]:
        """Give the addresses at which a service may answer: it asks the broker for no other."""
        return re.compile(_any_of(self._replies_to(self._topology.owner_of(service))))

    def of_desk(self) -> Rights:
        """Give the rights of the front ends, for which any nameko client will do.

        nameko's own client declares the exchange of calls each time, which is why this user may.
        """
        replies = rf"rpc\.reply-({DESK}|{_PLAIN_CLIENT})-{_UUID}"
        return Rights(
            user=DESK,
            configure=_any_of([RPC_EXCHANGE, replies]),
            write=_any_of([RPC_EXCHANGE, replies]),
            read=_any_of([RPC_EXCHANGE, replies]),
            topics=(
                TopicRights(
                    exchange=RPC_EXCHANGE,
                    write=_any_of(_methods(self._callable_by_people())),
                    read=_any_of([_UUID, _reply_key(DESK)]),
                ),
            ),
        )

    def of_operator(self) -> Rights:
        """Give the rights of the command line: to call whatever can be called."""
        replies = rf"rpc\.reply-{OPERATOR}-{_UUID}"
        return Rights(
            user=OPERATOR,
            configure=_any_of([replies]),
            write=_any_of([RPC_EXCHANGE, replies]),
            read=_any_of([RPC_EXCHANGE, replies]),
            topics=(
                TopicRights(
                    exchange=RPC_EXCHANGE,
                    write=_any_of(_methods(self._callable())),
                    read=_any_of([_reply_key(OPERATOR)]),
                ),
            ),
        )

    def of_provisioner(self) -> Rights:
        """Give the rights of the administrator; only the provisioner holds its password."""
        return Rights(
            user=PROVISIONER,
            configure=EVERYTHING,
            write=EVERYTHING,
            read=EVERYTHING,
            tags=("administrator",),
        )

    def of(self, user: str) -> Rights:
        """Give the rights of any user of the map."""
        fixed = {
            DESK: self.of_desk,
            OPERATOR: self.of_operator,
            PROVISIONER: self.of_provisioner,
        }
        return fixed[user]() if user in fixed else self.of_service(user)

    @property
    def _topology(self) -> Topology:
        return Topology(listens=self.listens)

    def _callable(self) -> Iterator[type[Request[Any]]]:
        return (one for one in requests() if one.owner in (*self.listens, EVERY_SERVICE))

    def _callable_by_people(self) -> Iterator[type[Request[Any]]]:
        return (one for one in self._callable() if roles_allowed(one.wire_name()) - _NOT_PEOPLE)

    def _replies_to(self, owner: str) -> Iterator[str]:
        """Iterate over the reply keys of whoever may call the services of an owner."""
        yield _UUID
        for user in (DESK, OPERATOR):
            yield _reply_key(user)
        for caller, asked in self.calls.items():
            if any(request.owner == owner for request in asked):
                yield _reply_key(_services_of(caller))


def _services_of(owner: str) -> str:
    """Give the pattern of the services that keep an owner's contracts."""
    if owner == NODE_OWNER:
        return f"{NODE_OWNER}_{_CODE}"
    return _CODE if owner == EVERY_SERVICE else owner


def _methods(called: Iterable[type[Request[Any]]], *, between: str = r"\.") -> Iterator[str]:
    by_owner: dict[str, list[str]] = {}
    for request in called:
        by_owner.setdefault(request.owner, []).append(request.method_name)
    for owner, methods in sorted(by_owner.items()):
        yield rf"{_services_of(owner)}{between}({'|'.join(sorted(methods))})"


def _asked(called: Iterable[type[Request[Any]]]) -> Iterator[str]:
    """Give the keys of questions between services, which may also be asked as anybody calls."""
    return _methods(called, between=rf"\.({ASKED}\.)?")


def _event_keys(published: Iterable[type[Event]]) -> Iterator[str]:
    for event in published:
        addressed = rf"(\.{_CODE})?" if event.addressed_by is not None else ""
        yield re.escape(event.wire_type) + addressed


def _reply_key(user: str) -> str:
    return f"reply-{user}-{_UUID}"


def _any_of(patterns: Iterable[str]) -> str:
    alternatives = list(patterns)
    return f"^({'|'.join(alternatives)})$" if alternatives else NOTHING
