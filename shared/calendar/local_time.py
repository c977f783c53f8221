"""Local dates and times of day in China, and the UTC instants they stand for.

Statutory time is counted in local dates of Asia/Shanghai; everything stored or sent is an
aware UTC instant.  These few functions are the only bridge between the two.
"""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

LOCAL_ZONE: Final = ZoneInfo("Asia/Shanghai")

_WEEKDAYS_ZH: Final = "一二三四五六日"


class NaiveInstant(ValueError):
    """Raised for an instant without a time zone; pass an aware one, best in UTC."""


def local_date(instant: datetime) -> date:
    """Return the local date on which an aware instant falls.

    Raises:
        NaiveInstant: the instant has no time zone.
    """
    if instant.tzinfo is None:
        message = f"{instant.isoformat()} has no time zone, so it falls on no certain date."
        raise NaiveInstant(message)
    return instant.astimezone(LOCAL_ZONE).date()


def local_time(instant: datetime) -> time:
    """Return the local time of day at an aware instant.

    Raises:
        NaiveInstant: as `local_date`.
    """
    if instant.tzinfo is None:
        message = f"{instant.isoformat()} has no time zone, so it is at no certain time of day."
        raise NaiveInstant(message)
    return instant.astimezone(LOCAL_ZONE).time()


def local_instant(on: date, at: time) -> datetime:
    """Return the aware UTC instant of a local date and time of day."""
    return datetime.combine(on, at.replace(tzinfo=LOCAL_ZONE)).astimezone(UTC)


def local_midnight(on: date) -> datetime:
    """Return the aware UTC instant at which a local date begins."""
    return local_instant(on, time.min)


def weekday_zh(on: date) -> str:
    """Return the weekday in Chinese, such as 星期五."""
    return f"星期{_WEEKDAYS_ZH[on.weekday()]}"


def date_zh(on: date) -> str:
    """Return a date as a Chinese document prints it, such as 2026年7月31日（星期五）."""
    return f"{on.year}年{on.month}月{on.day}日（{weekday_zh(on)}）"
