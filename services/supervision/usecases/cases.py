"""Finding, beginning and moving a case: what every other use case builds on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select

from services.supervision.models import Case, CaseEntry
from services.supervision.rules.clocks import does_statutory_clock_run
from services.supervision.rules.opinions import owes_opinion
from services.supervision.rules.results import owes_result
from services.supervision.rules.terms import Route, Stage
from shared.contracts.common import CaseNotFound, NotYourCase
from shared.contracts.fields import Document
from shared.contracts.supervision import CaseRoute, CaseState, CaseSummary
from shared.messaging import TooEarly, Work
from shared.policy import Role

_OFFICE: Final = (Role.OFFICER, Role.OFFICE_HEAD)

# Built once: making a statement costs as much as sending it.
_CURRENT: Final = select(Case).where(Case.petition_no == bindparam("petition_no"), Case.is_current)


def current_case(work: Work, petition_no: str) -> Case | None:
    """Find the case of a petition as it now stands."""
    return work.session.scalars(_CURRENT, {"petition_no": petition_no}).one_or_none()


def require_case(work: Work, petition_no: str) -> Case:
    """Find the case of a petition.

    Raises:
        CaseNotFound: the petition was not routed, forwarded or assigned, or its event is under way.
    """
    case = current_case(work, petition_no)
    if case is None:
        msg = f"no case is held for {petition_no}; check the number and whether it was sorted"
        raise CaseNotFound(msg)
    return case


def case_of_subject(work: Work, subject: str) -> Case | None:
    """Find the case a deadline belongs to."""
    petition_no, _, case_no = subject.partition("/")
    return work.session.get(Case, (petition_no, int(case_no)))


def subject_of(case: Case) -> str:
    """Name a case as the subject of its deadlines."""
    return f"{case.petition_no}/{case.case_no}"


def require_responsible_unit(work: Work, case: Case) -> None:
    """Make sure the caller is the case's responsible unit, or its head.

    Raises:
        NotYourCase: it is another unit.
    """
    if work.actor.code != case.unit:
        msg = f"{case.petition_no} is with another unit; only its lead unit may do this"
        raise NotYourCase(msg)


def require_office_or_unit(work: Work, case: Case) -> None:
    """Make sure the caller is the petition office or the case's responsible unit.

    Raises:
        NotYourCase: it is another unit.
    """
    if not any(work.actor.has(role) for role in _OFFICE):
        require_responsible_unit(work, case)


def begin_case(
    work: Work,
    *,
    petition_no: str,
    route: CaseRoute,
    state: CaseState,
    organ: str,
    field: str | None,
    unit: str,
    channel: str | None = None,
    co_units: Iterable[str] = (),
    leader: str | None = None,
    overrides: Mapping[str, str] | None = None,
    transfer_no: str | None = None,
    assigned_due_on: date | None = None,
    node: str | None = None,
    routing_version: int | None = None,
) -> Case:
    """Begin a case of a petition, the next one where it had gone back to sorting.

    Raises:
        TooEarly: the earlier case is not back yet; the decision on its objection comes first, or
            the news that its node was retired and nobody receives in its place.
    """
    earlier = current_case(work, petition_no)
    if earlier is not None:
        if earlier.state is not CaseState.RETURNED:
            by_leader = earlier.route is CaseRoute.LEADER
            predecessor = "petition_returned" if by_leader else "objection_decided"
            raise TooEarly(predecessor)
        earlier.is_current = False
        work.session.flush()
    case = Case(
        petition_no=petition_no,
        case_no=earlier.case_no + 1 if earlier else 1,
        is_current=True,
        route=route,
        state=state,
        organ=organ,
        field=field,
        channel=channel,
        unit=unit,
        co_units=list(co_units),
        leader=leader,
        node=node,
        routing_version=routing_version,
        overrides=dict(overrides or {}),
        transfer_no=transfer_no,
        opened_on=work.today,
        assigned_due_on=assigned_due_on,
        due_on=assigned_due_on,
        objected=False,
        answered_on_spot=False,
        standards=[],
        extended=False,
        was_overdue=False,
        explanation_owed=False,
    )
    work.session.add(case)
    work.session.flush()
    enter(work, case, step="begun", route=route.value)
    return case


def move(work: Work, case: Case, state: CaseState, *, document: Document | None = None) -> None:
    """Move a case to its next state and keep the step."""
    case.state = state
    enter(work, case, step=state.value, document=document)


def enter(
    work: Work, case: Case, *, step: str, document: Document | None = None, **facts: Any
) -> None:
    """Keep one thing that happened to a case; `facts` are codes and numbers only."""
    work.append(
        CaseEntry(
            petition_no=case.petition_no,
            case_no=case.case_no,
            step=step,
            state=case.state,
            at=work.now,
            by=work.actor.id,
            document_no=document.no if document else None,
            facts=facts,
        )
    )


def route_of(case: Case) -> Route:
    """Give a case's route as the rules name it."""
    return Route(case.route.value)


def stage_of(case: Case) -> Stage:
    """Give a case's state as the rules name it."""
    return Stage(case.state.value)


def case_owes_result(case: Case) -> bool:
    """Tell whether a case owes a reported result (D-19)."""
    return owes_result(route=route_of(case), answered_on_spot=case.answered_on_spot)


def case_owes_opinion(case: Case) -> bool:
    """Tell whether a case owes a handling opinion (L22-34)."""
    clock = does_statutory_clock_run(route=route_of(case), channel=case.channel)
    return owes_opinion(statutory_clock_runs=clock.allowed)


def summary_of(
    case: Case, *, document: Document | None = None, text: str | None = None
) -> CaseSummary:
    """Summarise a case, with the paper a command has issued."""
    return CaseSummary(
        petition_no=case.petition_no,
        state=case.state,
        route=case.route,
        unit=case.unit,
        was_overdue=case.was_overdue,
        due_on=case.due_on,
        statutory_due_on=case.statutory_due_on,
        document=document,
        text=text,
    )
