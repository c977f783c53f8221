"""What a service has done and what waits in its store, counted: for rest and for its status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, null, select, union_all

from shared.clock import machine_now
from shared.database import DeadlineState, Store

Subscribers = Callable[[str, str | None], Sequence[str]]
"""Who hears an event of a type, for one node or for all."""


class Counts:
    """The counts of one store.

    Args:
        service: its name on the bus, as metrics have it.
        store: what is counted.
        subscribers: who hears an event of a type.
    """

    def __init__(self, *, service: str, store: Store, subscribers: Subscribers) -> None:
        self._service = service
        self._store = store
        self._subscribers = subscribers
        self._counted: tuple[int, dict[str, Any]] | None = None

    def pending(self) -> dict[str, Any]:
        """Count what waits, and what was published and handled so far.

        Keys: `service`, `unsent`, `early`, `parked`, `published`, `handled`; see `Engine.pending`.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        # A casebook asks this between any two of its lines, mostly of stores nobody has written to.
        writes = self._store.writes
        if self._counted is not None and self._counted[0] == writes:
            return self._counted[1]
        counted = self._count()
        self._counted = None if writes is None else (writes, counted)
        return counted

    def standing(self) -> dict[str, int]:
        """Measure what waits in this store.

        Keys: `unsent`, `oldest_unsent_seconds`, `early`, `oldest_early_seconds`, `parked`,
        `deadlines`.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        tables = self._store.tables
        early, outbox = tables.early_messages, tables.outbox_messages
        parked, deadlines = tables.parked_messages, tables.deadlines
        now = machine_now()
        with self._store.reading() as session:
            unsent, oldest_unsent = session.execute(
                select(func.count(), func.min(outbox.c.created_at)).where(
                    outbox.c.sent_at.is_(None)
                )
            ).one()
            waiting, oldest_early = session.execute(
                select(func.count(), func.min(early.c.received_at)).where(
                    early.c.settled_at.is_(None)
                )
            ).one()
            parked_count = session.execute(
                select(func.count()).where(parked.c.settled_at.is_(None))
            ).scalar_one()
            pending = session.execute(
                select(func.count()).where(deadlines.c.state == DeadlineState.PENDING.value)
            ).scalar_one()
        return {
            "unsent": int(unsent),
            "oldest_unsent_seconds": _age(oldest_unsent, now),
            "early": int(waiting),
            "oldest_early_seconds": _age(oldest_early, now),
            "parked": int(parked_count),
            "deadlines": int(pending),
        }

    def _count(self) -> dict[str, Any]:
        """Count in one statement: what moved between two would be in neither count."""
        tables = self._store.tables
        outbox, inbox = tables.outbox_messages, tables.processed_messages
        early, parked = tables.early_messages, tables.parked_messages
        count = func.count()
        none = null()
        parts = (
            select(literal("published"), outbox.c.type, outbox.c.node, count)
            .where(outbox.c.sent_at.is_not(None))
            .group_by(outbox.c.type, outbox.c.node),
            select(literal("handled"), inbox.c.type, none, count).group_by(inbox.c.type),
            select(literal("unsent"), none, none, count).where(outbox.c.sent_at.is_(None)),
            select(literal("early"), none, none, count).where(early.c.settled_at.is_(None)),
            select(literal("parked"), none, none, count).where(parked.c.settled_at.is_(None)),
        )
        with self._store.reading() as session:
            rows = [tuple(row) for row in session.execute(union_all(*parts))]
        single = {kind: number for kind, _type, _node, number in rows}
        published = sorted(
            (type_, node or "", n) for kind, type_, node, n in rows if kind == "published"
        )
        handled = sorted((type_, n) for kind, type_, _node, n in rows if kind == "handled")
        return {
            "service": self._service,
            **{kind: int(single[kind]) for kind in ("unsent", "early", "parked")},
            "published": [
                {
                    "type": type_,
                    "node": node or None,
                    "count": number,
                    "subscribers": len(self._subscribers(type_, node or None)),
                }
                for type_, node, number in published
            ],
            "handled": [{"type": type_, "count": number} for type_, number in handled],
        }


def _age(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))
