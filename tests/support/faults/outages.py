"""Faults of processes and of the network: who is gone, and whom nobody reaches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Finding, Harm

_STOPS_WITHIN: Final = 40.0


@dataclass
class Signalled(Fault):
    """A service, the broker or PostgreSQL gets a signal; Docker starts it again."""

    service: str
    signal: str
    seconds: float = 1.0
    _before: int = 0
    _after: int = 0

    @property
    def name(self) -> str:
        return f"{self.service} gets SIG{self.signal}"

    def inject(self, county: FaultyCounty) -> None:
        self._before = county.restarts(self.service)
        county.signal(self.service, self.signal)

    def hold(self, county: FaultyCounty) -> None:
        ends = time.monotonic() + _STOPS_WITHIN
        while self._after <= self._before and time.monotonic() < ends:
            time.sleep(0.2)
            self._after = county.restarts(self.service)

    def missed(self) -> Sequence[Finding]:
        if self._after > self._before:
            return ()
        return (Finding("fault", Harm.VIOLATION, f"{self.name}: it did not start again"),)


@dataclass
class Restarted(Fault):
    """The broker or PostgreSQL is stopped in good order and started again after a while."""

    service: str
    seconds: float = 0.0

    @property
    def name(self) -> str:
        lasting = f" for {self.seconds:g} s" if self.seconds else " and started"
        return f"{self.service} is stopped{lasting}"

    def inject(self, county: FaultyCounty) -> None:
        county.stop(self.service)

    def heal(self, county: FaultyCounty) -> None:
        county.start(self.service)


@dataclass
class Disturbed(Fault):
    """The lines of a service, to the broker, to PostgreSQL or to both, behave otherwise."""

    service: str
    mode: str
    line: str = "*"
    seconds: float = 9.0

    @property
    def name(self) -> str:
        return f"{self.service}.{self.line} {self.mode} for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        county.proxy(f"{self.service}.{self.line}", self.mode)

    def heal(self, county: FaultyCounty) -> None:
        county.proxy("*", "pass")
