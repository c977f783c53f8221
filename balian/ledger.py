"""The ledger: every event that was published, in one order that does not depend on the day's luck.

It is read from the services' own outboxes and not overheard on the bus, so it is whole after any
crash.
A field whose contract marks it as whereabouts says where something runs and not what happened; it
stays out.
Random ids stand only in `event_id`, `correlation_id` and `causation_id`; without these two plays
of one casebook give the same ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared.contracts.base import event_named, shape_of

RANDOM_IDS: Final = ("event_id", "correlation_id", "causation_id")
"""The only fields in which two plays of the same casebook differ."""

_ORDER: Final = ("occurred_at", "petition_no", "type", "source", "case_version", "actor", "data")


@dataclass(frozen=True)
class Ledger:
    """Published events in order: `occurred_at`, `petition_no`, `type`, `source`, canonical data."""

    events: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, envelopes: Iterable[Mapping[str, Any]]) -> Ledger:
        """Put envelopes, as the services published them, into the ledger's order."""
        return cls(tuple(sorted((_arranged(one) for one in envelopes), key=_place)))

    def lines(self) -> Iterator[str]:
        """Iterate over the events as JSON, one line each."""
        return (_compact(event) for event in self.events)

    def without_random_ids(self) -> list[str]:
        """Give the lines by which two ledgers are compared."""
        return [
            _compact({key: value for key, value in event.items() if key not in RANDOM_IDS})
            for event in self.events
        ]

    def of_type(self, wire_type: str) -> list[Mapping[str, Any]]:
        """List the data of all events of one type."""
        return [event["data"] for event in self.events if event["type"] == wire_type]

    def write(self, path: Path) -> None:
        """Write the ledger to a file, whole or not at all."""
        write_whole(path, "".join(f"{line}\n" for line in self.lines()))


def read_ledger(path: Path) -> Ledger:
    """Read a ledger that `Ledger.write` has written."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return Ledger.of(json.loads(line) for line in lines)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, and never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _arranged(envelope: Mapping[str, Any]) -> dict[str, Any]:
    keys = (*_ORDER, *RANDOM_IDS)
    rest = sorted(set(envelope) - set(keys))
    arranged = {key: _sorted(envelope.get(key)) for key in (*keys, *rest)}
    for field in _whereabouts_in(envelope["type"]):
        arranged["data"].pop(field, None)
    return arranged


@cache
def _whereabouts_in(wire_type: str) -> frozenset[str]:
    """Name the fields of an event that say where something runs; none of a type nobody declares."""
    try:
        event = event_named(wire_type)
    except KeyError:
        return frozenset()
    return frozenset(shape.name for shape in shape_of(event) if shape.is_whereabouts)


def _sorted(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _sorted(value[key]) for key in sorted(value)}
        case list():
            return [_sorted(member) for member in value]
        case _:
            return value


def _place(event: Mapping[str, Any]) -> tuple[str, ...]:
    source = event["source"]
    return (
        event["occurred_at"],
        event["petition_no"] or "",
        event["type"],
        source["service"],
        source.get("node") or "",
        _compact(event["data"]),
        f"{event['case_version']:012d}",
        event["actor"],
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
