"""Dead letters: what the broker gave up on, and how it is kept until a person has looked at it.

A message that was delivered too often has most likely ended a process each time.
Keeping it must therefore not look into it: the body is stored as it came, unread and undecoded,
with what the broker knows of it beside.  Only a replay, which a person asks for, reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from shared.messaging.reading import body_bytes, message_id_of, sender_of, type_of

DELIVERED_TOO_OFTEN: Final = "delivered_too_often"
"""The reason under which a dead letter is parked."""

_SUFFIX: Final = ".dead_letters"
_BODY: Final = "body"
_SENDER: Final = "sender"


def dead_letters_of(consumer: str) -> str:
    """Name the queue of a service's dead letters; they are parked under this name as well."""
    return consumer + _SUFFIX


def consumer_of(parked_under: str) -> str | None:
    """Tell whose dead letter is parked under a name; None where it is no dead letter's."""
    return parked_under.removesuffix(_SUFFIX) if parked_under.endswith(_SUFFIX) else None


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """One dead letter; `sender` is the broker's word for it, None where nobody asks for it."""

    body: str
    sender: str | None = None
    message_id: str | None = None
    type: str | None = None

    @classmethod
    def of(cls, message: Any, *, proves_sender: bool, largest: int) -> Self:
        """Take a message as it came; its body is cut at ``largest`` bytes and not decoded."""
        body = body_bytes(message)[:largest]
        return cls(
            body=body.decode("utf-8", errors="backslashreplace"),
            sender=(sender_of(message) or "") if proves_sender else None,
            message_id=message_id_of(message),
            type=type_of(message),
        )

    @classmethod
    def opened(cls, parked: object) -> Self:
        """Read a dead letter back from what was parked."""
        kept = parked if isinstance(parked, Mapping) else {}
        return cls(body=str(kept.get(_BODY, "")), sender=kept.get(_SENDER))

    def read(self) -> object:
        """Read the body at last; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def kept(self) -> dict[str, str]:
        """Give what is parked of it."""
        sender = {} if self.sender is None else {_SENDER: self.sender}
        return {_BODY: self.body, **sender}

    def is_proven_to_be_from(self, service: str) -> bool:
        """Tell whether it may be taken for this service's, as far as senders are proven here."""
        return self.sender is None or self.sender == service
