"""How a paper names what everything else knows by code or number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.contracts.triage import DirectoryView, OfficeView


class Names:
    """The directory in force, read for printing; a code that has left it prints as itself."""

    def __init__(self, directory: DirectoryView) -> None:
        self._leaders = {leader.code: leader for leader in directory.leaders}
        self._units = {unit.code: unit for unit in directory.units}
        self._territories = {each.code: each.name for each in directory.territories}
        self.office: OfficeView = directory.office

    def leader_zh(self, code: str) -> str:
        """Name a leader by title and name."""
        leader = self._leaders.get(code)
        return f"{leader.title}{leader.name}" if leader else self.unit_zh(code)

    def unit_zh(self, code: str) -> str:
        """Name a unit, or the petition office."""
        if code == self.office.code:
            return self.office.name
        unit = self._units.get(code)
        return unit.name if unit else code

    def units_zh(self, codes: Sequence[str]) -> str:
        """Name several units, parted by 、."""
        return "、".join(map(self.unit_zh, codes))

    def reviewer_zh(self, unit: str) -> str:
        """Name the organ that reviews what a unit decided: the next one above it (L22-35)."""
        held = self._units.get(unit)
        above = held.parent if held else None
        if above is not None:
            return self.unit_zh(above)
        if held is None:
            return f"{unit}的上一级机关"
        organ = self._territories.get(held.organ, held.organ)
        return f"{organ}人民政府或者{held.name}的上一级机关"


@dataclass(frozen=True, kw_only=True)
class Printing:
    """What a paper needs from outside: the names, and whom and what the petition is about."""

    names: Names
    petitioner: str | None
    summary: str | None

    @property
    def petitioner_zh(self) -> str:
        """Address the petitioner."""
        return self.petitioner or "信访人"

    @property
    def matter_zh(self) -> str:
        """Name the matter."""
        return f"“{self.summary}”事项" if self.summary else "信访事项"
