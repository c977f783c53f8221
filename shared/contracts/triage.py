"""triage (一疏理): the sorting, the office directory, and the suggestions that sorting yields."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from shared.contracts.base import (
    SENSITIVE,
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
    DateInPast,
    DirectoryMissing,
    DueDateBeyondStatutory,
    FieldUnknown,
    LeaderAssignment,
    LeaderUnknown,
    NodeUnknown,
    NotYourCase,
    PetitionCategory,
    PetitionNotFound,
    SlipPost,
    UnitUnknown,
    WrongStage,
)
from shared.contracts.fields import (
    Address,
    Code,
    Codes,
    Document,
    DocumentNo,
    ExplainedDeadline,
    Line,
    NumbersUsed,
    PetitionNo,
    PlaceName,
    Prose,
    SealedProse,
)

SealedCodes = Annotated[tuple[Code, ...], Items(0, 50), SENSITIVE]
AuthorisationNo = Annotated[str, Pattern(r"\S{2,60}", "a document number without blanks")]


class Severity(StrEnum):
    """How hard and how grave a matter is; decided by a person (C-06, P-9)."""

    ORDINARY = "ordinary"  # 信访部门能处理的
    COMPLEX = "complex"  # 较为复杂的
    DIFFICULT = "difficult"  # 疑难的
    MAJOR = "major"  # 重大的


class SortingOutcome(StrEnum):
    """Where sorting sends a petition: exactly one (C-06, T3 to T8, D-08)."""

    REDIRECT = "redirect"  # 告知向有权机关提出 / 导入法定程序
    DECLINE = "decline"  # 不予受理 / 不再受理
    DISCIPLINE_TRANSFER = "discipline_transfer"  # 密封转送纪检监察机关
    REPLY = "reply"  # 信访部门直接答复
    FORWARD = "forward"  # 转送（转办）
    ASSIGN = "assign"  # 交办
    PRINCIPAL_LEADER = "principal_leader"  # 主要领导接访
    LEADER_IN_CHARGE = "leader_in_charge"  # 分管领导接访


class LegalChannel(StrEnum):
    """The six ways of L22-31 for a claim."""

    LITIGATION = "litigation"  # （一）诉讼、检察、公安程序
    ARBITRATION = "arbitration"  # （二）仲裁
    PARTY_APPEAL = "party_appeal"  # （三）党员申诉、申请复审
    ADMINISTRATIVE_PROCEDURE = "administrative_procedure"  # （四）行政复议、裁决、确认、许可、处罚
    PROTECTIVE_DUTY = "protective_duty"  # （五）申请查处违法行为、履行保护职责
    PETITION_PROCEDURE = "petition_procedure"  # （六）信访程序


class DeclineGround(StrEnum):
    """Why a petition is not accepted (T4)."""

    PENDING_BELOW = "pending_below"  # 下级机关正在期限内办理 (L22-19¶3)
    FINALLY_CONCLUDED = "finally_concluded"  # 复核后同一事实和理由 (L22-36¶3)


class PrincipalPost(StrEnum):
    """The two principal leaders (D-07)."""

    PARTY_SECRETARY = "party_secretary"
    COUNTY_HEAD = "county_head"


class FieldSide(StrEnum):
    """Which principal leader a field of matters falls to by default (D-07)."""

    PARTY = "party"
    GOVERNMENT = "government"


class UnitKind(StrEnum):
    """What kind of organ a unit of the directory is."""

    GOVERNMENT = "government"  # 政府部门、单位
    PARTY = "party"  # 党委部门
    DISCIPLINE = "discipline"  # 纪检监察机关
    JUDICIAL = "judicial"  # 政法机关
    ARBITRATION = "arbitration"  # 仲裁机构
    PETITION_OFFICE = "petition_office"  # 信访部门
    TOWNSHIP = "township"  # 乡镇
    OUTSIDE = "outside"  # 本县以外的机关


class SortingState(StrEnum):
    """Where a petition stands in triage."""

    UNSORTED = "unsorted"
    SORTED = "sorted"


class SuggestionAnswer(StrEnum):
    """What a leader answered to a suggestion (L22-40)."""

    ADOPTED = "adopted"  # 采纳
    PARTLY = "partly"  # 部分采纳
    NOT_ADOPTED = "not_adopted"  # 不采纳


# --- Refusals ---------------------------------------------------------------------------------


class DirectoryInconsistent(Refusal):
    """The directory names a code it does not define, or one twice.

    The message lists every fault.
    """

    rule = "C-07"
    label = "机构名录前后不一致，请按提示更正"


class MixedPetitionNotSplit(Refusal):
    """An accusation and a claim stand in one petition.

    Split it first with `intake.split_petition`.
    """

    rule = "D-05"
    label = "检举控告与申诉求决并存，请先拆分再疏理"


class AccusationMustBeSealed(Refusal):
    """An accusation may only be transferred under seal to a discipline organ.

    Choose that outcome.
    """

    rule = "X-1"
    label = "检举控告类事项只能密封转送纪检监察机关"


class NotAnAccusation(Refusal):
    """Only an accusation is transferred to a discipline organ; choose another outcome."""

    rule = "L22-30"
    label = "非检举控告类事项不能转送纪检监察机关"


class SeverityMissing(Refusal):
    """No severity with its reason is recorded; a person states both for a claim and a leader."""

    rule = "T8"
    label = "请填写难易程度及理由"


class RouteContradictsSeverity(Refusal):
    """The outcome does not fit the severity.

    Difficult or major goes to a principal leader, complex to the leader in charge, ordinary is
    handled by the office.
    """

    rule = "C-06"
    label = (
        "去向与难易程度不符：疑难重大由主要领导接访，较为复杂由分管领导接访，"
        "其余由信访部门交办或转办"
    )


class LeaderNotInCharge(Refusal):
    """The named leader's post or portfolio does not cover the matter.

    Leave the leader out or name the right one.
    """

    rule = "C-05"
    label = "该领导不分管此事项，应由主管领导接访"


class LeaderUnresolved(Refusal):
    """No leader of the directory covers this field.

    Complete the portfolios with `put_directory`.
    """

    rule = "C-07"
    label = "名录中没有分管该领域的领导，请先补充分工"


class PrincipalReasonMissing(Refusal):
    """A principal leader other than the default one is named without a reason; state it."""

    rule = "D-07"
    label = "请写明由该主要领导接访的理由"


class LeadUnitMissing(Refusal):
    """No lead unit is named; exactly one must be before cards, a forward or an assignment."""

    rule = "C-07"
    label = "请确定一个牵头责任单位"


class AddresseeIsAccused(Refusal):
    """The leader or unit it would go to is accused in it.

    Name a substitute (a higher organ or the deputy).
    """

    rule = "D-06"
    label = "拟接收的领导或单位是被反映对象，请指定替代的接收人"


class AccusedUnknown(Refusal):
    """Whom the accusation is against is not stated.

    It fails closed: state it, or name the organ above.
    """

    rule = "D-06"
    label = "被检举控告的对象不明，请先核明或转上一级机关"


class DueDateMissing(Refusal):
    """An assigned matter has no day by which it is due; give `due_on`."""

    rule = "L22-22"
    label = "交办事项必须写明办理期限"


class RightBodyMissing(Refusal):
    """A redirection names no competent body with its address; name one of the directory."""

    rule = "L22-23"
    label = "请写明有权处理的机关及其地址"


class ChannelMissing(Refusal):
    """A redirection names neither a statutory channel nor a competent body outside; name one."""

    rule = "L22-31"
    label = "请写明应当通过的法定途径"


class MustBeForwarded(Refusal):
    """The competent organ performs or answers an application to protect; forward it."""

    rule = "D-04"
    label = "申请履行法定职责的事项应当转送有权机关，不能告知了之"


class LetterMustBeForwarded(Refusal):
    """A litigation-related letter is forwarded to the judicial organ.

    Only visitors are guided there.
    """

    rule = "L22-22"
    label = "涉法涉诉信件应当转送同级政法部门"


class RouteContradictsChannel(Refusal):
    """The law leads this channel another way.

    The petitioner is led into that procedure by redirect.
    """

    rule = "L22-31"
    label = "该事项有法定途径，应当告知信访人通过该途径解决"


class DeclineGroundMissing(Refusal):
    """A decline lacks its lawful ground or the earlier matter that ground rests on.

    State both; a matter counts as finally concluded only after an opinion or its closing.
    """

    rule = "T4"
    label = "不予受理必须写明法定理由及所依据的在办或终结事项"


class PromiseUnexecuted(Refusal):
    """A promise or a supported opinion of the earlier matter is not executed.

    This is no barred repeat; supervise it.
    """

    rule = "L22-32"
    label = "原承诺或支持意见尚未执行，不得以重复为由不予受理"


class ReplyMissing(Refusal):
    """The office answers by itself but no answer is written; give `reply_text`."""

    rule = "D-08"
    label = "请填写答复内容"


class ClaimCannotBeReplied(Refusal):
    """A claim on the petition procedure needs a written handling opinion.

    Forward, assign or route it.
    """

    rule = "L22-31"
    label = "申诉求决类事项应当依程序办理，不能直接答复了结"


class UnitObjected(Refusal):
    """A unit's objection to a transfer of this petition was agreed to, the last or an earlier one.

    It is not sent there again, as lead or co-unit; name other units.
    """

    rule = "T7"
    label = "该单位对本事项的异议曾经核实同意，不能再次转送该单位，请另定责任单位"


class NoObjectionPending(Refusal):
    """No objection of the unit waits for a decision on this petition."""

    rule = "T7"
    label = "该事项没有待核实的异议"


class SuggestionNotFound(Refusal):
    """No suggestion has this number."""

    rule = "C-10"
    label = "未查到该建议"


class SuggestionAnswered(Refusal):
    """The suggestion was answered already; submit a new one for a new matter."""

    rule = "C-10"
    label = "该建议已经答复"


class NodeRetiredAlready(Refusal):
    """The node is retired already; what it still has to hand over it hands over by itself."""

    rule = "D-30"
    label = "该接访点已经撤销"


class CountyNodeStays(Refusal):
    """The county's own node receives for everyone without a nearer one; it is never retired."""

    rule = "D-30"
    label = "县接访点不能撤销"


# --- The directory ------------------------------------------------------------------------------


class Office(Part):
    """The petition office itself, as notices name it."""

    code: Code
    name: Line
    address: Line
    phone: Line


class Territory(Part):
    """A county or one of its townships; the county has no parent."""

    code: Code
    name: Line
    parent: Code | None = None


class MatterField(Part):
    """A field of matters, by which portfolios and units are matched."""

    code: Code
    name: Line
    side: FieldSide = FieldSide.GOVERNMENT


class Leader(Part):
    """A leader with posts (the keys of C-14 where one applies).

    `organ` is a territory, `portfolio` lists fields.
    """

    code: Code
    name: Line
    title: Line
    organ: Code
    posts: Codes = ()
    portfolio: Codes = ()
    deputy: Code | None = None


class Unit(Part):
    """A unit that may be responsible, or a body a petitioner is led to.

    `parent` is the next higher organ.
    """

    code: Code
    name: Line
    kind: UnitKind = UnitKind.GOVERNMENT
    organ: Code
    fields: Codes = ()
    parent: Code | None = None
    address: Line | None = None
    phone: Line | None = None


class Authorisation(Part):
    """The committee's standing authorisation that slips cite (D-18)."""

    number: AuthorisationNo
    issued_on: date
    organ: Code


class DirectoryStored(Reply):
    """The version number under which the directory now stands."""

    version: int
    leaders: int
    units: int


class PutDirectory(Command[DirectoryStored]):
    """Replace the office directory by a new version, checked whole; the old ones are kept."""

    refused_with = (DirectoryInconsistent,)

    office: Office
    territories: Annotated[tuple[Territory, ...], Items(1, 500)]
    fields: Annotated[tuple[MatterField, ...], Items(1, 200)]
    leaders: Annotated[tuple[Leader, ...], Items(1, 500)]
    units: Annotated[tuple[Unit, ...], Items(1, 2000)]
    authorisations: Annotated[tuple[Authorisation, ...], Items(0, 100)] = ()


class NodeView(Reply):
    """One reception node as it announced itself."""

    node: Code
    service: Code
    territory: Code
    regime: Code
    opened_at: Line
    department: Code | None = None
    leader_assignment: LeaderAssignment | None = None
    metrics: Address | None = None
    retired_at: Line | None = None


class LeaderView(Reply):
    """A leader as the directory names them."""

    code: Code
    name: Line
    title: Line
    organ: Code
    posts: tuple[Code, ...]
    portfolio: tuple[Code, ...]
    deputy: Code | None


class UnitView(Reply):
    """A unit as the directory names it."""

    code: Code
    name: Line
    kind: UnitKind
    organ: Code
    fields: tuple[Code, ...]
    parent: Code | None
    address: Line | None
    phone: Line | None


class TerritoryView(Reply):
    """A territory as the directory names it."""

    code: Code
    name: Line
    parent: Code | None


class FieldView(Reply):
    """A field of matters as the directory names it."""

    code: Code
    name: Line
    side: FieldSide


class AuthorisationView(Reply):
    """A standing authorisation."""

    number: AuthorisationNo
    issued_on: date
    organ: Code


class OfficeView(Reply):
    """The petition office, as notices name it."""

    code: Code
    name: Line
    address: Line
    phone: Line


class DirectoryView(Reply):
    """The directory in force, with names for those who print them."""

    version: int
    office: OfficeView
    territories: tuple[TerritoryView, ...]
    fields: tuple[FieldView, ...]
    leaders: tuple[LeaderView, ...]
    units: tuple[UnitView, ...]
    authorisations: tuple[AuthorisationView, ...]


class GetDirectory(Query[DirectoryView]):
    """Show the office directory in force."""

    refused_with = (DirectoryMissing,)


class NodeList(Reply):
    """The reception nodes, in the order of their codes."""

    nodes: tuple[NodeView, ...]


class ListNodes(Query[NodeList]):
    """List the reception nodes that have opened."""


class NodeRetirement(Reply):
    """A node that is retired, and the node that receives for its territory from now on.

    `sorted_to_it` counts the petitions that were last routed to it, whatever became of them there.
    """

    node: Code
    parent: Code
    retired_at: datetime
    sorted_to_it: int


class RetireNode(Command[NodeRetirement]):
    """Retire a reception node, with the reason; its open work goes to the node above it (D-30).

    From now on nothing is routed to it.  The node itself hands over what is open there when the
    news reaches it.
    """

    refused_with = (NodeUnknown, NodeRetiredAlready, CountyNodeStays, DirectoryMissing)

    node: Code
    reason: SealedProse


# --- Sorting ------------------------------------------------------------------------------------


class SortingResult(Reply):
    """The sorting as it stands.

    It tells where the petition went, before whom, to which unit, with the notice.
    `transferred_to` is the organ that received an accusation under seal, for the petition office.
    """

    petition_no: PetitionNo
    category: PetitionCategory
    severity: Severity | None
    outcome: SortingOutcome
    leader: Code | None = None
    leader_in_charge: Code | None = None
    lead_unit: Code | None = None
    co_units: Codes = ()
    transferred_to: Code | None = None
    node: Code | None = None
    due_on: date | None = None
    notice: Document | None = None
    notice_text: SealedProse | None = None


class SortPetition(Command[SortingResult]):
    """Sort one petition, by a person: category, severity with its reason, and the one outcome.

    `leader` may be left out: it is resolved by severity, field and portfolio, never by rota.
    `accused` lists the leaders and units of the directory the petition complains of.
    """

    refused_with = (
        PetitionNotFound,
        WrongStage,
        DirectoryMissing,
        FieldUnknown,
        UnitUnknown,
        LeaderUnknown,
        MixedPetitionNotSplit,
        AccusationMustBeSealed,
        NotAnAccusation,
        AccusedUnknown,
        SeverityMissing,
        RouteContradictsSeverity,
        LeaderNotInCharge,
        LeaderUnresolved,
        PrincipalReasonMissing,
        LeadUnitMissing,
        AddresseeIsAccused,
        DueDateMissing,
        DateInPast,
        DueDateBeyondStatutory,
        RightBodyMissing,
        ChannelMissing,
        MustBeForwarded,
        LetterMustBeForwarded,
        RouteContradictsChannel,
        DeclineGroundMissing,
        PromiseUnexecuted,
        ReplyMissing,
        ClaimCannotBeReplied,
        UnitObjected,
    )

    petition_no: PetitionNo
    category: PetitionCategory
    outcome: SortingOutcome
    reason: SealedProse
    mixed: bool = False
    field: Code | None = None
    severity: Severity | None = None
    severity_reason: SealedProse | None = None
    channel: LegalChannel | None = None
    lead_unit: Code | None = None
    co_units: Codes = ()
    leader: Code | None = None
    principal: PrincipalPost | None = None
    principal_reason: SealedProse | None = None
    substitute_leader: Code | None = None
    due_on: date | None = None
    right_body: Code | None = None
    decline_ground: DeclineGround | None = None
    earlier_petition: PetitionNo | None = None
    unexecuted: bool = False
    reply_text: SealedProse | None = None
    accused: SealedCodes = ()
    urgent_report: bool = False


class ProposalReason(Reply):
    """Why the system proposes a value."""

    code: Code
    text: Prose


class SortingProposal(Reply):
    """What the system proposes; a person decides and may decide otherwise (D-02, P-9)."""

    petition_no: PetitionNo
    category: PetitionCategory
    severity: Severity | None
    outcome: SortingOutcome | None
    field: Code | None
    leader: Code | None
    lead_unit: Code | None
    reasons: tuple[ProposalReason, ...]


class ProposeSorting(Query[SortingProposal]):
    """Propose category, severity and route of a petition, with reasons."""

    refused_with = (PetitionNotFound, DirectoryMissing)

    petition_no: PetitionNo


class SortingEntry(Reply):
    """One sorting decision; a later one stands beside it and replaces nothing."""

    sorted_on: date
    outcome: SortingOutcome
    category: PetitionCategory
    severity: Severity | None
    decided_by: Line


class SortingView(Reply):
    """Where a petition stands in triage, with all its decisions."""

    petition_no: PetitionNo
    state: SortingState
    due_on: date | None
    overdue: bool
    current: SortingResult | None
    entries: tuple[SortingEntry, ...]


class GetSorting(Query[SortingView]):
    """Show how a petition was sorted."""

    refused_with = (PetitionNotFound,)

    petition_no: PetitionNo


class UnsortedPetition(Reply):
    """A petition that waits for sorting."""

    petition_no: PetitionNo
    territory: Code
    registered_on: date
    due_on: date
    overdue: bool
    urgent: bool


class UnsortedList(Reply):
    """Petitions that wait for sorting, the first due first."""

    petitions: tuple[UnsortedPetition, ...]


class ListUnsorted(Query[UnsortedList]):
    """List what waits for sorting."""

    limit: Annotated[int, Between(1, 500)] = 100


class ObjectionDecision(Reply):
    """What became of a unit's objection."""

    petition_no: PetitionNo
    agreed: bool
    state: SortingState
    sorting_due_on: date | None


class DecideObjection(Command[ObjectionDecision]):
    """Agree to or reject a unit's objection to a transfer, with the reason (T7, L22-23)."""

    refused_with = (PetitionNotFound, NoObjectionPending)

    petition_no: PetitionNo
    agreed: bool
    reason: SealedProse


class SuggestionView(Reply):
    """A suggestion to a leader and its answer."""

    suggestion_no: DocumentNo
    leader: Code
    field: Code
    answered: SuggestionAnswer | None
    document: Document


class SubmitSuggestion(Command[SuggestionView]):
    """Submit a suggestion from recurring causes seen while sorting (C-10)."""

    refused_with = (LeaderUnknown, FieldUnknown, PetitionNotFound, DirectoryMissing)

    leader: Code
    field: Code
    title: Line
    text: Prose
    petitions: Annotated[tuple[PetitionNo, ...], Items(0, 500)] = ()


class AnswerSuggestion(Command[SuggestionView]):
    """Answer a suggestion in writing, by the leader it was submitted to (C-10, L22-40)."""

    refused_with = (SuggestionNotFound, SuggestionAnswered, NotYourCase)

    suggestion_no: DocumentNo
    answer: SuggestionAnswer
    reason: Prose


class DeadlineList(Reply):
    """Deadlines, the first due first, each explained."""

    deadlines: tuple[ExplainedDeadline, ...]


class ListDue(Query[DeadlineList]):
    """List the sorting deadlines that fall due up to a day."""

    until: date | None = None
    limit: Annotated[int, Between(1, 500)] = 100


class ExplainDeadline(Query[DeadlineList]):
    """Explain every deadline of one petition: start, days counted and skipped, article, result."""

    refused_with = (PetitionNotFound,)

    petition_no: PetitionNo


# --- Events -------------------------------------------------------------------------------------


class AddresseeOverride(Reply):
    """A holder recorded in place of the one the post would give (D-06, vacancy or recusal)."""

    post: SlipPost
    holder: Code


class PetitionSortedV1(Event):
    """Sent when a petition has been sorted, whatever the outcome.

    An accusation carries no field.
    """

    petition_no: PetitionNo
    category: PetitionCategory
    severity: Severity | None = None
    outcome: SortingOutcome
    field: Code | None = None


class PetitionRedirectedV1(Event):
    """Sent when a written notice has led the petitioner to the right body or procedure (T3)."""

    petition_no: PetitionNo
    body: Code
    channel: LegalChannel | None = None
    document: Document


class PetitionDeclinedV1(Event):
    """Sent when a petition is not accepted, with a reasoned notice (T4)."""

    petition_no: PetitionNo
    ground: DeclineGround
    document: Document


class PetitionRepliedV1(Event):
    """Sent when the office has answered an enquiry or a suggestion itself (D-08)."""

    petition_no: PetitionNo
    document: Document


class DisciplineTransferredV1(Event):
    """Sent when an accusation has been transferred under seal (T5).

    `organ` names the discipline organ that received it and alone may read it; nobody accused and
    no content is named.
    """

    petition_no: PetitionNo
    organ: Code | None = None
    document: Document


class PetitionForwardedV1(Event):
    """Sent when a petition has been forwarded to the competent unit (转送, T6)."""

    petition_no: PetitionNo
    transfer_no: DocumentNo
    unit: Code
    organ: Code
    field: Code | None = None
    channel: LegalChannel
    document: Document


class PetitionAssignedV1(Event):
    """Sent when a petition has been assigned with a day and a completion report (交办, T6)."""

    petition_no: PetitionNo
    transfer_no: DocumentNo
    unit: Code
    organ: Code
    field: Code | None = None
    channel: LegalChannel
    due_on: date
    document: Document


class PetitionRoutedV1(Event):
    """Sent when a petition has been routed to a leader at a reception node (T8).

    Where `leader_assignment` is `rota` whoever sits next receives, and `leader` is whom severity
    and portfolio give; otherwise that leader receives and no other (C-05).
    Of one that a retired node handed over it tells by which, since when it counts as accepted, and
    how many documents it has, so that the next node counts on (D-30).
    `organ_name` is the public name of the territory or department `organ`, as of the routing; it
    is left out where what the directory calls it has not the form of one.
    """

    addressed_by = "node"

    petition_no: PetitionNo
    node: Code
    organ: Code
    leader: Code
    leader_in_charge: Code
    principal: bool
    severity: Severity
    field: Code
    lead_unit: Code
    co_units: Codes = ()
    overrides: tuple[AddresseeOverride, ...] = ()
    leader_assignment: LeaderAssignment | None = None
    handed_over_by: Code | None = None
    accepted_on: date | None = None
    numbers: tuple[NumbersUsed, ...] = ()
    organ_name: PlaceName | None = None


class NodeRetiredV1(Event):
    """Sent when a node is retired: it hands its open work over, and `parent` receives from now on.

    `parent` is the nearest node above it; each petition goes where its own facts lead.
    """

    node: Code
    parent: Code
    retired_at: datetime


class PetitionReturnedV1(Event):
    """Sent when a petition that a retired node handed over is to be sorted anew, by a person.

    Nobody could be resolved who receives in its place; it waits for sorting until `due_on`.
    """

    petition_no: PetitionNo
    node: Code
    due_on: date


class SortingOverdueV1(Event):
    """Sent when the 15 days for sorting have passed without an outcome (L22-22)."""

    petition_no: PetitionNo
    due_on: date


class UrgentReportedV1(Event):
    """Sent when an urgent or major matter has been reported upward at once (D-09, L22-25)."""

    petition_no: PetitionNo
    document: Document


class ObjectionDecidedV1(Event):
    """Sent when a unit's objection has been decided.

    Agreed means the petition is sorted again (T7).
    """

    petition_no: PetitionNo
    transfer_no: DocumentNo
    agreed: bool
    document: Document


class SuggestionSubmittedV1(Event):
    """Sent when a suggestion has been submitted to a leader (C-10)."""

    suggestion_no: DocumentNo
    leader: Code
    field: Code
    document: Document


class SuggestionAnsweredV1(Event):
    """Sent when a leader has answered a suggestion (C-10, L22-40)."""

    suggestion_no: DocumentNo
    answer: SuggestionAnswer


class TerritoryRow(Reply):
    """A territory, by code."""

    code: Code
    parent: Code | None = None


class LeaderRow(Reply):
    """A leader, by code: posts, organ, portfolio."""

    code: Code
    organ: Code
    posts: Codes = ()
    portfolio: Codes = ()
    deputy: Code | None = None


class UnitRow(Reply):
    """A unit, by code."""

    code: Code
    kind: UnitKind
    organ: Code
    fields: Codes = ()
    parent: Code | None = None


class FieldRow(Reply):
    """A field of matters, by code."""

    code: Code
    side: FieldSide


class AuthorisationRow(Reply):
    """A standing authorisation, by number."""

    number: AuthorisationNo
    issued_on: date
    organ: Code


class DirectoryChangedV1(Event):
    """Sent when a new version of the directory is in force: codes only, names are asked for.

    The version in force is sent again when a node opens, which may have heard of none.
    """

    version: int
    office: Code
    territories: tuple[TerritoryRow, ...]
    fields: tuple[FieldRow, ...]
    leaders: tuple[LeaderRow, ...]
    units: tuple[UnitRow, ...]
    authorisations: tuple[AuthorisationRow, ...] = ()
