"""What a run of the fault harness reports: one row for each fault, as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One fault and what it came to; times in seconds."""

    fault: str
    attempted: int
    accepted: int
    refused: int
    lost: int
    doubled: int
    absorbed: int
    parked: int
    recovery_seconds: float
    slowest_call_seconds: float
    findings: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not (self.findings or self.lost or self.doubled or self.parked)


@dataclass
class Report:
    """The rows of a run, written after each of them so that a run that dies leaves what it has."""

    path: Path
    rows: list[ReportRow] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    def add(self, row: ReportRow) -> None:
        """Add a row and write the report."""
        self.rows.append(row)
        self.write()

    def write(self) -> None:
        """Write the report as JSON."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            **self.about,
            "totals": self.totals(),
            "rows": [_rounded(asdict(row)) for row in self.rows],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        self.path.write_text(f"{text}\n", encoding="utf-8")

    def totals(self) -> Mapping[str, float]:
        """Sum what can be summed, and give the longest of what takes time."""
        counted = ("attempted", "accepted", "refused", "lost", "doubled", "absorbed", "parked")
        longest = ("recovery_seconds", "slowest_call_seconds")
        sums = {name: sum(getattr(row, name) for row in self.rows) for name in counted}
        most = {name: max((getattr(row, name) for row in self.rows), default=0) for name in longest}
        return _rounded({"faults": len(self.rows), **sums, **most})

    def show(self, *, title: str) -> None:
        """Show the rows as a table on stderr."""
        table = Table(title=title)
        table.add_column("fault", overflow="fold", max_width=60)
        columns = [name for name in _columns() if name not in ("fault", "findings")]
        for name in columns:
            table.add_column(name.removesuffix("_seconds").replace("_", " "), justify="right")
        for row in self.rows:
            table.add_row(row.fault, *(_shown(getattr(row, name)) for name in columns))
        totals = self.totals()
        table.add_section()
        table.add_row(f"{len(self.rows)} faults", *(_shown(totals[name]) for name in columns))
        Console(stderr=True, width=160).print(table)


def _columns() -> Sequence[str]:
    return list(ReportRow.__dataclass_fields__)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()
    }


def _shown(value: int | float) -> str:  # noqa: PYI041 - which of the two it is counts.
    return str(value) if isinstance(value, int) else f"{value:.1f}"
