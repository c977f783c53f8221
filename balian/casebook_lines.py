"""The lines of a casebook after its header: a call with what must come of it, or a step of time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from balian.calls import (
    CallTarget,
    CallUnknown,
    JsonUnreadable,
    Party,
    PartyUnreadable,
    party_named,
    read_json,
    target_named,
)
from balian.references import is_name, leads_into, references_in
from shared.contracts.base import refusal_named
from shared.contracts.mechanism import RoleUnknown

_CALL_KEYS: Final = {"at", "as", "call", "with", "save", "refuse", "expect", "note"}
_ADVANCE_KEYS: Final = {"at", "advance", "note"}


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One call at one moment, and what must come of it."""

    number: int
    at: datetime
    digest: str
    """The hash of the line as it is written: another digest is another call."""
    party: Party
    target: CallTarget
    arguments: Mapping[str, Any]
    save: str | None = None
    refuse: str | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AdvanceLine:
    """Time passes up to this moment, and nobody does anything."""

    number: int
    at: datetime


Line = CallLine | AdvanceLine


def read_object(number: int, text: str, faults: list[str]) -> Mapping[str, Any] | None:
    """Read one line as a JSON object; a fault is added to the list and gives None."""
    try:
        value = read_json(text)
    except JsonUnreadable as unreadable:
        # The text is one line of the file, so its own line number would only mislead.
        faults.append(f"line {number}: {str(unreadable).replace('at line 1, ', 'at ')}")
        return None
    if not isinstance(value, dict):
        faults.append(f"line {number}: a line is one JSON object")
        return None
    return value


def read_instant(value: Any, where: str, faults: list[str]) -> datetime | None:
    """Read an instant with its time zone; a fault is added to the list and gives None."""
    example = "such as 2026-06-01T08:30:00+08:00"
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        faults.append(f"{where} must be an instant with its time zone, {example}")
        return None
    return instant


class LineReader:
    """Reads the lines after the header, remembering the time and what has been saved."""

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults
        self._saved: dict[str, CallTarget] = {}

    def read(self, texts: list[tuple[int, str]], *, since: datetime) -> Iterator[Line]:
        """Iterate over the lines that could be read; every fault is added to the list."""
        latest = since
        for number, text in texts:
            value = read_object(number, text, self._faults)
            if value is None:
                continue
            at = read_instant(value.get("at"), f"line {number}: at", self._faults)
            if at is not None and at < latest:
                self._fault(number, f"time goes backwards: {at.isoformat()} is before what went on")
            latest = max(latest, at or latest)
            digest = hashlib.sha256(text.encode()).hexdigest()
            line = (
                self._advance(number, value, at or latest)
                if "advance" in value
                else self._call(number, value, at or latest, digest=digest)
            )
            if line is not None:
                yield line

    def _fault(self, number: int, sentence: str) -> None:
        self._faults.append(f"line {number}: {sentence}")

    def _unknown_keys(self, number: int, value: Mapping[str, Any], known: set[str]) -> None:
        for key in sorted(set(value) - known):
            self._fault(
                number, f"there is no key {key!r} here; known are {', '.join(sorted(known))}"
            )

    def _advance(self, number: int, value: Mapping[str, Any], at: datetime) -> Line | None:
        self._unknown_keys(number, value, _ADVANCE_KEYS)
        if value["advance"] is not True:
            self._fault(number, "advance can only be true")
        return AdvanceLine(number=number, at=at)

    def _call(
        self, number: int, value: Mapping[str, Any], at: datetime, *, digest: str
    ) -> Line | None:
        self._unknown_keys(number, value, _CALL_KEYS)
        missing = [key for key in ("at", "as", "call") if key not in value]
        if missing:
            self._fault(number, f"missing: {', '.join(missing)}")
            return None
        party = self._party(number, value)
        target = self._target(number, value["call"])
        arguments, expect = value.get("with", {}), value.get("expect", {})
        for key, content in (("with", arguments), ("expect", expect)):
            if isinstance(content, dict):
                self._check_references(number, content)
            else:
                self._fault(number, f"{key} must be an object")
        refuse = self._refusal(number, value)
        save = self._name(number, value)
        if party is None or target is None:
            return None
        if save is not None:
            self._saved[save] = target
        return CallLine(
            number=number,
            at=at,
            digest=digest,
            party=party,
            target=target,
            arguments=arguments,
            save=save,
            refuse=refuse,
            expect=expect,
        )

    def _party(self, number: int, value: Mapping[str, Any]) -> Party | None:
        text = value["as"]
        strangers_too = value.get("refuse") == RoleUnknown.__name__
        try:
            return party_named(
                text if isinstance(text, str) else repr(text), strangers_too=strangers_too
            )
        except PartyUnreadable as unreadable:
            self._fault(number, f"as: {unreadable}")
            return None

    def _target(self, number: int, name: Any) -> CallTarget | None:
        try:
            return target_named(name if isinstance(name, str) else repr(name))
        except CallUnknown as unknown:
            self._fault(number, f"call: {unknown}")
            return None

    def _refusal(self, number: int, value: Mapping[str, Any]) -> str | None:
        if "refuse" not in value:
            return None
        name = value["refuse"]
        try:
            refusal_named(name)
        except (KeyError, TypeError):
            self._fault(number, f"refuse: the contracts declare no refusal {name!r}")
        for other in ("save", "expect"):
            if other in value:
                self._fault(number, f"a refused call has no reply to {other}")
        return str(name)

    def _name(self, number: int, value: Mapping[str, Any]) -> str | None:
        if "save" not in value or "refuse" in value:
            return None
        name = value["save"]
        if not isinstance(name, str) or not is_name(name):
            self._fault(number, "save must be a name of letters, digits and _")
            return None
        return name

    def _check_references(self, number: int, content: Mapping[str, Any]) -> None:
        for reference in references_in(content):
            target = self._saved.get(reference.name)
            if target is None:
                self._fault(number, f"{reference}: no earlier line saves {reference.name!r}")
            elif not leads_into(target.request.reply_type, reference.path):
                reply = target.request.reply_type.__name__
                self._fault(
                    number, f"{reference}: {target} replies {reply}, which has no such field"
                )
