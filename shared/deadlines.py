"""Deadlines: rows in the service's own store, written with the state they belong to.

A clock that must survive a restart, fire though nobody is assigned and fire only once cannot
live in a timer.  It is a row; being scheduled, met, cancelled or fired is one transaction with
the change that causes it.  A deadline is never altered: a new schedule of the same kind and
subject supersedes the older row and carries the next version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shared.calendar.due_dates import DueDate
from shared.database.mechanism import DeadlineState
from shared.documents import petition_in

__all__ = ["AT_ONCE", "Deadline", "DeadlineState", "Deadlines", "deadline_from"]

AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""For a deadline that only waits for the next sweep: it fires at that sweep's own instant.

Or at the instant it was scheduled at, where the sweep began before.

A start is no moment of simulated time, so what a start has to tell is scheduled for it.
"""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One deadline as its row stands.

    `due_on` and a filled `explanation` are there where a due date was scheduled; a plain
    instant (`schedule_at`) has neither.
    """

    deadline_no: int
    kind: str
    subject: str
    version: int
    petition_no: str | None
    due_on: date | None
    fires_at: datetime
    state: DeadlineState
    explanation: Mapping[str, Any]
    correlation_id: str

    @property
    def due(self) -> DueDate | None:
        """Read back the due date this deadline was scheduled with."""
        return DueDate.load(self.explanation) if self.due_on is not None else None


class Deadlines:
    """The deadlines of one store, within one transaction."""

    def __init__(
        self,
        *,
        session: Session,
        table: Table,
        now: datetime,
        correlation_id: str,
        causation_id: str | None = None,
    ) -> None:
        self._session = session
        self._table = table
        self._now = now
        self._correlation_id = correlation_id
        self._causation_id = causation_id
        self._newest: dict[tuple[str, str], Deadline | None] = {}
        self._known: set[str] = set()
        self.has_come = False
        """Whether what this transaction scheduled has come already, and waits for a sweep only."""

    def schedule(
        self, *, kind: str, subject: str, due: DueDate, petition_no: str | None = None
    ) -> Deadline:
        """Schedule a due date: it fires when overdue begins, at 00:00 local of the next day.

        Reference: D-23.
        """
        return self._schedule(
            kind=kind,
            subject=subject,
            petition_no=petition_no,
            due_on=due.due_on,
            fires_at=due.overdue_from,
            explanation=due.dump(),
        )

    def schedule_at(
        self, *, kind: str, subject: str, fires_at: datetime, petition_no: str | None = None
    ) -> Deadline:
        """Schedule an instant at which something has to happen by itself."""
        return self._schedule(
            kind=kind,
            subject=subject,
            petition_no=petition_no,
            due_on=None,
            fires_at=fires_at,
            explanation={},
        )

    def meet(self, *, kind: str, subject: str) -> bool:
        """Settle a pending deadline as met; tell whether one was pending."""
        return self._settle(kind=kind, subject=subject, state=DeadlineState.MET)

    def cancel(self, *, kind: str, subject: str) -> bool:
        """Settle a pending deadline as no longer owed; tell whether one was pending."""
        return self._settle(kind=kind, subject=subject, state=DeadlineState.CANCELLED)

    def find(self, *, kind: str, subject: str) -> Deadline | None:
        """Find the newest version of a deadline, whatever its state."""
        key = kind, subject
        if key not in self._newest and petition_in(subject) not in self._known:
            # Asked once: nobody else writes meanwhile, and what is written here is noted.
            row = self._session.execute(
                _newest(self._table), {"kind": kind, "subject": subject}
            ).first()
            self._newest[key] = None if row is None else deadline_from(row)
        return self._newest.get(key)

    def rows_of(self, petition_no: str) -> Sequence[Row[Any]]:
        """Read every deadline a petition has had, the newest of each last, and know them from then.

        Most work on a petition asks for several of them; one statement finds them all.
        """
        rows = self._session.execute(_of(self._table), {"petition_no": petition_no}).all()
        self._newest |= {(row.kind, row.subject): deadline_from(row) for row in rows}
        self._known.add(petition_no)
        return rows

    def pending(self, kind: str | None = None) -> list[Deadline]:
        """List the pending deadlines, of one kind or of all, the next to fire first."""
        table = self._table
        query = select(table).where(table.c.state == DeadlineState.PENDING.value)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        return self._list(query.order_by(table.c.fires_at, table.c.deadline_no))

    def of_petition(self, petition_no: str) -> list[Deadline]:
        """List every deadline a petition has had, superseded ones too, in order of scheduling."""
        table = self._table
        query = select(table).where(table.c.petition_no == petition_no)
        return self._list(query.order_by(table.c.deadline_no))

    def _schedule(
        self,
        *,
        kind: str,
        subject: str,
        petition_no: str | None,
        due_on: date | None,
        fires_at: datetime,
        explanation: Mapping[str, Any],
    ) -> Deadline:
        if petition_in(subject) not in (None, petition_no):
            msg = f"a deadline {kind} of a petition must be scheduled under its number"
            raise ValueError(msg)
        self._settle(kind=kind, subject=subject, state=DeadlineState.SUPERSEDED)
        last = self.find(kind=kind, subject=subject)
        row = self._session.execute(
            _scheduling(self._table),
            {
                "kind": kind,
                "subject": subject,
                "version": last.version + 1 if last is not None else 1,
                "petition_no": petition_no,
                "due_on": due_on,
                "fires_at": fires_at,
                "state": DeadlineState.PENDING.value,
                "explanation": dict(explanation),
                "scheduled_at": self._now,
                "correlation_id": self._correlation_id,
                "causation_id": self._causation_id,
                "attempts": 0,
            },
        ).one()
        self.has_come = self.has_come or fires_at <= self._now
        scheduled = self._newest[kind, subject] = deadline_from(row)
        return scheduled

    def _settle(self, *, kind: str, subject: str, state: DeadlineState) -> bool:
        newest = self.find(kind=kind, subject=subject)
        if newest is None or newest.state is not DeadlineState.PENDING:
            return False
        self._session.execute(
            _settling(self._table),
            {"no": newest.deadline_no, "state": state.value, "settled_at": self._now},
        )
        self._newest[kind, subject] = replace(newest, state=state)
        return True

    def _list(self, query: Select[Any]) -> list[Deadline]:
        return [deadline_from(row) for row in self._session.execute(query)]


def deadline_from(row: Row[Any]) -> Deadline:
    """Make the deadline of its row."""
    return Deadline(
        deadline_no=row.deadline_no,
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        petition_no=row.petition_no,
        due_on=row.due_on,
        fires_at=row.fires_at,
        state=DeadlineState(row.state),
        explanation=row.explanation,
        correlation_id=row.correlation_id,
    )


# Built once for each store: making a statement costs as much as sending it.


@cache
def _newest(table: Table) -> Select[Any]:
    return (
        select(table)
        .where(table.c.kind == bindparam("kind"), table.c.subject == bindparam("subject"))
        .order_by(table.c.version.desc())
        .limit(1)
    )


@cache
def _of(table: Table) -> Select[Any]:
    return (
        select(table)
        .where(table.c.petition_no == bindparam("petition_no"))
        .order_by(table.c.kind, table.c.subject, table.c.version)
    )


@cache
def _scheduling(table: Table) -> ReturningInsert[Any]:
    return insert(table).returning(*table.c)


@cache
def _settling(table: Table) -> Update:
    return update(table).where(table.c.deadline_no == bindparam("no"))
