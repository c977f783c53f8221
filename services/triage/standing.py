"""How triage stands, for whoever watches: what waits for sorting although its limit has passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.triage.metrics import WAITING_OVERDUE
from services.triage.models import TriagedPetition
from shared.calendar import local_date, local_midnight
from shared.contracts.triage import SortingState
from shared.metrics import Standing, how_many


def how_it_stands(session: Session, *, now: datetime) -> Sequence[Standing]:
    """Tell how many petitions wait unsorted beyond their due date, and since when the first does.

    The days decide, not whether a sweep has fired: overdue begins at 00:00 of the day after the due
    date (T2, T7).
    """
    count, first_due = session.execute(
        select(func.count(), func.min(TriagedPetition.due_on)).where(
            TriagedPetition.state == SortingState.UNSORTED,
            TriagedPetition.due_on < local_date(now),
        )
    ).one()
    since = local_midnight(first_due + timedelta(days=1)) if count else None
    return list(how_many(WAITING_OVERDUE, count, oldest=since))
