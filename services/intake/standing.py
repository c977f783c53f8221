"""How the register stands, for whoever watches: petitions by where they are and what they are.

Only petitions that have not ended are counted: an office asks what is open, and those that have
ended are most of a million rows, which no scrape may read.  What ended is counted as it happens.

The category is what a person sorted a petition into, which its events tell of too; what the
petitioner declared is part of the content and stays there, so an accusation does not show before
it is sorted, and once it is transferred under seal it has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.metrics import CATEGORIES, PETITIONS, UNRECORDED, UNSORTED
from services.intake.models import PetitionStanding
from services.intake.rules import Standing as Where
from shared.calendar import local_midnight
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import Stage
from shared.metrics import Standing, how_many

OPEN: Final = tuple(stage for stage in Stage if not Where(stage.value).ended)
"""Where a petition stands that has not ended."""


_OPEN_PETITIONS: Final = (
    select(
        PetitionStanding.stage,
        PetitionStanding.category,
        PetitionStanding.was_sorted,
        func.count(),
        func.min(PetitionStanding.registered_on),
    )
    .where(PetitionStanding.stage.in_(OPEN))
    .group_by(PetitionStanding.stage, PetitionStanding.category, PetitionStanding.was_sorted)
)


@dataclass
class _Group:
    """The petitions of one state and category."""

    petitions: int = 0
    first_on: date | None = None


def how_it_stands(session: Session, *, now: datetime) -> Sequence[Standing]:
    """Tell how many petitions stand where, by category, every combination of the two."""
    del now
    groups: defaultdict[tuple[str, str], _Group] = defaultdict(_Group)
    for stage, category, was_sorted, count, first_on in session.execute(_OPEN_PETITIONS):
        group = groups[stage, _category(category, was_sorted=was_sorted)]
        group.petitions += count
        group.first_on = min(first_on, group.first_on or first_on)
    return list(_told(groups))


def _category(category: PetitionCategory | None, *, was_sorted: bool) -> str:
    if category is not None:
        return category.value
    return UNRECORDED if was_sorted else UNSORTED


def _told(groups: defaultdict[tuple[str, str], _Group]) -> Iterator[Standing]:
    for stage in OPEN:
        for category in CATEGORIES:
            group = groups[stage, category]
            yield from how_many(
                PETITIONS,
                group.petitions,
                oldest=local_midnight(group.first_on) if group.first_on else None,
                state=stage.value,
                category=str(category),
            )
