"""Keeping the milestones of a petition, and working out from them where it stands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from services.intake.models import MilestoneHeard, PetitionStanding
from services.intake.rules import Milestone, MilestoneKind, progress_of
from shared.contracts.intake import Stage
from shared.messaging.work import Work


def hear(
    work: Work,
    *,
    standing: PetitionStanding,
    kind: MilestoneKind,
    subject: str,
    occurred_at: datetime,
    day: date | None = None,
    hour: str | None = None,
) -> None:
    """Keep something heard of a petition and work out anew where it stands; twice is once."""
    heard = select(MilestoneHeard.milestone_no).where(
        MilestoneHeard.petition_no == standing.petition_no,
        MilestoneHeard.kind == kind.value,
        MilestoneHeard.subject == subject,
    )
    if work.session.scalars(heard).first() is not None:
        return
    work.session.add(
        MilestoneHeard(
            petition_no=standing.petition_no,
            kind=kind.value,
            subject=subject,
            occurred_at=occurred_at,
            day=day,
            hour=hour,
        )
    )
    work.session.flush()
    progress = progress_of([milestone_of(row) for row in heard_of(work, standing.petition_no)])
    standing.stage = Stage(progress.standing.value)
    standing.was_overdue = progress.was_overdue


def heard_of(work: Work, petition_no: str) -> list[MilestoneHeard]:
    """List what was heard of a petition, in the order it happened."""
    return list(
        work.session.scalars(
            select(MilestoneHeard)
            .where(MilestoneHeard.petition_no == petition_no)
            .order_by(MilestoneHeard.occurred_at, MilestoneHeard.milestone_no)
        )
    )


def milestone_of(row: MilestoneHeard) -> Milestone:
    """Make of a row what the rules know."""
    return Milestone(kind=MilestoneKind(row.kind), occurred_at=row.occurred_at, subject=row.subject)
