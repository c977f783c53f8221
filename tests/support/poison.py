"""Messages nobody can read: a corpus for whatever consumes from the bus."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
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
