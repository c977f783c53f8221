"""What everything that takes messages from the bus has in common.

The mechanism of its service, what it has in hand, and what becomes of a message nobody can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from nameko.extensions import SharedExtension

from shared.database import StoreUnavailable
from shared.messaging import reading
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.green import GreenEvent, wait_at_most
from shared.messaging.publishing import BusAddress, BusPublisher
from shared.messaging.reading import UnreadableMessage
from shared.messaging.topology import Topology

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
            if not sleeper.ready():  # Each receiver stops this, and whom one woke has not run yet.
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
    answerable: re.Pattern[str] | None

    def park_unreadable(
        self, *, queue: str, reason: str, body: bytes, message_id: str | None
    ) -> None:
        """Keep a message that nobody can read, where an operator finds it."""

    def park_dead_letter(self, letter: DeadLetter) -> None:
        """Keep a message that was delivered too often, where an operator finds it."""

    def count_redelivery(self, message: str) -> None:
        """Count what the broker delivers again."""

    def count_unread_call(self) -> None:
        """Count a call that is none of any method here."""

    def count_lost_reply(self) -> None:
        """Count an answer that the bus did not take."""

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
