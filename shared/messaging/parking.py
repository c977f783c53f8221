"""Parking: where a message waits for a person, when no handling of it can succeed by itself.

A parked message stops nobody else, is never dropped and never spins.
An operator lists what is parked, looks at it (which fields there are, never what is in them),
has the cause put right, and has it handled again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from shared.clock import machine_now
from shared.contracts.every_service import ParkedMessageUnknown
from shared.documents import storable
from shared.logs import Log
from shared.messaging.workplace import Workplace

log: Final = Log(__name__)

_LONGEST_KEY: Final = 64
_MOST_KEYS: Final = 100
_DEEPEST: Final = 4
_LONGEST_DETAIL: Final = 2000
_LONGEST_ID: Final = 200
UNREADABLE: Final = "unreadable"
"""The type of a message whose type could not be read."""


@dataclass(frozen=True, kw_only=True)
class ParkedRow:
    """A parked message without its body; `preview` holds the names of its fields only."""

    parked_no: int
    message_id: str
    consumer: str
    type: str
    petition_no: str | None
    reason: str
    detail: str
    incident_id: str | None
    times_seen: int
    first_seen_at: datetime
    last_seen_at: datetime
    preview: Mapping[str, Any]
    replays: int
    settled_at: datetime | None


class Parking:
    """The parked messages of one store."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._table = workplace.store.tables.parked_messages

    def park(
        self,
        session: Session,
        *,
        message_id: str | None,
        consumer: str,
        body: object,
        reason: str,
        detail: str,
        type_: str = UNREADABLE,
        petition_no: str | None = None,
        incident_id: str | None = None,
    ) -> None:
        """Park a message within a transaction; one seen before is only counted.

        Args:
            session: the transaction to park it in.
            message_id: its id; None where it has none, then its content stands for it.
            consumer: whose message it was.
            body: a mapping, or what could not be read as one.
            reason: a code of a closed list.
            detail: what was wrong, without any value of the message.
            type_: its event type where that could be read.
            petition_no: the petition it is about, where that could be read.
            incident_id: the incident in the log, where there is one.
        """
        table = self._table
        text = _as_text(body)
        number = storable(message_id or hashlib.sha256(text.encode()).hexdigest())[:_LONGEST_ID]
        now = machine_now()
        seen = session.execute(
            update(table)
            .where(table.c.message_id == number, table.c.consumer == consumer)
            .values(
                times_seen=table.c.times_seen + 1,
                last_seen_at=now,
                reason=reason,
                detail=storable(detail)[:_LONGEST_DETAIL],
                incident_id=incident_id,
                settled_at=None,
            )
            .returning(table.c.parked_no)
        ).first()
        if seen is None:
            session.execute(
                insert(table).values(
                    message_id=number,
                    consumer=consumer,
                    type=type_,
                    petition_no=petition_no,
                    reason=reason,
                    detail=storable(detail)[:_LONGEST_DETAIL],
                    incident_id=incident_id,
                    times_seen=1,
                    first_seen_at=now,
                    last_seen_at=now,
                    preview=preview_of(body),
                    sealed_body=self._workplace.vault.seal(
                        text, context=_body_context(consumer, number)
                    ),
                    replays=0,
                )
            )
        log.warning(
            "message parked",
            service=self._workplace.service,
            consumer=consumer,
            message_id=number,
            message_type=type_,
            reason=reason,
            incident_id=incident_id,
        )

    def settle(self, session: Session, *, message_id: str, consumer: str) -> None:
        """Mark a parked message as handled after all."""
        table = self._table
        session.execute(
            update(table)
            .where(
                table.c.message_id == message_id,
                table.c.consumer == consumer,
                table.c.settled_at.is_(None),
            )
            .values(settled_at=machine_now())
        )

    def list(self, *, settled_too: bool = False, limit: int = 200) -> list[ParkedRow]:
        """List the parked messages, oldest first."""
        table = self._table
        query = select(table).order_by(table.c.parked_no).limit(limit)
        if not settled_too:
            query = query.where(table.c.settled_at.is_(None))
        with self._workplace.store.reading() as session:
            return [_parked_row(row) for row in session.execute(query)]

    def show(self, parked_no: int) -> ParkedRow:
        """Show one parked message.

        Raises:
            ParkedMessageUnknown: there is none of this number.
        """
        with self._workplace.store.reading() as session:
            return _parked_row(self._row(session, parked_no))

    def take(self, parked_no: int) -> tuple[ParkedRow, object]:
        """Give a parked message with its body, counting that it is replayed.

        Raises:
            ParkedMessageUnknown: there is none of this number.
            StoreUnavailable: the store cannot be used now.
        """
        table = self._table

        def count() -> Row[Any]:
            with self._workplace.store.writing() as session:
                row = self._row(session, parked_no)
                session.execute(
                    update(table)
                    .where(table.c.parked_no == parked_no)
                    .values(replays=table.c.replays + 1)
                )
            return row

        row = self._workplace.repeating(count)
        text = self._workplace.vault.open(
            row.sealed_body, context=_body_context(row.consumer, row.message_id)
        )
        try:
            body = json.loads(text)
        except ValueError:
            body = text
        return _parked_row(row), body

    def _row(self, session: Session, parked_no: int) -> Row[Any]:
        row = session.execute(
            select(self._table).where(self._table.c.parked_no == parked_no)
        ).first()
        if row is None:
            msg = f"{self._workplace.service} has parked no message {parked_no}; list them first"
            raise ParkedMessageUnknown(msg)
        return row


def preview_of(body: object, depth: int = 0) -> dict[str, Any]:
    """Tell which fields a body has and of what kind they are; never what they hold."""
    if not isinstance(body, Mapping):
        return {"": _kind(body)}
    shown = list(body.items())[:_MOST_KEYS]
    return {
        storable(str(key))[:_LONGEST_KEY]: (
            preview_of(value, depth + 1)
            if isinstance(value, Mapping) and depth < _DEEPEST
            else _kind(value)
        )
        for key, value in shown
    }


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str() | bytes():
            return f"text of {len(value)}"
        case list() | tuple():
            return f"list of {len(value)}"
        case _:
            return "mapping"


def _as_text(body: object) -> str:
    if isinstance(body, str):
        return storable(body)
    if isinstance(body, bytes):
        return body.decode("utf-8", errors="backslashreplace")
    return json.dumps(body, ensure_ascii=True, sort_keys=True, default=repr)


def _body_context(consumer: str, message_id: str) -> str:
    return f"parked_messages|{consumer} {message_id}|sealed_body"


def _parked_row(row: Row[Any]) -> ParkedRow:
    return ParkedRow(
        parked_no=row.parked_no,
        message_id=row.message_id,
        consumer=row.consumer,
        type=row.type,
        petition_no=row.petition_no,
        reason=row.reason,
        detail=row.detail,
        incident_id=row.incident_id,
        times_seen=row.times_seen,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        preview=row.preview,
        replays=row.replays,
        settled_at=row.settled_at,
    )
