"""Publishing one message with a bound on every wait: what replies and calls go out by.

nameko's publisher waits without end for a broker that does not answer, and its pooled
connections may have died unnoticed.  Here each message is confirmed by the broker within a
timeout or the connection is thrown away, and a connection that had gone stale costs one retry.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from amqp.exceptions import AccessRefused, AMQPError, MessageNacked
from eventlet import Timeout
from eventlet.semaphore import Semaphore
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.addresses import alternates
from shared.messaging import embedded, unopened
from shared.messaging.broker import NO_ROUTE

# Whoever uses the bus in any way comes by here first.
embedded.register_transport()
unopened.take_every_message()

PERSISTENT: Final = 2

BUS_FAILURES: Final = (OSError, AMQPError, MessageNacked, OperationalError)
"""What kombu and py-amqp raise when the broker is gone, silent, or says no."""


class BusTimeout(OSError):
    """Raised inside a publication or connection attempt that has taken too long."""


class Unroutable(Exception):
    """Raised when a message was published to nowhere: no queue takes its routing key."""


class PublishFailed(Exception):
    """Raised when the broker did not confirm a message in time; whether it took it is unknown."""


class PublishRefused(PublishFailed):
    """Raised when the broker does not let this user publish there; trying again changes nothing."""


@dataclass(frozen=True, kw_only=True)
class BusAddress:
    """How to reach the bus: its address, the limits on every wait in seconds, and TLS."""

    uri: str = field(repr=False)  # It holds the password.
    timeout: float = 5.0
    ssl: Any = None
    login_method: str | None = None
    user_id: str | None = None
    """The broker user whom every message names as its sender, where each service is its own."""
    _places: deque[str] = field(init=False, repr=False, compare=False, default_factory=deque)

    def __post_init__(self) -> None:
        self._places.extend(alternates(self.uri))

    @property
    def sender(self) -> dict[str, str]:
        """Give the property by which the broker vouches for the sender, where it is to."""
        return {} if self.user_id is None else {"user_id": self.user_id}

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Bound a block in time: a green socket knows nothing of the kernel's own timeouts.

        Raises:
            BusTimeout: the time is over.
        """
        # As a plain error it would be caught by kombu, which tries again and without any bound.
        timer = Timeout(self.timeout)
        try:
            yield
        except Timeout as expired:
            if expired is not timer:
                raise
            msg = "the broker did not answer in time"
            raise BusTimeout(msg) from None
        finally:
            timer.cancel()

    def connected(self, *, heartbeat: float = 0, **transport_options: Any) -> Connection:
        """Make a connection and open it, to the first node of the cluster that takes it in time.

        kombu's own failover tries two nodes at most, and always the same first: a node that
        takes connections and says nothing would keep a service from all the others.

        Raises:
            OSError, AMQPError, OperationalError: it cannot be opened at any of them.
        """
        failure: Exception | None = None
        for _ in range(len(self._places)):
            connection = self.connection(
                place=self._places[0], heartbeat=heartbeat, **transport_options
            )
            try:
                with self.bounded():
                    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            except BUS_FAILURES as failed:
                failure = failed
                # Whoever connects next begins with another one too.
                self._places.rotate(-1)
            else:
                return connection
        raise failure or BusTimeout

    def connection(
        self, *, place: str | None = None, heartbeat: float = 0, **transport_options: Any
    ) -> Connection:
        """Make a connection, not yet open, whose reads and writes end after the timeout."""
        return Connection(
            place or self.uri,
            ssl=self.ssl,
            heartbeat=heartbeat,
            login_method=self.login_method,
            connect_timeout=self.timeout,
            transport_options={
                "read_timeout": self.timeout,
                "write_timeout": self.timeout,
                **transport_options,
            },
        )


def to_json(value: object) -> bytes:
    """Write a body as UTF-8 JSON.

    Raises:
        ValueError, TypeError: it has no JSON form.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


@dataclass(eq=False)
class _Line:
    """One open connection with the channel it publishes on, used by one greenthread at a time."""

    connection: Any
    channel: Any
    returned: list[str]
    used_before: bool = False


class BusPublisher:
    """Publishes from many greenthreads over a few connections, each message confirmed."""

    def __init__(self, address: BusAddress, *, connections: int = 4) -> None:
        self._address = address
        self._idle: list[_Line] = []
        self._slots = Semaphore(connections)

    def publish(
        self,
        body: bytes,
        *,
        exchange: str,
        routing_key: str,
        properties: Mapping[str, Any],
        headers: Mapping[str, Any] | None = None,
        mandatory: bool = False,
    ) -> None:
        """Publish one JSON message and wait for the broker's confirmation.

        Raises:
            Unroutable: it was mandatory and no queue takes it.
            PublishRefused: this user may not publish there.
            PublishFailed: it was not confirmed in time, twice where the connection was an old one.
        """

        def send(line: _Line) -> None:
            message = line.channel.prepare_message(
                body,
                content_type="application/json",
                content_encoding="utf-8",
                headers=dict(headers or {}),
                properties={"delivery_mode": PERSISTENT, **self._address.sender, **properties},
            )
            with self._address.bounded():
                line.channel.basic_publish(
                    message,
                    exchange=exchange,
                    routing_key=routing_key,
                    mandatory=mandatory,
                    confirm_timeout=self._address.timeout,
                )

        with self._slots:
            while not self._sent(self._line(), send):
                pass  # The connection was an old one, gone stale unnoticed: take another.

    def probe(self) -> None:
        """Ask the broker for a sign of life, on a connection that others publish on.

        Raises:
            PublishFailed: it gave none in time.
        """

        def ask(line: _Line) -> None:
            with self._address.bounded():
                line.channel.basic_qos(0, 1, False)  # noqa: FBT003 - amqp takes it by position.

        with self._slots:
            while not self._sent(self._line(), ask):
                pass

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._throw_away(self._idle.pop())

    def _sent(self, line: _Line, send: Callable[[_Line], None]) -> bool:
        """Send on one connection; False when it was an old one and failed."""
        line.returned.clear()
        try:
            send(line)
        except AccessRefused as refused:
            # Of one channel only, which is closed now; every other line would be refused as well.
            self._throw_away(line)
            raise PublishRefused(type(refused).__name__) from refused
        except BUS_FAILURES as failure:
            if NO_ROUTE not in str(failure):
                self._throw_away(line)
                if line.used_before:
                    return False
                raise PublishFailed(type(failure).__name__) from failure
            line.returned.append(NO_ROUTE)
        self._keep(line)
        if line.returned:
            msg = "no queue takes the message"
            raise Unroutable(msg)
        return True

    def _line(self) -> _Line:
        if self._idle:
            return self._idle.pop()
        try:
            connection = self._address.connected(confirm_publish=True)
            with self._address.bounded():
                channel = connection.channel()
        except BUS_FAILURES as failure:
            raise PublishFailed(type(failure).__name__) from failure
        line = _Line(connection=connection, channel=channel, returned=[])
        # Told by an event of the channel, a returned message does not disturb its confirmation;
        # raised by py-amqp it would leave the confirmation for the next publisher to find.
        events = getattr(channel, "events", None)
        if events is not None:
            events["basic_return"].add(lambda *_what: line.returned.append(NO_ROUTE))
        return line

    def _keep(self, line: _Line) -> None:
        line.used_before = True
        self._idle.append(line)

    def _throw_away(self, line: _Line) -> None:
        # Closing asks the broker to agree, which is what just failed; the socket is enough.
        with suppress(*BUS_FAILURES, AttributeError):
            line.connection.collect(socket_timeout=1)
