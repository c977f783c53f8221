"""accountability (责任追究): grounds and circulars, proposed here and decided by a person."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.contracts.base import Between, Command, Event, Query, Refusal, Reply
from shared.contracts.common import CaseNotFound, LeaderUnknown, NotYourCase, UnitUnknown
from shared.contracts.fields import (
    Code,
    Document,
    DocumentNo,
    PetitionNo,
    SealedLine,
    SealedProse,
)


class GroundKind(StrEnum):
    """What a duty failure is called (C-25, D-23)."""

    ABSENT_FROM_MEETING = "absent_from_meeting"  # 未按时参加现场联合办公 (i)
    NOT_IMPLEMENTED_IN_TIME = "not_implemented_in_time"  # 未按时落实处理意见 (ii)
    WEAK_HANDLING = "weak_handling"  # 措施不力、推诿敷衍造成不良后果 (iii)
    PROMISE_BROKEN = "promise_broken"  # 承诺未兑现
    NOT_EXPLAINED = "not_explained"  # 逾期未向信访人说明情况


class CircularState(StrEnum):
    """Where a circular stands (procedure §3.2)."""

    PROPOSED = "proposed"  # 系统提出，待决定
    REJECTED = "rejected"  # 决定不予通报
    APPROVED = "approved"  # 决定通报，待答复
    ANSWERED = "answered"  # 已答复
    ISSUED = "issued"  # 已通报


class IssuingBody(StrEnum):
    """Who circulates; each needs its person (D-25)."""

    COUNTY_COMMITTEE = "county_committee"  # 县委
    JOINT_CONFERENCE = "joint_conference"  # 信访工作联席会议


# --- Refusals ---------------------------------------------------------------------------------


class WeakHandlingUnfounded(Refusal):
    """Weak handling is a ground only with facts and a bad consequence; state both."""

    rule = "D-26"
    label = "措施不力的认定须写明事实和不良后果"


class UnitHasNoPart(Refusal):
    """The unit neither has nor had this case, so it cannot have failed in it.

    Name the unit that leads it, helps in it or had it before, or the petition office.
    """

    rule = "C-25"
    label = "该单位不是本事项的承办单位，也未曾承办，不能对其记录失职情形，请核对责任单位"


class CircularNotFound(Refusal):
    """No circular has this number."""

    rule = "C-25"
    label = "未查到该通报，请核对编号"


class CircularDecided(Refusal):
    """The proposal has been decided already; a new ground makes a new proposal."""

    rule = "D-25"
    label = "该通报建议已作出决定"


class CircularNotApproved(Refusal):
    """The circular has not been approved by a person, so it can be neither answered nor issued."""

    rule = "P-9"
    label = "该通报尚未经决定，不能答复或发布"


class AnswerPending(Refusal):
    """One whom it names has not answered and the 5 working days still run; wait for either."""

    rule = "D-27"
    label = "被通报单位尚未答复且答复期限未满，不得发布"


class AnswerGiven(Refusal):
    """The circular has been answered already."""

    rule = "D-27"
    label = "已经答复"


class AnswerTooLate(Refusal):
    """The circular was issued; only an appeal is open now."""

    rule = "D-27"
    label = "通报已经发布，不能再答复"


class CircularIssued(Refusal):
    """The circular has been issued already."""

    rule = "I-17"
    label = "该通报已经发布"


# --- Requests and replies -----------------------------------------------------------------------


class GroundView(Reply):
    """One ground: a duty failure with its kind, its day and whom it concerns."""

    ground_no: DocumentNo
    petition_no: PetitionNo
    kind: GroundKind
    unit: Code | None
    leader: Code | None
    occurred_on: date
    circular_no: DocumentNo | None
    facts: SealedProse | None = None


class RecordGround(Command[GroundView]):
    """Record weak or evasive handling with bad consequences.

    Only a person does, and with facts (D-26).
    """

    refused_with = (
        UnitUnknown,
        LeaderUnknown,
        CaseNotFound,
        UnitHasNoPart,
        WeakHandlingUnfounded,
    )

    petition_no: PetitionNo
    unit: Code
    leader: Code | None = None
    facts: SealedProse | None = None
    consequence: SealedProse | None = None


class CircularAnswerView(Reply):
    """What one of those a circular names answered."""

    party: Code
    answered_on: date
    answer: SealedProse


class CircularView(Reply):
    """A circular: proposed by the system, decided by a person, answered before it is issued."""

    circular_no: DocumentNo
    petition_no: PetitionNo
    unit: Code | None
    leader: Code | None
    state: CircularState
    grounds: tuple[DocumentNo, ...]
    to_joint_conference: bool
    issuing_body: IssuingBody | None = None
    decided_by: SealedLine | None = None
    decided_on: date | None = None
    reason: SealedProse | None = None
    answer_by: date | None = None
    answers: tuple[CircularAnswerView, ...] = ()
    issued_on: date | None = None
    document: Document | None = None
    text: SealedProse | None = None


class DecideCircular(Command[CircularView]):
    """Approve or reject a proposed circular, by a person, with a reason (C-17, P-9)."""

    refused_with = (CircularNotFound, CircularDecided, LeaderUnknown)

    circular_no: DocumentNo
    approved: bool
    reason: SealedProse
    issuing_body: IssuingBody = IssuingBody.COUNTY_COMMITTEE
    person: Code | None = None


class AnswerCircular(Command[CircularView]):
    """Answer an approved circular before it is issued, by the unit or the person named (D-27)."""

    refused_with = (CircularNotFound, NotYourCase, CircularNotApproved, AnswerGiven, AnswerTooLate)

    circular_no: DocumentNo
    answer: SealedProse


class IssueCircular(Command[CircularView]):
    """Issue an approved circular after the answer, or after its 5 working days (C-25, D-27)."""

    refused_with = (CircularNotFound, CircularNotApproved, AnswerPending, CircularIssued)

    circular_no: DocumentNo


class GroundList(Reply):
    """Grounds in the order they occurred."""

    grounds: tuple[GroundView, ...]


class ListGrounds(Query[GroundList]):
    """List grounds of a unit, a leader or a petition; a unit sees its own."""

    refused_with = (NotYourCase,)

    unit: Code | None = None
    leader: Code | None = None
    petition_no: PetitionNo | None = None
    limit: Annotated[int, Between(1, 500)] = 100


class CircularList(Reply):
    """Circulars in the order they were proposed."""

    circulars: tuple[CircularView, ...]


class GetCircular(Query[CircularView]):
    """Show one circular."""

    refused_with = (CircularNotFound, NotYourCase)

    circular_no: DocumentNo


class ListCirculars(Query[CircularList]):
    """List circulars of a unit or in a state; a unit sees its own."""

    refused_with = (NotYourCase,)

    unit: Code | None = None
    petition_no: PetitionNo | None = None
    state: CircularState | None = None
    limit: Annotated[int, Between(1, 500)] = 100


# --- Events -------------------------------------------------------------------------------------


class GroundRecordedV1(Event):
    """Sent when a duty failure has been recorded as a ground (C-25)."""

    ground_no: DocumentNo
    petition_no: PetitionNo
    kind: GroundKind
    unit: Code | None = None
    leader: Code | None = None
    occurred_on: date


class CircularProposedV1(Event):
    """Sent when the system has proposed a circular; a person decides (C-17, P-9)."""

    circular_no: DocumentNo
    petition_no: PetitionNo
    unit: Code | None = None
    leader: Code | None = None
    kind: GroundKind
    to_joint_conference: bool


class CircularApprovedV1(Event):
    """Sent when a person has approved a circular and those it names have been told (D-27)."""

    circular_no: DocumentNo
    petition_no: PetitionNo
    unit: Code | None = None
    leader: Code | None = None
    answer_by: date
    document: Document


class CircularRejectedV1(Event):
    """Sent when a person has rejected a proposed circular, with a reason."""

    circular_no: DocumentNo
    petition_no: PetitionNo
    unit: Code | None = None
    leader: Code | None = None


class CircularAnsweredV1(Event):
    """Sent when the unit or person named has answered before the issue (D-27)."""

    circular_no: DocumentNo
    petition_no: PetitionNo
    document: Document


class CircularIssuedV1(Event):
    """Sent when a circular has been issued.

    It names its issuing body, the unit and the person (C-25, D-25).
    """

    circular_no: DocumentNo
    petition_no: PetitionNo
    unit: Code | None = None
    leader: Code | None = None
    issuing_body: IssuingBody
    document: Document
