"""Planning sessions ahead, correcting them before they are published, and showing them (C-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select

from services.reception import metrics
from services.reception.models import ReceptionSession
from services.reception.node import Node
from services.reception.rules.sessions import belongs_to_period, days_to_plan, slots_of
from services.reception.usecases.correcting import corrected, is_to_be_written, on_the_board
from services.reception.usecases.directory import leaders_of_node
from services.reception.usecases.reseating import Renewed, put_up_anew
from services.reception.usecases.retired_nodes import require_open
from services.reception.usecases.rota import leaders_in_turn
from services.reception.usecases.routing import settle_waiting
from services.reception.usecases.seats import let_go, seat
from services.reception.usecases.sittings import is_published, leaders_at, minute, session_view
from shared.calendar import ReceptionDay, YearNotCovered
from shared.contracts.common import DateInPast, LeaderUnknown
from shared.contracts.reception import (
    ListSessions,
    NoSessionPlanned,
    PlanSessions,
    SessionList,
    SessionTimesInvalid,
    TurnsAreFixed,
)
from shared.messaging import Work


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What every session of one planning has in common."""

    starts_at: time
    ends_at: time
    slot_minutes: int
    place: str
    leaders: Mapping[str, tuple[str, ...]]
    """Who sits at each session, by its number."""
    correction: str
    """Why published sessions are corrected, where they are."""


def plan_sessions(work: Work, request: PlanSessions, *, node: Node) -> SessionList:
    """Plan the sessions of a period; those published already stay as they are.

    Planned sessions that are not published yet are corrected, and published ones where a reason
    is stated; what their petitions had of them is settled anew.  Petitions that wait for a session
    are given one at once.

    Raises:
        DateInPast, SessionsNotAhead, SessionTimesInvalid, LeaderUnknown, TurnsAreFixed,
            DirectoryMissing, NoSessionPlanned: as their docstrings say.
    """
    require_open(work)
    if request.from_on < work.today:
        msg = f"from_on {request.from_on} lies before today, {work.today}; plan from today on"
        raise DateInPast(msg)
    starts_at, ends_at, slot_minutes = _hours(request, node)
    chosen = _leaders(work, request, node)
    days = {f"{node.code}-{day.held_on:%Y%m%d}": day for day in _days(work, request, node)}
    open_days = [
        session
        for session, day in days.items()
        if is_to_be_written(work, session, held_on=day.held_on, correction=request.correction)
    ]
    _withdraw_others(work, request, keep=days)
    plan = _Plan(
        starts_at=starts_at,
        ends_at=ends_at,
        slot_minutes=slot_minutes,
        place=request.place,
        correction=request.correction or "",
        leaders=leaders_in_turn(work, open_days, present=chosen)
        if node.regime.has_rota
        else dict.fromkeys(open_days, chosen),
    )
    renewed = [
        _write(work, session, days[session], plan, by_turn=node.regime.has_rota)
        for session in open_days
    ]
    put_up_anew(work, renewed)
    settle_waiting(work)
    return listed(work, sessions_of_period(work, request.from_on, request.until_on))


def list_sessions(work: Work, request: ListSessions) -> SessionList:
    """List the sessions held in a period; without bounds, all of them."""
    query = (
        select(ReceptionSession)
        .where(ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.held_on)
    )
    if request.from_on is not None:
        query = query.where(ReceptionSession.held_on >= request.from_on)
    if request.until_on is not None:
        query = query.where(ReceptionSession.held_on <= request.until_on)
    return listed(work, list(work.session.scalars(query)))


def sessions_of_period(work: Work, from_on: date, until_on: date) -> list[ReceptionSession]:
    """List the sessions that belong to a period, in the order of their days."""
    query = (
        select(ReceptionSession)
        .where(ReceptionSession.held_on >= from_on, ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.held_on)
    )
    return [
        session
        for session in work.session.scalars(query)
        if belongs_to_period(
            held_on=session.held_on,
            nominal_on=[date.fromisoformat(on) for on in session.nominal_days],
            from_on=from_on,
            until_on=until_on,
        )
    ]


def listed(work: Work, sessions: list[ReceptionSession]) -> SessionList:
    """Show several sessions."""
    return SessionList(sessions=tuple(session_view(work, session) for session in sessions))


# --- What is to be planned ------------------------------------------------------------------------


def _hours(request: PlanSessions, node: Node) -> tuple[time, time, int]:
    usual = node.regime.hours
    starts_at = time.fromisoformat(request.starts_at) if request.starts_at else usual.starts_at
    ends_at = time.fromisoformat(request.ends_at) if request.ends_at else usual.ends_at
    slot_minutes = request.slot_minutes or usual.slot_minutes
    if not slots_of(starts_at=starts_at, ends_at=ends_at, slot_minutes=slot_minutes):
        msg = (
            f"{minute(starts_at)} to {minute(ends_at)} holds no slot of {slot_minutes} minutes;"
            " let the session end later or the slots be shorter"
        )
        raise SessionTimesInvalid(msg)
    return starts_at, ends_at, slot_minutes


def _leaders(work: Work, request: PlanSessions, node: Node) -> tuple[str, ...]:
    """Give the leaders who may sit: those named, or all of the node's organ."""
    own = leaders_of_node(work, node)
    if not own:
        msg = f"the directory has no leader of {node.organ}; complete it with triage.put_directory"
        raise LeaderUnknown(msg)
    strangers = sorted(set(request.leaders) - set(own))
    if strangers:
        msg = (
            f"the directory has no leader {', '.join(strangers)} of {node.organ}, whose leaders"
            " receive at this node; see triage.get_directory"
        )
        raise LeaderUnknown(msg)
    if request.leaders and node.regime.has_rota:
        msg = f"the leaders of {node.organ} receive in turn; leave `leaders` out, or call swap_duty"
        raise TurnsAreFixed(msg)
    return tuple(dict.fromkeys(request.leaders)) or own


def _days(work: Work, request: PlanSessions, node: Node) -> tuple[ReceptionDay, ...]:
    schedule = node.regime.reception_schedule
    try:
        days = days_to_plan(
            calendar=work.calendar,
            schedule=schedule,
            holiday_policy=node.regime.holiday_policy,
            from_on=request.from_on,
            until_on=request.until_on,
        )
    except YearNotCovered:
        days = ()
    if not days:
        msg = (
            f"no {schedule.weekday.name.title()} from {request.from_on} to {request.until_on}"
            " can be planned; choose a period that holds one, within the years of the calendar"
        )
        raise NoSessionPlanned(msg)
    return days


# --- What becomes of it ---------------------------------------------------------------------------


def _withdraw_others(
    work: Work, request: PlanSessions, *, keep: Mapping[str, ReceptionDay]
) -> None:
    """Withdraw the planned sessions of the period whose day is no day of reception any more."""
    for session in sessions_of_period(work, request.from_on, request.until_on):
        if session.session not in keep and not is_published(work, session.session):
            session.withdrawn_at = work.now
            session.turn = None
            work.count(metrics.SESSIONS_WITHDRAWN, published="false")
            let_go(work, session)


def _write(
    work: Work, session: str, day: ReceptionDay, plan: _Plan, *, by_turn: bool
) -> Renewed | None:
    """Write a session: a new one, or a correction of the one there is, with its new notice."""
    row = work.session.get(ReceptionSession, session)
    before = on_the_board(work, row) if row is not None else None
    if row is None:
        row = ReceptionSession(
            session=session, held_on=day.held_on, planned_at=work.now, planned_by=work.actor.id
        )
        work.session.add(row)
    leaders = plan.leaders[session]
    row.nominal_days = [on.isoformat() for on in day.nominal_on]
    row.starts_at = minute(plan.starts_at)
    row.ends_at = minute(plan.ends_at)
    row.slot_minutes = plan.slot_minutes
    row.place = plan.place
    row.withdrawn_at = None
    work.session.flush()
    is_seated_so = leaders_at(work, session) == sorted(leaders)
    if not by_turn:
        row.turn = None
    elif row.turn is None or not is_seated_so:
        row.turn = leaders[0]
    if not is_seated_so:
        seat(work, session, leaders)
    let_go(work, row)
    return corrected(work, row, before=before, reason=plan.correction) if before else None
