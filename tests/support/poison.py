"""Messages nobody can read: a corpus for whatever consumes from the bus."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

NOTHING: Final = object()
"""Stands for the body that whoever sends a message takes for a sound one."""


@dataclass
class Poison:
    """A message with one thing wrong, and the reason for which it is parked."""

    case: str
    reason: str
    body: Any = NOTHING
    content_type: str | None = "application/json"
    content_encoding: str | None = "utf-8"
    headers: dict[str, Any] = field(default_factory=dict)
    reply_to: str | None = "nowhere"
    properties: dict[str, Any] = field(default_factory=dict)
    """What it has besides, as it is to stand on the wire."""


class FarInstant(datetime):
    """An instant as it can stand on the wire, and in no calendar."""

    def utctimetuple(self) -> Any:
        return (1970, 1, 1, 0, 0, 2**60)


ANY_MESSAGE: Final = (
    Poison("no content type", "content_type_missing", content_type=None),
    Poison("a pickle", "content_type_unknown", content_type="application/x-python-serialize"),
    Poison("an unknown coding", "content_encoding_unknown", content_encoding="utf-16"),
    Poison("no UTF-8", "not_utf8", body=b'{"args": ["\xff\xfe"]}'),
    Poison("no JSON", "not_json", body=b"{args"),
    Poison("an empty body", "not_json", body=b""),
    Poison("not a number", "not_json", body=b'{"args": [NaN], "kwargs": {}}'),
    Poison("beyond every number", "not_json", body=b'{"args": [1e999], "kwargs": {}}'),
    Poison("two hundred thousand deep", "too_deep", body=b"[" * 20_000 + b"]" * 20_000),
    Poison("a list", "not_a_mapping", body=b"[1, 2]"),
    Poison("NUL in a text", "unstorable_text", body=b'{"args": ["\\u0000"], "kwargs": {}}'),
    Poison("half a character", "unstorable_text", body=b'{"args": ["\\ud800"], "kwargs": {}}'),
    Poison("compressed with nothing", "compressed", headers={"compression": "no/such"}),
    Poison("a number as call ids", "call_id_stack_malformed", headers={"nameko.call_id_stack": 5}),
    Poison("numbers as call ids", "call_id_stack_malformed", headers={"nameko.call_id_stack": [5]}),
    Poison("a list as the actor", "header_malformed", headers={"nameko.actor": ["clerk"]}),
    Poison("a boundless actor", "header_malformed", headers={"nameko.actor": "x" * 5000}),
)
"""What is wrong with a call and with an event alike."""

ONLY_CALLS: Final = (
    Poison("no reply address", "reply_to_missing", reply_to=None),
    Poison("no arguments", "not_a_call", body=b'{"kwargs": {}}'),
    Poison("arguments of a wrong kind", "not_a_call", body=b'{"args": {}, "kwargs": []}'),
)
ONLY_EVENTS: Final = (
    Poison("an empty envelope", "malformed", body=b"{}"),
    Poison("an unknown version", "malformed", body=b'{"type": "order_placed.v9"}'),
)


def too_large(largest: int) -> Poison:
    """Make a message just above the size that is still read."""
    return Poison("too large", "oversized", body=json.dumps({"args": ["x" * largest]}).encode())


_NO_UTF8: Final = b"\xff\xfe"


def unreadable_properties() -> list[Poison]:
    """Give what only RabbitMQ can carry: properties that are faulty before any body is looked at.

    Each has a body of its own every time, because it can be told from others by nothing else.
    """
    properties: list[dict[str, Any]] = [
        {name: _NO_UTF8}
        for name in (
            "message_id",
            "correlation_id",
            "reply_to",
            "content_type",
            "content_encoding",
            "type",
            "app_id",
        )
    ]
    properties.append({"application_headers": {"x": FarInstant(2026, 6, 1, tzinfo=UTC)}})
    return [
        Poison(
            f"{next(iter(faulty))} that cannot be read",
            "properties_malformed",
            body=str(uuid.uuid4()).encode(),
            properties=faulty,
        )
        for faulty in properties
    ]


def on_the_wire(poison: Poison, message: Any) -> Any:
    """Give a prepared message the properties that a poison has besides."""
    message.properties.update(poison.properties)
    return message
