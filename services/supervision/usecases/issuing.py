"""Issuing the eight slips, by the system, once for each decision (C-14, C-15, D-18, D-19, T14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.supervision import metrics
from services.supervision.models import Case, Slip, SlipSet
from services.supervision.rules.addressees import (
    Authorisation,
    Directory,
    Matter,
    addressees_of_slips,
    authorisation_begins_on,
    authorisation_for,
)
from services.supervision.rules.archive import FileItem
from services.supervision.rules.slips import DecidedMatter, first_standing, may_slips_be_issued
from services.supervision.rules.terms import Post
from services.supervision.usecases.cases import case_of_subject, enter, move
from services.supervision.usecases.clocks import (
    DeadlineKind,
    cancel,
    schedule_beginning,
    set_internal_clock,
)
from services.supervision.usecases.directory import directory_in_force, store_directory
from services.supervision.usecases.file import keep_document
from services.supervision.usecases.refusing import require, wrong_stage
from shared.contracts.common import DueDateBeyondStatutory, SlipPost
from shared.contracts.envelope import Envelope
from shared.contracts.reception import DecisionIncomplete
from shared.contracts.supervision import (
    CaseState,
    IssuedSlip,
    SlipSetState,
    SlipsIssuedV1,
    SlipState,
)
from shared.contracts.triage import DirectoryChangedV1
from shared.deadlines import Deadline
from shared.documents import sheet_nos
from shared.messaging import Work


@dataclass(frozen=True, kw_only=True)
class Addressing:
    """Who gets the sheets of a set, in their order, and under which authorisation."""

    addressees: tuple[tuple[Post, str], ...]
    authorisation: Authorisation


def on_directory_changed(work: Work, event: DirectoryChangedV1, _envelope: Envelope) -> None:
    """Keep the directory, and issue the slips that waited for an authorisation or a post holder."""
    if not store_directory(work, event):
        return
    waiting = work.session.scalars(
        select(Case)
        .where(Case.state == CaseState.AWAITING_AUTHORISATION, Case.is_current)
        .order_by(Case.petition_no)
    )
    for case in waiting.all():
        issue_slips(work, case)


def authorisation_began(work: Work, deadline: Deadline) -> None:
    """Issue the slips that waited for an authorisation dated ahead, on the day it is in force."""
    case = case_of_subject(work, deadline.subject)
    if case is not None and case.is_current and case.state is CaseState.AWAITING_AUTHORISATION:
        issue_slips(work, case)


def issue_slips(work: Work, case: Case) -> None:
    """Issue the eight slips of a decided case, or let it wait where one cannot be addressed.

    Raises:
        DecisionIncomplete, DueDateBeyondStatutory: no valid set can be made of the decision.
    """
    incomplete = DecisionIncomplete(
        f"the decision {case.decision_no} has no due date or no completion standard; "
        f"a slip set needs both"
    )
    require(
        may_slips_be_issued(
            DecidedMatter(
                slips_issued=_is_issued(work, case),
                due_on=case.due_on,
                statutory_due_on=case.statutory_due_on,
                standards=len(case.standards),
            )
        ),
        not_issued_yet=wrong_stage(case),
        due_date_set=incomplete,
        completion_standard_set=incomplete,
        due_within_statute=DueDateBeyondStatutory(
            f"the slips of {case.petition_no} would be due after the statutory date"
        ),
    )
    addressing = _address(work, case)
    if addressing is not None:
        _serve(work, case, addressing)
        if case.decided_due_on is not None:
            set_internal_clock(work, case, named_on=case.decided_due_on)


def _is_issued(work: Work, case: Case) -> bool:
    found = select(SlipSet.set_no).where(
        SlipSet.petition_no == case.petition_no, SlipSet.case_no == case.case_no
    )
    return work.session.scalar(found) is not None


def _address(work: Work, case: Case) -> Addressing | None:
    """Find the eight addressees and the authorisation; without one of them the case waits."""
    directory = directory_in_force(work)
    if directory is None:
        _wait(work, case, lacking=["directory"])
        return None
    matter = Matter(
        organ=case.organ,
        field=case.field or "",
        lead_unit=case.unit,
        overrides={Post(post): holder for post, holder in case.overrides.items()},
    )
    addressees = addressees_of_slips(matter=matter, directory=directory)
    authorisation = authorisation_for(organ=case.organ, directory=directory, on=work.today)
    if not (addressees.allowed and authorisation.allowed):
        lacking = addressees.decision.missing_facts + authorisation.decision.missing_facts
        _wait(work, case, lacking=list(lacking))
        if not authorisation.allowed:
            _look_again_when_authorised(work, case, directory)
        return None
    return Addressing(addressees=addressees.value, authorisation=authorisation.value)


def _wait(work: Work, case: Case, *, lacking: list[str]) -> None:
    if case.state is not CaseState.AWAITING_AUTHORISATION:
        move(work, case, CaseState.AWAITING_AUTHORISATION)
    enter(work, case, step="slips_wait", lacking=lacking)


def _look_again_when_authorised(work: Work, case: Case, directory: Directory) -> None:
    begins_on = authorisation_begins_on(organ=case.organ, directory=directory, on=work.today)
    if begins_on is None:
        cancel(work, case, DeadlineKind.AUTHORISATION)
    else:
        schedule_beginning(work, case, DeadlineKind.AUTHORISATION, begins_on=begins_on)


def _serve(work: Work, case: Case, addressing: Addressing) -> None:
    """Write the set: eight sheets, and after them a copy of the seventh for each co-unit."""
    cancel(work, case, DeadlineKind.AUTHORISATION)
    set_no = work.number(case.petition_no, "SL")
    if case.due_on is None:
        raise wrong_stage(case)
    work.append(
        SlipSet(
            set_no=set_no,
            petition_no=case.petition_no,
            case_no=case.case_no,
            state=SlipSetState.OPEN,
            due_on=case.due_on,
            authorisation=addressing.authorisation.no,
            issued_on=work.today,
        )
    )
    copies = [(Post.RESPONSIBLE_UNIT, unit) for unit in case.co_units]
    issued = list(_write_sheets(work, case, set_no, addressing, copies))
    move(work, case, CaseState.IN_HANDLING)
    work.record(
        SlipsIssuedV1(
            petition_no=case.petition_no,
            set_no=set_no,
            due_on=case.due_on,
            authorisation=addressing.authorisation.no,
            unit=case.unit,
            slips=tuple(issued[: len(addressing.addressees)]),
            copies=tuple(issued[len(addressing.addressees) :]),
        )
    )
    work.count(metrics.SLIP_SETS_ISSUED)


def _write_sheets(
    work: Work,
    case: Case,
    set_no: str,
    addressing: Addressing,
    copies: list[tuple[Post, str]],
) -> Iterator[IssuedSlip]:
    sheets = (*addressing.addressees, *copies)
    numbered = zip(sheet_nos(set_no=set_no, count=len(sheets)), sheets, strict=True)
    for position, (slip_no, (post, holder)) in enumerate(numbered, start=1):
        is_copy = position > len(addressing.addressees)
        content: dict[str, Any] = {
            "kind": "slip",
            "set_no": set_no,
            "petition_no": case.petition_no,
            "position": position,
            "post": post.value,
            "holder": holder,
            "is_copy": is_copy,
            "unit": case.unit,
            "co_units": case.co_units,
            "leader": case.leader,
            "decision_no": case.decision_no,
            "standards": case.standards,
            "due_on": case.due_on,
            "authorisation": addressing.authorisation.no,
            "issued_on": work.today,
        }
        document = work.numbered(slip_no, content)
        keep_document(work, case.petition_no, FileItem.SLIP, document, content)
        work.append(
            Slip(
                slip_no=slip_no,
                set_no=set_no,
                petition_no=case.petition_no,
                position=position,
                post=SlipPost(post.value),
                holder=holder,
                is_copy=is_copy,
                state=SlipState(first_standing(post).value),
                sha256=document.sha256,
                lost=False,
            )
        )
        yield IssuedSlip(post=SlipPost(post.value), holder=holder, document=document)
