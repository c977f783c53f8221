"""What a fault is: it breaks one thing of a deployment, and mends what does not mend itself.

What must mend itself, such as a process that was killed, is not touched again.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.findings import Finding


class Fault(ABC):
    """One thing that goes wrong."""

    seconds: float = 0.0
    """For how long it stays broken."""

    poisoned: int = 0
    """How many messages that nobody can read it sends."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Say what goes wrong, and where."""

    @abstractmethod
    def inject(self, county: FaultyCounty) -> None:
        """Break it."""

    def hold(self, county: FaultyCounty) -> None:
        """Leave it broken for a while."""
        del county
        time.sleep(self.seconds)

    def heal(self, county: FaultyCounty) -> None:
        """Mend what does not mend itself."""
        del county

    def tidy(self, county: FaultyCounty) -> None:
        """Put away what the fault needed, once the county is whole again."""
        del county

    def missed(self) -> Sequence[Finding]:
        """Tell what of it did not come about, which would make the test empty."""
        return ()


@dataclass
class Together(Fault):
    """Several things go wrong at once."""

    faults: Sequence[Fault]

    @property
    def name(self) -> str:
        return " + ".join(fault.name for fault in self.faults)

    def inject(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.inject(county)
        self.poisoned = sum(fault.poisoned for fault in self.faults)

    def hold(self, county: FaultyCounty) -> None:
        holding = [
            threading.Thread(target=fault.hold, args=(county,), daemon=True)
            for fault in self.faults
        ]
        for thread in holding:
            thread.start()
        for thread in holding:
            thread.join()

    def heal(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.heal(county)

    def tidy(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.tidy(county)

    def missed(self) -> Sequence[Finding]:
        return [finding for fault in self.faults for finding in fault.missed()]
