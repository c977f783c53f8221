"""How an embedded host is told of a reception node: its regime, and whom it receives for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

USUAL_REGIME: Final = "county"

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KEYS: Final = ("regime", "territory", "department")


class NodeSetupUnreadable(ValueError):
    """Raised for a node's setup that cannot be read; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class NodeSetup:
    """What a node is besides its code.

    `regime` is a regime's name or a file's path; `territory` is the node's own code where it is
    None.
    """

    regime: str = USUAL_REGIME
    territory: str | None = None
    department: str | None = None

    def as_mapping(self) -> dict[str, str]:
        """Give what is told, for a file."""
        told = {key: getattr(self, key) for key in _KEYS}
        return {key: value for key, value in told.items() if value is not None}


def read_setups(value: object, *, beside: Path | None = None) -> dict[str, NodeSetup]:
    """Read the setups of nodes by code, such as ``{"sanchakou": {"regime": "weekly_rota"}}``.

    Args:
        value: the mapping as a file has it.
        beside: the directory from which the path of an own regime file is meant.

    Raises:
        NodeSetupUnreadable: it is no such mapping.
    """
    if not isinstance(value, Mapping):
        msg = "nodes must be a mapping of a node's code to its setup"
        raise NodeSetupUnreadable(msg)
    return {str(code): _setup(str(code), told, beside) for code, told in value.items()}


def node_told(text: str) -> tuple[str, NodeSetup | None]:
    """Read a node from an option: its code, or its code and regime as ``CODE:REGIME``.

    Raises:
        NodeSetupUnreadable: it is not written so.
    """
    code, parted, regime = text.partition(":")
    if not _CODE.fullmatch(code) or (parted and not regime):
        msg = f"{text!r} is no node; write its code, or CODE:REGIME"
        raise NodeSetupUnreadable(msg)
    return code, NodeSetup(regime=regime) if parted else None


def _setup(code: str, told: Any, beside: Path | None) -> NodeSetup:
    if not _CODE.fullmatch(code):
        msg = f"{code!r} is no node's code"
        raise NodeSetupUnreadable(msg)
    if not isinstance(told, Mapping) or not set(told) <= set(_KEYS):
        msg = f"the setup of node {code} may hold {', '.join(_KEYS)} and nothing else"
        raise NodeSetupUnreadable(msg)
    if not all(isinstance(value, str) and value for value in told.values()):
        msg = f"every entry of the setup of node {code} must be text"
        raise NodeSetupUnreadable(msg)
    regime = told.get("regime", USUAL_REGIME)
    if beside is not None and not _CODE.fullmatch(regime):
        regime = str(beside / regime)
    return NodeSetup(
        regime=regime, territory=told.get("territory"), department=told.get("department")
    )
