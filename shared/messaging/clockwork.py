"""What a service does by itself as time goes by, beside what comes to it."""

from __future__ import annotations

from time import monotonic
from typing import Final

from shared.clock import ClockKind, machine_now
from shared.database import StoreConflict, StoreUnavailable
from shared.logs import Log
from shared.messaging.engine import Engine
from shared.messaging.green import GreenEvent, wait_at_most
from shared.metrics.mechanism import SWEEP_SUCCESS, series_of

log: Final = Log(__name__)

_TICK: Final = 1.0
_EARLY_POLL: Final = 5.0


class Clockwork:
    """Sweeps deadlines under the system clock, and looks after early messages.

    Under the simulated clock no deadline fires here: its players call `sweep`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_stopping = False
        self._woken: GreenEvent | None = None

    def run(self) -> None:
        """Keep time until stopped."""
        early_at = monotonic()
        if self._engine.clock.kind is ClockKind.SYSTEM:
            # From here on it is missed if no sweep ends, also if none ever did.
            series_of(SWEEP_SUCCESS, self._engine.source.service).set_to_current_time()
        while not self._is_stopping:
            self._woken = GreenEvent()
            try:
                if monotonic() >= early_at:
                    self._engine.apply_early()
                    early_at = monotonic() + _EARLY_POLL
                if self._engine.clock.kind is ClockKind.SYSTEM:
                    self._engine.sweep(machine_now())
            except (StoreConflict, StoreUnavailable) as unavailable:
                log.warning(
                    "the clockwork waits for the store",
                    service=self._engine.source.service,
                    error=type(unavailable).__name__,
                )
            wait_at_most(_TICK, self._woken)

    def wake(self) -> None:
        """Look at once whether a deadline has come."""
        if self._woken is not None and not self._woken.ready():
            self._woken.send(None)

    def stop(self) -> None:
        """Do nothing more than what is being done."""
        self._is_stopping = True
        self.wake()
