"""Events on their way out: which of them the bus has not yet taken.

A row is chosen because it is not sent, never because its number is higher than the last one:
numbers are given before their transactions commit, and a relay that counts upwards would pass over
a row for ever.  The rows stay; together they are the ledger.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Integer,
    Row,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from shared.clock import machine_now
from shared.database.types import ROW_NUMBER, Instant
from shared.messaging.crashpoints import crashpoint
from shared.messaging.workplace import Workplace

_FIRST_DELAY: Final = timedelta(seconds=1)
_LONGEST_DELAY: Final = timedelta(seconds=60)
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """One recorded event; `node` names the one node it is for, None when it is for everyone."""

    seq: int
    event_id: str
    type: str
    node: str | None
    routing_key: str
    petition_no: str | None
    written: str
    """The envelope as it was written into the row, and as it goes onto the bus."""
    headers: Mapping[str, str]
    attempts: int
    created_at: datetime
    sent: bool

    @property
    def envelope(self) -> dict[str, Any]:
        """Read the envelope."""
        read: dict[str, Any] = json.loads(self.written)
        return read


@dataclass(kw_only=True)
class Claim:
    """Rows that nobody else sends while this claim is held."""

    rows: Sequence[OutboxRow]
    outbox: Outbox
    session: Session | None = field(default=None, repr=False)

    def mark_sent(self, rows: Sequence[OutboxRow]) -> None:
        """Mark rows as sent, which the bus has confirmed.

        Raises:
            StoreUnavailable: they stay unsent and are sent again; whoever has them counts them.
        """
        self.outbox.mark_sent(rows, session=self.session)

    def postpone(self, rows: Sequence[OutboxRow], reason: str) -> None:
        """Leave rows unsent for a while, which the bus did not take.

        Raises:
            StoreUnavailable: they are due again at once.
        """
        self.outbox.postpone(rows, reason, session=self.session)


class Outbox:
    """The outbox of one store."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._table = workplace.store.tables.outbox_messages
        self._claimed = threading.Lock()
        # Built once: making a statement costs as much as sending it.
        self._unsent = _unsent(self._table)
        self._unsent_unlocked = self._unsent.with_for_update(skip_locked=True)
        self._sent = _sent(self._table, is_sqlite=workplace.store.is_sqlite)

    @contextmanager
    def claim(self, limit: int, *, excluding: Collection[int] = ()) -> Iterator[Claim]:
        """Claim unsent rows, the oldest first, for as long as the context lasts.

        On PostgreSQL the rows are locked and those another relay holds are passed over.
        On SQLite one claim at a time is given in this process; a second one is empty.

        Args:
            limit: the most rows to take.
            excluding: the numbers of rows that are under way already.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        if not self._workplace.store.is_sqlite:
            with self._workplace.store.claiming() as session:
                rows = self._claimed_rows(session, self._unsent_unlocked, limit, excluding)
                yield Claim(rows=rows, outbox=self, session=session)
            return
        if not self._claimed.acquire(blocking=False):
            yield Claim(rows=(), outbox=self)
            return
        try:
            with self._workplace.store.reading() as session:
                rows = self._claimed_rows(session, self._unsent, limit, excluding)
            yield Claim(rows=rows, outbox=self)
        finally:
            self._claimed.release()

    def mark_sent(self, rows: Sequence[OutboxRow], *, session: Session | None = None) -> None:
        """Mark rows as sent, within a claim's own transaction or one of their own.

        Raises:
            StoreUnavailable: they stay unsent.
        """
        if not rows:
            return
        crashpoint("published_before_mark", *{row.type for row in rows})
        parameters = {"numbers": [row.seq for row in rows], "at": machine_now()}
        self._write([(self._sent, parameters)], session)

    def postpone(
        self, rows: Sequence[OutboxRow], reason: str, *, session: Session | None = None
    ) -> None:
        """Postpone rows, each for twice as long as the time before, up to a minute.

        Raises:
            StoreUnavailable: they are due again at once.
        """
        now = machine_now()
        statements = [
            update(self._table)
            .where(self._table.c.seq == row.seq)
            .values(
                attempts=row.attempts + 1,
                next_try_at=now + min(_FIRST_DELAY * 2 ** min(row.attempts, 10), _LONGEST_DELAY),
                last_failure=reason[:_LONGEST_REASON],
            )
            for row in rows
        ]
        self._write([(statement, {}) for statement in statements], session)

    def page(self, after: int, limit: int) -> list[OutboxRow]:
        """List recorded events by their numbers, sent or not, after a number: the ledger.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        query = select(self._table).where(self._table.c.seq > after)
        with self._workplace.store.reading() as session:
            return _rows(session, query.order_by(self._table.c.seq).limit(limit))

    def _claimed_rows(
        self, session: Session, query: Select[Any], limit: int, excluding: Collection[int]
    ) -> list[OutboxRow]:
        if excluding:
            query = query.where(self._table.c.seq.not_in(excluding))
        now = machine_now()
        parameters = {"limit": limit, "now": now, "unbelievable": now + _LONGEST_DELAY}
        return [_row(row) for row in session.execute(query, parameters)]

    def _write(
        self, statements: Sequence[tuple[Update, Mapping[str, Any]]], session: Session | None
    ) -> None:
        if session is not None:
            for statement, parameters in statements:
                session.execute(statement, parameters)
            return

        def write() -> None:
            with self._workplace.store.writing() as own:
                for statement, parameters in statements:
                    own.execute(statement, parameters)

        self._workplace.repeating(write)


def _unsent(table: Table) -> Select[Any]:
    """Select the rows that are to be sent now, the oldest first."""
    now = bindparam("now", type_=Instant())
    return (
        select(table)
        .where(
            table.c.sent_at.is_(None),
            or_(
                table.c.next_try_at.is_(None),
                table.c.next_try_at <= now,
                # Nothing is postponed for longer: the machine's clock was set back.
                table.c.next_try_at > bindparam("unbelievable", type_=Instant()),
            ),
        )
        .order_by(table.c.seq)
        .limit(bindparam("limit", type_=Integer))
    )


def _sent(table: Table, *, is_sqlite: bool) -> Update:
    """Mark the rows of some numbers as sent, however many, in one and the same statement."""
    numbers = bindparam("numbers", type_=ARRAY(ROW_NUMBER))
    chosen = (
        table.c.seq.in_(bindparam("numbers", expanding=True))
        if is_sqlite
        else table.c.seq == any_(numbers)
    )
    return (
        update(table)
        .where(chosen, table.c.sent_at.is_(None))
        .values(sent_at=bindparam("at", type_=Instant()))
    )


def _rows(session: Session, query: Select[Any]) -> list[OutboxRow]:
    return [_row(row) for row in session.execute(query)]


def _row(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        seq=row.seq,
        event_id=row.event_id,
        type=row.type,
        node=row.node,
        routing_key=row.routing_key,
        petition_no=row.petition_no,
        written=row.envelope,
        headers=row.headers,
        attempts=row.attempts,
        created_at=row.created_at,
        sent=row.sent_at is not None,
    )
