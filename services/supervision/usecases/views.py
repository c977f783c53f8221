"""Showing a case and its slips, to those who may see them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.supervision.documents import Printing, SlipPaper, slip_text
from services.supervision.models import Case, Slip, SlipSet
from services.supervision.usecases.cases import require_case
from services.supervision.usecases.closing import seal_of_case
from services.supervision.usecases.duties import promises_of
from services.supervision.usecases.file import content_of, documents_of
from services.supervision.usecases.listings import explained_deadlines
from services.supervision.usecases.slips import slip_set_of, slip_view, slips_of
from shared.contracts.common import NotYourCase
from shared.contracts.reception import DecidedStandard
from shared.contracts.supervision import (
    CaseView,
    GetCase,
    GetSlipSet,
    PromiseView,
    SlipNotFound,
    SlipSetView,
    SlipView,
)
from shared.messaging import Work
from shared.policy import Role

_HANDLERS: Final = frozenset({Role.LEADER, Role.UNIT})


def get_case(work: Work, request: GetCase) -> CaseView:
    """Show a case with its clocks, promises, file and seal.

    Raises:
        CaseNotFound, NotYourCase
    """
    case = require_case(work, request.petition_no)
    if _sees_own_only(work) and not _is_party_to(work, case):
        msg = f"{case.petition_no} is with another unit or leader; ask the petition office"
        raise NotYourCase(msg)
    return CaseView(
        petition_no=case.petition_no,
        state=case.state,
        route=case.route,
        unit=case.unit,
        co_units=tuple(case.co_units),
        leader=case.leader,
        accepted_on=case.accepted_on,
        due_on=case.due_on,
        statutory_due_on=case.statutory_due_on,
        extended=case.extended,
        was_overdue=case.was_overdue,
        promises=tuple(
            PromiseView(
                made_on=promise.made_on, promised_on=promise.promised_on, state=promise.standing
            )
            for promise in promises_of(work, case)
        ),
        standards=_standards(case),
        deadlines=explained_deadlines(work, case.petition_no),
        documents=documents_of(work, case.petition_no),
        review_until=case.review_until,
        seal=seal_of_case(work, case),
    )


def get_slip_set(work: Work, request: GetSlipSet, printing: Printing | None) -> SlipSetView:
    """Show the slips of a case with their texts; a leader or unit sees only its own.

    Raises:
        CaseNotFound, SlipNotFound, NotYourCase
    """
    case = require_case(work, request.petition_no)
    slip_set = slip_set_of(work, case)
    if slip_set is None:
        msg = f"no slips of {case.petition_no} are issued; it stands at {case.state.value}"
        raise SlipNotFound(msg)
    slips = slips_of(work, slip_set.set_no)
    if _sees_own_only(work):
        slips = [slip for slip in slips if slip.holder == work.actor.code]
        if not slips:
            msg = f"none of the slips of {case.petition_no} is addressed to you"
            raise NotYourCase(msg)
    return SlipSetView(
        petition_no=case.petition_no,
        set_no=slip_set.set_no,
        state=slip_set.state,
        due_on=slip_set.due_on,
        authorisation=slip_set.authorisation,
        standards=_standards(case),
        slips=tuple(_printed(work, slip, printing) for slip in slips if not slip.is_copy),
        copies=tuple(_printed(work, slip, printing) for slip in slips if slip.is_copy),
    )


def _sees_own_only(work: Work) -> bool:
    return work.actor.roles <= _HANDLERS


def _is_party_to(work: Work, case: Case) -> bool:
    if work.actor.code in (case.unit, *case.co_units, case.leader):
        return True
    held = (
        select(Slip.slip_no)
        .join(SlipSet, SlipSet.set_no == Slip.set_no)
        .where(
            SlipSet.petition_no == case.petition_no,
            SlipSet.case_no == case.case_no,
            Slip.holder == work.actor.code,
        )
    )
    return work.session.scalars(held).first() is not None


def _standards(case: Case) -> tuple[DecidedStandard, ...]:
    return tuple(DecidedStandard.load(standard) for standard in case.standards)


def _printed(work: Work, slip: Slip, printing: Printing | None) -> SlipView:
    if printing is None:
        return slip_view(work, slip)
    issued = SlipPaper.of(slip.slip_no, content_of(work, slip.slip_no))
    return slip_view(work, slip, text=slip_text(issued, printing=printing))
