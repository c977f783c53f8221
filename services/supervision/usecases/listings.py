"""Lists over cases: what falls due, what is overdue, and how each date was found."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, select

from services.supervision.models import Case, Opinion, OverdueMark, Promise
from services.supervision.usecases.cases import require_case
from shared.calendar import DueDate
from shared.contracts.fields import ExplainedDeadline
from shared.contracts.supervision import (
    CaseState,
    ExplainDeadline,
    ListDue,
    ListOverdue,
    OverdueCase,
    OverdueList,
)
from shared.contracts.triage import DeadlineList
from shared.deadlines import Deadline, DeadlineState, deadline_from
from shared.messaging import Work
from shared.policy import Role

_ENDED: Final = (CaseState.RETURNED, CaseState.CLOSED, CaseState.ARCHIVED)
_OPEN: Final = tuple(state for state in CaseState if state not in _ENDED)
"""Named one by one, or the index over states could not find the few that are open."""


def list_due(work: Work, request: ListDue) -> DeadlineList:
    """List what falls due up to a day, the first due first; a unit or leader sees its own."""
    table = work.tables.deadlines
    due = (
        select(table)
        .join(Case, Case.petition_no == table.c.petition_no)
        .where(
            Case.is_current,
            table.c.state == DeadlineState.PENDING.value,
            table.c.due_on.is_not(None),
            *_visible(work, unit=request.unit),
        )
        .order_by(table.c.fires_at, table.c.deadline_no)
        .limit(request.limit)
    )
    if request.until is not None:
        due = due.where(table.c.due_on <= request.until)
    rows = work.session.execute(due)
    return DeadlineList(deadlines=tuple(_explained(deadline_from(row)) for row in rows))


def list_overdue(work: Work, request: ListOverdue) -> OverdueList:
    """List the cases that have been overdue, the longest first; a unit or leader sees its own."""
    promised_on = (
        select(Promise.promised_on)
        .where(Promise.petition_no == Case.petition_no, Promise.case_no == Case.case_no)
        .order_by(Promise.times.desc())
        .limit(1)
        .scalar_subquery()
    )
    overdue = (
        select(OverdueMark, Case, promised_on)
        .join(
            Case,
            (Case.petition_no == OverdueMark.petition_no) & (Case.case_no == OverdueMark.case_no),
        )
        .where(*_visible(work, unit=request.unit))
        .order_by(OverdueMark.due_on, OverdueMark.mark_no)
        .limit(request.limit)
    )
    if request.open_only:
        overdue = overdue.where(Case.state.in_(_OPEN))
    return OverdueList(
        cases=tuple(
            OverdueCase(
                petition_no=mark.petition_no,
                unit=case.unit,
                clock=mark.clock,
                due_on=mark.due_on,
                state=case.state,
                promised_on=promised,
            )
            for mark, case, promised in work.session.execute(overdue)
        )
    )


def explain_deadline(work: Work, request: ExplainDeadline) -> DeadlineList:
    """Explain every deadline of a case: what started it, how it was counted, under which article.

    Raises:
        CaseNotFound: no case is held for the petition.
    """
    case = require_case(work, request.petition_no)
    return DeadlineList(deadlines=explained_deadlines(work, case.petition_no))


def explained_deadlines(work: Work, petition_no: str) -> tuple[ExplainedDeadline, ...]:
    """Explain every deadline a petition has had here, and its days to ask for review."""
    own = tuple(_explained(deadline) for deadline in work.deadlines.of_petition(petition_no))
    opinions = work.session.scalars(
        select(Opinion).where(Opinion.petition_no == petition_no).order_by(Opinion.case_no)
    )
    return (*own, *(_explained_review(opinion) for opinion in opinions))


def _visible(work: Work, *, unit: str | None) -> list[ColumnElement[bool]]:
    """Give the conditions under which the caller may see a case, and those asked for."""
    conditions: list[ColumnElement[bool]] = []
    if work.actor.roles <= {Role.UNIT}:
        conditions.append(Case.unit == work.actor.code)
    elif work.actor.roles <= {Role.LEADER, Role.UNIT}:
        conditions.append(Case.leader == work.actor.code)
    if unit is not None:
        conditions.append(Case.unit == unit)
    return conditions


def _explained(deadline: Deadline) -> ExplainedDeadline:
    due = deadline.due
    return ExplainedDeadline(
        kind=deadline.kind,
        subject=deadline.subject,
        state=deadline.state.value,
        due_on=deadline.due_on.isoformat() if deadline.due_on else None,
        explanation=due.explain_zh() if due else "到时自动进行。",
        provisional=due.provisional if due else False,
    )


def _explained_review(opinion: Opinion) -> ExplainedDeadline:
    review: dict[str, Any] = opinion.review_due
    due = DueDate.load(review)
    return ExplainedDeadline(
        kind="review_request_due",
        subject=f"{opinion.petition_no}/{opinion.case_no}",
        state="petitioner",
        due_on=due.due_on.isoformat(),
        explanation=due.explain_zh(),
        provisional=due.provisional,
    )
