"""Taking a node off the broker, without losing a message that waits for it.

First nobody may still hold something, and only then is it counted what waits; if anything does,
all is put back as it was.  The bindings stay until then: the news of a petition goes to others as
well, so that the broker would not tell its sender that the node did not get it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from balian.exit_codes import ExitCode
from balian.faults import CommandFault
from balian.provisioning.broker import Broker
from balian.provisioning.objects import BrokerObjects
from shared.contracts.flows import LISTENS
from shared.contracts.triage import NodeRetiredV1
from shared.messaging.rights import RightsMap
from shared.messaging.topology import NODE_OWNER, node_service, queue_name

_SETTLING: Final = 12.0
"""Seconds after which the broker's count of a queue is newer than what happened before."""


class MessagesWait(CommandFault):
    """Messages wait for the node; let it handle them, then retire it."""

    exit_code = ExitCode.NOT_AT_REST


def retire(broker: Broker, node: str) -> Iterator[str]:
    """Remove a node's queues and user; name each.

    News that goes to everyone may be dropped with the queue: the node was one reader of many.
    But for the news that it is retired: before it has that, it has not handed over what is open.

    Raises:
        MessagesWait: calls, petitions or dead letters wait for it, and nothing was changed.
    """
    service = node_service(node)
    objects = BrokerObjects.of_nodes([node])
    dropped = {
        queue_name(service, event.wire_type)
        for event in LISTENS[NODE_OWNER]
        if event.addressed_by is None and event is not NodeRetiredV1
    }
    kept = [queue.name for queue in objects.queues if queue.name not in dropped]
    _await_empty(broker, kept)
    # With its user go the node's connections, and what it had in hand is back in the queues.
    password_hash = broker.hash_of(service)
    broker.delete_user(service)
    time.sleep(_SETTLING)
    try:
        _require_empty(broker, kept)
    except MessagesWait:
        if password_hash is not None:
            broker.restore_user(RightsMap().of_service(service), password_hash)
        raise
    if password_hash is not None:
        yield f"removed user {service}"
    for name in (*(queue.name for queue in objects.queues), *broker.reply_queues_of(service)):
        broker.delete_queue(name)
        yield f"removed queue {name}"


def _await_empty(broker: Broker, queues: list[str]) -> None:
    """Give the broker's counts the time they take to be told."""
    ends = time.monotonic() + _SETTLING
    while True:
        try:
            return _require_empty(broker, queues)
        except MessagesWait:
            if time.monotonic() >= ends:
                raise
        time.sleep(1.0)


def _require_empty(broker: Broker, queues: list[str]) -> None:
    waiting = {name: count for name in queues if (count := broker.messages_in(name))}
    if waiting:
        raise MessagesWait(
            what="messages wait for the node, and nothing was removed",
            why="\n".join(f"{name}: {count}" for name, count in waiting.items()),
            todo="Let the node run until it has handled them; dead letters it parks at its start.",
        )
