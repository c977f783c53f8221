"""Asking a health listener, from outside its process, and how long its answers take."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

PAGES: Final = ("/healthz", "/readyz", "/metrics")
IN_TIME: Final = 0.1
"""Seconds within which every page must come, whatever the services do."""

_NEVER: Final = 2.0
_ENOUGH: Final = 15


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
    began = monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        return Told(answer.status, answer.read(), monotonic() - began)
    finally:
        connection.close()


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


def assert_in_time(answers: list[Told]) -> None:
    """Check that answers came in time.

    A machine that is busy with other things delays some of them, and the one who asks as well; a
    process that answers only when its green threads give way would delay all, and for seconds.
    """
    late = [round(told.seconds, 3) for told in answers if told.seconds > IN_TIME]
    assert len(answers) >= _ENOUGH
    assert len(late) <= len(answers) // 4, late
    assert max(late, default=0.0) < _NEVER, late
