"""Looking after a service's health: what it needs is tried now and then, and the finding is left.

Trying may take as long as it takes, as when a store hangs; the finding just grows old meanwhile,
which is what `shared.health` judges by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import eventlet

from shared.health import Findings, Page, Part, listener_at
from shared.logs import Log

log: Final = Log(__name__)

Look = Callable[[], float | None]
"""Tries a part; gives the moment at which it worked, None where it does not work."""

_PAUSE: Final = 1.0


class ServiceHealth:
    """The health of one service, told on the listener of its process.

    Args:
        service: its name.
        host, port: where the listener is.
        looks: how each part is tried; every one in a green thread of its own.

    Raises:
        PortUnusable: the listener cannot have its port.
    """

    def __init__(self, *, service: str, host: str, port: int, looks: Mapping[Part, Look]) -> None:
        self._findings = Findings(service)
        self._told = listener_at(host, port, self._findings)
        self._looks = looks
        self._lookers: list[Any] = []

    def start(self, pages: Mapping[str, Page]) -> None:
        """Begin to look and to show pages, now that there is something to look at."""
        self._findings.pages = pages
        self._findings.has_started = True
        self._lookers = [
            eventlet.spawn(self._keep_looking, part, look) for part, look in self._looks.items()
        ]

    def begin_stop(self) -> None:
        """Be unready from now on, while what is in hand is finished."""
        self._findings.is_stopping = True

    def close(self) -> None:
        """Look and tell no more; a second time changes nothing."""
        self.begin_stop()
        while self._lookers:
            self._lookers.pop().kill()
        self._told.leave()

    def _keep_looking(self, part: Part, look: Look) -> None:
        was_good: bool | None = None
        while True:
            worked_at = _tried(look)
            if worked_at is not None:
                self._findings.found_good(part, worked_at)
            else:
                self._findings.found_bad(part)
            is_good = worked_at is not None
            if is_good is not was_good:
                self._tell(part, is_good=is_good)
            was_good = is_good
            eventlet.sleep(_PAUSE)

    def _tell(self, part: Part, *, is_good: bool) -> None:
        tell = log.info if is_good else log.warning
        outcome = "works" if is_good else "fails"
        tell("health", service=self._findings.service, kind=part.value, outcome=outcome)


def _tried(look: Look) -> float | None:
    try:
        return look()
    except Exception:  # noqa: BLE001 - whatever it is, the part does not work; the service lives on.
        return None
