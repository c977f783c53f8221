"""What is known of the health of this process, and how old knowledge may be to count.

Written by green threads and read by threads of the system: each value is set in one step, and no
lock is held that either could leave the other waiting for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ALIVE_WITHIN: Final = 5.0
"""Seconds within which the green threads must have had a turn."""


class Part(StrEnum):
    """What a service needs in order to work."""

    BUS = "bus"  # Its queues are consumed, and what it publishes is confirmed.
    STORE = "store"  # Its database answers.
    RELAY = "relay"  # Its outbox goes out.


READY_WITHIN: Final[Mapping[Part, float]] = {
    Part.BUS: 5.0,
    Part.STORE: 5.0,
    Part.RELAY: 15.0,
}
"""Seconds for which a good finding counts; the relay may take a while over one large batch."""

Page = Callable[[], bytes | None]
"""Gives the content of a page, as JSON; None where it is not known yet."""

STARTING: Final = "start"
STOPPING: Final = "stop"


@dataclass(eq=False)
class Findings:
    """What was last found out about one service; moments are of the monotonic clock."""

    service: str
    has_started: bool = False
    is_stopping: bool = False
    pages: Mapping[str, Page] = field(default_factory=dict)
    """Further pages of the service, by path."""
    _good_at: dict[Part, float] = field(default_factory=dict)

    def found_good(self, part: Part, now: float) -> None:
        """Note that a part has just been seen to work."""
        self._good_at[part] = now

    def found_bad(self, part: Part) -> None:
        """Note that a part does not work; it counts as such until it is seen to work again."""
        self._good_at.pop(part, None)

    def failing(self, now: float) -> tuple[str, ...]:
        """Name what keeps the service from working; nothing where it can."""
        if self.is_stopping:
            return (STOPPING,)
        bad = tuple(part.value for part in READY_WITHIN if not self.works(part, now))
        return bad if self.has_started else (STARTING, *bad)

    def works(self, part: Part, now: float) -> bool:
        """Tell whether a part has been seen to work of late."""
        return now - self._good_at.get(part, float("-inf")) <= READY_WITHIN[part]


class Board:
    """The findings about every service of a process, and when its green threads last had a turn."""

    def __init__(self, now: float) -> None:
        self._services: tuple[Findings, ...] = ()
        self._pulse_at = now

    def beat(self, now: float) -> None:
        """Note that green threads have their turns."""
        self._pulse_at = now

    def is_alive(self, now: float) -> bool:
        """Tell whether green threads have had a turn of late."""
        return now - self._pulse_at <= ALIVE_WITHIN

    def add(self, findings: Findings) -> None:
        """Count a service as one that must work for the process to be ready."""
        self._services = (*self._services, findings)

    def remove(self, findings: Findings) -> None:
        """Count a service no longer."""
        self._services = tuple(one for one in self._services if one is not findings)

    def page(self, path: str) -> Page | None:
        """Give the page a service has at a path; None where none has one."""
        pages = (findings.pages.get(path) for findings in self._services)
        return next((page for page in pages if page is not None), None)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no service of which anything could be told."""
        return not self._services

    def begin_stop(self) -> None:
        """Note that every service of the process is about to stop."""
        for findings in self._services:
            findings.is_stopping = True

    def failing(self, now: float) -> dict[str, tuple[str, ...]]:
        """Name what is failing, by service; a process whose hub stands still fails in all."""
        return {service: parts for service, parts in self._judged(now) if parts}

    def _judged(self, now: float) -> Iterator[tuple[str, tuple[str, ...]]]:
        for findings in self._services:
            yield findings.service, findings.failing(now)
