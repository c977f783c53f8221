"""What waits in a store for the mechanism: looked up together, told as gauges.

Kept are the instants and not the ages, so that what waits goes on growing old while nobody can
look.  Counts end at a hundred thousand: what is more than that is not worth its reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, func, literal_column, select
from sqlalchemy.orm import Session

from shared.database import DeadlineState
from shared.database.mechanism import Mechanism
from shared.deadlines import AT_ONCE
from shared.metrics import Standing, StandingGauge

MOST_COUNTED: Final = 100_000

UNSENT: Final = StandingGauge(
    name="balian_outbox_unsent_messages",
    documentation="Recorded events not yet sent; counted up to 100,000.",
)
UNSENT_SECONDS: Final = StandingGauge(
    name="balian_outbox_oldest_unsent_seconds",
    documentation="Age of the oldest event not yet sent; 0 where there is none.",
)
EARLY: Final = StandingGauge(
    name="balian_early_messages",
    documentation="Messages that wait for their predecessor; counted up to 100,000.",
)
EARLY_SECONDS: Final = StandingGauge(
    name="balian_early_oldest_seconds",
    documentation=(
        "Age of the oldest message that waits for its predecessor; 0 where there is none."
    ),
)
PARKED: Final = StandingGauge(
    name="balian_parked_messages",
    documentation="Messages parked and not yet settled; counted up to 100,000.",
)
DEADLINES: Final = StandingGauge(
    name="balian_deadlines_pending",
    documentation="Deadlines that can still fire; counted up to 100,000.",
)
DEADLINE_SECONDS: Final = StandingGauge(
    name="balian_deadline_lag_seconds",
    documentation="Age of the oldest deadline that has come and not fired; 0 where there is none.",
)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits in one store."""

    unsent: int
    oldest_unsent: datetime | None
    early: int
    oldest_early: datetime | None
    parked: int
    deadlines: int
    next_deadline: datetime | None
    """The instant of the first that is pending, come or not."""
    told_now: datetime | None
    """The deployment's instant where time is told; None under the system clock."""


def look_at_backlog(
    session: Session, tables: Mechanism, *, told_now: datetime | None = None
) -> Backlog:
    """Look up what waits; each statement reads an index over what waits and no history."""
    outbox, early = tables.outbox_messages, tables.early_messages
    parked, deadlines = tables.parked_messages, tables.deadlines
    is_unsent = outbox.c.sent_at.is_(None)
    is_waiting = early.c.settled_at.is_(None)
    is_pending = deadlines.c.state == literal_column(f"'{DeadlineState.PENDING.value}'")
    return Backlog(
        unsent=_count(session, outbox, is_unsent),
        # The first recorded is the oldest: a sequence number is given at the recording.
        oldest_unsent=_first(session, outbox.c.created_at, is_unsent, by=outbox.c.seq),
        early=_count(session, early, is_waiting),
        oldest_early=session.execute(
            select(func.min(early.c.received_at)).where(is_waiting)
        ).scalar(),
        parked=_count(session, parked, parked.c.settled_at.is_(None)),
        deadlines=_count(session, deadlines, is_pending),
        next_deadline=_next_deadline(session, deadlines, is_pending),
        told_now=told_now,
    )


def backlog_told(backlog: Backlog, now: datetime) -> Iterator[Standing]:
    """Tell a backlog as gauges, its ages as they are at `now`."""
    yield Standing(gauge=UNSENT, value=backlog.unsent)
    yield Standing(gauge=UNSENT_SECONDS, value=_age(backlog.oldest_unsent, now))
    yield Standing(gauge=EARLY, value=backlog.early)
    yield Standing(gauge=EARLY_SECONDS, value=_age(backlog.oldest_early, now))
    yield Standing(gauge=PARKED, value=backlog.parked)
    yield Standing(gauge=DEADLINES, value=backlog.deadlines)
    lag = _age(backlog.next_deadline, backlog.told_now or now)
    yield Standing(gauge=DEADLINE_SECONDS, value=lag)


def _count(session: Session, table: Table, condition: ColumnElement[bool]) -> int:
    counted: Select[Any] = (
        select(literal_column("1")).select_from(table).where(condition).limit(MOST_COUNTED)
    )
    return int(session.execute(select(func.count()).select_from(counted.subquery())).scalar_one())


def _first(
    session: Session, column: Any, condition: ColumnElement[bool], *, by: Any
) -> datetime | None:
    first: datetime | None = session.execute(
        select(column).where(condition).order_by(by).limit(1)
    ).scalar()
    return first


def _next_deadline(
    session: Session, table: Table, is_pending: ColumnElement[bool]
) -> datetime | None:
    """Find the first pending deadline; one that only waits for a sweep has come when it was set."""
    at_once = session.execute(
        select(func.min(table.c.scheduled_at)).where(is_pending, table.c.fires_at == AT_ONCE)
    ).scalar()
    timed = _first(
        session, table.c.fires_at, is_pending & (table.c.fires_at > AT_ONCE), by=table.c.fires_at
    )
    return min((one for one in (at_once, timed) if one is not None), default=None)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
