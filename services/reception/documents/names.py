"""How a paper names the leaders, units and fields that everything else knows by code."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.triage import DirectoryView, LeaderView, OfficeView


class Names:
    """The directory in force, read for printing; a code that has left it prints as itself."""

    def __init__(self, directory: DirectoryView) -> None:
        self._leaders = {leader.code: leader for leader in directory.leaders}
        self._units = {unit.code: unit.name for unit in directory.units}
        self._territories = {place.code: place.name for place in directory.territories}
        self._fields = {field.code: field.name for field in directory.fields}
        self.office: OfficeView = directory.office

    def leader(self, code: str) -> LeaderView | None:
        """Give a leader of the directory."""
        return self._leaders.get(code)

    def leader_zh(self, code: str) -> str:
        """Name a leader by title and name, such as 副县长钱某."""
        leader = self._leaders.get(code)
        return f"{leader.title}{leader.name}" if leader else code

    def unit_zh(self, code: str) -> str:
        """Name a unit."""
        return self._units.get(code, code)

    def units_zh(self, codes: Sequence[str]) -> str:
        """Name several units, parted by 、."""
        return "、".join(map(self.unit_zh, codes))

    def place_zh(self, code: str) -> str:
        """Name a territory or a department."""
        return self._territories.get(code) or self.unit_zh(code)

    def field_zh(self, code: str) -> str:
        """Name a field of matters."""
        return self._fields.get(code, code)
