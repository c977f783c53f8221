"""Sorting through the whole use case: every outcome, every refusal, and what stays sealed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from services.triage import usecases
from services.triage.models import Base, IssuedDocument, SortingEntry, TriagedPetition
from shared.contracts.base import Refusal
from shared.contracts.common import (
    DateInPast,
    DirectoryMissing,
    DueDateBeyondStatutory,
    FieldUnknown,
    LeaderUnknown,
    PetitionCategory,
    PetitionNotFound,
    UnitUnknown,
    WrongStage,
)
from shared.contracts.fields import Document
from shared.contracts.intake import IntakeForm, PetitionSplitV1
from shared.contracts.mechanism import NotAllowed
from shared.contracts.supervision import (
    CaseClosedV1,
    OpinionDeliveredV1,
    OpinionOutcome,
    PromiseMadeV1,
)
from shared.contracts.triage import (
    AccusationMustBeSealed,
    AccusedUnknown,
    AddresseeIsAccused,
    ChannelMissing,
    ClaimCannotBeReplied,
    DeclineGround,
    DeclineGroundMissing,
    DisciplineTransferredV1,
    DueDateMissing,
    GetSorting,
    LeaderNotInCharge,
    LeaderUnresolved,
    LeadUnitMissing,
    LegalChannel,
    LetterMustBeForwarded,
    MixedPetitionNotSplit,
    MustBeForwarded,
    NotAnAccusation,
    PetitionAssignedV1,
    PetitionDeclinedV1,
    PetitionForwardedV1,
    PetitionRedirectedV1,
    PetitionRepliedV1,
    PetitionRoutedV1,
    PetitionSortedV1,
    PrincipalPost,
    PrincipalReasonMissing,
    PromiseUnexecuted,
    ReplyMissing,
    RightBodyMissing,
    RouteContradictsChannel,
    RouteContradictsSeverity,
    Severity,
    SeverityMissing,
    SortingOutcome,
    SortingState,
    SortPetition,
    UrgentReportedV1,
)
from tests.support.bench import ServiceBench
from tests.support.triage import (
    COMPLEX,
    DIFFICULT,
    EARLIER,
    NO,
    ORDINARY,
    Triage,
    registered,
    sample_county,
)

DOCUMENT = Document(no=f"{EARLIER}-PM-1", sha256="0" * 64)
ACCUSATION: dict[str, Any] = {"category": PetitionCategory.ACCUSATION}


# --- Leaders ----------------------------------------------------------------------------------


@pytest.mark.proves("C-04", "C-05", "C-06", "C-07", "I-13", "T8")
def test_a_complex_matter_goes_to_the_leader_in_charge(triage: Triage) -> None:
    result = triage.route(co_units=("road_section",))

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert (event.leader, event.leader_in_charge, event.principal) == (
        "l_vice_head_executive",
        "l_vice_head_executive",
        False,
    )
    assert (event.node, event.organ, event.lead_unit) == ("county", "county", "labour_bureau")
    assert event.co_units == ("road_section",)
    assert result.leader == event.leader
    assert result.notice is None


@pytest.mark.proves("C-06", "D-07")
@pytest.mark.parametrize(
    ("told", "leader"),
    [
        pytest.param({}, "l_head", id="a government matter: the county head"),
        pytest.param(
            {"field": "party_discipline", "lead_unit": "organization_department"},
            "l_secretary",
            id="a Party matter: the county secretary",
        ),
        pytest.param(
            {"principal": PrincipalPost.PARTY_SECRETARY, "principal_reason": "县委统一部署。"},
            "l_secretary",
            id="the other, with the reason",
        ),
    ],
)
def test_a_difficult_matter_goes_to_a_principal_leader(
    triage: Triage, told: dict[str, Any], leader: str
) -> None:
    triage.sort(SortingOutcome.PRINCIPAL_LEADER, **(DIFFICULT | told))

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert event.leader == leader
    assert event.principal


@pytest.mark.proves("D-30")
def test_a_township_with_a_node_receives_by_its_own_leaders(triage: Triage) -> None:
    triage.open_node("sanchakou", "sanchakou")
    triage.register(EARLIER, territory="sanchakou")

    triage.route(petition_no=EARLIER, field="land", lead_unit="township_sanchakou")

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert (event.node, event.organ, event.leader) == ("sanchakou", "sanchakou", "l_sck_vice_head")


@pytest.mark.proves("D-30")
def test_a_township_without_a_node_is_received_by_the_county(triage: Triage) -> None:
    triage.register(EARLIER, territory="sanchakou")

    triage.route(petition_no=EARLIER, field="land", lead_unit="township_sanchakou")

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert (event.node, event.leader) == ("county", "l_vice_head_land")


@pytest.mark.proves("C-06")
def test_the_field_of_the_register_serves_where_the_sorter_names_none(triage: Triage) -> None:
    triage.route(field=None, register=registered(field="land"))

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert (event.field, event.leader) == ("land", "l_vice_head_land")


# --- The accused --------------------------------------------------------------------------------


@pytest.mark.proves("D-06", "X-1", "X-4", "I-10", "T8")
def test_an_accused_leader_is_replaced_and_no_event_says_why(triage: Triage) -> None:
    triage.route(accused=("l_vice_head_executive",))

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert event.leader == event.leader_in_charge == "l_vice_head_social"
    assert [(override.post.value, override.holder) for override in event.overrides] == [
        ("deputy_county_head_in_charge", "l_vice_head_social")
    ]
    recorded = json.dumps([envelope.dump() for envelope in triage.bench.recorded[1:]])
    assert "l_vice_head_executive" not in recorded
    assert "accused" not in recorded


@pytest.mark.proves("D-06")
def test_whom_the_sorter_names_stands_in(triage: Triage) -> None:
    triage.route(
        accused=("l_vice_head_executive",),
        substitute_leader="l_vice_head_land",
        leader="l_vice_head_land",
    )

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert event.leader == "l_vice_head_land"


@pytest.mark.proves("D-05", "X-1", "P-1")
def test_a_part_split_off_as_an_accusation_never_goes_out_as_a_claim(triage: Triage) -> None:
    part = "XF-20260601-0007"
    triage.register(part)
    triage.bench.event(usecases.on_petition_split, PetitionSplitV1(petition_no=NO, part_no=part))

    with pytest.raises(AccusationMustBeSealed, match="split off"):
        triage.forward(petition_no=part)


@pytest.mark.proves("D-05", "D-06", "X-1", "P-1")
def test_every_part_split_off_stays_an_accusation_and_its_accused_receive_nothing(
    triage: Triage,
) -> None:
    first, last = "XF-20260601-0007", "XF-20260601-0008"
    for part in (first, last):
        triage.register(part)
        split = PetitionSplitV1(petition_no=NO, part_no=part)
        triage.bench.event(usecases.on_petition_split, split)
        triage.bench.event(usecases.on_petition_split, split)
    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        petition_no=first,
        accused=("labour_bureau",),
        **ACCUSATION,
    )

    with pytest.raises(AddresseeIsAccused):
        triage.forward()
    with pytest.raises(AccusationMustBeSealed, match="split off"):
        triage.forward(petition_no=last)


@pytest.mark.proves("D-06", "D-02")
def test_whom_the_register_names_as_accused_counts_whatever_the_sorter_finds(
    triage: Triage,
) -> None:
    register = registered(declared_category=PetitionCategory.ACCUSATION, accused=("labour_bureau",))

    with pytest.raises(AddresseeIsAccused):
        triage.forward(register=register)


@pytest.mark.proves("D-05", "D-06", "X-1")
def test_a_claim_does_not_go_to_the_accused_of_the_part_split_from_it(triage: Triage) -> None:
    part = "XF-20260601-0007"
    triage.register(part)
    triage.bench.event(usecases.on_petition_split, PetitionSplitV1(petition_no=NO, part_no=part))
    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        petition_no=part,
        accused=("l_vice_head_executive",),
        **ACCUSATION,
    )

    triage.route()

    (event,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert event.leader == "l_vice_head_social"


@pytest.mark.proves("T5", "L22-30", "X-1", "P-1", "I-10")
def test_an_accusation_goes_under_seal_and_its_events_name_no_one(triage: Triage) -> None:
    result = triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        field="transport",
        lead_unit="transport_bureau",
        accused=("l_vice_head_industry",),
        **ACCUSATION,
    )

    (event,) = triage.bench.recorded_of(DisciplineTransferredV1)
    assert set(event.dump()) == {"petition_no", "organ", "document"}
    assert event.organ == "discipline_commission"
    (sorted_event,) = triage.bench.recorded_of(PetitionSortedV1)
    assert sorted_event.field is None
    assert "l_vice_head_industry" not in str([told.dump() for told in triage.bench.recorded[1:]])
    assert (result.lead_unit, result.leader, result.notice) == (None, None, None)
    assert result.transferred_to == "discipline_commission"
    (entry,) = triage.bench.rows(SortingEntry)
    assert (entry.field, entry.lead_unit, entry.co_units, entry.channel) == (None, None, [], None)
    stored = json.dumps({key: str(value) for key, value in vars(entry).items()})
    assert "l_vice_head_industry" not in stored
    assert "discipline_commission" not in stored
    assert "跨部门" not in stored


@pytest.mark.proves("T5", "X-4")
def test_an_accusation_of_the_discipline_secretary_goes_to_the_organ_above(
    triage: Triage,
) -> None:
    triage.sort(SortingOutcome.DISCIPLINE_TRANSFER, accused=("l_discipline",), **ACCUSATION)

    opened = _sealed_entry(triage)
    assert opened["receiving_organ"] == "city_discipline_commission"
    (event,) = triage.bench.recorded_of(DisciplineTransferredV1)
    assert event.organ == "city_discipline_commission"
    assert "l_discipline" not in str(event.dump())


@pytest.mark.proves("T5", "X-4", "P-1")
@pytest.mark.parametrize(
    ("actor", "organ"),
    [
        pytest.param("officer:desk_1", "city_discipline_commission", id="the office that sent it"),
        pytest.param("auditor:inspection", None, id="an auditor"),
        pytest.param("service:supervision", None, id="a service"),
    ],
)
def test_where_an_accusation_went_is_shown_to_the_office(
    triage: Triage, actor: str, organ: str | None
) -> None:
    result = triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER, accused=("l_discipline",), **ACCUSATION
    )

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO), actor=actor)

    assert result.transferred_to == "city_discipline_commission"
    assert shown.current is not None
    assert shown.current.transferred_to == organ


@pytest.mark.proves("T5")
def test_what_is_no_accusation_was_transferred_to_no_organ(triage: Triage) -> None:
    result = triage.forward()

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO))

    assert shown.current is not None
    assert (result.transferred_to, shown.current.transferred_to) == (None, None)


@pytest.mark.proves("D-06")
def test_with_nobody_accused_a_person_may_name_the_organ_above(triage: Triage) -> None:
    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        right_body="city_discipline_commission",
        **ACCUSATION,
    )

    assert _sealed_entry(triage)["receiving_organ"] == "city_discipline_commission"


# --- The office's own outcomes ------------------------------------------------------------------


@pytest.mark.proves("T3", "L22-23", "L22-31", "P-4", "P-5", "D-04")
def test_a_redirection_tells_body_way_remedy_and_protection(triage: Triage) -> None:
    result = triage.sort(
        SortingOutcome.REDIRECT, channel=LegalChannel.LITIGATION, right_body="court"
    )

    (event,) = triage.bench.recorded_of(PetitionRedirectedV1)
    assert (event.body, event.channel) == ("court", LegalChannel.LITIGATION)
    assert result.notice == event.document
    text = str(result.notice_text)
    assert event.document.no in text
    for told in (
        "云岭县人民法院",
        "云岭镇法苑路1号",
        "0999-2101201",
        "诉讼",
        "理由：跨部门事项",
        "有异议的",
        "任何组织和个人不得打击报复信访人",
        "祁连山",
    ):
        assert told in text


@pytest.mark.proves("T3")
def test_another_countys_matter_is_redirected_without_a_channel(triage: Triage) -> None:
    triage.sort(SortingOutcome.REDIRECT, right_body="qingyuan_petition_office")

    (event,) = triage.bench.recorded_of(PetitionRedirectedV1)
    assert (event.body, event.channel) == ("qingyuan_petition_office", None)


@pytest.mark.proves("T4", "L22-19", "P-5")
def test_a_decline_names_ground_and_earlier_matter(triage: Triage) -> None:
    triage.register(EARLIER)

    result = triage.sort(
        SortingOutcome.DECLINE,
        decline_ground=DeclineGround.PENDING_BELOW,
        earlier_petition=EARLIER,
        right_body="labour_bureau",
    )

    (event,) = triage.bench.recorded_of(PetitionDeclinedV1)
    assert event.ground is DeclineGround.PENDING_BELOW
    assert EARLIER in str(result.notice_text)
    assert "第十九条第三款" in str(result.notice_text)
    assert "云岭县人力资源和社会保障局" in str(result.notice_text)


@pytest.mark.proves("T4", "L22-19", "P-5")
def test_two_petitions_are_not_declined_on_each_other(triage: Triage) -> None:
    triage.register(EARLIER)
    ground: dict[str, Any] = {"decline_ground": DeclineGround.PENDING_BELOW}
    triage.sort(SortingOutcome.DECLINE, earlier_petition=EARLIER, **ground)

    with pytest.raises(DeclineGroundMissing, match=r"^\[T4\].*nobody handles"):
        triage.sort(SortingOutcome.DECLINE, petition_no=EARLIER, earlier_petition=NO, **ground)

    assert len(triage.bench.recorded_of(PetitionDeclinedV1)) == 1


@pytest.mark.proves("T4", "L22-19")
def test_what_a_unit_handles_is_a_ground_for_declining_the_same_matter(triage: Triage) -> None:
    triage.register(EARLIER)
    triage.forward(petition_no=EARLIER)

    triage.sort(
        SortingOutcome.DECLINE,
        decline_ground=DeclineGround.PENDING_BELOW,
        earlier_petition=EARLIER,
    )

    assert len(triage.bench.recorded_of(PetitionDeclinedV1)) == 1


@pytest.mark.proves("L22-32", "T4")
@pytest.mark.parametrize(
    ("told", "closed", "refused"),
    [
        pytest.param("promise", False, True, id="a promise runs"),
        pytest.param("support", False, True, id="a supported opinion is not executed"),
        pytest.param("explanation", False, False, id="an explanation binds to nothing"),
        pytest.param("promise", True, False, id="closed: verified as done"),
    ],
)
def test_an_unexecuted_promise_or_support_is_no_barred_repeat(
    triage: Triage, told: str, closed: bool, refused: bool
) -> None:
    triage.register(EARLIER)
    if closed:
        triage.bench.event(
            usecases.on_case_closed, CaseClosedV1(petition_no=EARLIER, document=DOCUMENT)
        )
    if told == "promise":
        triage.bench.event(
            usecases.on_promise_made,
            PromiseMadeV1(petition_no=EARLIER, promised_on=date(2026, 6, 20), document=DOCUMENT),
        )
    else:
        triage.bench.event(
            usecases.on_opinion_delivered,
            OpinionDeliveredV1(
                petition_no=EARLIER,
                outcome=(
                    OpinionOutcome.SUPPORTED if told == "support" else OpinionOutcome.EXPLAINED
                ),
                delivered_on=date(2026, 6, 1),
                review_until=date(2026, 7, 1),
                document=DOCUMENT,
            ),
        )
    request: dict[str, Any] = {
        "decline_ground": DeclineGround.FINALLY_CONCLUDED,
        "earlier_petition": EARLIER,
    }

    if refused:
        with pytest.raises(PromiseUnexecuted):
            triage.sort(SortingOutcome.DECLINE, **request)
    else:
        triage.sort(SortingOutcome.DECLINE, **request)
        assert len(triage.bench.recorded_of(PetitionDeclinedV1)) == 1


@pytest.mark.proves("T4", "L22-36")
@pytest.mark.parametrize(
    ("told", "refused"),
    [
        pytest.param("nothing", True, id="nothing was decided on it"),
        pytest.param("explanation", False, id="an opinion was delivered"),
        pytest.param("closed", False, id="it was closed"),
    ],
)
def test_what_has_no_opinion_and_is_not_closed_is_not_finally_concluded(
    triage: Triage, told: str, refused: bool
) -> None:
    triage.register(EARLIER)
    if told == "closed":
        triage.bench.event(
            usecases.on_case_closed, CaseClosedV1(petition_no=EARLIER, document=DOCUMENT)
        )
    if told == "explanation":
        triage.bench.event(
            usecases.on_opinion_delivered,
            OpinionDeliveredV1(
                petition_no=EARLIER,
                outcome=OpinionOutcome.EXPLAINED,
                delivered_on=date(2026, 6, 1),
                review_until=date(2026, 7, 1),
                document=DOCUMENT,
            ),
        )
    request: dict[str, Any] = {
        "decline_ground": DeclineGround.FINALLY_CONCLUDED,
        "earlier_petition": EARLIER,
    }

    if refused:
        with pytest.raises(DeclineGroundMissing, match="finally concluded"):
            triage.sort(SortingOutcome.DECLINE, **request)
    else:
        triage.sort(SortingOutcome.DECLINE, **request)
    assert len(triage.bench.recorded_of(PetitionDeclinedV1)) == (0 if refused else 1)


@pytest.mark.proves("D-08", "L22-29", "C-06")
@pytest.mark.parametrize(
    "severity",
    [
        pytest.param({}, id="without a severity: it routes nothing"),
        pytest.param(
            {"severity": Severity.ORDINARY, "severity_reason": "建议类。"}, id="an ordinary one"
        ),
    ],
)
def test_a_suggestion_is_answered_by_the_office(triage: Triage, severity: dict[str, Any]) -> None:
    result = triage.sort(
        SortingOutcome.REPLY,
        category=PetitionCategory.SUGGESTION,
        reply_text="早班车拟于七月试开。",
        **severity,
    )

    (event,) = triage.bench.recorded_of(PetitionRepliedV1)
    assert event.document == result.notice
    assert "早班车拟于七月试开" in str(result.notice_text)


@pytest.mark.proves("T6", "L22-22", "C-06")
def test_a_forward_is_a_transfer_with_a_number_and_a_notice(triage: Triage) -> None:
    result = triage.forward(co_units=("finance_bureau",))

    (event,) = triage.bench.recorded_of(PetitionForwardedV1)
    assert event.transfer_no == event.document.no == f"{NO}-TR-1"
    assert (event.unit, event.organ, event.field) == ("labour_bureau", "county", "labour")
    assert event.channel is LegalChannel.PETITION_PROCEDURE
    assert result.notice is not None
    assert result.notice.no == f"{NO}-NT-1"
    assert "已转送云岭县人力资源和社会保障局" in str(result.notice_text)


@pytest.mark.proves("T6", "L22-22")
def test_an_assignment_has_a_day(triage: Triage) -> None:
    result = triage.sort(SortingOutcome.ASSIGN, due_on=date(2026, 7, 31), **ORDINARY)

    (event,) = triage.bench.recorded_of(PetitionAssignedV1)
    assert event.due_on == result.due_on == date(2026, 7, 31)


@pytest.mark.proves("L22-22", "D-04")
def test_a_litigation_letter_is_forwarded_to_the_judicial_organ(triage: Triage) -> None:
    triage.register(EARLIER, form=IntakeForm.LETTER)

    triage.sort(
        SortingOutcome.FORWARD,
        petition_no=EARLIER,
        channel=LegalChannel.LITIGATION,
        lead_unit="court",
    )

    (event,) = triage.bench.recorded_of(PetitionForwardedV1)
    assert (event.unit, event.channel) == ("court", LegalChannel.LITIGATION)


@pytest.mark.proves("D-09", "L22-25")
def test_an_urgent_matter_is_reported_upward_beside_its_outcome(triage: Triage) -> None:
    triage.sort(SortingOutcome.PRINCIPAL_LEADER, urgent_report=True, **DIFFICULT)

    (event,) = triage.bench.recorded_of(UrgentReportedV1)
    assert event.document.no == f"{NO}-UR-1"
    assert len(triage.bench.recorded_of(PetitionRoutedV1)) == 1


@pytest.mark.proves("D-09", "P-1")
def test_an_urgent_accusation_is_reported_without_its_matter(triage: Triage) -> None:
    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        urgent_report=True,
        accused=("l_head",),
        **ACCUSATION,
    )

    (report,) = (row for row in triage.bench.rows(IssuedDocument) if "-UR-" in row.document_no)
    text = triage.bench.vault.open(
        report.sealed, context=f"issued_documents|{report.document_no}|text"
    )
    assert "拖欠工资" not in text
    assert "祁连山" not in text


@pytest.mark.proves("C-02", "I-16")
def test_a_sorting_is_kept_and_shown(triage: Triage) -> None:
    triage.forward()

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO))
    assert shown.state is SortingState.SORTED
    assert shown.due_on is None
    assert [entry.decided_by for entry in shown.entries] == ["officer:desk_1"]
    assert shown.current is not None
    assert shown.current.lead_unit == "labour_bureau"
    assert "云岭县信访局" in str(shown.current.notice_text)


@pytest.mark.proves("P-1")
def test_a_notices_text_is_for_the_petition_office(triage: Triage) -> None:
    triage.forward()

    shown = triage.bench.query(
        usecases.get_sorting, GetSorting(petition_no=NO), actor="auditor:inspection"
    )

    assert shown.current is not None
    assert shown.current.notice is not None
    assert shown.current.notice_text is None


@pytest.mark.proves("P-9")
def test_only_the_office_sorts(triage: Triage) -> None:
    request = SortPetition(
        request_id=triage.bench.request_id(),
        petition_no=NO,
        category=PetitionCategory.CLAIM,
        outcome=SortingOutcome.FORWARD,
        reason="转送。",
    )

    with pytest.raises(NotAllowed):
        triage.bench.command(
            usecases.sort_petition, request, actor="clerk:window_1", facts=registered()
        )


# --- Refusals -----------------------------------------------------------------------------------


@pytest.mark.proves(
    "C-05",
    "C-06",
    "C-07",
    "D-04",
    "D-05",
    "D-06",
    "D-07",
    "D-08",
    "T3",
    "T4",
    "T5",
    "T6",
    "T8",
    "X-1",
    "X-5",
    "L22-30",
    "L22-31",
    "I-14",
)
@pytest.mark.parametrize(
    ("outcome", "told", "error"),
    [
        ("forward", ORDINARY | {"mixed": True}, MixedPetitionNotSplit),
        ("forward", ORDINARY | ACCUSATION, AccusationMustBeSealed),
        (
            "discipline_transfer",
            ACCUSATION | {"accused": ("l_head",), "right_body": "labour_bureau"},
            AccusationMustBeSealed,
        ),
        ("discipline_transfer", {"accused": ("l_head",)}, NotAnAccusation),
        ("discipline_transfer", ACCUSATION, AccusedUnknown),
        (
            "discipline_transfer",
            ACCUSATION | {"accused": ("city_discipline_commission",)},
            AddresseeIsAccused,
        ),
        (
            "discipline_transfer",
            ACCUSATION | {"accused": ("l_head",), "right_body": "nothing"},
            UnitUnknown,
        ),
        ("leader_in_charge", COMPLEX | {"severity": None}, SeverityMissing),
        ("forward", ORDINARY | {"severity_reason": None}, SeverityMissing),
        ("leader_in_charge", DIFFICULT, RouteContradictsSeverity),
        ("principal_leader", COMPLEX, RouteContradictsSeverity),
        ("forward", COMPLEX, RouteContradictsSeverity),
        (
            "reply",
            COMPLEX | {"category": PetitionCategory.SUGGESTION, "reply_text": "已答复。"},
            RouteContradictsSeverity,
        ),
        (
            "leader_in_charge",
            COMPLEX | {"category": PetitionCategory.SUGGESTION, "severity": None},
            SeverityMissing,
        ),
        ("leader_in_charge", ORDINARY, RouteContradictsSeverity),
        ("leader_in_charge", COMPLEX | {"field": "space"}, FieldUnknown),
        ("leader_in_charge", COMPLEX | {"field": None}, FieldUnknown),
        ("leader_in_charge", COMPLEX | {"leader": "l_nobody"}, LeaderUnknown),
        ("leader_in_charge", COMPLEX | {"leader": "l_head"}, LeaderNotInCharge),
        ("leader_in_charge", COMPLEX | {"substitute_leader": "l_head"}, LeaderNotInCharge),
        ("leader_in_charge", COMPLEX | {"substitute_leader": "l_nobody"}, LeaderUnknown),
        (
            "leader_in_charge",
            COMPLEX | {"accused": ("l_vice_head_executive",), "substitute_leader": "l_sck_head"},
            LeaderNotInCharge,
        ),
        (
            "principal_leader",
            DIFFICULT | {"principal": PrincipalPost.PARTY_SECRETARY},
            PrincipalReasonMissing,
        ),
        ("leader_in_charge", COMPLEX | {"lead_unit": None}, LeadUnitMissing),
        ("leader_in_charge", COMPLEX | {"co_units": ("labour_bureau",)}, LeadUnitMissing),
        ("leader_in_charge", COMPLEX | {"lead_unit": "nothing"}, UnitUnknown),
        ("forward", ORDINARY | {"lead_unit": "qingyuan_petition_office"}, UnitUnknown),
        ("leader_in_charge", COMPLEX | {"accused": ("nothing",)}, UnitUnknown),
        ("leader_in_charge", COMPLEX | {"accused": ("labour_bureau",)}, AddresseeIsAccused),
        (
            "leader_in_charge",
            COMPLEX | {"co_units": ("road_section",), "accused": ("transport_bureau",)},
            AddresseeIsAccused,
        ),
        (
            "leader_in_charge",
            COMPLEX | {"accused": ("l_vice_head_executive", "l_vice_head_social")},
            AddresseeIsAccused,
        ),
        (
            "leader_in_charge",
            COMPLEX | {"accused": ("l_discipline", "l_deputy_secretary")},
            AddresseeIsAccused,
        ),
        ("assign", ORDINARY, DueDateMissing),
        ("assign", ORDINARY | {"due_on": date(2026, 5, 31)}, DateInPast),
        ("assign", ORDINARY | {"due_on": date(2026, 8, 1)}, DueDateBeyondStatutory),
        ("redirect", {"channel": LegalChannel.ARBITRATION}, RightBodyMissing),
        ("redirect", {}, RightBodyMissing),
        ("redirect", {"right_body": "labour_bureau"}, ChannelMissing),
        (
            "redirect",
            {"channel": LegalChannel.LITIGATION, "right_body": "labour_bureau"},
            RouteContradictsChannel,
        ),
        ("redirect", {"right_body": "nothing"}, UnitUnknown),
        (
            "redirect",
            {"channel": LegalChannel.PROTECTIVE_DUTY, "right_body": "land_bureau"},
            MustBeForwarded,
        ),
        ("forward", ORDINARY | {"channel": LegalChannel.ARBITRATION}, RouteContradictsChannel),
        (
            "forward",
            {"channel": LegalChannel.LITIGATION, "lead_unit": "court"},
            RouteContradictsChannel,
        ),
        ("decline", {"earlier_petition": NO}, DeclineGroundMissing),
        ("decline", {"decline_ground": DeclineGround.PENDING_BELOW}, DeclineGroundMissing),
        (
            "decline",
            {"decline_ground": DeclineGround.PENDING_BELOW, "earlier_petition": EARLIER},
            PetitionNotFound,
        ),
        (
            "decline",
            {
                "decline_ground": DeclineGround.PENDING_BELOW,
                "earlier_petition": NO,
                "unexecuted": True,
            },
            DeclineGroundMissing,
        ),
        ("reply", ORDINARY | {"reply_text": "已答复。"}, ClaimCannotBeReplied),
        (
            "reply",
            ORDINARY | {"category": PetitionCategory.SUGGESTION},
            ReplyMissing,
        ),
    ],
)
@pytest.mark.parametrize("triage", ["sqlite"], indirect=True)
def test_each_violation_is_refused_by_name_and_changes_nothing(
    triage: Triage, outcome: str, told: dict[str, Any], error: type[Refusal]
) -> None:
    before = len(triage.bench.recorded)

    with pytest.raises(error) as refused:
        triage.sort(SortingOutcome(outcome), **told)

    assert str(refused.value).startswith(f"[{error.rule}]")
    for accused in told.get("accused", ()):
        assert accused not in str(refused.value)
    assert len(triage.bench.recorded) == before
    assert triage.bench.rows(SortingEntry) == []
    assert triage.bench.rows(TriagedPetition)[0].state is SortingState.UNSORTED


@pytest.mark.proves("L22-22")
def test_a_litigation_letter_is_not_redirected(triage: Triage) -> None:
    triage.register(EARLIER, form=IntakeForm.LETTER)

    with pytest.raises(LetterMustBeForwarded):
        triage.sort(
            SortingOutcome.REDIRECT,
            petition_no=EARLIER,
            channel=LegalChannel.LITIGATION,
            right_body="court",
        )


@pytest.mark.proves("L22-32")
def test_a_person_who_knows_of_an_unexecuted_promise_bars_the_decline(triage: Triage) -> None:
    triage.register(EARLIER)

    with pytest.raises(PromiseUnexecuted):
        triage.sort(
            SortingOutcome.DECLINE,
            decline_ground=DeclineGround.FINALLY_CONCLUDED,
            earlier_petition=EARLIER,
            unexecuted=True,
        )


@pytest.mark.proves("C-04", "C-07", "D-30")
def test_a_field_nobody_of_the_township_has_is_received_in_the_county(triage: Triage) -> None:
    triage.register(EARLIER, territory="sanchakou")
    triage.open_node("sanchakou", "sanchakou")

    routed = triage.route(petition_no=EARLIER)

    assert (routed.node, routed.leader) == ("county", "l_vice_head_executive")
    (news,) = triage.bench.recorded_of(PetitionRoutedV1)
    assert (news.node, news.organ, news.leader_in_charge) == (
        "county",
        "county",
        "l_vice_head_executive",
    )


@pytest.mark.proves("C-07")
def test_a_field_in_nobodys_portfolio_is_refused(triage: Triage) -> None:
    triage.put_directory(
        leaders=[
            leader
            | {"portfolio": [field for field in leader.get("portfolio", ()) if field != "labour"]}
            for leader in sample_county()["leaders"]
        ]
    )
    triage.register(EARLIER, territory="sanchakou")
    triage.open_node("sanchakou", "sanchakou")

    with pytest.raises(LeaderUnresolved, match="up to the county"):
        triage.route(petition_no=EARLIER)


@pytest.mark.proves("T2")
def test_a_petition_is_sorted_once(triage: Triage) -> None:
    triage.forward()

    with pytest.raises(WrongStage):
        triage.forward()


@pytest.mark.proves("P-5")
def test_a_petition_nobody_told_of_is_not_found(triage: Triage) -> None:
    with pytest.raises(PetitionNotFound):
        triage.forward(petition_no=EARLIER)


def test_without_a_directory_nothing_is_sorted() -> None:
    triage = Triage(ServiceBench("triage", Base))
    triage.register()

    with pytest.raises(DirectoryMissing):
        triage.forward()


def _sealed_entry(triage: Triage) -> dict[str, Any]:
    (entry,) = triage.bench.rows(SortingEntry)
    context = f"sorting_entries|{entry.petition_no}/{entry.position}|sealed"
    opened: dict[str, Any] = json.loads(triage.bench.vault.open(entry.sealed, context=context))
    return opened
