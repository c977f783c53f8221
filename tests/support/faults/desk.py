"""The callers of the load: each call is bounded in time, and repeated with its own request id.

What a caller was answered is what the checker holds the stores to; what it was not answered may
have been done or not, and the repetition settles it.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition
from typing import Any, Final, Protocol

from balian.calls import EVERY_SERVICE, target_named
from shared.contracts.base import Refusal
from shared.contracts.mechanism import Fault
from shared.messaging.client import BusClient

ONE_ANSWER: Final = 5.0
"""Seconds one sending waits for its answer."""

LONGEST_CALL: Final = 30.0
"""Seconds within which one sending must have ended, in whatever way.

Connecting, opening a channel, publishing and confirming may each take five seconds of silence, on
two connections, before five seconds of waiting for the answer begin.
"""

GIVES_UP_AFTER: Final = 120.0
"""Seconds after which a caller gives up on one order: longer than any fault and its recovery."""

ARRIVES_LATER: Final = frozenset(
    {
        "CaseNotFound",
        "DirectoryMissing",
        "NoObjectionPending",
        "NoSessionPlanned",
        "NotYourCase",
        "PetitionNotFound",
        "ResultNotReported",
        "SlipNotFound",
        "TerritoryUnknown",
        "WrongStage",
    }
)
"""How a service refuses what it has not heard of yet."""

_PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
_LONG_PAUSE: Final = 1.0


class NotAnswered(Exception):
    """Raised when an order was not answered however often it was sent."""


class StillRefused(Exception):
    """Raised when an order is refused for longer than any event can take to arrive."""


@dataclass
class Tally:
    """What the callers have seen, all together."""

    attempted: int = 0
    accepted: set[tuple[str, str, str]] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    silences: int = 0
    slowest: float = 0.0
    failed: list[str] = field(default_factory=list)
    orders: Counter[str] = field(default_factory=Counter)


class Gate:
    """A gate in the way of every call: closed, nobody begins another call."""

    def __init__(self) -> None:
        self._is_open = True
        self._changed = Condition()
        self._inside = 0

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait until the gate is open, and count as inside for the block."""
        with self._changed:
            while not self._is_open:
                self._changed.wait()
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Let nobody begin a call, wait for those that have, and open again at the end."""
        with self._changed:
            self._is_open = False
            while self._inside:
                self._changed.wait()
        try:
            yield
        finally:
            with self._changed:
                self._is_open = True
                self._changed.notify_all()


class Client(Protocol):
    """What sends one call and gives its answer."""

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""
        ...


class Desk:
    """One caller with a connection of its own, used by one greenthread."""

    def __init__(self, client: Client, *, name: str, tally: Tally, gate: Gate) -> None:
        self._client = client
        self._name = name
        self._tally = tally
        self._gate = gate
        self._numbers = itertools.count(1)

    def order(self, call: str, party: str, at: datetime, /, **request: Any) -> dict[str, Any]:
        """Give an order until it is carried out.

        A refusal is an answer; one that says that something has not arrived yet is met by a new
        order after a while, as a clerk would.

        Raises:
            NotAnswered, StillRefused: as their docstrings say.
        """
        ends = time.monotonic() + GIVES_UP_AFTER
        for pause in itertools.chain(_PAUSES, itertools.repeat(_LONG_PAUSE)):
            request_id = f"{self._name}-{next(self._numbers)}"
            try:
                return self._once(call, party, at, {"request_id": request_id, **request})
            except Refusal as refusal:
                name = type(refusal).__name__
                self._tally.refused[f"{call} {name}"] += 1
                if name not in ARRIVES_LATER or time.monotonic() > ends:
                    msg = f"{call} is refused with {name}"
                    raise StillRefused(msg) from refusal
            time.sleep(pause)
        raise AssertionError

    def refused(self, call: str, party: str, at: datetime, /, **request: Any) -> str:
        """Give an order that must be refused, once, and tell by which error."""
        request_id = f"{self._name}-{next(self._numbers)}"
        try:
            self._once(call, party, at, {"request_id": request_id, **request})
        except Refusal as refusal:
            return type(refusal).__name__
        return ""

    def ask(self, call: str, party: str, at: datetime, /, **request: Any) -> dict[str, Any]:
        """Ask a question until it is answered, and is no longer refused.

        Raises:
            NotAnswered, StillRefused: as their docstrings say.
        """
        ends = time.monotonic() + GIVES_UP_AFTER
        for pause in itertools.chain(_PAUSES, itertools.repeat(_LONG_PAUSE)):
            try:
                return self._send(call, party, at, request)
            except Refusal as refusal:
                if time.monotonic() > ends:
                    msg = f"{call} is refused with {type(refusal).__name__}"
                    raise StillRefused(msg) from refusal
            time.sleep(pause)
        raise AssertionError

    def _once(
        self, call: str, party: str, at: datetime, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Give one order, sent as often as it takes to be answered."""
        self._tally.attempted += 1
        self._tally.orders[call] += 1
        reply = self._send(call, party, at, request)
        wire_name = target_named(call).wire_name
        if not wire_name.startswith(f"{EVERY_SERVICE}."):
            # A sweep stands on record by the deadlines it has fired, not by itself.
            service = call.partition(".")[0]
            self._tally.accepted.add((service, str(request["request_id"]), wire_name))
        return reply

    def _send(
        self, call: str, party: str, at: datetime, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        service, _, method = call.partition(".")
        headers = {"actor": party, "now": at.isoformat()}
        ends = time.monotonic() + GIVES_UP_AFTER
        for pause in itertools.chain(_PAUSES, itertools.repeat(_LONG_PAUSE)):
            with self._gate.passed():
                started = time.monotonic()
                try:
                    return self._client.call_raw(service, method, request, headers)
                except Fault as fault:
                    self._tally.silences += 1
                    if time.monotonic() > ends:
                        msg = f"{call}: {fault}"
                        raise NotAnswered(msg) from fault
                finally:
                    self._tally.slowest = max(self._tally.slowest, time.monotonic() - started)
            time.sleep(pause)
        raise AssertionError


@contextmanager
def desk_at(uri: str, *, name: str, tally: Tally, gate: Gate | None = None) -> Iterator[Desk]:
    """Open a desk at a bus for the block."""
    with closing(BusClient(uri, timeout=ONE_ANSWER, attempts=1)) as client:
        yield Desk(client, name=name, tally=tally, gate=gate or Gate())
