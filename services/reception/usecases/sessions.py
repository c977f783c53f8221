"""Planning sessions ahead, and showing them (C-03, D-17)."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import select

from services.reception.models import ReceptionSession, SessionSeat
from services.reception.node import Node
from services.reception.rules.sessions import belongs_to_period, days_to_plan, slots_of
from services.reception.usecases.directory import leaders_in_force, organ_in_force
from services.reception.usecases.routing import settle_waiting
from services.reception.usecases.sittings import minute, session_view
from shared.calendar import ReceptionDay, YearNotCovered
from shared.contracts.common import DateInPast, LeaderUnknown
from shared.contracts.reception import (
    ListSessions,
    NoSessionPlanned,
    PlanSessions,
    SessionList,
    SessionTimesInvalid,
)
from shared.messaging import Work


def plan_sessions(work: Work, request: PlanSessions, *, node: Node) -> SessionList:
    """Plan the sessions of a period; days already planned stay as they are.

    Petitions that wait for a session of theirs are given one at once.

    Raises:
        DateInPast, SessionTimesInvalid, LeaderUnknown, DirectoryMissing, NoSessionPlanned: as
            their docstrings say.
    """
    if request.from_on < work.today:
        msg = f"from_on {request.from_on} lies before today, {work.today}; plan from today on"
        raise DateInPast(msg)
    hours = _hours(request, node)
    leaders = _leaders(work, request, node)
    for day in _days(work, request, node):
        session = f"{node.code}-{day.held_on:%Y%m%d}"
        if work.session.get(ReceptionSession, session) is None:
            _plan(work, session, day=day, hours=hours, place=request.place, leaders=leaders)
    work.session.flush()
    settle_waiting(work)
    return listed(work, sessions_of_period(work, request.from_on, request.until_on))


def list_sessions(work: Work, request: ListSessions) -> SessionList:
    """List the sessions held in a period; without bounds, all of them."""
    query = select(ReceptionSession).order_by(ReceptionSession.held_on)
    if request.from_on is not None:
        query = query.where(ReceptionSession.held_on >= request.from_on)
    if request.until_on is not None:
        query = query.where(ReceptionSession.held_on <= request.until_on)
    return listed(work, list(work.session.scalars(query)))


def sessions_of_period(work: Work, from_on: date, until_on: date) -> list[ReceptionSession]:
    """List the sessions that belong to a period, in the order of their days."""
    query = (
        select(ReceptionSession)
        .where(ReceptionSession.held_on >= from_on)
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
    known = leaders_in_force(work)
    unknown = sorted(set(request.leaders) - set(known))
    if unknown:
        msg = f"the directory has no leader {', '.join(unknown)}; see triage.get_directory"
        raise LeaderUnknown(msg)
    organ = organ_in_force(work, node)
    own = tuple(code for code, leader in known.items() if leader.organ == organ)
    leaders = tuple(dict.fromkeys(request.leaders)) or own
    if not leaders:
        msg = f"the directory has no leader of organ {organ}; name `leaders`"
        raise LeaderUnknown(msg)
    return leaders


def _days(work: Work, request: PlanSessions, node: Node) -> tuple[ReceptionDay, ...]:
    try:
        days = days_to_plan(
            calendar=work.calendar,
            weekday=node.regime.weekday,
            holiday_policy=node.regime.holiday_policy,
            from_on=request.from_on,
            until_on=request.until_on,
        )
    except YearNotCovered:
        days = ()
    if not days:
        msg = (
            f"no {node.regime.weekday.name.title()} from {request.from_on} to {request.until_on}"
            " can be planned; choose a period that holds one, within the years of the calendar"
        )
        raise NoSessionPlanned(msg)
    return days


def _plan(
    work: Work,
    session: str,
    *,
    day: ReceptionDay,
    hours: tuple[time, time, int],
    place: str,
    leaders: tuple[str, ...],
) -> None:
    starts_at, ends_at, slot_minutes = hours
    work.session.add(
        ReceptionSession(
            session=session,
            held_on=day.held_on,
            nominal_days=[on.isoformat() for on in day.nominal_on],
            starts_at=minute(starts_at),
            ends_at=minute(ends_at),
            slot_minutes=slot_minutes,
            place=place,
            planned_at=work.now,
            planned_by=work.actor.id,
        )
    )
    work.session.flush()
    for leader in leaders:
        work.session.add(SessionSeat(session=session, leader=leader))
