"""The load: so many callers at once, each waiting for its answer before it asks again.

One plain connection of py-amqp carries them all, the same way for every contender, so that the
driver costs each of them the same.  What a call sends is confirmed by its answer and by nothing
else, as `balian`'s own client does it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

import amqp

from bench.figures import Lap

_PERSISTENT: Final = 2
_SILENCE: Final = 30.0
RPC_EXCHANGE: Final = "nameko-rpc"


class CallFailed(RuntimeError):
    """Raised when a call is answered with an error, goes nowhere or is not answered."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where calls go and what they look like.

    Args:
        body: makes the body of one more call.
        check: looks at an answer and raises what is wrong with it.
    """

    exchange: str
    routing_key: str
    body: Callable[[], Mapping[str, Any]]
    check: Callable[[Any], None]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """A call that is not answered yet."""

    since: float
    then: Callable[[Any, float], None]


class Callers:
    """Calls on one connection; their answers come to one queue."""

    def __init__(self, uri: str) -> None:
        self.connection = connected(uri)
        self.channel = self.connection.channel()
        self._queue = f"rpc.reply-bench-{uuid.uuid4()}"
        self.channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        self.channel.queue_declare(self._queue, durable=True, auto_delete=True)
        self.channel.queue_bind(self._queue, RPC_EXCHANGE, routing_key=self._queue)
        self.channel.basic_consume(self._queue, callback=self._take, no_ack=True)
        self.channel.events["basic_return"].add(self._take_back)
        self._waiting: dict[str, _Waiting] = {}
        self._undeliverable = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def call(self, target: Target) -> None:
        """Make one call and wait for its answer.

        Raises:
            CallFailed: as its docstring says.
        """
        self.run(target, at_once=1, more=so_many(1))

    def run(self, target: Target, *, at_once: int, more: Callable[[int], bool]) -> Lap:
        """Make calls, so many at once, until there are enough and all are answered.

        Args:
            target: where the calls go.
            at_once: how many are under way at a time.
            more: tells, of how many were made already, whether one more is to be made.

        Raises:
            CallFailed: one of them failed; those under way are given up.
        """
        latencies: list[float] = []
        made = 0

        def ask_if_more() -> None:
            nonlocal made
            if more(made):
                made += 1
                self.begin(target, answered)

        def answered(answer: Any, latency: float) -> None:
            latencies.append(latency)
            target.check(answer)
            ask_if_more()

        begun = time.perf_counter()
        for _ in range(at_once):
            ask_if_more()
        while self._waiting:
            if not self.wait(_SILENCE):
                self._waiting.clear()
                msg = f"no answer within {_SILENCE:g} s"
                raise CallFailed(msg)
        return Lap(operations=made, seconds=time.perf_counter() - begun, latencies=tuple(latencies))

    def begin(self, target: Target, then: Callable[[Any, float], None]) -> None:
        """Send a call, and go on; what is to be done with its answer and latency is done in `wait`.

        Its answer is not checked.
        """
        number = str(uuid.uuid4())
        message = amqp.Message(
            json.dumps(target.body(), ensure_ascii=False, separators=(",", ":")).encode(),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=_PERSISTENT,
            reply_to=self._queue,
            correlation_id=number,
            application_headers=dict(target.headers),
        )
        self._waiting[number] = _Waiting(since=time.perf_counter(), then=then)
        self.channel.basic_publish(
            message, exchange=target.exchange, routing_key=target.routing_key, mandatory=True
        )

    def wait(self, seconds: float) -> bool:
        """Wait for what comes next, for so long at most; tells whether anything came.

        Raises:
            CallFailed: a call went nowhere, or whoever waits for its answer will not have it.
        """
        try:
            self.connection.drain_events(timeout=seconds)
        except TimeoutError:
            return False
        if self._undeliverable:
            key, self._undeliverable = self._undeliverable, ""
            self._waiting.clear()
            msg = f"nobody takes calls to {key}"
            raise CallFailed(msg)
        return True

    def purge(self, queue: str) -> int:
        """Empty a queue that nobody consumes; gives how many messages it held."""
        return int(self.channel.queue_purge(queue) or 0)

    def _take(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id"), None)
        if waiting is not None:
            waiting.then(json.loads(message.body), time.perf_counter() - waiting.since)

    def _take_back(self, _error: object, _exchange: str, routing_key: str, _message: Any) -> None:
        self._undeliverable = routing_key


def so_many(calls: int) -> Callable[[int], bool]:
    """Make so many calls."""
    return lambda made: made < calls


def for_seconds(seconds: float) -> Callable[[int], bool]:
    """Make calls for so long, counted from the first; at least one is made."""
    ends: list[float] = []

    def more(made: int) -> bool:
        if made == 0:
            ends[:] = [time.perf_counter() + seconds]
        return time.perf_counter() < ends[0]

    return more


def connected(uri: str) -> Any:
    """Open a plain connection to the broker."""
    place = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{place.hostname}:{place.port}",
        userid=place.username or "guest",
        password=place.password or "guest",
        virtual_host=place.path.removeprefix("/") or "/",
    )
    connection.connect()
    return connection


def no_error(answer: Any) -> None:
    """Accept every answer of a nameko service but an error.

    Raises:
        CallFailed: it is one.
    """
    if answer.get("error") is not None:
        msg = f"the call was answered with {answer['error'].get('exc_type')}"
        raise CallFailed(msg)
