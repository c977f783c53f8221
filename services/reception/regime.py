"""What distinguishes one reception day from another: a regime, read from a file and checked whole.

A county, a community, a hospital and a bureau hold the same institution by different rules
(procedure §1E).  The rules are code; which of them hold at a node is a file beside this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from shared.calendar import HolidayPolicy, Weekday

_DIRECTORY: Final = Path(__file__).parent / "regimes"
_CARDS_OF_A_SET: Final = 4
_SHORTEST_SLOT: Final = 10
_LONGEST_SLOT: Final = 240


class RegimeInvalid(ValueError):
    """Raised for a regime file that cannot be used; its message lists every fault of the file."""


class LeaderAssignment(StrEnum):
    """How the receiving leader is found."""

    BY_SEVERITY_AND_PORTFOLIO = "by_severity_and_portfolio"  # 按难易程度和分管范围


class ReceptionMode(StrEnum):
    """How a petitioner comes to the table."""

    BY_APPOINTMENT = "by_appointment"  # 预约接待（疏理之后约访）


class JointMeeting(StrEnum):
    """Who must be at the table for the meeting to count."""

    FOUR_PARTY = "four_party"  # 四方碰头


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The hours of a sitting, where planning names none; local times."""

    starts_at: time
    ends_at: time
    slot_minutes: int


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One node's rules of reception (procedure §1E).

    `cards` is the number of cards of a set, `slips` whether a decision is supervised by slips.
    """

    regime: str
    weekday: Weekday
    holiday_policy: HolidayPolicy
    leader_assignment: LeaderAssignment
    mode: ReceptionMode
    cards: int
    joint_meeting: JointMeeting
    slips: bool
    hours: Hours


@cache
def load_regime(name: str) -> Regime:
    """Read a regime that comes with this package.

    Raises:
        RegimeInvalid: there is no such regime, or its file has faults.
    """
    path = _DIRECTORY / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in _DIRECTORY.glob("*.yaml")))
        msg = f"there is no regime {name!r}; choose one of: {known}"
        raise RegimeInvalid(msg)
    return read_regime(yaml.safe_load(path.read_text(encoding="utf-8")), source=path.name)


def read_regime(entries: object, *, source: str) -> Regime:
    """Check the entries of a regime file and make the regime of them.

    Raises:
        RegimeInvalid: names every key that is missing, unknown or wrong.
    """
    if not isinstance(entries, Mapping):
        msg = f"{source}: a regime is a mapping of keys"
        raise RegimeInvalid(msg)
    faults = list(_faults(entries))
    if faults:
        msg = f"{source}: {'; '.join(faults)}"
        raise RegimeInvalid(msg)
    hours = entries["hours"]
    return Regime(
        regime=entries["regime"],
        weekday=Weekday[entries["weekday"].upper()],
        holiday_policy=HolidayPolicy(entries["holiday_policy"]),
        leader_assignment=LeaderAssignment(entries["leader_assignment"]),
        mode=ReceptionMode(entries["mode"]),
        cards=entries["cards"],
        joint_meeting=JointMeeting(entries["joint_meeting"]),
        slips=entries["slips"],
        hours=Hours(
            starts_at=time.fromisoformat(hours["starts_at"]),
            ends_at=time.fromisoformat(hours["ends_at"]),
            slot_minutes=hours["slot_minutes"],
        ),
    )


def _faults(entries: Mapping[Any, Any]) -> Iterator[str]:
    expected = {field.name for field in fields(Regime)}
    yield from (f"{key}: missing" for key in sorted(expected - set(entries)))
    yield from (f"{key}: unknown" for key in sorted(map(str, set(entries) - expected)))
    choices: Mapping[str, list[str]] = {
        "weekday": [day.name.lower() for day in Weekday],
        "holiday_policy": [policy.value for policy in HolidayPolicy],
        "leader_assignment": [each.value for each in LeaderAssignment],
        "mode": [mode.value for mode in ReceptionMode],
        "joint_meeting": [meeting.value for meeting in JointMeeting],
    }
    for key, allowed in choices.items():
        if key in entries and entries[key] not in allowed:
            yield f"{key}: must be one of {', '.join(allowed)}"
    if "regime" in entries and not isinstance(entries["regime"], str):
        yield "regime: must be a code"
    if "cards" in entries and entries["cards"] != _CARDS_OF_A_SET:
        yield f"cards: must be {_CARDS_OF_A_SET}"
    if "slips" in entries and not isinstance(entries["slips"], bool):
        yield "slips: must be true or false"
    if "hours" in entries:
        yield from _hour_faults(entries["hours"])


def _hour_faults(hours: object) -> Iterator[str]:
    expected = {field.name for field in fields(Hours)}
    if not isinstance(hours, Mapping) or set(hours) != expected:
        yield f"hours: must hold {', '.join(sorted(expected))}"
        return
    starts_at, ends_at = (_time_of(hours[key]) for key in ("starts_at", "ends_at"))
    if starts_at is None or ends_at is None or starts_at >= ends_at:
        yield 'hours: starts_at must come before ends_at, both quoted, such as "08:30"'
    slot = hours["slot_minutes"]
    if not isinstance(slot, int) or not _SHORTEST_SLOT <= slot <= _LONGEST_SLOT:
        yield f"hours.slot_minutes: must be {_SHORTEST_SLOT} to {_LONGEST_SLOT}"


def _time_of(written: object) -> time | None:
    try:
        return time.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
