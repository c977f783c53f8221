"""The envelope of every event: what any reader must know before it knows the type.

A reader ignores what it does not know in an envelope, and refuses what it cannot understand;
nothing that is refused here may crash a consumer, so every fault has one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

_ID: Final = re.compile(r"[A-Za-z0-9._:\-]{1,100}")
_TYPE: Final = re.compile(r"[a-z][a-z0-9_]{0,99}\.v[1-9][0-9]{0,3}")
_SERVICE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NODE: Final = re.compile(r"(?:[a-z0-9][a-z0-9_]{0,63})?")
_PETITION_NO: Final = re.compile(r"[A-Z]{2}-\d{8}-\d{4,8}")
_ACTOR: Final = re.compile(r"[a-z_]{1,32}:[A-Za-z0-9_.\-]{1,64}")


class MalformedMessage(ValueError):
    """Raised for a message that is no event of this system; park it, it will never be readable.

    The message names the bad fields and never quotes a value.
    """


@dataclass(frozen=True, kw_only=True)
class Source:
    """Which service a message comes from, and which node of it where it has several."""

    service: str
    node: str = ""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One event with its circumstances; `actor` is who set it going, as data and not authority."""

    event_id: str
    type: str
    occurred_at: datetime
    source: Source
    petition_no: str | None
    case_version: int
    correlation_id: str
    causation_id: str | None
    actor: str
    data: Mapping[str, Any]

    def dump(self) -> dict[str, Any]:
        """Give the JSON-ready mapping of this envelope."""
        return {
            "event_id": self.event_id,
            "type": self.type,
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat(),
            "source": {"service": self.source.service, "node": self.source.node},
            "petition_no": self.petition_no,
            "case_version": self.case_version,
            "correlation_id": self.correlation_id,
            "causation_id": self.causation_id,
            "actor": self.actor,
            "data": dict(self.data),
        }

    @classmethod
    def load(cls, body: object) -> Self:
        """Check what arrived and make an envelope of it.

        Raises:
            MalformedMessage: names every bad field.
        """
        if not isinstance(body, Mapping):
            msg = "the body is no mapping"
            raise MalformedMessage(msg)
        faults = [name for name, is_sound in _CHECKS.items() if not is_sound(body.get(name))]
        if faults:
            msg = f"bad or missing: {', '.join(faults)}"
            raise MalformedMessage(msg)
        return cls(
            event_id=body["event_id"],
            type=body["type"],
            occurred_at=datetime.fromisoformat(body["occurred_at"]).astimezone(UTC),
            source=Source(service=body["source"]["service"], node=body["source"].get("node") or ""),
            petition_no=body.get("petition_no"),
            case_version=body["case_version"],
            correlation_id=body["correlation_id"],
            causation_id=body.get("causation_id"),
            actor=body["actor"],
            data=dict(body["data"]),
        )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        instant = datetime.fromisoformat(value)
        return instant.tzinfo is not None and instant.astimezone(UTC).tzinfo is UTC
    except (ValueError, OverflowError):
        return False


def _is_source(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and _matches(_SERVICE, value.get("service"))
        and _matches(_NODE, value.get("node") or "")
    )


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_CHECKS: Final[Mapping[str, Callable[[object], bool]]] = {
    "event_id": lambda value: _matches(_ID, value),
    "type": lambda value: _matches(_TYPE, value),
    "occurred_at": _is_instant,
    "source": _is_source,
    "petition_no": lambda value: value is None or _matches(_PETITION_NO, value),
    "case_version": _is_version,
    "correlation_id": lambda value: _matches(_ID, value),
    "causation_id": lambda value: value is None or _matches(_ID, value),
    "actor": lambda value: _matches(_ACTOR, value),
    "data": lambda value: isinstance(value, Mapping),
}
