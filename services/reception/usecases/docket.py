"""The docket of a session: which petition comes in which hour, before its own leader (D-10)."""

from __future__ import annotations

from sqlalchemy import select

from services.reception import metrics
from services.reception.models import DocketHour, Preparation, ReceptionSession, Routing
from services.reception.rules.appointment import Waiting, docket_of
from services.reception.usecases.preparations import take_hour
from services.reception.usecases.retired_nodes import require_open
from services.reception.usecases.sittings import (
    hours_taken,
    minute,
    session_named,
    slots_in,
)
from shared.contracts.reception import (
    DocketLine,
    DocketView,
    GetDocket,
    PlanDocket,
    PreparationState,
)
from shared.messaging import Work


def plan_docket(work: Work, request: PlanDocket) -> DocketView:
    """Give every prepared petition of a session an hour; hours given already stay.

    Raises:
        NoSessionPlanned: as its docstring says.
    """
    require_open(work)
    session = session_named(work, request.session)
    prepared = _prepared_without_hour(work, session)
    docket = docket_of(
        slots=slots_in(session),
        taken=hours_taken(work, session=session.session),
        waiting=[
            Waiting(
                petition_no=preparation.petition_no,
                leader=preparation.leader,
                severity=routing.severity.value,
                routed_at=routing.routed_at,
            )
            for preparation, routing in prepared
        ],
    )
    for preparation, _ in prepared:
        slot = docket.get(preparation.petition_no)
        if slot is not None:
            take_hour(work, preparation, session=session.session, starts_at=minute(slot))
            work.count(metrics.HOURS_DOCKETED)
    return _view(work, session)


def get_docket(work: Work, request: GetDocket) -> DocketView:
    """Show the docket of a session.

    Raises:
        NoSessionPlanned: as its docstring says.
    """
    return _view(work, session_named(work, request.session))


def docketed_hour(work: Work, petition_no: str, *, session: str) -> str | None:
    """Give the hour a petition has on a session's docket, if any."""
    return work.session.scalar(
        select(DocketHour.starts_at).where(
            DocketHour.petition_no == petition_no,
            DocketHour.session == session,
            DocketHour.released_at.is_(None),
        )
    )


def _prepared_without_hour(
    work: Work, session: ReceptionSession
) -> list[tuple[Preparation, Routing]]:
    if session.held_on < work.today:
        return []
    has_hour = (
        select(DocketHour.hour_no)
        .where(
            DocketHour.petition_no == Preparation.petition_no,
            DocketHour.released_at.is_(None),
        )
        .exists()
    )
    query = (
        select(Preparation, Routing)
        .join(Routing, Routing.routing_no == Preparation.routing_no)
        .where(
            Preparation.session == session.session,
            Preparation.state == PreparationState.PREPARED,
            ~has_hour,
        )
        .order_by(Preparation.petition_no)
    )
    return [(preparation, routing) for preparation, routing in work.session.execute(query)]


def _view(work: Work, session: ReceptionSession) -> DocketView:
    query = (
        select(Preparation, Routing.lead_unit, DocketHour.starts_at)
        .join(Routing, Routing.routing_no == Preparation.routing_no)
        .outerjoin(
            DocketHour,
            (DocketHour.petition_no == Preparation.petition_no)
            & (DocketHour.session == Preparation.session)
            & DocketHour.released_at.is_(None),
        )
        .where(Preparation.session == session.session)
    )
    lines = [
        DocketLine(
            petition_no=preparation.petition_no,
            leader=preparation.leader,
            lead_unit=lead_unit,
            starts_at=starts_at,
            state=preparation.state,
        )
        for preparation, lead_unit, starts_at in work.session.execute(query)
    ]
    lines.sort(key=lambda line: (line.leader, line.starts_at or "99:99", line.petition_no))
    return DocketView(session=session.session, on=session.held_on, lines=tuple(lines))
