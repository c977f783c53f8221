"""Swapping duty: a prevented leader and the next on duty change places (M-14, D-16)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.reception import metrics
from services.reception.documents import DutyPaper, Names, duty_notice_text
from services.reception.models import DutySwap as SwapRow
from services.reception.models import ReceptionSession
from services.reception.node import Node
from services.reception.regime import SwapRule
from services.reception.rules.rota import Swap, may_swap
from services.reception.usecases.directory import leaders_of_node
from services.reception.usecases.refusing import require
from services.reception.usecases.reseating import Reseating, put_up_anew, reseat
from services.reception.usecases.retired_nodes import require_open
from services.reception.usecases.seats import issue_anew
from services.reception.usecases.sittings import (
    leaders_at,
    session_named,
    session_view,
    sitting_no,
)
from shared.contracts.common import NotYourCase
from shared.contracts.reception import (
    DutyNotice,
    DutySwap,
    DutySwappedV1,
    NoSessionPlanned,
    SwapDuty,
    SwapLeavesVacancy,
    SwapNotProvided,
    SwapNotWithNext,
    SwapTooLate,
)
from shared.messaging import Work
from shared.policy import Role

_DUTY_NOTICE: Final = "DN"


def swap_duty(work: Work, request: SwapDuty, names: Names, *, node: Node) -> DutySwap:
    """Let two leaders change places, tell both, and put the board and the cards right.

    Raises:
        NoSessionPlanned, SwapNotProvided, SwapTooLate, SwapNotWithNext, SwapLeavesVacancy,
            NotYourCase, DirectoryMissing, NodeRetired: as their docstrings say.
    """
    require_open(work)
    session = session_named(work, request.session)
    following = _next_of_the_rota(work, session)
    leader = _who_sits(work, session)
    _require_swap(work, request, node, session=session, leader=leader, following=following)
    if following is None:
        raise _nothing_follows(request)  # The rule said so above; mypy reads only this line.
    _keep(work, request, leader=leader, following=following)
    renewed = (
        reseat(work, Reseating(session=session, leader=request.counterpart, in_place_of=leader)),
        reseat(work, Reseating(session=following, leader=leader, in_place_of=request.counterpart)),
    )
    notices = _notices(work, request, names, session=session, leader=leader, following=following)
    work.record(
        DutySwappedV1(
            node=work.source.node,
            session=session.session,
            on=session.held_on,
            leader=leader,
            next_session=following.session,
            next_on=following.held_on,
            counterpart=request.counterpart,
            documents=tuple(notice.document for notice in notices),
        )
    )
    put_up_anew(work, renewed)
    petitions = (
        *issue_anew(work, session, in_place_of=leader, leader=request.counterpart),
        *issue_anew(work, following, in_place_of=request.counterpart, leader=leader),
    )
    work.count(metrics.DUTIES_SWAPPED)
    return DutySwap(
        session=session_view(work, session),
        next_session=session_view(work, following),
        notices=notices,
        petitions=petitions,
    )


def _next_of_the_rota(work: Work, session: ReceptionSession) -> ReceptionSession | None:
    return work.session.scalars(
        select(ReceptionSession)
        .where(
            ReceptionSession.held_on > session.held_on,
            ReceptionSession.turn.is_not(None),
            ReceptionSession.withdrawn_at.is_(None),
        )
        .order_by(ReceptionSession.held_on)
        .limit(1)
    ).first()


def _who_sits(work: Work, session: ReceptionSession) -> str:
    return next(iter(leaders_at(work, session.session)), "")


def _nothing_follows(request: SwapDuty) -> NoSessionPlanned:
    return NoSessionPlanned(
        f"no session after {request.session} is planned, so nobody is next; call plan_sessions"
    )


def _require_swap(
    work: Work,
    request: SwapDuty,
    node: Node,
    *,
    session: ReceptionSession,
    leader: str,
    following: ReceptionSession | None,
) -> None:
    name = session.session
    next_leader = _who_sits(work, following) if following else None
    speaks_for_self = not work.actor.roles & {Role.OFFICER, Role.OFFICE_HEAD}
    with_next = SwapNotWithNext(
        f"{name} is swapped with the next session's leader only; see list_sessions for who that is"
    )
    require(
        may_swap(
            Swap(
                provided=node.regime.swap_rule is SwapRule.NEXT_IN_ROTA_BEFOREHAND
                and session.turn is not None,
                is_asked_by_either=not speaks_for_self
                or work.actor.code in (leader, request.counterpart),
                held_on=session.held_on,
                leader=leader,
                next_leader=next_leader,
                counterpart=request.counterpart,
                present=frozenset(leaders_of_node(work, node)),
            ),
            on=work.today,
        ),
        {
            "swap_is_provided": SwapNotProvided(
                f"the leaders of {node.code} do not swap duty by its regime, {node.regime.regime}"
            ),
            "asked_by_either": NotYourCase(
                f"{work.actor.id} is on duty neither at {name} nor at the session after it"
            ),
            "agreed_beforehand": SwapTooLate(
                f"{name} is on {session.held_on} and today is {work.today}; a swap is agreed before"
                " the day begins"
            ),
            "next_is_planned": _nothing_follows(request),
            "with_the_next": with_next,
            "are_two_leaders": with_next,
            "no_vacancy": SwapLeavesVacancy(
                f"after the swap of {name} a session would have a leader who left {node.organ}"
            ),
        },
    )


def _keep(work: Work, request: SwapDuty, *, leader: str, following: ReceptionSession) -> None:
    context = f"duty_swaps|{request.request_id}|reason"
    work.session.add(
        SwapRow(
            request_id=request.request_id,
            session=request.session,
            next_session=following.session,
            leader=leader,
            counterpart=request.counterpart,
            reason_sealed=work.vault.seal(request.reason, context=context),
            swapped_at=work.now,
            swapped_by=work.actor.id,
        )
    )
    work.session.flush()


def _notices(
    work: Work,
    request: SwapDuty,
    names: Names,
    *,
    session: ReceptionSession,
    leader: str,
    following: ReceptionSession,
) -> tuple[DutyNotice, ...]:
    """Write what each of the two leaders is told."""
    duties = {
        leader: (session, following, request.counterpart),
        request.counterpart: (following, session, leader),
    }
    notices = []
    for told, (was_at, is_at, other) in duties.items():
        document = work.document(
            sitting_no(session),
            _DUTY_NOTICE,
            {"leader": told, "instead_of": was_at.session, "session": is_at.session},
        )
        paper = DutyPaper(
            notice_no=document.no,
            leader=told,
            other=other,
            was_on=was_at.held_on,
            is_on=is_at.held_on,
            starts_at=is_at.starts_at,
            ends_at=is_at.ends_at,
            place=is_at.place,
            notified_on=work.today,
        )
        notices.append(
            DutyNotice(leader=told, document=document, text=duty_notice_text(paper, names=names))
        )
    return tuple(notices)
