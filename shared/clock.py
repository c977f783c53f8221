"""Time: the domain's, which is told, and the machine's, which is only for waiting.

Domain code never asks what time it is; `now` comes in.
Under the system clock it comes from the entrypoint, and a caller who tells one is refused.
Under the simulated clock the caller must tell it, and the machine's own time decides nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final, Protocol

from shared.contracts.mechanism import NowMissing, NowNotAllowed, NowUnreadable

EARLIEST: Final = datetime(2022, 5, 1, tzinfo=timezone(timedelta(hours=8)))
"""Since when the Regulation on Petition Work is in force, in the county's time (art. 50)."""


class ClockKind(StrEnum):
    """Which clock a deployment runs on, fixed at its start."""

    SYSTEM = "system"
    SIMULATED = "simulated"


class Clock(Protocol):
    """Where the `now` of a call comes from."""

    @property
    def kind(self) -> ClockKind:
        """Tell which clock this is."""
        ...

    def instant_of_call(self, told: object | None) -> datetime:
        """Give the instant of a call, from what its header told, in UTC."""
        ...


class SystemClock:
    """The machine's clock: nobody may tell it what time it is."""

    kind = ClockKind.SYSTEM

    def instant_of_call(self, told: object | None) -> datetime:
        """Give the present instant.

        Raises:
            NowNotAllowed: the call told an instant of its own.
        """
        if told is not None:
            msg = "this deployment runs on the system clock; send no `now`"
            raise NowNotAllowed(msg)
        return machine_now()


class SimulatedClock:
    """A clock that every call sets, so that weeks can be played in seconds."""

    kind = ClockKind.SIMULATED

    def instant_of_call(self, told: object | None) -> datetime:
        """Read the instant that the call told.

        Raises:
            NowMissing: it told none.
            NowUnreadable: what it told is no instant with a time zone, or one before there was
                any rule by which a petition could be received.
        """
        if told is None:
            msg = "this deployment runs on the simulated clock; send `now` with every call"
            raise NowMissing(msg)
        instant = read_instant(told)
        if instant < EARLIEST:
            msg = f"`now` must not be before {EARLIEST.isoformat()}; no rule is in force until then"
            raise NowUnreadable(msg)
        return instant


def clock_of(kind: ClockKind) -> Clock:
    """Make the clock of a kind."""
    return SystemClock() if kind is ClockKind.SYSTEM else SimulatedClock()


def read_instant(told: object) -> datetime:
    """Read an ISO 8601 instant with its time zone, in UTC.

    Raises:
        NowUnreadable: it is not one.
    """
    msg = "`now` must be an ISO 8601 instant with a time zone"
    try:
        instant = datetime.fromisoformat(str(told))
        if instant.tzinfo is None:
            raise NowUnreadable(msg)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NowUnreadable(msg) from None


def machine_now() -> datetime:
    """Give the machine's time, for ages, back-off and records of handling; never for a rule."""
    return datetime.now(UTC)
