"""Asking a health listener, from outside its process."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

PAGES: Final = ("/healthz", "/readyz", "/metrics")

_GIVEN_UP_AFTER: Final = 30.0
"""Seconds; only so that a test of a listener that never answers comes to an end."""


@dataclass(frozen=True)
class Told:
    """One answer and the seconds it took."""

    status: int
    body: bytes
    seconds: float

    @property
    def content(self) -> dict[str, Any]:
        """Give a page of JSON."""
        content: dict[str, Any] = json.loads(self.body)
        return content


def ask(port: int, page: str) -> Told:
    """Ask for one page.

    Raises:
        OSError: nobody answers.
    """
    began = perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_GIVEN_UP_AFTER)
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        return Told(answer.status, answer.read(), perf_counter() - began)
    finally:
        connection.close()


def ask_for_every_page(port: int, *, rounds: int = 10) -> list[Told]:
    """Ask for every page, over and over.

    How long that takes depends on what else the machine does, so no test measures it:
    `tests.support.health_latency` does.  What a test shows is that the answers come at all while
    everything that could keep them waiting still lasts.
    """
    return [ask(port, page) for _ in range(rounds) for page in PAGES]


def readiness(port: int) -> dict[str, Any] | None:
    """Ask whether a process is ready; None where nobody answers."""
    try:
        return ask(port, "/readyz").content
    except OSError:
        return None


def is_ready(port: int) -> bool:
    """Tell whether a process answers that it is ready."""
    told = readiness(port)
    return told is not None and bool(told["ready"])


def is_failing(port: int, *parts: str) -> bool:
    """Tell whether a process answers that each of these parts of some service fails."""
    told = readiness(port)
    failing = {part for found in (told or {"failing": {}})["failing"].values() for part in found}
    return set(parts) <= failing


def free_port() -> int:
    """Give a port that nobody has just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
