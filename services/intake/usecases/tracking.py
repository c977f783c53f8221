"""Telling a petitioner how their petition stands, to whoever holds the receipt code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.intake.models import MilestoneHeard
from services.intake.rules import MilestoneKind, Standing, progress_of
from services.intake.usecases.receipts import petition_with_code
from services.intake.usecases.register import standing_of
from services.intake.usecases.standings import heard_of, milestone_of, places_of, waiting_view
from services.intake.wording import NEUTRAL, STAGE_TEXT, Dated, event_text, next_step
from shared.calendar import local_date
from shared.contracts.intake import Progress, ProgressEntry, Stage, Track
from shared.messaging.work import Work


def track(work: Work, request: Track) -> Progress:
    """Tell how a petition stands, what happens next, and what has happened, oldest first.

    Raises:
        ReceiptUnknown: no petition has this receipt code.
    """
    petition = petition_with_code(work, request.receipt_code)
    sealed = standing_of(work, petition.petition_no).sealed
    rows = [
        row
        for row in heard_of(work, petition.petition_no)
        if not sealed or MilestoneKind(row.kind) in NEUTRAL
    ]
    progress = progress_of([milestone_of(row) for row in rows])
    standing = Standing.TRANSFERRED_SEALED if sealed else progress.standing
    live = set(progress.live)
    places = places_of(rows)
    newest = {
        MilestoneKind(row.kind): _dated(row, places) for row in rows if milestone_of(row) in live
    }
    return Progress(
        petition_no=petition.petition_no,
        stage=Stage(standing.value),
        stage_text=STAGE_TEXT[standing],
        next_step=next_step(standing, newest),
        entries=_entries(rows, places),
        waiting=None if sealed else waiting_view(progress, places),
    )


def _dated(row: MilestoneHeard, places: Mapping[str, str]) -> Dated:
    return Dated(
        day=row.day,
        hour=row.hour,
        node=row.node,
        place=row.place or (places.get(row.node) if row.node else None),
        on=local_date(row.occurred_at),
    )


def _entries(
    rows: Sequence[MilestoneHeard], places: Mapping[str, str]
) -> tuple[ProgressEntry, ...]:
    """Write the lines, each with the stage the petition had reached by then."""
    entries = []
    for count, row in enumerate(rows, start=1):
        reached = progress_of([milestone_of(one) for one in rows[:count]]).standing
        entries.append(
            ProgressEntry(
                on=local_date(row.occurred_at),
                stage=Stage(reached.value),
                text=event_text(MilestoneKind(row.kind), _dated(row, places)),
                due_on=row.day,
            )
        )
    return tuple(entries)
