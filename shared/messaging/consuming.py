"""Consuming from the bus: one connection for a service, opened again however often it is lost.

It is nameko's consumer with two differences.  A message is handed on as it came, so that what it
holds is judged in one place, and a stop looks up at once instead of after the next message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic
from typing import Any, Final

import eventlet
from nameko.extensions import ProviderCollector
from nameko.messaging import QueueConsumer

from shared.logs import Log
from shared.messaging.green import Delays
from shared.messaging.holding import MechanismHolder
from shared.messaging.publishing import BUS_FAILURES
from shared.messaging.unopened import leave_unopened

log: Final = Log(__name__)

_LOOK_UP: Final = 0.2
_SHORT: Final = 5.0
"""Seconds; who consumes for less than that before it fails waits before it tries again."""
_HEARTBEAT: Final = 10
"""Seconds; a connection on which nothing came for twice as long is taken for lost."""


class BusConsumer(QueueConsumer):
    """One connection on which a service consumes everything, each queue with its own prefetch."""

    holder = MechanismHolder()
    is_consuming = False
    _channel: Any = None
    _pause = 0.0

    def __init__(self) -> None:
        self._losses = Delays()
        super().__init__()

    @property
    def connection(self) -> Any:
        """Give a connection that is not open: kombu asks it which errors there are."""
        return self.holder.found().address.connection()

    def run(self) -> None:
        """Consume until stopped, looking up more often than once a second whether to stop."""
        super().run(safety_interval=_LOOK_UP)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Consume each provider's queue, handing it every message as it came."""
        self._channel = channel
        leave_unopened(channel)
        for provider in self._providers:
            take = partial(self._take, provider)
            consumer = consumer_cls(
                queues=[provider.queue],
                on_message=take,
                # A body that is left compressed is for the provider to judge as well.
                on_decode_error=lambda message, _error, take=take: take(message),
            )
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Open the consuming connection, however often that takes; each attempt is bounded."""
        delays = Delays()
        # Each loss counts as one more delivery of what was given out, of which a message has a few.
        self._sleep(self._pause)
        while (connection := self._attempt()) is None:
            self._sleep(delays.next())
        begun = monotonic()
        try:
            yield connection
        except BaseException:
            self._note_loss(lasted=monotonic() - begun)
            # Closing in good order asks the broker to agree, which is what may just have failed.
            with suppress(*BUS_FAILURES, AttributeError):
                connection.collect(socket_timeout=1)
            raise
        connection.release()

    def _note_loss(self, *, lasted: float) -> None:
        """Wait a growing time where one connection after the other is lost soon, else not at all.

        So it goes where a queue is missing, or a right: until somebody makes it there is no use.
        """
        if lasted > _SHORT:
            self._losses, self._pause = Delays(), 0.0
        else:
            self._pause = self._losses.next()

    def _attempt(self) -> Any:
        heartbeat = self.container.config.get("HEARTBEAT", _HEARTBEAT)
        try:
            # Its reads may wait, for messages come when they come; not so its writes.
            return self.holder.found().address.connected(heartbeat=heartbeat, read_timeout=None)
        except BUS_FAILURES as failure:
            service = self.container.service_name
            log.warning("the bus is out of reach", service=service, error=type(failure).__name__)
            if self.should_stop:
                # Of all that was raised this is what the loop above looks for before it ends.
                raise ConnectionAbortedError from None
            return None

    def _sleep(self, seconds: float) -> None:
        ends = monotonic() + seconds
        while monotonic() < ends and not self.should_stop:
            eventlet.sleep(_LOOK_UP)

    @contextmanager
    def extra_context(self, _connection: Any, _channel: Any) -> Iterator[None]:
        """Know for as long as it is so that the queues are consumed."""
        self.is_consuming = True
        try:
            yield
        finally:
            self.is_consuming = False

    def unregister_provider(self, provider: Any) -> None:
        """Stop consuming for a provider; returns once its consumer is cancelled."""
        self.holder.found().begin_stop()
        if self._consumers_ready.ready() and not self.is_consuming:
            # The connection is lost, and every consumer with it: there is nothing to cancel.
            ProviderCollector.unregister_provider(self, provider)
            self._consumers.pop(provider, None)
            if not self._providers:
                self.should_stop = True
            return
        eventlet.spawn_after(0, self._look_up)
        super().unregister_provider(provider)

    def on_iteration(self) -> None:
        """Cancel what is to be cancelled; with the last consumer gone, end at once."""
        super().on_iteration()
        if self.should_stop:
            self._look_up()

    def _look_up(self) -> None:
        # The loop looks up by itself soon; the bus in this process need not even be waited for.
        interrupt = getattr(self._channel and self._channel.connection, "interrupt", None)
        if interrupt is not None:
            interrupt()

    def settle(self, message: Any) -> None:
        """Acknowledge a message, if the channel it came on still lives."""
        if message.channel is not None and message.channel.connection:
            with suppress(*BUS_FAILURES):
                message.ack()

    def _take(self, provider: Any, message: Any) -> None:
        # What a channel delivers in its last moments will be delivered again to someone else.
        if message.channel is not None and message.channel.connection:
            provider.receive(message)
