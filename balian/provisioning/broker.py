"""Bringing a broker to what a deployment needs of it, and telling where it differs.

Every step compares first and changes only what differs, so that it may be run again after a kill,
beside a running deployment, and by two at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from balian.provisioning.management import ApiRefused, ApiUnavailable, Management
from balian.provisioning.objects import (
    REPLY_QUEUES,
    VHOST,
    BindingObject,
    BrokerObjects,
    ExchangeObject,
)
from balian.provisioning.passwords import is_broker_hash_of
from shared.messaging.rights import NOTHING, Rights

GUEST: Final = "guest"
"""The user every new RabbitMQ has, with a password the whole world knows."""

Passwords = Callable[[str], str]
KnownPasswords = Callable[[str], str | None]
"""For comparing: None for a user whose password is kept elsewhere, such as on a township."""


class Broker:
    """A broker as the administrator sees it."""

    def __init__(self, management: Management) -> None:
        self._api = management

    # --- Bringing it about ---------------------------------------------------------------------

    def require_ready(self) -> None:
        """Return if the broker answers its administrator.

        Raises:
            ApiUnavailable: it does not yet.
        """
        self._api.get("overview")

    def require_nodes(self, wanted: int) -> None:
        """Return if so many nodes of the cluster run.

        Raises:
            ApiUnavailable: there are fewer.
        """
        running = sum(bool(node.get("running")) for node in self._api.get("nodes") or [])
        if running < wanted:
            msg = f"{running} of {wanted} run"
            raise ApiUnavailable(msg)

    def bring_about(self, objects: BrokerObjects, passwords: Passwords) -> list[str]:
        """Make everything that is not there or differs; name what was changed.

        Raises:
            ApiRefused: something that cannot be changed is not as it must be, such as a queue.
        """
        changed = list(self._bring_vhost())
        changed += self._bring_exchanges(objects)
        changed += self._bring_queues(objects)
        changed += self._bring_bindings(objects)
        for rights in objects.rights:
            changed += self._bring_user(rights, passwords(rights.user))
            changed += self._bring_rights(rights)
        if self._api.get("users", GUEST) is not None:
            self._api.delete("users", GUEST)
            changed.append(f"removed user {GUEST}")
        return changed

    def _bring_vhost(self) -> Iterator[str]:
        if self._api.get("vhosts", VHOST) is None:
            self._api.put("vhosts", VHOST)
            yield f"vhost {VHOST}"

    def _bring_exchanges(self, objects: BrokerObjects) -> Iterator[str]:
        there = self._exchanges()
        for exchange in objects.exchanges:
            if there.get(exchange.name) != exchange.type:
                value = {"type": exchange.type, "durable": True}
                self._api.put("exchanges", VHOST, exchange.name, value=value)
                yield f"exchange {exchange.name}"

    def _bring_queues(self, objects: BrokerObjects) -> Iterator[str]:
        there = self._queues()
        for queue in objects.queues:
            if there.get(queue.name) != queue.arguments:
                value = {"durable": True, "arguments": queue.arguments}
                self._api.put("queues", VHOST, queue.name, value=value)
                yield f"queue {queue.name}"

    def _bring_bindings(self, objects: BrokerObjects) -> Iterator[str]:
        there, wanted = self.bindings(), set(objects.bindings)
        for binding in sorted(wanted - there):
            self.bind(binding)
            yield f"binding of {binding.queue} to {binding.exchange} by {binding.routing_key}"
        ours = {queue.name for queue in objects.queues}
        for binding in sorted(there - wanted):
            if binding.queue in ours:
                self.unbind(binding)
                yield f"removed binding of {binding.queue} to {binding.exchange}"

    def _bring_user(self, rights: Rights, password: str) -> Iterator[str]:
        user = self._api.get("users", rights.user)
        if user is None or not self._is_as_wanted(user, rights, password):
            value = {"password": password, "tags": ",".join(rights.tags)}
            self._api.put("users", rights.user, value=value)
            yield f"user {rights.user}"

    def _bring_rights(self, rights: Rights) -> Iterator[str]:
        # Topics first: on an exchange for which none are said, a right is one to every topic.
        there, topics = self._topics(rights.user), _topics_of(rights)
        for exchange in sorted(there.keys() | topics.keys()):
            wanted = topics.get(exchange, _topic(NOTHING, NOTHING))
            if there.get(exchange) != wanted:
                value = {"exchange": exchange, **wanted}
                self._api.put("topic-permissions", VHOST, rights.user, value=value)
                yield f"topic rights of {rights.user} on {exchange}"
        if self._permission(rights.user) != _permission(rights):
            self._api.put("permissions", VHOST, rights.user, value=_permission(rights))
            yield f"rights of {rights.user}"

    # --- Comparing -----------------------------------------------------------------------------

    def differences(self, objects: BrokerObjects, passwords: KnownPasswords) -> Iterator[str]:
        """Iterate over everything in which the broker differs, also what it has too much."""
        if self._api.get("vhosts", VHOST) is None:
            yield f"there is no vhost {VHOST}"
            return
        yield from self._differing_users(objects, passwords)
        yield from self._differing_exchanges(objects)
        yield from self._differing_queues(objects)
        there, wanted = self.bindings(), set(objects.bindings)
        yield from (f"missing: {_named(binding)}" for binding in sorted(wanted - there))
        yield from (f"too much: {_named(binding)}" for binding in sorted(there - wanted))

    def _differing_users(self, objects: BrokerObjects, passwords: KnownPasswords) -> Iterator[str]:
        there = {user["name"]: user for user in self._api.get("users") or []}
        for rights in objects.rights:
            user = there.pop(rights.user, None)
            if user is None:
                yield f"missing: user {rights.user}"
                continue
            if not self._is_as_wanted(user, rights, passwords(rights.user)):
                yield f"user {rights.user} has another password or other tags"
            if self._permission(rights.user) != _permission(rights):
                yield f"user {rights.user} has other rights"
            if self._topics(rights.user) != _topics_of(rights):
                yield f"user {rights.user} has other topic rights"
        yield from (f"too much: user {name}" for name in sorted(there))
        granted = self._api.get("permissions") or []
        for elsewhere in granted:
            if elsewhere["vhost"] != VHOST and elsewhere["user"] in objects.users:
                yield f"too much: rights of {elsewhere['user']} in vhost {elsewhere['vhost']}"

    def _differing_exchanges(self, objects: BrokerObjects) -> Iterator[str]:
        there = {ExchangeObject(*item) for item in self._exchanges().items()}
        wanted = set(objects.exchanges)
        yield from (f"missing: exchange {one.name} ({one.type})" for one in sorted(wanted - there))
        yield from (f"too much: exchange {one.name} ({one.type})" for one in sorted(there - wanted))

    def _differing_queues(self, objects: BrokerObjects) -> Iterator[str]:
        there, wanted = self._queues(), {queue.name: queue for queue in objects.queues}
        for name, queue in wanted.items():
            if name not in there:
                yield f"missing: queue {name}"
            elif there[name] != queue.arguments:
                yield f"queue {name} was made with other arguments"
        yield from (f"too much: queue {name}" for name in sorted(there.keys() - wanted.keys()))

    # --- Single things -------------------------------------------------------------------------

    def users(self) -> tuple[str, ...]:
        """Name every user of the broker."""
        return tuple(user["name"] for user in self._api.get("users") or [])

    def bindings(self) -> set[BindingObject]:
        """Give every binding of a queue to a named exchange, but for those of reply queues."""
        return {
            BindingObject(bound["source"], bound["destination"], bound["routing_key"])
            for bound in self._api.get("bindings", VHOST) or []
            if bound["source"] and not bound["destination"].startswith(REPLY_QUEUES)
        }

    def bind(self, binding: BindingObject) -> None:
        """Bind a queue."""
        where = ("bindings", VHOST, "e", binding.exchange, "q", binding.queue)
        self._api.post(*where, value={"routing_key": binding.routing_key, "arguments": {}})

    def unbind(self, binding: BindingObject) -> None:
        """Undo a binding; one that is not there is no fault."""
        where = ("bindings", VHOST, "e", binding.exchange, "q", binding.queue)
        for bound in self._api.get(*where) or []:
            if bound["routing_key"] == binding.routing_key:
                self._api.delete(*where, bound["properties_key"])

    def messages_in(self, queue: str) -> int:
        """Count what waits in a queue or is in hand, as of a few seconds ago."""
        return int((self._api.get("queues", VHOST, queue) or {}).get("messages", 0))

    def hash_of(self, user: str) -> str | None:
        """Give the hash of a user's password; None where there is no such user."""
        found = self._api.get("users", user)
        return None if found is None else str(found["password_hash"])

    def restore_user(self, rights: Rights, password_hash: str) -> None:
        """Make a user again whose password only the broker knew."""
        value = {"password_hash": password_hash, "tags": ",".join(rights.tags)}
        self._api.put("users", rights.user, value=value)
        for _ in self._bring_rights(rights):
            pass

    def delete_user(self, user: str) -> None:
        """Delete a user; the broker closes every connection of it."""
        self._api.delete("users", user)

    def delete_queue(self, queue: str) -> None:
        """Delete a queue with what waits in it."""
        self._api.delete("queues", VHOST, queue)

    def reply_queues_of(self, user: str) -> list[str]:
        """List the queues in which a user awaited replies; one left behind expires by itself."""
        beginning = f"{REPLY_QUEUES}{user}-"
        names = (queue["name"] for queue in self._api.get("queues", VHOST) or [])
        return sorted(name for name in names if name.startswith(beginning))

    def _exchanges(self) -> dict[str, str]:
        return {
            one["name"]: one["type"]
            for one in self._api.get("exchanges", VHOST) or []
            # What RabbitMQ itself brings, and the one without a name.
            if one["name"] and not one["name"].startswith("amq.")
        }

    def _queues(self) -> dict[str, dict[str, Any]]:
        return {
            queue["name"]: queue["arguments"]
            for queue in self._api.get("queues", VHOST) or []
            if not queue["name"].startswith(REPLY_QUEUES)
        }

    def _permission(self, user: str) -> dict[str, str] | None:
        found = self._api.get("permissions", VHOST, user)
        return found and {name: found[name] for name in ("configure", "write", "read")}

    def _topics(self, user: str) -> dict[str, dict[str, str]]:
        try:
            found = self._api.get("topic-permissions", VHOST, user) or []
        except ApiRefused:
            return {}
        # An older API gives a single one as it is, and not in a list.
        each = found if isinstance(found, list) else [found]
        topics = {one["exchange"]: _topic(one["write"], one["read"]) for one in each}
        nothing = _topic(NOTHING, NOTHING)
        return {exchange: topic for exchange, topic in topics.items() if topic != nothing}

    def _is_as_wanted(self, user: Mapping[str, Any], rights: Rights, password: str | None) -> bool:
        tags = user["tags"]
        held = set(tags.split(",") if isinstance(tags, str) else tags) - {""}
        knows_it = password is None or is_broker_hash_of(password, user["password_hash"])
        return knows_it and held == set(rights.tags)


def _permission(rights: Rights) -> dict[str, str]:
    return {"configure": rights.configure, "write": rights.write, "read": rights.read}


def _topic(write: str, read: str) -> dict[str, str]:
    return {"write": write, "read": read}


def _topics_of(rights: Rights) -> dict[str, dict[str, str]]:
    return {topic.exchange: _topic(topic.write, topic.read) for topic in rights.topics}


def _named(binding: BindingObject) -> str:
    return f"binding of {binding.queue} to {binding.exchange} by {json.dumps(binding.routing_key)}"
