"""The relay: brings what is in the outbox onto the bus, and marks it sent when it has arrived.

On RabbitMQ a row has arrived when the broker confirms it; a batch is published in one breath and
its confirmations are collected after.  On the embedded bus, which forgets everything with its
process, a row has arrived when every subscriber has committed its inbox record or parking row.
Until then it is unsent, and a restart publishes it again; the inboxes take what comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from time import monotonic
from typing import Any, Final, Protocol

import eventlet
from amqp.exceptions import ChannelError

from shared import tracing
from shared.database import StoreConflict, StoreUnavailable
from shared.logs import Log
from shared.messaging.broker import EmbeddedBroker
from shared.messaging.green import Delays, GreenEvent, wait_at_most
from shared.messaging.outbox import Claim, OutboxRow
from shared.messaging.publishing import BUS_FAILURES, PERSISTENT, BusAddress
from shared.messaging.reading import as_headers
from shared.messaging.topology import Topology, event_exchange
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import series_of
from shared.tracing import SpanKind

log: Final = Log(__name__)

BATCH: Final = 400
UNROUTABLE: Final = "unroutable"
REFUSED: Final = "refused_by_the_broker"

_POLL: Final = 0.5
_TOGETHER: Final = 0.004
_UNDER_WAY_LIMIT: Final = 30.0


class BusUnavailable(Exception):
    """Raised when the bus cannot be reached or does not confirm in time."""


@dataclass
class Offered:
    """What became of a batch: rows in neither list are under way, or their fate is unknown."""

    arrived: list[OutboxRow] = field(default_factory=list)
    refused: list[tuple[OutboxRow, str]] = field(default_factory=list)
    under_way: list[OutboxRow] = field(default_factory=list)
    failure: BaseException | None = None


class Outbox(Protocol):
    """Where the rows are: an engine."""

    def claim_unsent(
        self, limit: int, *, excluding: Collection[int] = ()
    ) -> AbstractContextManager[Claim]:
        """Claim unsent rows."""
        ...

    def mark_sent(self, rows: Sequence[OutboxRow]) -> None:
        """Mark rows as sent, outside a claim."""


class Carrier(Protocol):
    """What takes rows to the bus."""

    def offer(self, rows: Sequence[OutboxRow]) -> Offered:
        """Publish a batch."""
        ...

    def when_arrived(self, tell: Callable[[str], None]) -> None:
        """Name whom to tell of the event ids that were under way and have arrived."""

    def give_up(self, row: OutboxRow) -> None:
        """Stop waiting for a row that was under way."""

    def close(self) -> None:
        """Let go of the bus."""


class RabbitCarrier:
    """Publishes to RabbitMQ with pipelined confirms, on a connection of its own."""

    def __init__(self, *, address: BusAddress, topology: Topology, owner: str) -> None:
        self._exchange = event_exchange(owner).name
        self._address = address
        self._topology = topology
        self._connection: Any = None
        self._channel: Any = None
        self._published = 0
        self._waiting: dict[int, OutboxRow] = {}
        self._returned: set[str] = set()
        self._offered = Offered()

    def offer(self, rows: Sequence[OutboxRow]) -> Offered:
        """Publish a batch and collect its confirmations, all within the address's timeout."""
        self._offered = offered = Offered()
        self._waiting.clear()
        self._returned.clear()
        try:
            with self._address.bounded():
                channel = self._open()
                for row in rows:
                    self._publish(channel, row)
            with self._address.bounded():
                while self._waiting:
                    self._connection.drain_events(timeout=self._address.timeout)
        except BUS_FAILURES as failure:
            offered.failure = failure
            self.close()
        return offered

    def when_arrived(self, tell: Callable[[str], None]) -> None:
        """Tell nobody: here a row has arrived or has not, when its batch is through."""

    def give_up(self, row: OutboxRow) -> None:
        """Do nothing: no row is ever under way."""

    def close(self) -> None:
        """Drop the connection without asking the broker, which may be what is missing."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*BUS_FAILURES, AttributeError):
                connection.collect(socket_timeout=1)

    def _open(self) -> Any:
        if self._channel is None:
            self._connection = self._address.connected()
            if not self._topology.is_provisioned:
                self._topology.declare(self._connection)
            channel = self._connection.channel()
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)
            channel.events["basic_return"].add(self._on_return)
            self._channel, self._published = channel, 0
        return self._channel

    def _publish(self, channel: Any, row: OutboxRow) -> None:
        message = channel.prepare_message(
            row.written.encode(),
            content_type="application/json",
            content_encoding="utf-8",
            headers=as_headers(row.headers),
            properties={
                "delivery_mode": PERSISTENT,
                "message_id": row.event_id,
                "type": row.type,
                **self._address.sender,
            },
        )
        self._published += 1
        self._waiting[self._published] = row
        channel.basic_publish(
            message,
            exchange=self._exchange,
            routing_key=row.routing_key,
            mandatory=self._topology.is_heard(row.type),
        )

    # ruff: noqa: FBT001 - these are called by py-amqp, which passes the flag by its place.

    def _confirmed(self, delivery_tag: int, multiple: bool) -> list[OutboxRow]:
        if not multiple:
            row = self._waiting.pop(delivery_tag, None)
            return [] if row is None else [row]
        # In the order they were published in, so that whatever waits longest stands first.
        tags = list(takewhile(lambda tag: tag <= delivery_tag, self._waiting))
        return [self._waiting.pop(tag) for tag in tags]

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        for row in self._confirmed(delivery_tag, multiple):
            # The broker returns what goes nowhere before it confirms it.
            if row.event_id in self._returned:
                self._offered.refused.append((row, UNROUTABLE))
            else:
                self._offered.arrived.append(row)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        for row in self._confirmed(delivery_tag, multiple):
            self._offered.refused.append((row, REFUSED))

    def _on_return(self, _error: object, _exchange: str, _routing_key: str, message: Any) -> None:
        self._returned.add(message.properties.get("message_id"))


class EmbeddedCarrier:
    """Publishes on the bus of this process, and waits for the subscribers themselves."""

    def __init__(
        self, *, address: BusAddress, broker: EmbeddedBroker, topology: Topology, owner: str
    ) -> None:
        self._exchange = event_exchange(owner).name
        self._broker = broker
        self._topology = topology
        self._tell: Callable[[str], None] = _nobody
        self._connection = address.connection()
        self._channel: Any = None

    def offer(self, rows: Sequence[OutboxRow]) -> Offered:
        """Publish a batch; what someone subscribes to is then under way."""
        if self._channel is None:
            self._channel = self._connection.channel()
        offered = Offered()
        for row in rows:
            self._publish(row, offered)
        return offered

    def _publish(self, row: OutboxRow, offered: Offered) -> None:
        is_heard = self._topology.is_heard(row.type)
        message = self._channel.prepare_message(
            row.written.encode(),
            content_type="application/json",
            content_encoding="utf-8",
            headers=as_headers(row.headers),
            properties={"message_id": row.event_id, "type": row.type},
        )
        if is_heard:
            self._broker.expect(row.event_id, self._tell)
        try:
            self._channel.basic_publish(
                message,
                exchange=self._exchange,
                routing_key=row.routing_key,
                mandatory=is_heard,
            )
        except ChannelError:
            self._broker.forget(row.event_id)
            offered.refused.append((row, UNROUTABLE))
        else:
            (offered.under_way if is_heard else offered.arrived).append(row)

    def when_arrived(self, tell: Callable[[str], None]) -> None:
        """Name whom to tell of the event ids that have arrived."""
        self._tell = tell

    def give_up(self, row: OutboxRow) -> None:
        """Stop waiting for a row's subscribers."""
        self._broker.forget(row.event_id)

    def close(self) -> None:
        """Close the connection."""
        self._connection.release()


def _nobody(_event_id: str) -> None:
    return None


class Relay:
    """Runs in every instance of a service, from its start to its stop."""

    def __init__(self, *, service: str, outbox: Outbox, carrier: Carrier) -> None:
        self._service = service
        self._outbox = outbox
        self._carrier = carrier
        self._under_way: dict[str, tuple[OutboxRow, float]] = {}
        self._arrived: list[OutboxRow] = []
        self._sleeper: GreenEvent | None = None
        self._has_news = True
        self._is_stopping = False
        self._delays = Delays()
        self.good_at: float | None = None
        """The moment of the last round that went well; None after one that did not."""
        carrier.when_arrived(self._note_arrival)

    @property
    def in_flight(self) -> int:
        """Count the rows that are on the bus and not yet marked as sent."""
        return len(self._under_way) + len(self._arrived)

    def wake(self) -> None:
        """Look at the outbox now; called after each commit that wrote to it."""
        self._has_news = True
        self._rouse()

    @property
    def is_quiet(self) -> bool:
        """Tell whether there is nothing to send, as far as this relay has been told."""
        return not self._has_news and not self.in_flight

    def _rouse(self) -> None:
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            sleeper.send(True)  # noqa: FBT003 - what an event is sent.

    def stop(self) -> None:
        """End after the batch in hand."""
        self._is_stopping = True
        self.wake()

    def run(self) -> None:
        """Relay until stopped; what goes wrong is logged and tried again, with growing pauses."""
        while not self._is_stopping:
            try:
                self._round()
            except (BusUnavailable, StoreConflict, StoreUnavailable) as unavailable:
                self.good_at = None
                if isinstance(unavailable, BusUnavailable):
                    series_of(metrics.BUS_FAILURES, self._service).inc()
                log.warning(
                    "the relay waits",
                    service=self._service,
                    error=type(unavailable.__cause__ or unavailable).__name__,
                )
                self._pause()
            else:
                self.good_at = monotonic()
                series_of(metrics.RELAY_SUCCESS, self._service).set_to_current_time()
                self._delays = Delays()
                self._rest()
        with suppress(StoreConflict, StoreUnavailable):
            self._mark_arrived()
        self._carrier.close()

    def _round(self) -> None:
        """Mark what has arrived, and relay one batch if there may be one."""
        self._mark_arrived()
        if not self._has_news:
            return
        self._has_news = False
        self._give_up_waiting()
        excluding = [row.seq for row, _since in self._under_way.values()]
        with self._outbox.claim_unsent(BATCH, excluding=excluding) as claim:
            if not claim.rows:
                return
            # A full batch may leave others behind.
            self._has_news = self._has_news or len(claim.rows) == BATCH
            series_of(metrics.RELAY_BATCH, self._service).observe(len(claim.rows))
            with tracing.span(
                "relay",
                SpanKind.BATCH,
                service=self._service,
                causes=(row.headers.get(tracing.HEADER, "") for row in claim.rows),
                fields={"service": self._service, "count": len(claim.rows)},
            ):
                offered = self._carrier.offer(claim.rows)
                tracing.tell("sent" if offered.failure is None else "unavailable")
            # What is under way may arrive while the lines below wait for the store.
            for row in offered.under_way:
                self._under_way.setdefault(row.event_id, (row, monotonic()))
            claim.mark_sent(offered.arrived)
            for row, reason in offered.refused:
                self._tell_refused(row, reason)
            for reason in {reason for _, reason in offered.refused}:
                claim.postpone([row for row, why in offered.refused if why == reason], reason)
        if offered.failure is not None:
            raise BusUnavailable from offered.failure

    def _note_arrival(self, event_id: str) -> None:
        row, _since = self._under_way.pop(event_id, (None, 0.0))
        if row is None:
            return
        self._arrived.append(row)
        # Others are about to arrive as well: one transaction marks them all.
        if not self._under_way:
            self._rouse()
        elif len(self._arrived) == 1:
            eventlet.spawn_after(_TOGETHER, self._rouse)

    def _mark_arrived(self) -> None:
        arrived, self._arrived = self._arrived, []
        try:
            self._outbox.mark_sent(arrived)
        except StoreUnavailable:
            self._arrived = arrived + self._arrived
            raise

    def _give_up_waiting(self) -> None:
        late = [
            row for row, since in self._under_way.values() if monotonic() - since > _UNDER_WAY_LIMIT
        ]
        for row in late:
            self._carrier.give_up(row)
            del self._under_way[row.event_id]

    def _tell_refused(self, row: OutboxRow, reason: str) -> None:
        series_of(metrics.UNROUTABLE, self._service, row.type).inc()
        log.error(
            "an event has nowhere to go",
            service=self._service,
            message_id=row.event_id,
            message_type=row.type,
            reason=reason,
            attempt=row.attempts + 1,
        )

    def _pause(self) -> None:
        """Give what failed a growing time to come right, and look again then."""
        self._has_news = True
        eventlet.sleep(0 if self._is_stopping else self._delays.next())

    def _rest(self) -> None:
        """Sleep until roused; when nobody does, look by itself after a while."""
        if self._has_news or self._arrived:
            return
        sleeper = self._sleeper = GreenEvent()
        is_roused = wait_at_most(_POLL, sleeper) is not None
        self._sleeper = None
        if not is_roused:
            self._has_news = True
