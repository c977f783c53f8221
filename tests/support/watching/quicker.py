"""The rules of `deploy/prometheus` with every duration shortened, and nothing else changed.

An alert waits for minutes before it wakes somebody, which no test can.  A county that is tested
is read every 3 seconds, and each `for` and each window of a rule is a thirtieth of what it is: a
minute becomes 2 seconds.  Thresholds, labels, names and all that is asked stay as written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

SHORTENED: Final = 30
"""By how much what a rule waits for is shortened."""

READ_EVERY: Final = "3s"
"""How often everything is read and worked out, and how long an answer may take: also on a machine
that is busy with other tests it comes in that time."""

SHORTEST_WINDOW: Final = 12.0
"""Seconds of the shortest window: a rate needs four readings, or it has a hole when one fails."""

_READ_EVERY: Final = frozenset(
    {"scrape_interval", "scrape_timeout", "evaluation_interval", "refresh_interval"}
)
_WAITS: Final = frozenset({"for", "keep_firing_for", "interval"})
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART: Final = re.compile(r"(\d+)(ms|[smhdw])")
_DURATION: Final = r"(?:\d+(?:ms|[smhdw]))+"
_WINDOW: Final = re.compile(rf"\[(?P<window>{_DURATION})(?::(?P<step>{_DURATION})?)?\]")
_QUOTED: Final = re.compile(r"(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')")


def write_quicker(source: Path, target: Path) -> None:
    """Copy a directory of Prometheus's settings, with every duration of them shortened."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("tests"))
    for path in sorted(target.glob("*.yml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(quicker(written), allow_unicode=True), encoding="utf-8")


def quicker(part: Any) -> Any:
    """Give a document of settings or rules, or a part of one, with every duration shortened."""
    if isinstance(part, Mapping):
        return {key: _quicker_value(str(key), value) for key, value in part.items()}
    if isinstance(part, list):
        return [quicker(one) for one in part]
    return part


def _quicker_value(key: str, value: Any) -> Any:
    if key in _READ_EVERY:
        return READ_EVERY
    if key in _WAITS and isinstance(value, str):
        return _written(max(1.0, seconds_of(value) / SHORTENED))
    if key == "expr" and isinstance(value, str):
        return quicker_expression(value)
    return quicker(value)


def quicker_expression(expression: str) -> str:
    """Shorten every window of an expression; what stands in quotes stays."""
    pieces = _QUOTED.split(expression)
    return "".join(
        piece if number % 2 else _WINDOW.sub(_shorter_window, piece)
        for number, piece in enumerate(pieces)
    )


def seconds_of(duration: str) -> float:
    """Read a duration as Prometheus writes it, such as ``1h30m``."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))


def _shorter_window(found: re.Match[str]) -> str:
    window = _written(max(SHORTEST_WINDOW, seconds_of(found["window"]) / SHORTENED))
    if found["step"] is None:
        # A subquery without a step takes that of the evaluation.
        return f"[{window}:]" if ":" in found[0] else f"[{window}]"
    return f"[{window}:{_written(max(1.0, seconds_of(found['step']) / SHORTENED))}]"


def _written(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
