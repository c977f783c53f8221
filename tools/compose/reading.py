"""Compose files as they are written, as they are meant when nothing is set, one over another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

VARIABLE: Final = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<bare>\w+)"
    r"|\{(?P<name>\w+)(?::?(?P<sign>[-?+])(?P<rest>[^}]*))?\})"
)
"""What a compose command replaces: ``$NAME``, ``${NAME:-default}``, ``$$`` for the sign itself."""

_REPLACED: Final = frozenset({"command", "entrypoint", "test"})
"""The lists of which a later file has its own, and does not add to the earlier one's."""


def read_compose(path: Path, *, over: Path | None = None) -> dict[str, Any]:
    """Read a compose file, or one that is laid over another; its variables stay as written."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document if over is None else _laid_over(document, read_compose(over))


def filled_in(part: Any) -> Any:
    """Put into a document, or a part of one, what its variables stand for when nothing is set.

    That is their default; one that has to be told stands for its own name.
    """
    if isinstance(part, str):
        return VARIABLE.sub(_meant, part)
    if isinstance(part, Mapping):
        return {filled_in(key): filled_in(value) for key, value in part.items()}
    if isinstance(part, list):
        return [filled_in(one) for one in part]
    return part


def _meant(found: re.Match[str]) -> str:
    if found["dollar"]:
        return "$"
    if found["sign"] == "-":
        return found["rest"]
    return (found["name"] or found["bare"]).lower()


def _laid_over(document: dict[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a document over a base as compose does: mappings by key, lists one after the other."""
    merged = dict(base)
    for key, value in document.items():
        under = merged.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            merged[key] = _laid_over(value, under)
        elif isinstance(value, list) and isinstance(under, list) and key not in _REPLACED:
            merged[key] = [*under, *value]
        else:
            merged[key] = value
    return merged
