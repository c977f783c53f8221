"""The records of messages in a store: that each was handled, waits, failed, or was set aside.

Every one of them is written within a transaction of the caller's, beside the effect it tells of.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.clock import machine_now
from shared.contracts.base import Refusal
from shared.database import InboxOutcome, Store
from shared.database.gathering import gathered_in
from shared.documents import canonical_json
from shared.messaging.handling import Delivery, Duplicate
from shared.messaging.lookahead import Lookahead
from shared.messaging.parking import Parking


class Records:
    """The records of the messages of one store."""

    def __init__(self, store: Store, parking: Parking) -> None:
        self._tables = store.tables
        self._parking = parking
        self._dialect: Any = sqlite if store.is_sqlite else postgresql
        self._lookahead = Lookahead(store, store.tables.processed_messages)

    def coming(self, delivery: Delivery) -> AbstractContextManager[None]:
        """Have those who are handled look for the record of this message too, while it waits."""
        return self._lookahead.coming(_key_of(delivery))

    def enter(
        self,
        session: Session,
        delivery: Delivery,
        outcome: InboxOutcome,
        refusal: Refusal | None = None,
    ) -> None:
        """Write the record of a message, or what now becomes of it where it was stored before.

        Raises:
            Duplicate: the record is there, and nothing is left to be done for it.
        """
        table = self._tables.processed_messages
        envelope = delivery.envelope
        what = {
            "outcome": outcome.value,
            "error": type(refusal).__name__ if refusal else None,
            "message": refusal.message if refusal else None,
            "processed_at": machine_now(),
        }
        if delivery.again:
            stored = (InboxOutcome.EARLY.value, InboxOutcome.PARKED.value)
            changed = session.execute(
                update(table)
                .where(
                    table.c.message_id == envelope.event_id,
                    table.c.consumer == delivery.consumer,
                    table.c.outcome.in_(stored),
                )
                .values(**what)
                .returning(table.c.message_id)
            ).first()
            if changed is not None:
                return
        if self._lookahead.find(session, _key_of(delivery)) is not None:
            raise Duplicate
        gathered_in(session).insert(
            table,
            {
                "message_id": envelope.event_id,
                "consumer": delivery.consumer,
                "type": envelope.type,
                "petition_no": envelope.petition_no,
                **what,
            },
        )

    def settle_stored(self, session: Session, delivery: Delivery) -> None:
        """Close the row in which a message waited: as early, or parked."""
        if not delivery.again:
            return
        early = self._tables.early_messages
        session.execute(
            update(early)
            .where(
                early.c.message_id == delivery.envelope.event_id,
                early.c.consumer == delivery.consumer,
            )
            .values(settled_at=machine_now())
        )
        self._parking.settle(
            session, message_id=delivery.envelope.event_id, consumer=delivery.consumer
        )

    def store_early(self, session: Session, delivery: Delivery, waits_for: str) -> None:
        """Keep a message whose predecessor has not come."""
        envelope = delivery.envelope
        early = self._tables.early_messages
        session.execute(
            self._dialect.insert(early)
            .values(
                message_id=envelope.event_id,
                consumer=delivery.consumer,
                type=envelope.type,
                petition_no=envelope.petition_no,
                waits_for=waits_for,
                envelope=canonical_json(envelope.dump()),
                received_at=machine_now(),
            )
            .on_conflict_do_update(
                index_elements=["message_id", "consumer"],
                set_={"settled_at": None, "waits_for": waits_for},
            )
        )

    def early(self, session: Session, petition_no: str | None) -> list[Row[Any]]:
        """List the messages that wait, of one petition or of all, in the order they came in."""
        early = self._tables.early_messages
        query = select(early).where(early.c.settled_at.is_(None)).order_by(early.c.early_no)
        if petition_no is not None:
            query = query.where(early.c.petition_no == petition_no)
        return list(session.execute(query))

    def give_up_early(self, session: Session, row: Row[Any]) -> None:
        """Let a message wait no longer that is set aside instead."""
        inbox, early = self._tables.processed_messages, self._tables.early_messages
        session.execute(
            update(inbox)
            .where(inbox.c.message_id == row.message_id, inbox.c.consumer == row.consumer)
            .values(outcome=InboxOutcome.PARKED.value)
        )
        session.execute(
            update(early).where(early.c.early_no == row.early_no).values(settled_at=machine_now())
        )

    def count_failure(
        self, session: Session, delivery: Delivery, unexpected: Exception, incident_id: str
    ) -> int:
        """Count one more unforeseen failure of a message, and give how many that makes."""
        table = self._tables.handling_attempts
        now = machine_now()
        key = (table.c.message_id == delivery.envelope.event_id) & (
            table.c.consumer == delivery.consumer
        )
        last = {
            "last_error": type(unexpected).__name__[:100],
            "incident_id": incident_id,
            "last_failed_at": now,
        }
        counted = session.execute(
            update(table)
            .where(key)
            .values(attempts=table.c.attempts + 1, **last)
            .returning(table.c.attempts)
        ).first()
        if counted is not None:
            return int(counted.attempts)
        session.execute(
            insert(table).values(
                message_id=delivery.envelope.event_id,
                consumer=delivery.consumer,
                attempts=1,
                first_failed_at=now,
                **last,
            )
        )
        return 1

    def failures(
        self, session: Session, *, message_id: str, consumer: str
    ) -> tuple[int, datetime] | None:
        """Tell how often a message has failed and when last; None if it has not."""
        table = self._tables.handling_attempts
        failed = session.execute(
            select(table.c.attempts, table.c.last_failed_at).where(
                table.c.message_id == message_id, table.c.consumer == consumer
            )
        ).first()
        return None if failed is None else (int(failed.attempts), failed.last_failed_at)


def _key_of(delivery: Delivery) -> tuple[str, str]:
    return delivery.envelope.event_id, delivery.consumer
