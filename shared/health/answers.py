"""What the health listener answers: its pages, and no details that could help an intruder.

A failing part is named and nothing is said of why: the log tells that, to those who may read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from shared.health.board import Board, Page

_JSON: Final = "application/json; charset=utf-8"
_READS: Final = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of HTTP."""

    status: HTTPStatus
    body: bytes
    content_type: str = _JSON

    def as_bytes(self, *, with_body: bool) -> bytes:
        """Write it for the wire; the connection ends with it."""
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            f"Content-Type: {self.content_type}\r\n"
            f"Content-Length: {len(self.body)}\r\n"
            "Cache-Control: no-store\r\n"
            f"{self._allow}"
            "Connection: close\r\n\r\n"
        )
        return head.encode("ascii") + (self.body if with_body else b"")

    @property
    def _allow(self) -> str:
        is_needed = self.status is HTTPStatus.METHOD_NOT_ALLOWED
        return f"Allow: {', '.join(_READS)}\r\n" if is_needed else ""


def respond(
    request_line: bytes, board: Board, *, now: float, registry: CollectorRegistry = REGISTRY
) -> bytes:
    """Answer a request by its first line.

    Args:
        request_line: such as ``GET /readyz HTTP/1.1``, without its line end.
        board: what is known.
        now: the moment of the monotonic clock.
        registry: where the metrics are.
    """
    words = request_line.split(b" ")
    try:
        method, target, version = (word.decode("ascii") for word in words)
    except (ValueError, UnicodeDecodeError):
        return _told(HTTPStatus.BAD_REQUEST).as_bytes(with_body=True)
    if not version.startswith("HTTP/1.") or not target.startswith("/"):
        return _told(HTTPStatus.BAD_REQUEST).as_bytes(with_body=True)
    if method not in _READS:
        return _told(HTTPStatus.METHOD_NOT_ALLOWED).as_bytes(with_body=True)
    answer = _page(target.partition("?")[0], board, now, registry)
    return answer.as_bytes(with_body=method != "HEAD")


def _page(path: str, board: Board, now: float, registry: CollectorRegistry) -> Answer:
    match path:
        case "/healthz":
            is_alive = board.is_alive(now)
            return _json(is_good=is_alive, alive=is_alive)
        case "/readyz":
            failing = board.failing(now)
            is_ready = board.is_alive(now) and not failing and not board.is_empty
            return _json(is_good=is_ready, ready=is_ready, failing=failing)
        case "/metrics":
            body = generate_latest(registry)
            return Answer(status=HTTPStatus.OK, body=body, content_type=CONTENT_TYPE_PLAIN_0_0_4)
        case _:
            page = board.page(path)
            return _told(HTTPStatus.NOT_FOUND) if page is None else _shown(page)


def _shown(page: Page) -> Answer:
    content = page()
    if content is None:
        return _told(HTTPStatus.SERVICE_UNAVAILABLE)
    return Answer(status=HTTPStatus.OK, body=content)


def _json(*, is_good: bool, **content: object) -> Answer:
    return Answer(
        status=HTTPStatus.OK if is_good else HTTPStatus.SERVICE_UNAVAILABLE,
        body=json.dumps(content).encode() + b"\n",
    )


def _told(status: HTTPStatus) -> Answer:
    return Answer(status=status, body=json.dumps({"error": status.phrase}).encode() + b"\n")
