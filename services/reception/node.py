"""A reception node: one service of its own for a county, a township or a department."""

from __future__ import annotations

from dataclasses import dataclass

from services.reception.regime import Regime


@dataclass(frozen=True, kw_only=True)
class Node:
    """What a reception service is told of itself at its start.

    `territory` is the directory's code of the organ whose leaders receive here.
    """

    code: str
    service: str
    territory: str
    regime: Regime
