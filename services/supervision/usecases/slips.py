"""Slips on their way: signed for by their addressee, and back at the office (C-16, D-18)."""

from __future__ import annotations

from sqlalchemy import select

from services.supervision import metrics
from services.supervision.models import Case, Slip, SlipSet
from services.supervision.rules.archive import FileItem
from services.supervision.rules.slips import (
    SlipStanding,
    may_slip_be_acknowledged,
    may_slip_be_returned,
    outstanding,
)
from services.supervision.usecases.cases import enter
from services.supervision.usecases.file import issue_document
from services.supervision.usecases.refusing import require
from shared.contracts.common import NotYourCase, StubIsKept
from shared.contracts.fields import Document
from shared.contracts.supervision import (
    AcknowledgeSlip,
    ResultNotReported,
    ReturnSlip,
    SlipAcknowledgedV1,
    SlipNotFound,
    SlipReturned,
    SlipReturnedV1,
    SlipSetState,
    SlipsRecalledV1,
    SlipState,
    SlipView,
)
from shared.messaging import Work
from shared.policy import Role


def acknowledge_slip(work: Work, request: AcknowledgeSlip) -> SlipView:
    """Record that an addressee has signed; signing again changes nothing.

    Raises:
        SlipNotFound, StubIsKept, SlipReturned, NotYourCase
    """
    slip = _require_slip(work, request.slip_no)
    require(
        may_slip_be_acknowledged(SlipStanding(slip.state.value)),
        slip_is_served=_stub(slip),
        slip_is_out=_back(slip),
    )
    _require_addressee_or_office(work, slip)
    if slip.state is SlipState.SERVED:
        slip.state = SlipState.ACKNOWLEDGED
        slip.acknowledged_on = work.today
        enter(work, _case_of(work, slip), step="slip_acknowledged", slip_no=slip.slip_no)
        work.record(
            SlipAcknowledgedV1(petition_no=slip.petition_no, slip_no=slip.slip_no, post=slip.post)
        )
        work.count(metrics.SLIPS_ACKNOWLEDGED, post=slip.post.value)
    return slip_view(work, slip)


def return_slip(work: Work, request: ReturnSlip) -> SlipView:
    """Receive a slip back with the leader's instruction; a lost one is replaced by a note.

    Raises:
        SlipNotFound, StubIsKept, SlipReturned, ResultNotReported
    """
    slip = _require_slip(work, request.slip_no)
    case = _case_of(work, slip)
    require(
        may_slip_be_returned(
            SlipStanding(slip.state.value), result_reported=case.result_reported_on is not None
        ),
        slip_is_served=_stub(slip),
        slip_is_out=_back(slip),
        result_reported=ResultNotReported(
            f"the result of {case.petition_no} is not reported, so its slips stay out; "
            f"report it first (report_result)"
        ),
    )
    slip.state = SlipState.RECALLED
    slip.returned_on = work.today
    slip.lost = request.lost
    if request.instruction is not None:
        slip.instruction_sealed = work.vault.seal(
            request.instruction, context=_place_of_instruction(slip)
        )
    note = _note_of_loss(work, slip, request.instruction) if request.lost else None
    enter(work, case, step="slip_returned", document=note, slip_no=slip.slip_no, lost=request.lost)
    work.session.flush()
    left = slips_outstanding(work, case)
    work.record(
        SlipReturnedV1(
            petition_no=slip.petition_no, slip_no=slip.slip_no, post=slip.post, outstanding=left
        )
    )
    work.count(metrics.SLIPS_RETURNED, post=slip.post.value)
    if left == 0:
        slip_set = work.session.get_one(SlipSet, slip.set_no)
        slip_set.state = SlipSetState.ALL_RECALLED
        work.record(SlipsRecalledV1(petition_no=slip.petition_no, set_no=slip.set_no))
    return slip_view(work, slip)


def slip_set_of(work: Work, case: Case) -> SlipSet | None:
    """Find the slip set of a case."""
    return work.session.scalars(
        select(SlipSet).where(
            SlipSet.petition_no == case.petition_no, SlipSet.case_no == case.case_no
        )
    ).one_or_none()


def slips_of(work: Work, set_no: str) -> list[Slip]:
    """List the slips of a set and then its copies, in their order."""
    ordered = select(Slip).where(Slip.set_no == set_no).order_by(Slip.position)
    return list(work.session.scalars(ordered))


def slips_outstanding(work: Work, case: Case) -> int:
    """Count the slips and copies of a case that are not back."""
    slip_set = slip_set_of(work, case)
    if slip_set is None:
        return 0
    return outstanding(SlipStanding(slip.state.value) for slip in slips_of(work, slip_set.set_no))


def slip_view(work: Work, slip: Slip, *, text: str | None = None) -> SlipView:
    """Show a slip, with the leader's instruction where it came back with one."""
    sealed = slip.instruction_sealed
    return SlipView(
        slip_no=slip.slip_no,
        post=slip.post,
        holder=slip.holder,
        state=slip.state,
        document=Document(no=slip.slip_no, sha256=slip.sha256),
        instruction=work.vault.open(sealed, context=_place_of_instruction(slip))
        if sealed
        else None,
        text=text,
    )


def _require_slip(work: Work, slip_no: str) -> Slip:
    slip = work.session.get(Slip, slip_no)
    if slip is None:
        msg = f"no slip has the number {slip_no}; take one from get_slip_set"
        raise SlipNotFound(msg)
    return slip


def _require_addressee_or_office(work: Work, slip: Slip) -> None:
    office = work.actor.has(Role.OFFICER) or work.actor.has(Role.OFFICE_HEAD)
    if not office and work.actor.code != slip.holder:
        msg = f"{slip.slip_no} is addressed to someone else; only its addressee signs for it"
        raise NotYourCase(msg)


def _case_of(work: Work, slip: Slip) -> Case:
    slip_set = work.session.get_one(SlipSet, slip.set_no)
    return work.session.get_one(Case, (slip_set.petition_no, slip_set.case_no))


def _note_of_loss(work: Work, slip: Slip, explanation: str | None) -> Document:
    content = {
        "kind": "lost_slip_note",
        "slip_no": slip.slip_no,
        "post": slip.post.value,
        "holder": slip.holder,
        "explanation": explanation,
        "noted_on": work.today,
    }
    return issue_document(work, slip.petition_no, FileItem.LOST_SLIP_NOTE, "LN", content)


def _stub(slip: Slip) -> StubIsKept:
    return StubIsKept(f"{slip.slip_no} is the stub; the office keeps it, and nobody serves it")


def _back(slip: Slip) -> SlipReturned:
    return SlipReturned(f"{slip.slip_no} came back on {slip.returned_on}; it is filed")


def _place_of_instruction(slip: Slip) -> str:
    return f"slips|{slip.slip_no}|instruction_sealed"
