"""supervision (访后督办, 八联单): slips, transferred work, clocks, promises, opinions, archive."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.contracts.base import Between, Command, Event, Items, Part, Query, Refusal, Reply
from shared.contracts.common import (
    CaseNotFound,
    DateInFuture,
    DateInPast,
    NotYourCase,
    SlipPost,
    StubIsKept,
    WrongStage,
)
from shared.contracts.fields import (
    Code,
    Codes,
    Document,
    DocumentNo,
    ExplainedDeadline,
    PetitionNo,
    SealedLine,
    SealedProse,
    Sha256,
)
from shared.contracts.reception import DecidedStandard
from shared.contracts.triage import AuthorisationNo, DeadlineList


class CaseRoute(StrEnum):
    """How a case came to be supervised."""

    LEADER = "leader"  # 领导接访
    FORWARDED = "forwarded"  # 转送
    ASSIGNED = "assigned"  # 交办


class CaseState(StrEnum):
    """Where a case stands after routing, the meeting or the transfer (procedure §3.1)."""

    ROUTED = "routed"  # 已确定接访领导，待通知卡送达责任单位
    TRANSFERRED = "transferred"  # 已转送/交办，待单位受理
    OBJECTED = "objected"  # 单位提出异议
    RETURNED = "returned"  # 异议成立或接访点撤销，已退回疏理
    ACCEPTED = "accepted"  # 已受理，待接访
    ANSWERED_ON_SPOT = "answered_on_spot"  # 已当场答复
    AWAITING_AUTHORISATION = "awaiting_authorisation"  # 已决定，待授权下达八单
    IN_HANDLING = "in_handling"  # 办理中
    RESULT_REPORTED = "result_reported"  # 已报结果
    OPINION_DELIVERED = "opinion_delivered"  # 处理意见已送达
    CLOSED = "closed"  # 已结案
    ARCHIVED = "archived"  # 已归档


class SlipState(StrEnum):
    """Where a slip stands; the stub is kept and never served (D-18)."""

    SERVED = "served"  # 已送达
    ACKNOWLEDGED = "acknowledged"  # 已签收
    RECALLED = "recalled"  # 已撤回
    KEPT = "kept"  # 存根


class SlipSetState(StrEnum):
    """Where a slip set stands (procedure §3.2)."""

    OPEN = "open"
    ALL_RECALLED = "all_recalled"
    FILED = "filed"


class OverdueClock(StrEnum):
    """Which clock ran out (D-20)."""

    SLIP = "slip"  # 八单时限
    ASSIGNMENT = "assignment"  # 交办期限
    STATUTORY = "statutory"  # 法定办理期限


class OpinionOutcome(StrEnum):
    """What a handling opinion says (L22-32)."""

    SUPPORTED = "supported"  # 予以支持
    EXPLAINED = "explained"  # 解释说明
    NOT_SUPPORTED = "not_supported"  # 不予支持


# --- Refusals ---------------------------------------------------------------------------------


class ObjectionTooLate(Refusal):
    """The 5 working days for an objection are over.

    Handle the matter, or agree on another unit with the office.
    """

    rule = "L22-23"
    label = "已超过5个工作日的异议期限"


class TransferAnswered(Refusal):
    """The unit has answered this transfer already; acceptance and objection exclude each other."""

    rule = "L22-23"
    label = "本单位已对该转送作出答复"


class SlipNotFound(Refusal):
    """No slip has this number."""

    rule = "C-14"
    label = "未查到该单，请核对单号"


class SlipReturned(Refusal):
    """The slip is back already."""

    rule = "C-16"
    label = "该单已撤回"


class ResultNotReported(Refusal):
    """The result must be reported first; slips come back and opinions go out after it."""

    rule = "C-16"
    label = "责任单位尚未报告处理结果"


class ReportIncomplete(Refusal):
    """The result was not reported to all six leaders; report to every one of them."""

    rule = "C-16"
    label = "处理结果须向六位领导全部汇报"


class StandardNotMet(Refusal):
    """A completion standard of the decision is not shown to be met, with evidence.

    Complete it first.
    """

    rule = "C-15"
    label = "未按办结标准完成，或缺少完成依据"


class ResultReported(Refusal):
    """The result was reported already."""

    rule = "T19"
    label = "处理结果已经报告"


class ExtensionTooLate(Refusal):
    """The due date has passed; an extension is granted before it or not at all."""

    rule = "L22-34"
    label = "已到期，延期须在到期前批准"


class ExtensionTooLong(Refusal):
    """The extension goes beyond 30 days after the sixtieth; give at most day 90 from acceptance."""

    rule = "L22-34"
    label = "延长期限不得超过30日"


class ExtensionAlreadyGranted(Refusal):
    """A case is extended once."""

    rule = "T15"
    label = "已延期一次，不得再次延期"


class PetitionerNotTold(Refusal):
    """The petitioner has to be told the reasons of an extension or a delay.

    Tell them and record it.
    """

    rule = "L22-34"
    label = "应当告知信访人延期理由"


class NotOverdue(Refusal):
    """The case is not overdue, so there is nothing to explain and promise."""

    rule = "C-17"
    label = "该事项未逾期，无需说明情况并承诺"


class PromiseNotAhead(Refusal):
    """The promised day must lie in the future when it is made, and no more than 30 days ahead."""

    rule = "D-23"
    label = "承诺的办结时间须为今后30日之内的日期"


class PromiseStillRuns(Refusal):
    """A promise is running; a new one is made only after it has been broken."""

    rule = "D-23"
    label = "已有承诺尚未到期"


class OpinionNotDelivered(Refusal):
    """No written handling opinion has been delivered to the petitioner; deliver it first."""

    rule = "T20"
    label = "处理意见书尚未送达信访人"


class SlipsOutstanding(Refusal):
    """A served slip is not back; no case is closed or archived with a slip out."""

    rule = "C-16"
    label = "八单尚未全部撤回，不得结案、归档"


class EvaluationNotInvited(Refusal):
    """The petitioner was not invited to evaluate; invite them before closing."""

    rule = "T21"
    label = "结案前应当邀请信访人评价"


class FileIncomplete(Refusal):
    """The file lacks documents its route requires; the message lists them."""

    rule = "T22"
    label = "案卷材料不齐，不能归档"


class CaseNotClosed(Refusal):
    """Only a closed case is archived; close it first."""

    rule = "T22"
    label = "尚未结案，不能归档"


# --- Requests and replies -----------------------------------------------------------------------


class CaseSummary(Reply):
    """Where a case stands, after a command on it."""

    petition_no: PetitionNo
    state: CaseState
    route: CaseRoute
    unit: Code
    was_overdue: bool
    due_on: date | None = None
    statutory_due_on: date | None = None
    document: Document | None = None
    text: SealedProse | None = None


class AcceptTransfer(Command[CaseSummary]):
    """Accept a forwarded or assigned matter, by the unit: the 60 days begin (L22-23, D-21)."""

    refused_with = (CaseNotFound, NotYourCase, TransferAnswered)

    petition_no: PetitionNo


class ObjectToTransfer(Command[CaseSummary]):
    """Object to a misdirected transfer.

    The unit does, with reasons, within 5 working days (L22-23).
    """

    refused_with = (CaseNotFound, NotYourCase, TransferAnswered, ObjectionTooLate)

    petition_no: PetitionNo
    reason: SealedProse


class SlipView(Reply):
    """One slip: its addressee by post, and where it is."""

    slip_no: DocumentNo
    post: SlipPost
    holder: Code
    state: SlipState
    document: Document
    instruction: SealedProse | None = None
    text: SealedProse | None = None


class AcknowledgeSlip(Command[SlipView]):
    """Record that the addressee has signed for a slip."""

    refused_with = (SlipNotFound, StubIsKept, SlipReturned, NotYourCase)

    slip_no: DocumentNo


class ReturnSlip(Command[SlipView]):
    """Receive a served slip back, with the leader's instruction.

    A lost one is replaced by a note (C-16, D-18).
    """

    refused_with = (SlipNotFound, StubIsKept, SlipReturned, ResultNotReported)

    slip_no: DocumentNo
    instruction: SealedProse | None = None
    lost: bool = False


class MetStandard(Part):
    """The evidence that one completion standard, by its position from 1, is met."""

    standard: Annotated[int, Between(1, 20)]
    evidence: SealedLine


class ReportResult(Command[CaseSummary]):
    """Report the result, by the responsible unit and with evidence.

    Of a slip case it is reported to all six leaders (C-16, T19).
    """

    refused_with = (
        CaseNotFound,
        NotYourCase,
        WrongStage,
        ReportIncomplete,
        StandardNotMet,
        ResultReported,
    )

    petition_no: PetitionNo
    reported_to: Annotated[tuple[SlipPost, ...], Items(0, 8)] = ()
    standards_met: Annotated[tuple[MetStandard, ...], Items(0, 20)] = ()
    result: SealedProse


class GrantExtension(Command[CaseSummary]):
    """Extend the time limit once, before it is due, by at most 30 days.

    The petitioner is told why (L22-34).
    """

    refused_with = (
        CaseNotFound,
        NotYourCase,
        WrongStage,
        ExtensionTooLate,
        ExtensionTooLong,
        ExtensionAlreadyGranted,
        PetitionerNotTold,
    )

    petition_no: PetitionNo
    days: Annotated[int, Between(1, 3650)]
    reason: SealedProse
    petitioner_told: bool


class RecordPromise(Command[CaseSummary]):
    """Explain an overdue case to the petitioner and promise a day for it (C-17, D-23)."""

    refused_with = (
        CaseNotFound,
        NotYourCase,
        NotOverdue,
        PromiseNotAhead,
        PromiseStillRuns,
        ResultReported,
    )

    petition_no: PetitionNo
    explanation: SealedProse
    promised_on: date


class DeliverOpinion(Command[CaseSummary]):
    """Deliver the written handling opinion to the petitioner.

    It states its basis and the remedies (L22-32, T20).
    """

    refused_with = (
        CaseNotFound,
        NotYourCase,
        WrongStage,
        ResultNotReported,
        DateInFuture,
        DateInPast,
    )

    petition_no: PetitionNo
    outcome: OpinionOutcome
    claim: SealedProse
    facts: SealedProse
    opinion: SealedProse
    legal_basis: SealedProse
    delivered_on: date | None = None


class CloseCase(Command[CaseSummary]):
    """Close a case.

    Its result is verified, the opinion delivered, all seven slips back, evaluation invited
    (C-16, T21).
    """

    refused_with = (
        CaseNotFound,
        WrongStage,
        ResultNotReported,
        OpinionNotDelivered,
        SlipsOutstanding,
        EvaluationNotInvited,
    )

    petition_no: PetitionNo
    evaluation_invited: bool
    verification: SealedProse


class ArchiveView(Reply):
    """The sealed file: its documents in order and the seal over them."""

    petition_no: PetitionNo
    documents: tuple[Document, ...]
    seal: Sha256
    archived_on: date


class ArchiveCase(Command[ArchiveView]):
    """Archive a closed case under a seal, the hash of its file.

    It is struck off with that (C-16, T22).
    """

    refused_with = (CaseNotFound, SlipsOutstanding, CaseNotClosed, FileIncomplete)

    petition_no: PetitionNo


class PromiseView(Reply):
    """One promise of an overdue case and what became of it."""

    made_on: date
    promised_on: date
    state: Code


class CaseView(Reply):
    """A case with its clocks, promises, file and seal."""

    petition_no: PetitionNo
    state: CaseState
    route: CaseRoute
    unit: Code
    co_units: Codes
    leader: Code | None
    accepted_on: date | None
    due_on: date | None
    statutory_due_on: date | None
    extended: bool
    was_overdue: bool
    promises: tuple[PromiseView, ...]
    standards: tuple[DecidedStandard, ...]
    deadlines: tuple[ExplainedDeadline, ...]
    documents: tuple[Document, ...]
    review_until: date | None
    seal: Sha256 | None


class GetCase(Query[CaseView]):
    """Show one case."""

    refused_with = (CaseNotFound, NotYourCase)

    petition_no: PetitionNo


class SlipSetView(Reply):
    """A set of eight slips: seven served and one stub (C-14)."""

    petition_no: PetitionNo
    set_no: DocumentNo
    state: SlipSetState
    due_on: date
    authorisation: AuthorisationNo
    standards: tuple[DecidedStandard, ...]
    slips: tuple[SlipView, ...]
    copies: tuple[SlipView, ...] = ()


class GetSlipSet(Query[SlipSetView]):
    """Show the slips of a case."""

    refused_with = (CaseNotFound, SlipNotFound, NotYourCase)

    petition_no: PetitionNo


class ListDue(Query[DeadlineList]):
    """List the deadlines that fall due up to a day, of one unit or of all."""

    until: date | None = None
    unit: Code | None = None
    limit: Annotated[int, Between(1, 500)] = 100


class OverdueCase(Reply):
    """One overdue case: it stays marked for good (D-23)."""

    petition_no: PetitionNo
    unit: Code
    clock: OverdueClock
    due_on: date
    state: CaseState
    promised_on: date | None


class OverdueList(Reply):
    """Overdue cases, the longest overdue first."""

    cases: tuple[OverdueCase, ...]


class ListOverdue(Query[OverdueList]):
    """List the cases that have been overdue, of one unit or of all."""

    unit: Code | None = None
    open_only: bool = False
    limit: Annotated[int, Between(1, 500)] = 100


class ExplainDeadline(Query[DeadlineList]):
    """Explain every deadline of one case: start, days counted and skipped, article, result."""

    refused_with = (CaseNotFound,)

    petition_no: PetitionNo


# --- Events -------------------------------------------------------------------------------------


class CaseOpenedV1(Event):
    """Sent when a case has been accepted and its clocks run, with its due dates (D-21)."""

    petition_no: PetitionNo
    route: CaseRoute
    unit: Code
    accepted_on: date
    due_on: date | None = None
    statutory_due_on: date | None = None


class TransferAcceptedV1(Event):
    """Sent when a unit has accepted a forwarded or assigned matter (L22-23)."""

    petition_no: PetitionNo
    transfer_no: DocumentNo
    unit: Code


class TransferObjectedV1(Event):
    """Sent when a unit has objected to a transfer within 5 working days (L22-23)."""

    petition_no: PetitionNo
    transfer_no: DocumentNo
    unit: Code
    document: Document


class AcceptanceOverdueV1(Event):
    """Sent when a unit has told the petitioner nothing within 15 days of a transfer (L22-23)."""

    petition_no: PetitionNo
    unit: Code
    due_on: date


class IssuedSlip(Reply):
    """One slip of an issued set, by post."""

    post: SlipPost
    holder: Code
    document: Document


class SlipsIssuedV1(Event):
    """Sent when the eight slips have been issued on a decision, once.

    Seven served, one stub (C-14).
    """

    petition_no: PetitionNo
    set_no: DocumentNo
    due_on: date
    authorisation: AuthorisationNo
    unit: Code
    slips: tuple[IssuedSlip, ...]
    copies: tuple[IssuedSlip, ...] = ()


class SlipAcknowledgedV1(Event):
    """Sent when an addressee has signed for a slip."""

    petition_no: PetitionNo
    slip_no: DocumentNo
    post: SlipPost


class SlipReturnedV1(Event):
    """Sent when a served slip is back at the petition office (C-16)."""

    petition_no: PetitionNo
    slip_no: DocumentNo
    post: SlipPost
    outstanding: int


class SlipsRecalledV1(Event):
    """Sent when all seven served slips, and every copy, are back (C-16)."""

    petition_no: PetitionNo
    set_no: DocumentNo


class ResultReportedV1(Event):
    """Sent when the responsible unit has reported the result (C-16, T19)."""

    petition_no: PetitionNo
    unit: Code
    reported_on: date
    on_time: bool
    document: Document


class ExtensionGrantedV1(Event):
    """Sent when the time limit has been extended, once (L22-34)."""

    petition_no: PetitionNo
    until_on: date
    document: Document


class CaseOverdueV1(Event):
    """Sent when a due date has passed, at 00:00 of the next day.

    It is never taken back (C-17, D-23).
    """

    petition_no: PetitionNo
    clock: OverdueClock
    unit: Code
    route: CaseRoute
    due_on: date


class ExplanationOverdueV1(Event):
    """Sent when an overdue case was not explained and promised within 5 working days (D-23)."""

    petition_no: PetitionNo
    unit: Code
    due_on: date


class PromiseMadeV1(Event):
    """Sent when an overdue case was explained to the petitioner and a day promised (C-17)."""

    petition_no: PetitionNo
    promised_on: date
    document: Document


class PromiseBrokenV1(Event):
    """Sent when a promised day has passed without a result (D-23)."""

    petition_no: PetitionNo
    unit: Code
    promised_on: date
    times: int


class OpinionDeliveredV1(Event):
    """Sent when the written handling opinion has been delivered.

    The review period runs from then (L22-35).
    """

    petition_no: PetitionNo
    outcome: OpinionOutcome
    delivered_on: date
    review_until: date
    document: Document


class CaseClosedV1(Event):
    """Sent when a case has been closed (T21)."""

    petition_no: PetitionNo
    document: Document


class CaseArchivedV1(Event):
    """Sent when a case's file has been sealed and struck off (C-16, T22)."""

    petition_no: PetitionNo
    documents: int
    seal: Sha256
