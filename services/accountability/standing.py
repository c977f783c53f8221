"""How circulars stand, for whoever watches: those that wait for somebody, by what they wait for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from services.accountability.metrics import CIRCULARS_PENDING, PENDING
from services.accountability.models import Circular, CircularEntry
from shared.metrics import Standing, how_many

_IS_PENDING: Final = Circular.state.in_(
    [literal(state.value, literal_execute=True) for state in PENDING]
)
"""As the index of pending circulars says it, word for word, or PostgreSQL could not use it."""


def how_it_stands(session: Session, *, now: datetime) -> Sequence[Standing]:
    """Tell how many circulars are proposed, approved or answered, and since when the oldest is."""
    del now
    since = (
        select(func.max(CircularEntry.at))
        .where(
            CircularEntry.circular_no == Circular.circular_no,
            CircularEntry.step == Circular.state,
        )
        .correlate(Circular)
        .scalar_subquery()
    )
    pending = select(Circular.state, since.label("since")).where(_IS_PENDING).subquery()
    by_state = session.execute(
        select(pending.c.state, func.count(), func.min(pending.c.since)).group_by(pending.c.state)
    )
    found = {state: (count, oldest) for state, count, oldest in by_state}
    return [
        standing
        for state in PENDING
        for standing in how_many(
            CIRCULARS_PENDING,
            found.get(state.value, (0, None))[0],
            oldest=found.get(state.value, (0, None))[1],
            state=state.value,
        )
    ]
