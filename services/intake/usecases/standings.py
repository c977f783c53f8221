"""Keeping the milestones of a petition, and working out from them where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, select

from services.intake.models import MilestoneHeard, Petition, PetitionStanding
from services.intake.rules import Milestone, MilestoneKind, Progress, progress_of, waiting_of
from services.intake.wording import waiting_text
from shared.calendar import local_date
from shared.contracts.intake import Stage, WaitingView
from shared.messaging.work import Work

# Built once: making a statement costs as much as sending it.
_HEARD: Final = (
    select(MilestoneHeard)
    .where(MilestoneHeard.petition_no == bindparam("petition_no"))
    .order_by(MilestoneHeard.occurred_at, MilestoneHeard.milestone_no)
)


def begin_standing(work: Work, petition: Petition) -> PetitionStanding:
    """Begin the standing of a petition with the first thing heard of it: its registration."""
    first = MilestoneHeard(
        petition_no=petition.petition_no,
        kind=MilestoneKind.REGISTERED.value,
        subject=petition.petition_no,
        occurred_at=work.now,
        day=petition.sorting_due_on,
        hour=None,
        node=None,
        place=None,
    )
    progress = progress_of([milestone_of(first)])
    standing = PetitionStanding(
        petition_no=petition.petition_no,
        registered_on=petition.registered_on,
        day_number=petition.day_number,
        form=petition.form,
        territory=petition.territory,
        group=petition.group,
        stage=Stage(progress.standing.value),
        visits=1,
        was_overdue=progress.was_overdue,
        was_sorted=False,
        sealed=False,
        transferred=False,
    )
    work.append(first, standing)
    return standing


def hear(
    work: Work,
    *,
    standing: PetitionStanding,
    kind: MilestoneKind,
    subject: str,
    occurred_at: datetime,
    day: date | None = None,
    hour: str | None = None,
    node: str | None = None,
    place: str | None = None,
) -> None:
    """Keep something heard of a petition and work out anew where it stands; twice is once."""
    heard = heard_of(work, standing.petition_no)
    if any(row.kind == kind.value and row.subject == subject for row in heard):
        return
    news = MilestoneHeard(
        petition_no=standing.petition_no,
        kind=kind.value,
        subject=subject,
        occurred_at=occurred_at,
        day=day,
        hour=hour,
        node=node,
        place=place,
    )
    work.append(news)
    # Of two at the same instant the one heard later counts as later, as its number will.
    heard = sorted((*heard, news), key=lambda row: row.occurred_at)
    progress = progress_of([milestone_of(row) for row in heard])
    standing.stage = Stage(progress.standing.value)
    standing.was_overdue = progress.was_overdue


def heard_of(work: Work, petition_no: str) -> list[MilestoneHeard]:
    """List what was heard of a petition, in the order it happened."""
    return list(work.session.scalars(_HEARD, {"petition_no": petition_no}))


def places_of(rows: Sequence[MilestoneHeard]) -> Mapping[str, str]:
    """Give the names of the nodes a petition was routed to, by code, as told last.

    A node is missing here whose routings, told by an earlier version, gave no name.
    """
    return {row.node: row.place for row in rows if row.node and row.place}


def waiting_view(progress: Progress, places: Mapping[str, str]) -> WaitingView | None:
    """Show where a petition waits that was routed to a leader; None where it does not wait."""
    waiting = waiting_of(progress)
    if waiting is None:
        return None
    since = local_date(waiting.since)
    return WaitingView(
        node=waiting.node,
        since=since,
        taken_in=waiting.taken_in,
        text=waiting_text(
            node=waiting.node,
            place=places.get(waiting.node),
            since=since,
            taken_in=waiting.taken_in,
        ),
    )


def milestone_of(row: MilestoneHeard) -> Milestone:
    """Make of a row what the rules know."""
    return Milestone(
        kind=MilestoneKind(row.kind),
        occurred_at=row.occurred_at,
        subject=row.subject,
        node=row.node,
    )
