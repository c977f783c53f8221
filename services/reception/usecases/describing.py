"""Telling a node that opened later what it cannot have heard: this node and its sessions.

A node hears nothing of what was told before its queues were there.  Whoever announced itself
earlier than it says so again, and the notice board of the new node is as whole as every other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from services.reception.models import (
    NodeAnnouncement,
    ReceptionSession,
    SessionCorrection,
    SessionPublication,
    SessionReseating,
)
from services.reception.rules.board import may_not_have_heard
from services.reception.usecases.retired_nodes import own_retirement
from services.reception.usecases.sittings import leaders_at
from shared.contracts.envelope import Envelope
from shared.contracts.reception import NodeDescribedV1, NodeOpenedV1, StandingSession
from shared.messaging import Work


def describe_to(work: Work, event: NodeOpenedV1, envelope: Envelope) -> None:
    """Describe this node, where the one that has opened may not have heard of it (L22-18)."""
    own = work.session.scalars(
        select(NodeAnnouncement).order_by(NodeAnnouncement.announcement_no.desc()).limit(1)
    ).first()
    if own is None or event.node == work.source.node or own_retirement(work) is not None:
        return
    if not may_not_have_heard(announced_at=own.announced_at, opened_at=envelope.occurred_at):
        return
    work.record(
        NodeDescribedV1(
            node=work.source.node,
            territory=own.territory,
            department=own.department,
            regime=own.regime,
            leader_assignment=own.leader_assignment,
            announced_at=own.announced_at,
            sessions=_sessions_ahead(work),
        )
    )


def _sessions_ahead(work: Work) -> tuple[StandingSession, ...]:
    put_up = (
        select(ReceptionSession, SessionPublication.published_at)
        .join(SessionPublication, SessionPublication.session == ReceptionSession.session)
        .where(ReceptionSession.held_on >= work.today, ReceptionSession.withdrawn_at.is_(None))
        .order_by(ReceptionSession.held_on)
    )
    return tuple(
        StandingSession(
            session=session.session,
            on=session.held_on,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            leaders=tuple(leaders_at(work, session.session)),
            published_at=_put_up_anew_at(work, session) or published_at,
        )
        for session, published_at in work.session.execute(put_up)
    )


def _put_up_anew_at(work: Work, session: ReceptionSession) -> datetime | None:
    reseated = select(func.max(SessionReseating.reseated_at)).where(
        SessionReseating.session == session.session,
        SessionReseating.document_no.is_not(None),
    )
    corrected = select(func.max(SessionCorrection.corrected_at)).where(
        SessionCorrection.session == session.session
    )
    renewed = (work.session.scalar(reseated), work.session.scalar(corrected))
    return max((at for at in renewed if at is not None), default=None)
