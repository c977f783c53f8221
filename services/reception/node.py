"""A reception node: one service of its own for a county, a township or a department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.reception.regime import Regime, RegimeInvalid

COUNTY_NODE: Final = "county"


@dataclass(frozen=True, kw_only=True)
class Node:
    """What a reception service is told of itself at its start.

    `territory` is the directory's code of the organ whose leaders receive here, unless the node
    is a `department`'s; `metrics` is where others find its figures; `opening` names the opening
    it is in, which a restart carries on.

    Raises:
        RegimeInvalid: the county's own node is given a rota, which its founding text rejects.
    """

    code: str
    service: str
    territory: str
    regime: Regime
    department: str | None = None
    metrics: str | None = None
    opening: str | None = None

    def __post_init__(self) -> None:
        if self.code == COUNTY_NODE and self.regime.has_rota:
            msg = (
                f"regime {self.regime.regime}: leader_assignment: at the county's own node leaders"
                " receive by portfolio and never by a rota (C-05)"
            )
            raise RegimeInvalid(msg)

    @property
    def organ(self) -> str:
        """Give the organ it serves: its department, or its territory."""
        return self.department or self.territory
