"""The path of one petition through one service, read from the records of the mechanism.

What is told are names, ids and instants: nothing that a petition says stands in those columns, and
what an event holds beside its envelope is left out.
A service tells what has come by it and nothing else, so a node that never heard of an accusation
has nothing to tell of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from shared.contracts.envelope import Source
from shared.contracts.every_service import (
    MOST_TRACED,
    PetitionTrace,
    TracedCall,
    TracedDeadline,
    TracedEvent,
    TracedMessage,
)
from shared.database import DeadlineState, InboxOutcome, Store
from shared.messaging.sweeping import deadline_id

_AT_ONCE: Final = 500
"""How many ids one statement names."""


class PetitionTraces:
    """The paths of petitions through one store."""

    def __init__(self, *, store: Store, source: Source) -> None:
        self._source = source
        self._tables = store.tables
        self._store = store

    def trace(self, petition_no: str) -> PetitionTrace:
        """Tell what this service knows of a petition's path.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        with self._store.reading() as session:
            events = self._events(session, petition_no)
            messages = self._messages(session, petition_no)
            deadlines = self._deadlines(session, petition_no)
            causes = {one.causation_id for one in events} | {one.causation_id for one in deadlines}
            calls = self._calls(session, petition_no, {one for one in causes if one is not None})
        found: tuple[Sequence[Any], ...] = (calls, events, messages, deadlines)
        return PetitionTrace(
            service=self._source.service,
            node=self._source.node or None,
            calls=tuple(calls[:MOST_TRACED]),
            events=tuple(events[:MOST_TRACED]),
            messages=tuple(messages[:MOST_TRACED]),
            deadlines=tuple(deadlines[:MOST_TRACED]),
            is_cut=any(len(rows) > MOST_TRACED for rows in found),
        )

    def _calls(self, session: Session, petition_no: str, causes: set[str]) -> list[TracedCall]:
        """Find the commands that name the petition, and those that something was recorded by.

        The one that made the petition did not name it yet, and is found by what it caused.
        """
        table = self._tables.commands
        columns = (
            table.c.request_id,
            table.c.method,
            table.c.outcome,
            table.c.error,
            table.c.correlation_id,
            table.c.now,
            table.c.done_at,
        )
        named = select(*columns).where(table.c.petition_no == petition_no)
        found = {row.request_id: row for row in session.execute(_limited(named, table.c.done_at))}
        for some in _portions(causes - found.keys()):
            caused = select(*columns).where(table.c.request_id.in_(some))
            found |= {row.request_id: row for row in session.execute(caused)}
        return [
            TracedCall(
                request_id=row.request_id,
                method=row.method,
                outcome=row.outcome,
                error=row.error,
                correlation_id=row.correlation_id,
                at=row.now,
                done_at=row.done_at,
            )
            for row in sorted(found.values(), key=lambda row: (row.done_at, row.request_id))
        ]

    def _events(self, session: Session, petition_no: str) -> list[TracedEvent]:
        table = self._tables.outbox_messages
        query = select(table).where(table.c.petition_no == petition_no)
        return [_event(row) for row in session.execute(_limited(query, table.c.seq))]

    def _messages(self, session: Session, petition_no: str) -> list[TracedMessage]:
        table, early = self._tables.processed_messages, self._tables.early_messages
        query = select(
            table.c.message_id,
            table.c.consumer,
            table.c.type,
            table.c.outcome,
            table.c.error,
            table.c.processed_at,
        ).where(table.c.petition_no == petition_no)
        rows = list(session.execute(_limited(query, table.c.processed_at, table.c.message_id)))
        waiting = select(early.c.message_id, early.c.consumer, early.c.waits_for).where(
            early.c.petition_no == petition_no, early.c.settled_at.is_(None)
        )
        waits_for = {(row[0], row[1]): row[2] for row in session.execute(waiting)}
        parked = self._parked(
            session, [row.message_id for row in rows if row.outcome == InboxOutcome.PARKED.value]
        )
        return [
            TracedMessage(
                message_id=row.message_id,
                type=row.type,
                outcome=row.outcome,
                error=row.error,
                handled_at=row.processed_at,
                waits_for=waits_for.get((row.message_id, row.consumer)),
                **_aside(parked.get(row.message_id)),
            )
            for row in rows
        ]

    def _deadlines(self, session: Session, petition_no: str) -> list[TracedDeadline]:
        table = self._tables.deadlines
        query = select(table).where(table.c.petition_no == petition_no)
        rows = list(session.execute(_limited(query, table.c.deadline_no)))
        failed = [row for row in rows if row.state == DeadlineState.FAILED.value]
        parked = self._parked(session, [deadline_id(row.deadline_no) for row in failed])
        return [
            TracedDeadline(
                deadline_no=row.deadline_no,
                kind=row.kind,
                version=row.version,
                state=row.state,
                correlation_id=row.correlation_id,
                causation_id=row.causation_id,
                scheduled_at=row.scheduled_at,
                fires_at=row.fires_at,
                settled_at=row.settled_at,
                error=row.error,
                parked_no=_aside(parked.get(deadline_id(row.deadline_no))).get("parked_no"),
            )
            for row in rows
        ]

    def _parked(self, session: Session, message_ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Find what waits for a person, by the ids of the messages and deadlines."""
        table = self._tables.parked_messages
        found: dict[str, Row[Any]] = {}
        for some in _portions(message_ids):
            query = select(table.c.message_id, table.c.parked_no, table.c.reason).where(
                table.c.message_id.in_(some), table.c.settled_at.is_(None)
            )
            found |= {row.message_id: row for row in session.execute(query)}
        return found


def _limited(query: Select[Any], *order: Any) -> Select[Any]:
    """Take the oldest rows, and one more than is told, so that it is known that there are more."""
    return query.order_by(*order).limit(MOST_TRACED + 1)


def _portions(ids: Iterable[str]) -> Iterable[list[str]]:
    listed = sorted(set(ids))
    return (listed[first : first + _AT_ONCE] for first in range(0, len(listed), _AT_ONCE))


def _event(row: Row[Any]) -> TracedEvent:
    envelope = json.loads(row.envelope)
    return TracedEvent(
        event_id=row.event_id,
        type=row.type,
        node=row.node,
        case_version=row.case_version,
        correlation_id=envelope["correlation_id"],
        causation_id=envelope["causation_id"],
        occurred_at=datetime.fromisoformat(envelope["occurred_at"]),
        recorded_at=row.created_at,
        relayed_at=row.sent_at,
        attempts=row.attempts,
        last_failure=row.last_failure,
    )


def _aside(parked: Row[Any] | None) -> dict[str, Any]:
    return {} if parked is None else {"parked_no": parked.parked_no, "reason": parked.reason}
