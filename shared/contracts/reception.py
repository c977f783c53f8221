"""reception (访中联办, 四碰头): sessions, cards, opinion, appointment, meeting, decision.

Every node has a service of its own, `reception_<node>`; the contracts are the same for all.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from shared.contracts.base import (
    Between,
    Command,
    Event,
    Items,
    Part,
    Pattern,
    Query,
    Refusal,
    Reply,
)
from shared.contracts.common import (
    DateInFuture,
    DateInPast,
    DirectoryMissing,
    DueDateBeyondStatutory,
    LeaderAssignment,
    LeaderUnknown,
    NotYourCase,
    PetitionNotFound,
    StubIsKept,
    UnitUnknown,
    WrongStage,
)
from shared.contracts.fields import (
    ActorId,
    Address,
    Amount,
    Code,
    Codes,
    Document,
    DocumentNo,
    Line,
    LocalTime,
    NumbersUsed,
    PetitionNo,
    Prose,
    SealedLine,
    SealedProse,
)

SessionNo = Annotated[
    str, Pattern(r"[a-z][a-z0-9_]{0,63}-\d{8}", "a session number such as county-20260605")
]


class SessionState(StrEnum):
    """Where a reception session stands (procedure §3.2)."""

    PLANNED = "planned"  # 已排定
    PUBLISHED = "published"  # 已公示


class CardKind(StrEnum):
    """The four cards of a set (C-08)."""

    PETITIONER_NOTICE = "petitioner_notice"  # 领导接待日通知卡（信访人）
    UNIT_NOTICE = "unit_notice"  # 接待日通知卡（责任单位）
    LEADER_REPORT = "leader_report"  # 信访领导接待日呈报卡（县领导）
    OFFICE_STUB = "office_stub"  # 存根（信访部门）


class CardState(StrEnum):
    """Where a card stands (procedure §3.2)."""

    ISSUED = "issued"
    DELIVERED = "delivered"
    KEPT = "kept"
    VOID = "void"


class DeliveryMethod(StrEnum):
    """How a card reached its addressee."""

    IN_PERSON = "in_person"  # 当面送达
    BY_POST = "by_post"  # 邮寄送达
    BY_MESSENGER = "by_messenger"  # 机要（专人）送达


class PreparationState(StrEnum):
    """Where a routed petition stands on its way to the table."""

    AWAITING_SESSION = "awaiting_session"  # 待排期
    CARDS_ISSUED = "cards_issued"  # 已下发四卡
    PREPARED = "prepared"  # 已形成初步处理意见
    APPOINTED = "appointed"  # 已约访
    AWAITING_PETITIONER = "awaiting_petitioner"  # 待信访人另约
    ANSWERED_ON_SPOT = "answered_on_spot"  # 已当场答复
    DECIDED = "decided"  # 已作出决定
    HANDED_OVER = "handed_over"  # 已移交上级接访点


class Party(StrEnum):
    """The four parties at the table (C-13)."""

    PETITIONER = "petitioner"  # 信访人
    LEADER = "leader"  # 接访领导
    UNIT = "unit"  # 责任单位
    PETITION_OFFICER = "petition_officer"  # 信访干部


class ReceptionOutcome(StrEnum):
    """What a meeting ends with: exactly one (C-13, D-14)."""

    ANSWERED_ON_SPOT = "answered_on_spot"  # 当场答复
    DECISION = "decision"  # 作出决定


class StandardKind(StrEnum):
    """What must be seen to be done for a matter to be complete (C-15)."""

    PAYMENT_MADE = "payment_made"  # 款项已支付
    DOCUMENT_ISSUED = "document_issued"  # 证照文书已办理
    WORK_FINISHED = "work_finished"  # 工程、整改已完成
    SERVICE_RESTORED = "service_restored"  # 服务已恢复
    BENEFIT_GRANTED = "benefit_granted"  # 待遇已落实
    AGREEMENT_SIGNED = "agreement_signed"  # 协议已签订
    INVESTIGATION_REPORTED = "investigation_reported"  # 调查结论已书面告知
    EXPLANATION_GIVEN = "explanation_given"  # 政策已书面说明


class SignatureKind(StrEnum):
    """How a party put their hand to the record (D-15)."""

    SIGNATURE = "signature"  # 签名
    THUMBPRINT = "thumbprint"  # 捺印
    REFUSED = "refused"  # 拒签


class AbsenceReason(StrEnum):
    """Why an appointment was moved to another session."""

    PETITIONER_ABSENT = "petitioner_absent"
    LEADER_ABSENT = "leader_absent"
    UNIT_ABSENT = "unit_absent"
    OFFICER_ABSENT = "officer_absent"


# --- Refusals ---------------------------------------------------------------------------------


class SessionsNotAhead(Refusal):
    """Sessions are planned and published before their day; choose days that lie ahead."""

    rule = "L22-18"
    label = "接待日必须提前排定并公示"


class NoSessionPlanned(Refusal):
    """No session is planned in this period; plan sessions first."""

    rule = "C-03"
    label = "该时段没有排定的接待日，请先排定"


class SessionTimesInvalid(Refusal):
    """A session ends before it begins or is shorter than one slot; correct the hours."""

    rule = "C-03"
    label = "接待时间起止有误，请更正"


class NoticeIncomplete(Refusal):
    """Publishing needs the name, post, portfolio, time and place of every leader.

    Complete the directory.
    """

    rule = "L22-18"
    label = "公示须写明领导姓名、职务、分管工作、时间和地点"


class CardsBeforeRouting(Refusal):
    """Cards need the receiving leader and the responsible unit fixed first.

    Route the petition in triage.
    """

    rule = "C-07"
    label = "尚未确定接访领导和责任单位，不得下发四卡"


class CardNotFound(Refusal):
    """No card has this number."""

    rule = "C-08"
    label = "未查到该卡，请核对卡号"


class CardVoid(Refusal):
    """The card belongs to a set that was replaced; deliver the card of the new set."""

    rule = "C-09"
    label = "该卡已作废，请送达新的一套"


class CardsMissing(Refusal):
    """The four cards come before the preliminary opinion; issue them first."""

    rule = "C-11"
    label = "尚未下发四卡，不能形成初步处理意见"


class LeaderNotConsulted(Refusal):
    """The preliminary opinion was written without the leader in charge of the matter.

    Consult that leader.
    """

    rule = "C-11"
    label = "初步处理意见须先与分管领导沟通"


class UnitPositionMissing(Refusal):
    """A unit concerned has given no position; the opinion annexes the position of every unit."""

    rule = "D-11"
    label = "初步处理意见须附每一个责任单位的意见"


class OpinionMissing(Refusal):
    """No preliminary opinion is recorded, so no appointment notice may go out; record it first."""

    rule = "C-12"
    label = "未形成初步处理意见，不得发出约访通知"


class SessionNotPublished(Refusal):
    """The session is not published on the notice board yet; publish it before inviting anyone."""

    rule = "T11"
    label = "该接待日尚未公示，不能约访"


class SlotTaken(Refusal):
    """Another petition has this hour with this leader; choose another or leave the hour out."""

    rule = "D-10"
    label = "该时段已有约访，请另选时段"


class SlotOutsideSession(Refusal):
    """The hour is not one of the session's slots; choose one of them or leave it out."""

    rule = "D-10"
    label = "该时段不在接待时间之内"


class NotYetKnown(Refusal):
    """An absence before the hour, or an arrival that lies ahead; record it once it has happened."""

    rule = "C-25"
    label = "约定时间未到，不得先行记录缺席或到场"


class AppointmentMissing(Refusal):
    """No appointment was notified, so there is no meeting to attend or hold; notify it first."""

    rule = "C-12"
    label = "尚未发出约访通知，不能举行接待"


class NotTheDay(Refusal):
    """The session of this appointment is on another day; record and hold it on its day."""

    rule = "D-10"
    label = "不是约定的接待日"


class FourPartiesIncomplete(Refusal):
    """Petitioner, leader, every unit and a petition officer must be recorded present.

    No decision without all four.
    """

    rule = "C-13"
    label = "四方未到齐，不得作出决定"


class NotTheReceivingLeader(Refusal):
    """Only the leader the sorting named receives, and in person; nobody may be sent instead."""

    rule = "T12"
    label = "应由确定的接访领导本人接待，不得代替"


class DecisionAlreadyMade(Refusal):
    """The meeting has its one decision already; there is no second one."""

    rule = "C-13"
    label = "本次接待已有决定，一次接待只作一个决定"


class DecisionIncomplete(Refusal):
    """A decision without a due date or without a completion standard; give both."""

    rule = "C-15"
    label = "决定必须写明办结时限和办结标准"


class LeadUnitNotAtTable(Refusal):
    """The lead unit of the decision is none of the units that were at the table."""

    rule = "C-13"
    label = "牵头单位应当是到会的责任单位"


class SpotAnswerLeavesWork(Refusal):
    """Something remains to be executed.

    It is a decision with slips, not an answer on the spot.
    """

    rule = "D-14"
    label = "尚有事项需要执行，应当作出决定并下达八单"


class SignaturesIncomplete(Refusal):
    """A refused signature has no witness; name who witnessed it."""

    rule = "D-15"
    label = "拒绝签名的，应当注明见证人"


class TurnsAreFixed(Refusal):
    """Under a rota the leaders receive in turn; leave `leaders` out, or let two of them swap."""

    rule = "M-04"
    label = "轮值接访按顺序安排，不能另行指定领导"


class SwapNotProvided(Refusal):
    """The regime of this node knows no swap of duty; its leaders receive by portfolio."""

    rule = "M-14"
    label = "本接待点的规程没有调班的规定"


class SwapTooLate(Refusal):
    """A swap is agreed before the day of the session begins; this day has begun or passed."""

    rule = "D-16"
    label = "调班须在接待日之前商定，当天不得调班"


class SwapNotWithNext(Refusal):
    """Duty is swapped with the leader of the next session and with no other.

    Name that one in `counterpart`.
    """

    rule = "M-14"
    label = "只能与下一位值班领导调班"


class SwapLeavesVacancy(Refusal):
    """After this swap a session would have no leader; plan the next one, or plan both anew."""

    rule = "M-14"
    label = "调班后不得空岗"


class OnDocketAlready(Refusal):
    """The petition has its hour already; it moves only through an absence."""

    rule = "D-10"
    label = "该事项已安排时段"


class NodeRetired(Refusal):
    """This node is retired and begins nothing new; its petitions are received at the node above."""

    rule = "D-30"
    label = "该接访点已经撤销，不再开展新的接访工作"


class PetitionHandedOver(Refusal):
    """The petition was handed over when this node was retired; go on where it is received now.

    `triage.get_sorting` tells where that is.
    """

    rule = "D-30"
    label = "该事项已移交其他接访点，请到现在的接访点办理"


class NothingHandedOver(Refusal):
    """This node has not handed over the petition."""

    rule = "D-30"
    label = "该事项没有从本接访点移交"


# --- Sessions -----------------------------------------------------------------------------------


class SeatView(Reply):
    """One leader at a session."""

    leader: Code
    slots: int
    taken: int


class SessionView(Reply):
    """One dated sitting of a node."""

    session: SessionNo
    node: Code
    on: date
    nominal_on: date
    starts_at: LocalTime
    ends_at: LocalTime
    place: Line
    state: SessionState
    seats: tuple[SeatView, ...]


class SessionList(Reply):
    """Sessions in the order of their days."""

    sessions: tuple[SessionView, ...]


class PlanSessions(Command[SessionList]):
    """Plan the sessions of a period, on the days of the node's regime: in a county Friday (C-03).

    What becomes of a day that is a holiday is the regime's as well: in a county it moves to the
    next working day (D-17).

    Hours left out are those of the node's regime: in a county 08:30 to 11:30, slots of 30 minutes.
    `leaders` left out means every leader of the node's organ in the directory, or where the regime
    has a rota the one whose turn it is.
    Planning again adds the days that are missing and corrects those that are not published yet:
    place, hours and leaders as now told, and a day that is none any more is withdrawn.
    Published sessions stay as they are, unless `correction` states why they are wrong: then those
    whose day has not begun are corrected too, and the notice board says so (L22-18).
    """

    refused_with = (
        DateInPast,
        SessionsNotAhead,
        SessionTimesInvalid,
        LeaderUnknown,
        TurnsAreFixed,
        DirectoryMissing,
        NoSessionPlanned,
    )

    from_on: date
    until_on: date
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    slot_minutes: Annotated[int, Between(10, 240)] | None = None
    place: Line
    leaders: Codes = ()
    correction: SealedLine | None = None


class PublishSessions(Command[SessionList]):
    """Publish the planned sessions of a period ahead of their days.

    The notice tells name, post, portfolio, time and place (L22-18).
    """

    refused_with = (
        NoSessionPlanned,
        SessionsNotAhead,
        NoticeIncomplete,
        DirectoryMissing,
        NodeRetired,
    )

    from_on: date
    until_on: date


class DutyNotice(Reply):
    """What one of two leaders who swap is told."""

    leader: Code
    document: Document
    text: Prose


class DutySwap(Reply):
    """Two sessions whose leaders have changed places, and whose cards were issued anew for it."""

    session: SessionView
    next_session: SessionView
    notices: tuple[DutyNotice, ...]
    petitions: Annotated[tuple[PetitionNo, ...], Items(0, 500)] = ()


class SwapDuty(Command[DutySwap]):
    """Let a prevented leader change places with the next on duty, who agreed (M-14, D-16).

    It is agreed before the day of the session begins, and neither session stays without a leader.
    The cards of petitions reserved at either session are issued anew in the new leader's name, and
    opinion and appointment notice follow them again.
    """

    refused_with = (
        NoSessionPlanned,
        SwapNotProvided,
        SwapTooLate,
        SwapNotWithNext,
        SwapLeavesVacancy,
        NotYourCase,
        DirectoryMissing,
        NodeRetired,
    )

    session: SessionNo
    counterpart: Code
    reason: SealedLine


class ListSessions(Query[SessionList]):
    """List a node's sessions of a period."""

    from_on: date | None = None
    until_on: date | None = None


class NoticeLine(Reply):
    """One line of the notice board: who receives, in which post, on what, when and where.

    Of another node's session the place is its territory or department, and the notice on its own
    board tells the room.
    """

    session: SessionNo
    on: date
    starts_at: LocalTime
    ends_at: LocalTime
    place: Line
    leader: Code
    leader_name: Line
    title: Line
    portfolio: tuple[Line, ...]
    node: Code | None = None


class ReceivingPoint(Reply):
    """A place that receives: whose territory or department, by which regime."""

    node: Code
    place: Line
    territory: Code
    regime: Code
    department: Code | None = None
    leader_assignment: LeaderAssignment | None = None


class NoticeBoardView(Reply):
    """The notice board of a node; leaders only, never petitioners (P-2).

    It shows the node's own sessions and what other nodes have told of theirs.
    """

    node: Code
    lines: tuple[NoticeLine, ...]
    text: Prose
    points: tuple[ReceivingPoint, ...] = ()


class NoticeBoard(Query[NoticeBoardView]):
    """Show the notice board from a day on, of every receiving point known here or of one."""

    from_on: date | None = None
    node: Code | None = None


# --- Cards, opinion, appointment ----------------------------------------------------------------


class CardView(Reply):
    """One card of a set, with its text for the addressee."""

    card_no: DocumentNo
    kind: CardKind
    addressee: Code
    state: CardState
    delivered_on: date | None
    document: Document
    text: SealedProse | None = None


class CardSetView(Reply):
    """A set of four cards.

    Each has the same set number, petition, day, place, leader and unit (C-09).
    Session, day, place and leader are those of the meeting as it stands now; where an absence
    moved it, `printed_on` is the day the cards were issued for.
    """

    petition_no: PetitionNo
    set_no: DocumentNo
    session: SessionNo
    on: date
    place: Line
    leader: Code
    lead_unit: Code
    co_units: Codes
    state: PreparationState
    cards: tuple[CardView, ...]
    copies: tuple[CardView, ...] = ()
    printed_on: date | None = None


class IssueCards(Command[CardSetView]):
    """Issue a petition's four cards by hand.

    It is a first set that waits for a session, or a new set for a replaced one.
    """

    refused_with = (
        CardsBeforeRouting,
        NoSessionPlanned,
        DecisionAlreadyMade,
        WrongStage,
        PetitionHandedOver,
    )

    petition_no: PetitionNo
    reason: SealedLine | None = None


class DeliverCard(Command[CardView]):
    """Record that a card reached its addressee.

    Card 2 at the unit starts the statutory 60 days (D-21).
    """

    refused_with = (CardNotFound, CardVoid, StubIsKept, DateInFuture, DateInPast)

    card_no: DocumentNo
    method: DeliveryMethod = DeliveryMethod.IN_PERSON
    delivered_on: date | None = None


class GetCardSet(Query[CardSetView]):
    """Show a petition's current set of cards, with the texts for those who must handle it."""

    refused_with = (PetitionNotFound, CardsMissing, NotYourCase)

    petition_no: PetitionNo


class UnitPosition(Part):
    """What one unit says to the matter: an annex of the preliminary opinion (D-11)."""

    unit: Code
    position: SealedProse


class OpinionRecorded(Reply):
    """The preliminary opinion as one document."""

    petition_no: PetitionNo
    document: Document


class RecordPreliminaryOpinion(Command[OpinionRecorded]):
    """Record the preliminary opinion.

    It comes after the cards and before the appointment notice (C-11, D-11).
    """

    refused_with = (
        PetitionNotFound,
        CardsMissing,
        LeaderNotConsulted,
        UnitPositionMissing,
        UnitUnknown,
        WrongStage,
        PetitionHandedOver,
    )

    petition_no: PetitionNo
    leader_consulted: Code
    positions: Annotated[tuple[UnitPosition, ...], Items(1, 20)]
    opinion: SealedProse


class DocketLine(Reply):
    """One petition's hour before one leader."""

    petition_no: PetitionNo
    leader: Code
    lead_unit: Code
    starts_at: LocalTime | None
    state: PreparationState


class DocketView(Reply):
    """The docket of a session."""

    session: SessionNo
    on: date
    lines: tuple[DocketLine, ...]


class PlanDocket(Command[DocketView]):
    """Give every prepared petition of a session its hour before its named leader (D-10)."""

    refused_with = (NoSessionPlanned, NodeRetired)

    session: SessionNo


class GetDocket(Query[DocketView]):
    """Show the docket of a session."""

    refused_with = (NoSessionPlanned,)

    session: SessionNo


class AppointmentView(Reply):
    """The appointment notice: hour, place and leader, with its text for the petitioner."""

    petition_no: PetitionNo
    session: SessionNo
    on: date
    starts_at: LocalTime
    place: Line
    leader: Code
    document: Document
    text: SealedProse


class NotifyAppointment(Command[AppointmentView]):
    """Send the appointment notice, only on the basis of a preliminary opinion (C-12, T11)."""

    refused_with = (
        PetitionNotFound,
        OpinionMissing,
        SessionNotPublished,
        SlotTaken,
        SlotOutsideSession,
        DecisionAlreadyMade,
        CardsMissing,
        NoSessionPlanned,
        OnDocketAlready,
        WrongStage,
        PetitionHandedOver,
    )

    petition_no: PetitionNo
    starts_at: LocalTime | None = None


# --- The meeting --------------------------------------------------------------------------------


class PartyAttendance(Part):
    """One party at the table or away from it; who excused an absence is recorded (D-26)."""

    party: Party
    unit: Code | None = None
    present: bool
    arrived_at: LocalTime | None = None
    excused: bool = False
    excuse: SealedLine | None = None
    excused_by: ActorId | None = None


class AttendanceView(Reply):
    """Whether the four parties are complete, and where the meeting was moved if not."""

    petition_no: PetitionNo
    complete: bool
    missing: tuple[Code, ...]
    rescheduled_to: SessionNo | None = None
    rescheduled_on: date | None = None
    document: Document


class RecordAttendance(Command[AttendanceView]):
    """Record who came on the day.

    An absent party means a new date and a ground against that party alone (D-13).
    Nobody has stayed away before the hour of the appointment has come, unless excused beforehand.
    """

    refused_with = (
        PetitionNotFound,
        AppointmentMissing,
        NotTheDay,
        NotYetKnown,
        DecisionAlreadyMade,
        UnitUnknown,
        PetitionHandedOver,
    )

    petition_no: PetitionNo
    parties: Annotated[tuple[PartyAttendance, ...], Items(1, 20)]


class CompletionStandard(Part):
    """One thing that must be seen done, with how much of it where it can be counted (C-15)."""

    kind: StandardKind
    amount: Amount | None = None


class Signature(Part):
    """One party's hand to the record; a refusal names its witness (D-15)."""

    party: Party
    unit: Code | None = None
    kind: SignatureKind = SignatureKind.SIGNATURE
    witness: ActorId | None = None


class ReceptionView(Reply):
    """A held meeting with its one outcome."""

    petition_no: PetitionNo
    session: SessionNo
    on: date
    leader: Code
    outcome: ReceptionOutcome
    lead_unit: Code
    co_units: Codes
    due_on: date | None
    standards: tuple[CompletionStandard, ...]
    record: Document
    document: Document
    signed: tuple[Code, ...]
    text: SealedProse | None = None


class HoldReception(Command[ReceptionView]):
    """Hold the four-party meeting and take its one decision, or answer on the spot (C-13, D-14).

    The caller is the receiving leader in person. `remaining_work` tells whether anything remains to
    be executed after an answer on the spot.
    """

    refused_with = (
        PetitionNotFound,
        AppointmentMissing,
        NotTheDay,
        FourPartiesIncomplete,
        NotTheReceivingLeader,
        DecisionAlreadyMade,
        DecisionIncomplete,
        LeadUnitNotAtTable,
        DueDateBeyondStatutory,
        DateInPast,
        SpotAnswerLeavesWork,
        SignaturesIncomplete,
        PetitionHandedOver,
    )

    petition_no: PetitionNo
    outcome: ReceptionOutcome
    text: SealedProse
    record: SealedProse
    lead_unit: Code | None = None
    due_on: date | None = None
    standards: Annotated[tuple[CompletionStandard, ...], Items(0, 20)] = ()
    remaining_work: bool = False
    signatures: Annotated[tuple[Signature, ...], Items(0, 20)] = ()


class SignRecord(Command[ReceptionView]):
    """Add signatures to a meeting's record.

    A thumbprint counts, a refusal is recorded with its witness (D-15).
    """

    refused_with = (PetitionNotFound, SignaturesIncomplete, WrongStage)

    petition_no: PetitionNo
    signatures: Annotated[tuple[Signature, ...], Items(1, 20)]


class GetReception(Query[ReceptionView]):
    """Show how a petition was received."""

    refused_with = (PetitionNotFound, WrongStage, NotYourCase)

    petition_no: PetitionNo


# --- Retirement of a node -----------------------------------------------------------------------


class HandOverView(Reply):
    """How a petition left this node, with the text of the notice to its petitioner."""

    petition_no: PetitionNo
    handed_over_on: date
    stood_at: PreparationState
    set_no: DocumentNo | None
    appointment_no: DocumentNo | None
    document: Document | None
    text: SealedProse | None


class GetHandOver(Query[HandOverView]):
    """Show how a petition was handed over when this node was retired, with the notice (D-30)."""

    refused_with = (NothingHandedOver,)

    petition_no: PetitionNo


class OpenWork(Reply):
    """What is open at a node: of a retired one nothing is, once the news has reached it."""

    node: Code
    retired_at: datetime | None
    open: int
    handed_over: int
    received: int


class GetOpenWork(Query[OpenWork]):
    """Count what is open at a node, what it handed over and what it received."""


# --- Events -------------------------------------------------------------------------------------


class NodeOpenedV1(Event):
    """Sent when a reception node has started for the first time and receives from now on (D-30).

    It is sent again when a node has started with another territory, department, regime or address.
    `territory` is the organ whose leaders receive, unless the node is a `department`'s.
    """

    node: Code
    service: Code
    territory: Code
    regime: Code
    department: Code | None = None
    leader_assignment: LeaderAssignment | None = None
    metrics: Address | None = None


class PublishedSession(Reply):
    """One published session, by codes."""

    session: SessionNo
    on: date
    starts_at: LocalTime
    ends_at: LocalTime
    leaders: Codes


class SessionsPublishedV1(Event):
    """Sent when sessions have been put on the notice board ahead of their day.

    It is sent again for a session whose leader has changed, or that was corrected; the later one
    counts.
    """

    node: Code
    sessions: tuple[PublishedSession, ...]
    documents: tuple[Document, ...]


class StandingSession(PublishedSession):
    """One published session, and since when it stands on the notice board as it does."""

    published_at: datetime


class NodeDescribedV1(Event):
    """Sent when another node has opened later than this one: it may have heard nothing of it.

    What this node announced of itself last and when, and its published sessions that lie ahead.
    """

    node: Code
    territory: Code
    regime: Code
    announced_at: datetime
    department: Code | None = None
    leader_assignment: LeaderAssignment | None = None
    sessions: tuple[StandingSession, ...] = ()


class DutySwappedV1(Event):
    """Sent when two leaders of a rota have changed places (M-14, D-16).

    `leader` was on duty at `session` and is now at `next_session`, `counterpart` the reverse.
    """

    node: Code
    session: SessionNo
    on: date
    leader: Code
    next_session: SessionNo
    next_on: date
    counterpart: Code
    documents: tuple[Document, ...]


class IssuedCard(Reply):
    """One card of an issued set."""

    kind: CardKind
    addressee: Code
    document: Document


class SessionsWithdrawnV1(Event):
    """Sent when published sessions of a retired node have been taken off the notice board."""

    node: Code
    sessions: Annotated[tuple[SessionNo, ...], Items(1, 1000)]


class SessionAwaitedV1(Event):
    """Sent when a node has taken a petition in and no session of its leader has room yet (D-10)."""

    petition_no: PetitionNo
    leader: Code


class WorkHandedOverV1(Event):
    """Sent when a retired node has handed over a petition that was open there (D-30).

    `routing_version` names the routing that ends with it.
    `accepted_on` is the first day on which its unit had a card, `numbers` the documents it has
    by now, and `document` the notice to the petitioner where anything had been notified.
    """

    petition_no: PetitionNo
    node: Code
    routing_version: int
    stood_at: PreparationState
    accepted_on: date | None = None
    numbers: tuple[NumbersUsed, ...] = ()
    document: Document | None = None


class CardsIssuedV1(Event):
    """Sent when a set of four cards has been issued.

    The leader's next session is reserved with it (C-08, D-10).
    """

    petition_no: PetitionNo
    set_no: DocumentNo
    session: SessionNo
    on: date
    leader: Code
    lead_unit: Code
    co_units: Codes = ()
    cards: tuple[IssuedCard, ...]
    copies: tuple[IssuedCard, ...] = ()


class CardsVoidedV1(Event):
    """Sent when a set of cards was replaced by another, or its node was retired."""

    petition_no: PetitionNo
    set_no: DocumentNo


class CardDeliveredV1(Event):
    """Sent when a card has reached its addressee; the unit's card starts the 60 days (D-21)."""

    petition_no: PetitionNo
    set_no: DocumentNo
    card_no: DocumentNo
    kind: CardKind
    addressee: Code
    delivered_on: date


class PreliminaryOpinionRecordedV1(Event):
    """Sent when the preliminary opinion has been recorded (C-11)."""

    petition_no: PetitionNo
    leader: Code
    units: Codes
    document: Document


class AppointmentNotifiedV1(Event):
    """Sent when the appointment notice has gone to the petitioner (C-12)."""

    petition_no: PetitionNo
    session: SessionNo
    on: date
    starts_at: LocalTime
    leader: Code
    document: Document


class AppointmentRescheduledV1(Event):
    """Sent when an absence moved a meeting to another session (D-13, T12b)."""

    petition_no: PetitionNo
    session: SessionNo
    on: date
    reason: AbsenceReason
    document: Document


class PartyAbsentV1(Event):
    """Sent when a party other than the petitioner was absent or late.

    The ground is that party's alone (C-25).
    """

    petition_no: PetitionNo
    session: SessionNo
    on: date
    party: Party
    unit: Code | None = None
    leader: Code | None = None
    late: bool
    excused: bool


class ReceptionHeldV1(Event):
    """Sent when the four parties have met and the meeting has its one outcome (T12)."""

    petition_no: PetitionNo
    session: SessionNo
    on: date
    leader: Code
    outcome: ReceptionOutcome
    document: Document


class AnsweredOnSpotV1(Event):
    """Sent when a matter was answered on the spot and nothing remains to be executed (D-14)."""

    petition_no: PetitionNo
    on: date
    leader: Code
    lead_unit: Code
    accepted_on: date
    document: Document


class DecidedAmount(Reply):
    """A whole number of something."""

    quantity: int
    unit: Code


class DecidedStandard(Reply):
    """One completion standard of a decision."""

    kind: StandardKind
    amount: DecidedAmount | None = None


class DecisionMadeV1(Event):
    """Sent when the leader has decided, with due date and completion standard (C-14, C-15)."""

    petition_no: PetitionNo
    on: date
    leader: Code
    organ: Code
    field: Code
    lead_unit: Code
    co_units: Codes = ()
    accepted_on: date
    due_on: date
    standards: tuple[DecidedStandard, ...]
    document: Document
