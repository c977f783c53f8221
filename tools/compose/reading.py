"""Compose files as they are meant when nothing is set: defaults filled in, overrides laid over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::?(?P<sign>[-?])(?P<rest>[^}]*))?\}")


def read_compose(path: Path, *, over: Path | None = None) -> dict[str, Any]:
    """Read a compose file, or one that is laid over another.

    A variable stands for its default, and one that has to be told stands for its own name.
    """
    document: dict[str, Any] = yaml.safe_load(_filled_in(path.read_text(encoding="utf-8")))
    return document if over is None else _laid_over(document, read_compose(over))


def _filled_in(text: str) -> str:
    return _VARIABLE.sub(
        lambda found: found["rest"] if found["sign"] == "-" else found["name"].lower(), text
    )


def _laid_over(document: dict[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a document over a base as compose does: mappings by key, lists one after the other."""
    merged = dict(base)
    for key, value in document.items():
        under = merged.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            merged[key] = _laid_over(value, under)
        elif isinstance(value, list) and isinstance(under, list) and key != "command":
            merged[key] = [*under, *value]
        else:
            merged[key] = value
    return merged
