"""intake (访前接办): the register, the petitioners' identities, and their own view of progress."""

from __future__ import annotations

from datetime import date
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
    DateInFuture,
    DirectoryMissing,
    FieldUnknown,
    LeaderUnknown,
    PetitionCategory,
    PetitionNotFound,
    TerritoryUnknown,
    UnitUnknown,
)
from shared.contracts.fields import (
    Code,
    Document,
    DocumentNo,
    Line,
    PetitionNo,
    Prose,
    RefusedPart,
    SealedLine,
    SealedProse,
)

ReceiptCode = Annotated[str, Pattern(r"\d{16}", "the 16 digits printed on the receipt"), SENSITIVE]
Phone = Annotated[str, Pattern(r"[0-9+\-]{5,20}", "a telephone number"), SENSITIVE]
IdNumber = Annotated[
    str, Pattern(r"\d{17}[\dXx]", "an identity number of 18 characters"), SENSITIVE
]
SealedCodes = Annotated[tuple[Code, ...], Items(0, 50), SENSITIVE]
Headcount = Annotated[int, Between(1, 100_000)]


class IntakeForm(StrEnum):
    """How a petition arrived (L22-17)."""

    VISIT = "visit"  # 来访
    LETTER = "letter"  # 来信
    PHONE = "phone"  # 来电
    ONLINE = "online"  # 网上信访


class Stage(StrEnum):
    """Where a petition stands, as its petitioner sees it (procedure §3.1)."""

    REGISTERED = "registered"  # 已登记，待疏理
    REDIRECTED = "redirected"  # 已告知向有权机关提出
    NOT_ACCEPTED = "not_accepted"  # 不予受理
    REPLIED = "replied"  # 已答复
    TRANSFERRED_SEALED = "transferred_sealed"  # 已按规定转送
    FORWARDED = "forwarded"  # 已转送
    ASSIGNED = "assigned"  # 已交办
    ROUTED = "routed"  # 已确定接访领导
    CARDS_ISSUED = "cards_issued"  # 已下发四卡
    PREPARED = "prepared"  # 已形成初步处理意见
    APPOINTED = "appointed"  # 已约访
    ANSWERED_ON_SPOT = "answered_on_spot"  # 已当场答复
    DECIDED = "decided"  # 已作出决定
    IN_HANDLING = "in_handling"  # 办理中
    OVERDUE = "overdue"  # 已逾期，督办中
    RESULT_REPORTED = "result_reported"  # 单位已报结果
    OPINION_DELIVERED = "opinion_delivered"  # 处理意见已送达
    CLOSED = "closed"  # 已结案
    ARCHIVED = "archived"  # 已归档


class EvaluatedParty(StrEnum):
    """The two parties a petitioner evaluates, each once."""

    PETITION_OFFICE = "petition_office"  # 信访部门
    RESPONSIBLE_UNIT = "responsible_unit"  # 责任单位


class Grade(StrEnum):
    """The petitioner's grade of how a matter was handled."""

    SATISFIED = "satisfied"  # 满意
    BASICALLY_SATISFIED = "basically_satisfied"  # 基本满意
    DISSATISFIED = "dissatisfied"  # 不满意


class RevealPurpose(StrEnum):
    """Why an identity is opened; every opening is recorded with it."""

    CONTACT_PETITIONER = "contact_petitioner"  # 联系信访人
    DELIVER_DOCUMENT = "deliver_document"  # 送达文书
    VERIFY_IDENTITY = "verify_identity"  # 核对身份
    DISCIPLINE_HANDLING = "discipline_handling"  # 纪检监察机关办理


# --- Refusals ---------------------------------------------------------------------------------


class TooManyRepresentatives(Refusal):
    """A visiting group names more than 5 representatives; send a list of at most 5."""

    rule = "L22-20"
    label = "走访推选的代表不得超过5人，请重新推选"


class MoreRepresentativesThanPetitioners(Refusal):
    """The list names more people than the group has.

    Correct the headcount, or send a list of the group's own people.
    """

    rule = "L22-20"
    label = "推选的代表多于信访人数，请核对人数或者重新推选"


class NotAGroup(Refusal):
    """Representatives are named for a petition of one person.

    Correct the headcount or omit them.
    """

    rule = "L22-20"
    label = "该事项不是多人共同信访，不需推选代表"


class ReceiptUnknown(Refusal):
    """No petition has this receipt code; check the 16 digits on the receipt."""

    rule = "P-8"
    label = "查询码不正确，请核对回执上的16位数字"


class FormEnteredByOffice(Refusal):
    """A petitioner registers a visit, letter or call for themselves.

    The office that received it records it: register as `online`, or come to the window.
    """

    rule = "L22-17"
    label = "来访、来信、来电由收到的机关登记；自行登记的为网上信访，请改选网上信访或者到窗口办理"


class ReceivedOnOtherDay(Refusal):
    """A petitioner who registers alone says that it was received on an earlier day.

    It is received as it is entered; leave the day of receipt out.
    """

    rule = "L22-22"
    label = "自行登记的网上信访，以提交当日为收到日期，不能填写更早的日期"


class ReceivedTooLongAgo(Refusal):
    """The day of receipt lies further back than the sorting limit.

    Bring old records in as an import.
    """

    rule = "L22-22"
    label = "收到日期早于登记时限，不能按新收事项登记"


class NothingToEvaluate(Refusal):
    """The matter has no delivered opinion or answer yet; evaluate after it is delivered."""

    rule = "L22-21"
    label = "事项尚未答复，暂不能评价"


class AlreadyEvaluated(Refusal):
    """This party was evaluated already; an evaluation is given once."""

    rule = "I-15"
    label = "已作过评价，每个被评价方只评价一次"


class NoNeedToKnow(Refusal):
    """The caller's duty does not reach this petition.

    A sealed accusation is open to the discipline organ that received it and to nobody else; what
    is not sealed, to the petition office.
    """

    rule = "L22-30"
    label = "该事项的身份信息不在您的办理范围内，不能查看；已密封转送的，由纪检监察机关办理"


class AlreadySorted(Refusal):
    """The petition has left the register's first stage.

    A split comes before anything is dispatched.
    """

    rule = "D-05"
    label = "该事项已疏理，不能再拆分"


class PartStaysAccusation(Refusal):
    """The petition is the accusation part of a split, which is sorted as it is.

    Register what is also claimed as a petition of its own.
    """

    rule = "D-05"
    label = "该事项是拆分出的检举控告部分，不能再拆分；其中另有诉求的，请另行登记"


# --- Requests and replies -----------------------------------------------------------------------


class Person(Part):
    """One petitioner or representative (L22-19): a name, how to reach them, no more."""

    name: Annotated[str, Pattern(r"\S.{0,99}", "a name of 1 to 100 characters"), SENSITIVE]
    phone: Phone | None = None
    address: SealedLine | None = None
    id_number: IdNumber | None = None


class PetitionReceipt(Reply):
    """The receipt of a registration, with the code for asking after progress."""

    petition_no: PetitionNo
    visit_no: DocumentNo
    repeat: bool
    receipt_no: DocumentNo
    receipt_code: ReceiptCode
    registered_on: date
    sorting_due_on: date | None
    group: bool
    refused: tuple[RefusedPart, ...] = ()
    document: Document
    text: SealedProse


class RegisterPetition(Command[PetitionReceipt]):
    """Register a visit, letter, phone call or online petition; every visit is registered (D-01).

    A repeat (`repeat_of` names the open petition of the same matter, decided by a person) is
    recorded as a linked visit; of an ended petition it is a new petition linked to it.
    More than 5 representatives of a visit, or more than came: the visit is registered, the list
    is refused in `refused`; send a shorter one with `name_representatives`.
    A petitioner alone registers `online` only, and as of today; the office records the other forms,
    and may state in `received_on` an earlier day within the time for sorting.
    """

    refused_with = (
        FormEnteredByOffice,
        DirectoryMissing,
        TerritoryUnknown,
        FieldUnknown,
        UnitUnknown,
        LeaderUnknown,
        DateInFuture,
        ReceivedOnOtherDay,
        ReceivedTooLongAgo,
        PetitionNotFound,
    )

    form: IntakeForm
    petitioners: Annotated[tuple[Person, ...], Items(0, 200)] = ()
    headcount: Headcount = 1
    representatives: Annotated[tuple[Person, ...], Items(0, 200)] = ()
    territory: Code
    summary: SealedLine
    text: SealedProse
    declared_category: PetitionCategory | None = None
    field: Code | None = None
    concerned_units: SealedCodes = ()
    accused: SealedCodes = ()
    received_on: date | None = None
    repeat_of: PetitionNo | None = None
    urgent: bool = False


class VisitReceipt(Reply):
    """The receipt of a repeated visit on a registered petition."""

    petition_no: PetitionNo
    visit_no: DocumentNo
    document: Document


class RecordVisit(Command[VisitReceipt]):
    """Record one more visit, letter or call on a registered petition.

    It is linked, never refused.
    """

    refused_with = (PetitionNotFound,)

    petition_no: PetitionNo
    form: IntakeForm
    headcount: Headcount = 1
    note: SealedProse | None = None


class RepresentativesNamed(Reply):
    """How many representatives the group now has."""

    petition_no: PetitionNo
    count: int


class NameRepresentatives(Command[RepresentativesNamed]):
    """Record whom a group elected to speak for it: at most 5 for a visit (L22-20)."""

    refused_with = (
        PetitionNotFound,
        TooManyRepresentatives,
        MoreRepresentativesThanPetitioners,
        NotAGroup,
    )

    petition_no: PetitionNo
    representatives: Annotated[tuple[Person, ...], Items(1, 200)]


class EvaluationRecorded(Reply):
    """The evaluation as it was recorded."""

    petition_no: PetitionNo
    party: EvaluatedParty
    grade: Grade


class EvaluateHandling(Command[EvaluationRecorded]):
    """Evaluate one party, by the petitioner with the receipt code, once for each party."""

    refused_with = (ReceiptUnknown, NothingToEvaluate, AlreadyEvaluated)

    receipt_code: ReceiptCode
    party: EvaluatedParty
    grade: Grade
    comment: SealedProse | None = None


class PetitionParts(Reply):
    """The two numbers after a split: the claim keeps the old one.

    The accusation has its own receipt.
    """

    claim_no: PetitionNo
    accusation_no: PetitionNo
    accusation_receipt: PetitionReceipt | None = None


class SplitPetition(Command[PetitionParts]):
    """Split a mixed petition into a claim and a sealed accusation.

    A person does it, before sorting.
    Whom the whole was declared to complain of keeps counting for the claim, beside `accused`; for
    the accusation it counts where `accused` is left out.
    """

    refused_with = (
        PetitionNotFound,
        AlreadySorted,
        PartStaysAccusation,
        DirectoryMissing,
        LeaderUnknown,
    )

    petition_no: PetitionNo
    claim_summary: SealedLine
    claim_text: SealedProse
    accusation_summary: SealedLine
    accusation_text: SealedProse
    accused: SealedCodes = ()
    reason: SealedLine


class PersonView(Reply):
    """One person as the register holds them."""

    name: SealedLine
    phone: SealedLine | None = None
    address: SealedLine | None = None
    id_number: SealedLine | None = None


class Identity(Reply):
    """Who petitioned: names and ways to reach them."""

    petition_no: PetitionNo
    petitioners: tuple[PersonView, ...]
    representatives: tuple[PersonView, ...]


class VisitView(Reply):
    """One visit, letter or call on a petition."""

    visit_no: DocumentNo
    form: IntakeForm
    visited_on: date
    headcount: int
    note: SealedProse | None = None


class WaitingView(Reply):
    """Where a petition waits that was routed to a leader, since when, and for what.

    `taken_in` tells whether the node has the petition by now and only a session is lacking; before
    that it waits in the node's queue, as it does while the node is down.
    """

    node: Code
    since: date
    taken_in: bool
    text: Line


class PetitionView(Reply):
    """A petition as staff see it; the content is there only for a role that may read it."""

    petition_no: PetitionNo
    form: IntakeForm
    stage: Stage
    territory: Code
    registered_on: date
    received_on: date
    headcount: int
    group: bool
    representatives_count: int
    urgent: bool
    linked_to: PetitionNo | None
    declared_category: PetitionCategory | None
    visits: tuple[VisitView, ...]
    sealed: bool
    petitioner: SealedLine | None = None
    summary: SealedLine | None = None
    text: SealedProse | None = None
    field: Code | None = None
    concerned_units: SealedCodes = ()
    accused: SealedCodes = ()
    waiting: WaitingView | None = None


class GetPetition(Query[PetitionView]):
    """Show one petition; reading its content is recorded with the reader and the purpose."""

    recorded = True
    refused_with = (PetitionNotFound,)

    petition_no: PetitionNo
    purpose: Line | None = None


class PetitionListed(Reply):
    """One line of a list of petitions: no person, no content."""

    petition_no: PetitionNo
    form: IntakeForm
    stage: Stage
    territory: Code
    registered_on: date
    group: bool
    visits: int


class PetitionList(Reply):
    """A page of petitions in the order of their numbers."""

    petitions: tuple[PetitionListed, ...]
    next_after: PetitionNo | None


class FindPetitions(Query[PetitionList]):
    """List petitions by form, stage, territory and day of registration."""

    refused_with = (PetitionNotFound,)

    form: IntakeForm | None = None
    stage: Stage | None = None
    territory: Code | None = None
    registered_from: date | None = None
    registered_until: date | None = None
    after: PetitionNo | None = None
    limit: Annotated[int, Between(1, 500)] = 100


class SimilarPetition(Reply):
    """A petition that may be of the same matter, with the reasons; a person decides (D-02)."""

    petition_no: PetitionNo
    stage: Stage
    open: bool
    reasons: tuple[Code, ...]


class SimilarPetitions(Reply):
    """Proposals, newest first."""

    proposals: tuple[SimilarPetition, ...]


class FindSimilar(Query[SimilarPetitions]):
    """Propose earlier petitions of the same petitioner and matter.

    The answer is a person's (D-02).
    """

    petitioners: Annotated[tuple[Person, ...], Items(1, 20)]
    field: Code | None = None
    territory: Code | None = None


class ProgressEntry(Reply):
    """One line of progress in plain Chinese.

    It tells the day it happened and the next day that counts.
    """

    on: date
    stage: Stage
    text: Prose
    due_on: date | None = None


class Progress(Reply):
    """A petition's progress as its petitioner sees it."""

    petition_no: PetitionNo
    stage: Stage
    stage_text: Line
    next_step: Prose
    entries: tuple[ProgressEntry, ...]
    waiting: WaitingView | None = None


class Track(Query[Progress]):
    """Tell a petitioner how their petition stands, by receipt code (P-8, L22-21)."""

    refused_with = (ReceiptUnknown,)

    receipt_code: ReceiptCode


class RevealIdentity(Command[Identity]):
    """Open the identity behind a petition for a stated purpose; the opening is recorded (P-1)."""

    refused_with = (PetitionNotFound, NoNeedToKnow)

    petition_no: PetitionNo
    purpose: RevealPurpose
    reason: SealedLine


# --- Events -------------------------------------------------------------------------------------


class PetitionRegisteredV1(Event):
    """Sent when a petition has been registered; what it is about stays in intake until sorted."""

    petition_no: PetitionNo
    form: IntakeForm
    territory: Code
    registered_on: date
    received_on: date
    group: bool
    headcount: int
    urgent: bool
    linked_to: PetitionNo | None = None
    document: Document


class VisitRecordedV1(Event):
    """Sent when one more visit, letter or call has been recorded on a petition."""

    petition_no: PetitionNo
    visit_no: DocumentNo
    form: IntakeForm
    visited_on: date
    headcount: int


class RepresentativesNamedV1(Event):
    """Sent when a group's representatives have been recorded."""

    petition_no: PetitionNo
    count: int


class PetitionSplitV1(Event):
    """Sent when a person has split a mixed petition in two before sorting."""

    petition_no: PetitionNo
    part_no: PetitionNo


class HandlingEvaluatedV1(Event):
    """Sent when the petitioner has evaluated one party."""

    petition_no: PetitionNo
    party: EvaluatedParty
    grade: Grade
