"""Lengths of time as the regulations write them, and the moments they are counted from.

"Days" are calendar days; only where a text writes "working days" (工作日) are they that.
The two are types of their own, so that nobody can pass fifteen of the one where the law
means fifteen of the other.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


def _require_at_least_one(count: int) -> None:
    if count < 1:
        message = f"A period has at least 1 day; {count} is none."
        raise ValueError(message)


@dataclass(frozen=True, slots=True, order=True)
class CalendarDays:
    """A period in calendar days (日), such as the 60 days of handling.

    Raises:
        ValueError: fewer than 1 day.
    """

    count: int

    def __post_init__(self) -> None:
        _require_at_least_one(self.count)

    def __add__(self, other: "CalendarDays") -> "CalendarDays":
        """Return the longer period; an extension is added to the period it extends."""
        return CalendarDays(self.count + other.count)

    @property
    def zh(self) -> str:
        """Return the period as a Chinese document prints it."""
        return f"{self.count}日"


@dataclass(frozen=True, slots=True, order=True)
class WorkingDays:
    """A period in working days (工作日), such as the 5 to object to a transfer.

    Raises:
        ValueError: fewer than 1 day.
    """

    count: int

    def __post_init__(self) -> None:
        _require_at_least_one(self.count)

    @property
    def zh(self) -> str:
        """Return the period as a Chinese document prints it."""
        return f"{self.count}个工作日"


Period = CalendarDays | WorkingDays


class StartEvent(StrEnum):
    """What set a clock going; the day of the event itself is never counted."""

    RECEIVED = "received"
    TRANSFER_RECEIVED = "transfer_received"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    OBJECTION_AGREED = "objection_agreed"
    HANDED_OVER = "handed_over"
    OVERDUE = "overdue"
    TOLD = "told"
    PROMISED = "promised"
    REPLY_RECEIVED = "reply_received"
    REVIEW_REQUEST_RECEIVED = "review_request_received"
    RECHECK_REQUEST_RECEIVED = "recheck_request_received"

    @property
    def zh(self) -> str:
        """Return the event as a Chinese document prints it."""
        return _START_EVENT_LABELS[self]


_START_EVENT_LABELS = {
    StartEvent.RECEIVED: "收到信访事项",
    StartEvent.TRANSFER_RECEIVED: "收到转送、交办的信访事项",
    StartEvent.ACCEPTED: "受理",
    StartEvent.ASSIGNED: "交办",
    StartEvent.OBJECTION_AGREED: "核实同意承办单位异议、退回重新疏理",
    StartEvent.HANDED_OVER: "接访点撤销、事项移交",
    StartEvent.OVERDUE: "逾期",
    StartEvent.TOLD: "告知",
    StartEvent.PROMISED: "作出承诺",
    StartEvent.REPLY_RECEIVED: "收到书面答复",
    StartEvent.REVIEW_REQUEST_RECEIVED: "收到复查请求",
    StartEvent.RECHECK_REQUEST_RECEIVED: "收到复核请求",
}


class PauseReason(StrEnum):
    """Why days are left out of a count."""

    HEARING = "hearing"

    @property
    def zh(self) -> str:
        """Return the reason as a Chinese document prints it."""
        return {PauseReason.HEARING: "听证"}[self]


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Days left out of a count, from `paused_from` up to but not including `paused_until`.

    Raises:
        ValueError: the pause ends on or before the day it begins.
    """

    paused_from: date
    paused_until: date
    reason: PauseReason = PauseReason.HEARING

    def __post_init__(self) -> None:
        if self.paused_until <= self.paused_from:
            message = f"A pause from {self.paused_from} until {self.paused_until} holds no day."
            raise ValueError(message)

    def covers(self, on: date) -> bool:
        """Return whether a day is left out of the count."""
        return self.paused_from <= on < self.paused_until
