"""Deaths at crash points: services die with one kind of message in hand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Finding, Harm


@dataclass(frozen=True, order=True)
class CrashAt:
    """One crash point of one service, for one kind of message."""

    service: str
    point: str
    message: str

    @property
    def specification(self) -> str:
        """Give what arms it."""
        return f"{self.point}@{self.message}"

    def __str__(self) -> str:
        return f"{self.service}:{self.specification}"


@dataclass
class Crashed(Fault):
    """Services die at crash points, at each once, with one kind of message in hand."""

    crashes: Sequence[CrashAt]
    seconds: float = 90.0
    """The longest it may take until the load has come by every point."""

    _armed: dict[Path, CrashAt] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " + ".join(str(crash) for crash in self.crashes)

    def inject(self, county: FaultyCounty) -> None:
        self._armed = {
            county.arm(crash.service, crash.specification): crash for crash in self.crashes
        }

    def hold(self, county: FaultyCounty) -> None:
        del county
        ends = time.monotonic() + self.seconds
        while any(file.exists() for file in self._armed) and time.monotonic() < ends:
            time.sleep(0.1)

    def heal(self, county: FaultyCounty) -> None:
        del county
        for file in list(self._armed):
            if not file.exists():
                del self._armed[file]
            file.unlink(missing_ok=True)

    def missed(self) -> Sequence[Finding]:
        return [
            Finding("fault", Harm.VIOLATION, f"{crash}: nothing came by")
            for crash in self._armed.values()
        ]
