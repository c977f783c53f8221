"""What distinguishes one reception day from another: a regime, read from a file and checked whole.

A county, a community, a hospital and a bureau hold the same institution by different rules
(procedure §1E).  The rules are code; which of them hold at a node is a file: one beside this
module, or one of the operator's own.  A value that procedure §1E knows and this version does not
carry out is refused and never passed over in silence (`docs/regimes.md`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.reception.regime_values import (
    CHOICES,
    MODES,
    NUMBERS,
    Choice,
    Hours,
    Regime,
    SwapRule,
)
from services.reception.rules.schedule import Rhythm, Schedule
from shared.calendar import HolidayPolicy, Weekday
from shared.contracts.common import LeaderAssignment

__all__ = ["Regime", "RegimeInvalid", "SwapRule", "load_regime", "read_regime"]

_DIRECTORY: Final = Path(__file__).parent / "regimes"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NO_CAP: Final = "none"
_MOST_IN_A_MONTH: Final = 5
_SHORTEST_SLOT: Final = 10
_LONGEST_SLOT: Final = 240

_KEYS: Final = frozenset({field.name for field in fields(Regime)} | {"monthly_cap"})
_WEEKDAYS: Final = tuple(day.name.lower() for day in Weekday)


class RegimeInvalid(ValueError):
    """Raised for a regime file that cannot be used; its message lists every fault of the file."""


@cache
def load_regime(name: str) -> Regime:
    """Read a regime that comes with this package, by its name, or an own one, by its path.

    Raises:
        RegimeInvalid: there is no such regime, or its file has faults.
    """
    if not _CODE.fullmatch(name):
        regime = _read_file(Path(name))
        if regime.regime in _known():
            msg = f"{name}: regime: {regime.regime} comes with this version; name yours otherwise"
            raise RegimeInvalid(msg)
        return regime
    if name not in _known():
        msg = (
            f"there is no regime {name!r}; choose one of: {', '.join(_known())}; or give the path"
            " of a file of your own, such as ./regime.yaml"
        )
        raise RegimeInvalid(msg)
    return _read_file(_DIRECTORY / f"{name}.yaml")


def read_regime(entries: object, *, source: str) -> Regime:
    """Check the entries of a regime file and make the regime of them.

    Raises:
        RegimeInvalid: names every key that is missing, unknown, wrong or not in force.
    """
    if not isinstance(entries, Mapping):
        msg = f"{source}: a regime is a mapping of keys"
        raise RegimeInvalid(msg)
    faults = list(_faults(entries))
    if faults:
        msg = f"{source}: {'; '.join(faults)}"
        raise RegimeInvalid(msg)
    plain = {key: entries[key] for key in _KEYS - {"monthly_cap"}}
    return Regime(
        **plain
        | {
            "intake_days": tuple(map(_weekday, entries["intake_days"])),
            "reception_schedule": _schedule(entries),
            "hours": _hours(entries["hours"]),
            "holiday_policy": HolidayPolicy(entries["holiday_policy"]),
            "leader_assignment": LeaderAssignment(entries["leader_assignment"]),
            "swap_rule": SwapRule(entries["swap_rule"]),
            "modes": tuple(entries["modes"]),
        }
    )


def _known() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in _DIRECTORY.glob("*.yaml")))


def _read_file(path: Path) -> Regime:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        why = " ".join(str(unreadable).split())
        msg = f"the regime {path} cannot be read: {why}"
        raise RegimeInvalid(msg) from None
    return read_regime(entries, source=path.name)


def _weekday(name: str) -> Weekday:
    return Weekday[name.upper()]


def _schedule(entries: Mapping[Any, Any]) -> Schedule:
    written, cap = entries["reception_schedule"], entries["monthly_cap"]
    return Schedule(
        rhythm=Rhythm(written["rhythm"]),
        weekday=_weekday(written["weekday"]),
        nth=written.get("nth"),
        monthly_cap=None if cap == _NO_CAP else cap,
    )


def _hours(written: Mapping[Any, Any]) -> Hours:
    return Hours(
        starts_at=time.fromisoformat(written["starts_at"]),
        ends_at=time.fromisoformat(written["ends_at"]),
        slot_minutes=written["slot_minutes"],
    )


# --- Faults ---------------------------------------------------------------------------------------


def _faults(entries: Mapping[Any, Any]) -> Iterator[str]:
    yield from (f"{key}: missing" for key in sorted(_KEYS - set(entries)))
    yield from (f"{key}: unknown" for key in sorted(map(str, set(entries) - _KEYS)))
    for key, choice in CHOICES.items():
        if key in entries:
            yield from _choice_faults(key, entries[key], choice)
    for key, number in NUMBERS.items():
        if key in entries and not _is_whole(entries[key], number, number):
            yield f"{key}: only {number} is in force in this version"
    checks = {
        "regime": _code_faults,
        "intake_days": _intake_day_faults,
        "modes": _mode_faults,
        "reception_schedule": _schedule_faults,
        "hours": _hour_faults,
    }
    for key, check in checks.items():
        if key in entries:
            yield from check(entries[key])
    if "monthly_cap" in entries:
        yield from _cap_faults(entries["monthly_cap"], entries.get("reception_schedule"))
    if (entries.get("swap_rule"), entries.get("leader_assignment")) == (
        SwapRule.NEXT_IN_ROTA_BEFOREHAND,
        LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO,
    ):
        yield "swap_rule: leaders who receive by portfolio have no rota to swap in"


def _choice_faults(key: str, value: object, choice: Choice) -> Iterator[str]:
    in_force = ", ".join(choice.in_force)
    if value in choice.not_in_force:
        yield f"{key}: {value} is not in force in this version; in force: {in_force}"
    elif value not in choice.in_force:
        yield f"{key}: must be one of {', '.join((*choice.in_force, *choice.not_in_force))}"


def _code_faults(value: object) -> Iterator[str]:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        yield "regime: must be a code of lower-case letters, digits and _"


def _intake_day_faults(value: object) -> Iterator[str]:
    if not _is_list_of_distinct(value) or not all(day in _WEEKDAYS for day in _listed(value)):
        yield f"intake_days: must be a list of {', '.join(_WEEKDAYS)}, each at most once"


def _mode_faults(value: object) -> Iterator[str]:
    if not _is_list_of_distinct(value) or not _listed(value):
        yield "modes: must be a list of at least one mode, each at most once"
        return
    for mode in _listed(value):
        yield from _choice_faults("modes", mode, MODES)


def _schedule_faults(value: object) -> Iterator[str]:
    if not isinstance(value, Mapping) or not {"rhythm", "weekday"} <= set(value):
        yield "reception_schedule: must hold rhythm and weekday, and nth where it is monthly"
        return
    unknown = sorted(map(str, set(value) - {"rhythm", "weekday", "nth"}))
    yield from (f"reception_schedule.{key}: unknown" for key in unknown)
    rhythms = [rhythm.value for rhythm in Rhythm]
    if value["rhythm"] not in rhythms:
        yield f"reception_schedule.rhythm: must be one of {', '.join(rhythms)}"
    if value["weekday"] not in _WEEKDAYS:
        yield f"reception_schedule.weekday: must be one of {', '.join(_WEEKDAYS)}"
    if value["rhythm"] == Rhythm.WEEKLY and "nth" in value:
        yield "reception_schedule.nth: a weekly rhythm has none"
    elif value["rhythm"] != Rhythm.WEEKLY and not _is_whole(value.get("nth"), 1, 4):
        # Every month has a fourth of each weekday; a fifth only some have.
        yield "reception_schedule.nth: must be 1 to 4"


def _cap_faults(value: object, schedule: object) -> Iterator[str]:
    if value == _NO_CAP:
        return
    if not _is_whole(value, 1, _MOST_IN_A_MONTH):
        yield f"monthly_cap: must be {_NO_CAP} or 1 to {_MOST_IN_A_MONTH}"
    elif not isinstance(schedule, Mapping) or schedule.get("rhythm") != Rhythm.WEEKLY:
        yield "monthly_cap: only a weekly rhythm is capped"


def _hour_faults(value: object) -> Iterator[str]:
    expected = {field.name for field in fields(Hours)}
    if not isinstance(value, Mapping) or set(value) != expected:
        yield f"hours: must hold {', '.join(sorted(expected))}"
        return
    starts_at, ends_at = (_time_of(value[key]) for key in ("starts_at", "ends_at"))
    if starts_at is None or ends_at is None or starts_at >= ends_at:
        yield 'hours: starts_at must come before ends_at, both quoted, such as "08:30"'
    if not _is_whole(value["slot_minutes"], _SHORTEST_SLOT, _LONGEST_SLOT):
        yield f"hours.slot_minutes: must be {_SHORTEST_SLOT} to {_LONGEST_SLOT}"


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _is_list_of_distinct(value: object) -> bool:
    return isinstance(value, list) and len(set(map(str, value))) == len(value)


def _time_of(written: object) -> time | None:
    try:
        return time.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
