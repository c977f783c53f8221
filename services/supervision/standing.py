"""How cases, slips and promises stand, for whoever watches.

No accusation ever becomes a case: triage transfers it under seal and tells supervision nothing of
it (X-1, L22-30).  So a unit in a series is one that has work to do, never one that is complained
of, and nothing has to be left out or renamed here: a claim that was parted from an accusation goes
to a unit that is not accused, under that unit's own name, as any other claim does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from services.supervision.metrics import (
    CASES_OVERDUE,
    PROMISES_DUE,
    SERVED_POSTS,
    SLIPS_OUT,
    PromiseDue,
)
from services.supervision.models import (
    Case,
    DirectoryVersion,
    OverdueMark,
    Promise,
    Slip,
    SlipSet,
)
from services.supervision.rules.promises import PromiseStanding
from services.supervision.rules.terms import ENDED
from shared.calendar import local_date, local_midnight
from shared.contracts.common import SlipPost
from shared.contracts.supervision import CaseState, OverdueClock, SlipSetState, SlipState
from shared.metrics import Standing, how_many

_OUT: Final = (SlipState.SERVED, SlipState.ACKNOWLEDGED)
_SETS_AT_ONCE: Final = 500

_IS_OPEN: Final = SlipSet.state == literal(
    SlipSetState.OPEN, SlipSet.state.type, literal_execute=True
)
"""As the index of open sets says it, word for word, or PostgreSQL could not use that index."""


def how_it_stands(session: Session, *, now: datetime) -> Sequence[Standing]:
    """Tell how many slips are out, which cases stand overdue, and which promises are due."""
    return [
        *_slips_out(session),
        *_cases_overdue(session),
        *_promises_due(session, today=local_date(now)),
    ]


def _slips_out(session: Session) -> Iterator[Standing]:
    open_sets = session.scalars(select(SlipSet.set_no).where(_IS_OPEN)).all()
    counts: Counter[SlipPost] = Counter()
    oldest: dict[SlipPost, date] = {}
    # Asked of all open sets at once, PostgreSQL may rather read the slips of every year.
    for begin in range(0, len(open_sets), _SETS_AT_ONCE):
        query = (
            select(Slip.post, func.count(), func.min(SlipSet.issued_on))
            .join(SlipSet, SlipSet.set_no == Slip.set_no)
            .where(Slip.set_no.in_(open_sets[begin : begin + _SETS_AT_ONCE]), Slip.state.in_(_OUT))
            .group_by(Slip.post)
        )
        for post, count, issued_on in session.execute(query):
            counts[post] += count
            oldest[post] = min(issued_on, oldest.get(post, issued_on))
    for post in SERVED_POSTS:
        since = local_midnight(oldest[post]) if post in oldest else None
        yield from how_many(SLIPS_OUT, counts[post], oldest=since, post=post.value)


def _cases_overdue(session: Session) -> Iterator[Standing]:
    """Count by unit: each unit of the directory in force, and any other that still owes."""
    query = (
        select(Case.unit, func.count(distinct(Case.petition_no)), func.min(OverdueMark.due_on))
        .join(
            OverdueMark,
            and_(OverdueMark.petition_no == Case.petition_no, OverdueMark.case_no == Case.case_no),
        )
        .where(_STANDS_OVERDUE)
        .group_by(Case.unit)
    )
    found = {unit: (count, due_on) for unit, count, due_on in session.execute(query)}
    for unit in dict.fromkeys((*_units_in_force(session), *sorted(found))):
        count, due_on = found.get(unit, (0, None))
        yield from how_many(CASES_OVERDUE, count, oldest=_end_of(due_on), unit=unit)


def _promises_due(session: Session, *, today: date) -> Iterator[Standing]:
    later = (
        select(func.max(Promise.times))
        .where(Promise.petition_no == Case.petition_no, Promise.case_no == Case.case_no)
        .correlate(Case)
        .scalar_subquery()
    )
    runs = Promise.standing == PromiseStanding.RUNNING.value
    state = case(
        (and_(runs, Promise.promised_on >= today), PromiseDue.AHEAD.value),
        else_=PromiseDue.LAPSED.value,
    )
    query = (
        select(state, func.count(), func.min(Promise.promised_on))
        .select_from(Case)
        .join(
            Promise,
            and_(
                Promise.petition_no == Case.petition_no,
                Promise.case_no == Case.case_no,
                Promise.times == later,
            ),
        )
        .where(_STANDS_OVERDUE, or_(runs, Promise.standing == PromiseStanding.BROKEN.value))
        .group_by(state)
    )
    found = {due: (count, promised_on) for due, count, promised_on in session.execute(query)}
    for due in PromiseDue:
        count, promised_on = found.get(due.value, (0, None))
        yield from how_many(PROMISES_DUE, count, oldest=_end_of(promised_on), state=due.value)


def _ran_out(clock: OverdueClock) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            OverdueMark.petition_no == Case.petition_no,
            OverdueMark.case_no == Case.case_no,
            OverdueMark.clock == clock,
        )
        .correlate(Case)
    )


_STANDS_OVERDUE: Final = and_(
    Case.was_overdue,
    Case.is_current,
    Case.opinion_delivered_on.is_(None),
    Case.closed_on.is_(None),
    Case.state.not_in([CaseState(stage.value) for stage in ENDED]),
    or_(Case.result_reported_on.is_(None), _ran_out(OverdueClock.STATUTORY)),
)
"""As `rules.promises.is_answer_owed` says of one case; a test holds the two together."""


def _units_in_force(session: Session) -> list[str]:
    newest: dict[str, Any] | None = session.scalars(
        select(DirectoryVersion.content).order_by(DirectoryVersion.version.desc()).limit(1)
    ).first()
    return [str(unit["code"]) for unit in newest["units"]] if newest else []


def _end_of(day: date | None) -> datetime | None:
    """Give the instant at which a day is over; None of none."""
    return local_midnight(day + timedelta(days=1)) if day else None
