"""Bringing dead letters from the broker into the store, where an operator sees them."""

from __future__ import annotations

from functools import partial
from typing import Any

from nameko.extensions import SharedExtension

from shared.database import StoreUnavailable
from shared.logs import Log
from shared.messaging.consuming import BusConsumer
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.holding import InHand, Mechanism, MechanismHolder

log = Log(__name__)


class DeadLetterReceiver(SharedExtension):
    """Consumes a service's own dead letters and parks each; it handles none."""

    queue_consumer = BusConsumer()
    holder = MechanismHolder()

    def __init__(self) -> None:
        self.in_hand = InHand()
        self.queue: Any = None
        super().__init__()

    def setup(self) -> None:
        """Take the queue from the topology."""
        topology = self.holder.found().topology
        self.queue = topology.dead_letter_queue(self.container.service_name)
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Stop taking dead letters, then wait for those in hand."""
        self.queue_consumer.unregister_provider(self)
        self.in_hand.stop(self.holder.found().grace)

    def receive(self, message: Any) -> None:
        """Start parking a dead letter."""
        self.container.spawn_managed_thread(
            partial(self._receive, message), identifier="dead letter"
        )

    def _receive(self, message: Any) -> None:
        with self.in_hand.one():
            mechanism: Mechanism = self.holder.found()
            letter = DeadLetter.of(
                message,
                proves_sender=mechanism.address.user_id is not None,
                largest=mechanism.largest_message,
            )
            if self._park(mechanism, letter):
                self.queue_consumer.settle(message)

    def _park(self, mechanism: Mechanism, letter: DeadLetter) -> bool:
        """Park it, waiting for the store; False at a stop, when it stays with the broker."""
        while not self.in_hand.is_stopping:
            try:
                mechanism.park_dead_letter(letter)
            except StoreUnavailable:
                mechanism.wait_for_store(self.in_hand)
            else:
                return True
        return False
