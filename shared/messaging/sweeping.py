"""Sweeping: firing the deadlines that have come, oldest first, each exactly once.

Firing a deadline and what it sets off are one transaction, so no lease is needed: a crash before
the commit leaves it pending, and after the commit it is fired.  A deadline fires with the instant
it was set for as its `now`, however late the sweep comes; so an outage changes nothing in what the
law says of a day.

Nor does a late sweep change what a person's act finds: before a call or a message is taken up, the
deadlines of its petition that had come by its instant are fired.  So what follows from a passed day
is there first, and an act that would have stopped its clock comes too late, as it does (D-23, I-7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, update
from sqlalchemy.orm import Session

from shared import tracing
from shared.clock import machine_now
from shared.contracts.base import Refusal
from shared.database import DeadlineState, StoreUnavailable
from shared.deadlines import AT_ONCE, Deadline, deadline_from
from shared.logs import Log
from shared.messaging import watching
from shared.messaging.crashpoints import crashpoint
from shared.messaging.parking import ParkedRow, Parking
from shared.messaging.work import Cause, Work
from shared.messaging.workplace import Workplace
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import Settlement, series_of

log: Final = Log(__name__)

DeadlineHandler = Callable[[Work, Deadline], None]

_ATTEMPTS: Final = 6
_FIRST_DELAY: Final = timedelta(seconds=1)
_LONGEST_DELAY: Final = timedelta(seconds=60)

PARKED_TYPE: Final = "deadline."
"""What the type of a parked deadline begins with."""


_DEADLINE: Final = "deadline:"


def deadline_id(deadline_no: int) -> str:
    """Name a deadline where the id of a message stands: as a cause, and among what is parked."""
    return f"{_DEADLINE}{deadline_no}"


class NoDeadlineHandler(LookupError):
    """Raised when a deadline of a kind fires that the service names no handler for."""


class _NothingDue(Exception):
    """No deadline has come, or those that have rest after a failure."""


class Sweep:
    """The firing of one store's deadlines."""

    def __init__(
        self,
        workplace: Workplace,
        parking: Parking,
        handlers: Mapping[str, DeadlineHandler],
    ) -> None:
        self._workplace = workplace
        self._parking = parking
        self._handlers = handlers
        self._table = workplace.store.tables.deadlines
        workplace.before_work.append(self)

    def next_due(self) -> datetime | None:
        """Give the instant at which the next deadline fires; None when none is pending.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        query = select(func.min(self._table.c.fires_at)).where(
            self._table.c.state == DeadlineState.PENDING.value
        )
        with self._workplace.store.reading() as session:
            return session.execute(query).scalar()

    def sweep(self, now: datetime, limit: int | None = None) -> int:
        """Fire every deadline that has come by `now`, those it sets off too, oldest first.

        Returns:
            How many were settled.

        Raises:
            StoreUnavailable: the store cannot be used now; what is not fired stays pending.
        """
        settled = 0
        while limit is None or settled < limit:
            try:
                settled += self._fire_next(now)
            except _NothingDue:
                if not self._workplace.simulated:  # A player's time says nothing of this one.
                    series_of(metrics.SWEEP_SUCCESS, self._workplace.service).set_to_current_time()
                break
        return settled

    def is_owed(self, work: Work, petition_no: str | None) -> bool:
        """Tell whether a deadline of a petition, or of none, has come and not been fired."""
        if not self._handlers:
            return False
        if petition_no is None:
            due = self._due(work.now, self._of(petition_no))
            return work.session.execute(due).first() is not None
        return any(self._is_due(row, work.now) for row in work.deadlines.rows_of(petition_no))

    def _is_due(self, row: Row[Any], now: datetime) -> bool:
        """Tell of a row what `_due` asks for, with `_of`."""
        if row.state != DeadlineState.PENDING.value or row.kind not in self._handlers:
            return False
        if not AT_ONCE < row.fires_at <= now:
            return False
        return self._workplace.simulated or not self._rests(row.next_try_at)

    def _rests(self, next_try_at: datetime | None) -> bool:
        moment = machine_now()
        return next_try_at is not None and moment < next_try_at <= moment + _LONGEST_DELAY

    def catch_up(self, now: datetime, petition_no: str | None) -> None:
        """Fire what had come by the instant of a call or message, of its petition and no other.

        One about no petition catches up what is about none: were it all there is, the first call
        after an outage would have to wait for the whole sweep.
        What only waits for a sweep is left to the sweep, and so is a kind that nobody here handles.

        Raises:
            StoreUnavailable: the store cannot be used now; nothing may be done out of order.
        """
        while self._handlers:
            try:
                self._fire_next(now, *self._of(petition_no))
            except _NothingDue:
                return

    def _of(self, petition_no: str | None) -> tuple[ColumnElement[bool], ...]:
        table = self._table
        return (
            table.c.petition_no == petition_no,  # Of None it says IS NULL.
            table.c.fires_at > AT_ONCE,
            table.c.kind.in_(self._handlers),
        )

    def _fire_next(self, now: datetime, *narrowed: ColumnElement[bool]) -> int:
        row = self._next(now, *narrowed)
        with watching.deadline(self._workplace.source, row):
            return self._settle_due(row, now)

    def _settle_due(self, row: Row[Any], now: datetime) -> int:
        try:
            # A sweep may have slept, or lost its caller, while later calls were answered by another
            # replica: what was scheduled after its instant is not told to have been before.
            at = max(now, row.scheduled_at) if row.fires_at == AT_ONCE else row.fires_at
            fired = self._workplace.repeating(lambda: self._fire(row, at))
        except Refusal as refusal:
            error = type(refusal).__name__
            return self._settle(row, DeadlineState.FIRED, Settlement.REFUSED, error)
        except StoreUnavailable:
            raise
        except Exception as unexpected:  # noqa: BLE001 - it is counted, and parked in the end.
            return self._fail(row, unexpected)
        if fired:
            self._tell(row, Settlement.FIRED)
        return int(fired)

    def _next(self, now: datetime, *narrowed: ColumnElement[bool]) -> Row[Any]:
        with self._workplace.store.reading() as session:
            row = session.execute(self._due(now, narrowed)).first()
        if row is None:
            raise _NothingDue
        return row

    def _due(self, now: datetime, narrowed: Iterable[ColumnElement[bool]]) -> Select[Any]:
        table = self._table
        query = (
            select(table)
            .where(table.c.state == DeadlineState.PENDING.value, table.c.fires_at <= now, *narrowed)
            # Not by number: which of two was written first is chance, and chance must not order
            # what a ledger shows.
            .order_by(table.c.fires_at, table.c.kind, table.c.subject, table.c.version)
            .limit(1)
        )
        if self._workplace.simulated:
            return query
        moment = machine_now()
        return query.where(
            or_(
                table.c.next_try_at.is_(None),
                table.c.next_try_at <= moment,
                table.c.next_try_at > moment + _LONGEST_DELAY,
            )
        )

    def _fire(self, row: Row[Any], at: datetime) -> bool:
        """Fire one deadline; tell whether it was still pending."""
        with self._workplace.transaction(
            now=at,
            actor=self._workplace.itself,
            cause=Cause(
                actor_id=self._workplace.itself.id,
                correlation_id=row.correlation_id,
                causation_id=deadline_id(row.deadline_no),
                simulated=self._workplace.simulated,
            ),
            petition_no=row.petition_no,
        ) as work:
            if not self._claim(work.session, row, DeadlineState.FIRED):
                return False  # Another sweep was first, or it was met meanwhile.
            handler = self._handlers.get(row.kind)
            if handler is None:
                msg = f"{self._workplace.owner} names no handler for {row.kind}"
                raise NoDeadlineHandler(msg)
            handler(work, deadline_from(row))
            work.session.flush()
            crashpoint("deadline_claimed_before_commit", row.kind)
        return True

    def _claim(
        self,
        session: Session,
        row: Row[Any],
        state: DeadlineState,
        error: str | None = None,
    ) -> bool:
        table = self._table
        claimed = session.execute(
            update(table)
            .where(
                table.c.deadline_no == row.deadline_no,
                table.c.state == DeadlineState.PENDING.value,
            )
            .values(state=state.value, settled_at=row.fires_at, error=error)
            .returning(table.c.deadline_no)
        ).first()
        return claimed is not None

    def _settle(self, row: Row[Any], state: DeadlineState, outcome: Settlement, error: str) -> int:
        def settle() -> None:
            with self._workplace.store.writing() as session:
                self._claim(session, row, state, error)

        self._workplace.repeating(settle)
        self._tell(row, outcome, error)
        return 1

    def _fail(self, row: Row[Any], unexpected: Exception) -> int:
        """Count an unforeseen failure; a deadline that keeps failing is set aside, and alerts."""
        incident_id = self._workplace.incident(
            "a deadline could not be fired", unexpected, kind=row.kind, attempt=row.attempts + 1
        )
        if row.attempts + 1 >= _ATTEMPTS:
            self._set_aside(row, type(unexpected).__name__, incident_id)
            return 1
        table = self._table
        delay = min(_FIRST_DELAY * 2**row.attempts, _LONGEST_DELAY)

        def count() -> None:
            with self._workplace.store.writing() as session:
                session.execute(
                    update(table)
                    .where(table.c.deadline_no == row.deadline_no)
                    .values(attempts=row.attempts + 1, next_try_at=machine_now() + delay)
                )

        self._workplace.repeating(count)
        return 0

    def _set_aside(self, row: Row[Any], error: str, incident_id: str) -> None:
        """Park a deadline that keeps failing, where an operator finds and replays it."""

        def set_aside() -> None:
            with self._workplace.store.writing() as session:
                self._claim(session, row, DeadlineState.FAILED, error)
                self._parking.park(
                    session,
                    message_id=deadline_id(row.deadline_no),
                    consumer=self._workplace.owner,
                    body={"deadline_no": row.deadline_no},
                    reason="deadline_failed",
                    detail=error,
                    type_=f"{PARKED_TYPE}{row.kind}",
                    petition_no=row.petition_no,
                    incident_id=incident_id,
                )

        self._workplace.repeating(set_aside)
        self._tell(row, Settlement.FAILED, error)

    def revive(self, parked: ParkedRow) -> None:
        """Let a deadline that was set aside fire again, with the next sweep.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        table = self._table
        deadline_no = int(parked.message_id.removeprefix(_DEADLINE))

        def revive() -> None:
            with self._workplace.store.writing() as session:
                session.execute(
                    update(table)
                    .where(
                        table.c.deadline_no == deadline_no,
                        table.c.state == DeadlineState.FAILED.value,
                    )
                    .values(
                        state=DeadlineState.PENDING.value,
                        attempts=0,
                        next_try_at=None,
                        settled_at=None,
                        error=None,
                    )
                )
                self._parking.settle(
                    session, message_id=parked.message_id, consumer=parked.consumer
                )

        self._workplace.repeating(revive)

    def _tell(self, row: Row[Any], outcome: Settlement, error: str | None = None) -> None:
        service = self._workplace.service
        fires_at = row.scheduled_at if row.fires_at == AT_ONCE else row.fires_at
        metrics.deadline_settled(
            service,
            row.kind if row.kind in self._handlers else metrics.UNHANDLED,
            outcome,
            lateness=None if self._workplace.simulated else _seconds_since(fires_at),
        )
        tracing.tell(outcome.value, error)
        log.info(
            "deadline settled",
            service=service,
            kind=row.kind,
            outcome=outcome.value,
            error=error,
            petition_no=row.petition_no,
        )


def _seconds_since(instant: datetime) -> float:
    return (machine_now() - instant).total_seconds()
