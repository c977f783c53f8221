"""Publishing once more what was published before: what a restored deployment begins with.

A restored broker is empty.  What stood in its queues at the moment of the backup is marked as sent
by those who published it and handled by nobody.  So every row of the outbox is marked as unsent;
the relays publish them all again, and the inboxes absorb what was handled before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from shared.database import Store, StoreConflict, StoreUnavailable

_AT_ONCE: Final = 10_000
"""How many rows one transaction takes, so that a large store is not locked for long."""


def republish(store: Store, *, since: datetime | None = None, at_once: int = _AT_ONCE) -> int:
    """Mark the events of a store as unsent again, and tell how many they are.

    A store may be republished at any time, again and again, also while its service runs.

    Args:
        store: whose events.
        since: only those recorded at this instant or later, by the machine's clock.
        at_once: the most rows that one transaction takes.

    Raises:
        StoreUnavailable: the store cannot be used now; what was marked stays so.
    """
    outbox = store.tables.outbox_messages
    with store.reading() as session:
        last = session.execute(select(func.max(outbox.c.seq))).scalar() or 0
    marked = 0
    for first in range(0, last, at_once):
        chosen = (
            outbox.c.seq > first,
            outbox.c.seq <= min(first + at_once, last),
            outbox.c.sent_at.is_not(None),
            *(() if since is None else (outbox.c.created_at >= since,)),
        )
        unsent = update(outbox).where(*chosen).values(sent_at=None, attempts=0, next_try_at=None)
        try:
            with store.writing() as session:
                marked += len(session.execute(unsent.returning(outbox.c.seq)).all())
        except StoreConflict as conflict:
            msg = "somebody else holds the outbox"
            raise StoreUnavailable(msg) from conflict
    return marked
