"""What a petitioner is told, and when they may evaluate."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta

import pytest

from services.intake.models import Evaluation, MilestoneHeard, PetitionStanding
from services.intake.usecases.news import milestone_told
from shared.contracts import intake as contract
from shared.contracts import reception, supervision, triage
from shared.contracts.base import Event
from shared.contracts.common import SlipPost
from shared.contracts.envelope import Source
from shared.contracts.flows import LISTENS
from shared.contracts.intake import EvaluatedParty, Grade, Stage
from shared.messaging.inbox import Handling
from tests.support.bench import MONDAY_MORNING, at
from tests.support.intake import SUMMARY, WANG, Intake, document

OFFICE, UNIT = EvaluatedParty.PETITION_OFFICE, EvaluatedParty.RESPONSIBLE_UNIT
FRIDAY = date(2026, 6, 12)


def leader_route(no: str) -> list[Event]:
    """Everything that is told of a petition on the leader's way, late and with a broken promise."""
    slip = supervision.IssuedSlip(
        post=SlipPost.RESPONSIBLE_UNIT, holder="labour_bureau", document=document(no, "SL")
    )
    return [
        triage.PetitionRoutedV1(
            petition_no=no,
            node="county",
            organ="county",
            leader="l_head",
            leader_in_charge="l_vice_head_labour",
            principal=True,
            severity=triage.Severity.DIFFICULT,
            field="labour",
            lead_unit="labour_bureau",
        ),
        reception.CardsIssuedV1(
            petition_no=no,
            set_no=f"{no}-CA-1",
            session="county-20260612",
            on=FRIDAY,
            leader="l_head",
            lead_unit="labour_bureau",
            cards=(),
        ),
        supervision.CaseOpenedV1(
            petition_no=no,
            route=supervision.CaseRoute.LEADER,
            unit="labour_bureau",
            accepted_on=date(2026, 6, 3),
            statutory_due_on=date(2026, 8, 3),
        ),
        reception.PreliminaryOpinionRecordedV1(
            petition_no=no,
            leader="l_head",
            units=("labour_bureau",),
            document=document(no, "PO"),
        ),
        reception.AppointmentNotifiedV1(
            petition_no=no,
            session="county-20260612",
            on=FRIDAY,
            starts_at="08:30",
            leader="l_head",
            document=document(no, "AN"),
        ),
        reception.AppointmentRescheduledV1(
            petition_no=no,
            session="county-20260618",
            on=date(2026, 6, 18),
            reason=reception.AbsenceReason.UNIT_ABSENT,
            document=document(no, "AR"),
        ),
        reception.DecisionMadeV1(
            petition_no=no,
            on=date(2026, 6, 18),
            leader="l_head",
            organ="county",
            field="labour",
            lead_unit="labour_bureau",
            accepted_on=date(2026, 6, 3),
            due_on=date(2026, 7, 10),
            standards=(),
            document=document(no, "DE"),
        ),
        supervision.SlipsIssuedV1(
            petition_no=no,
            set_no=f"{no}-SL-1",
            due_on=date(2026, 7, 10),
            authorisation="县委字1号",
            unit="labour_bureau",
            slips=(slip,),
        ),
        supervision.ExtensionGrantedV1(
            petition_no=no, until_on=date(2026, 7, 20), document=document(no, "EX")
        ),
        supervision.CaseOverdueV1(
            petition_no=no,
            clock=supervision.OverdueClock.SLIP,
            unit="labour_bureau",
            route=supervision.CaseRoute.LEADER,
            due_on=date(2026, 7, 20),
        ),
        supervision.PromiseMadeV1(
            petition_no=no, promised_on=date(2026, 8, 7), document=document(no, "PR")
        ),
        supervision.PromiseBrokenV1(
            petition_no=no, unit="labour_bureau", promised_on=date(2026, 8, 7), times=1
        ),
        supervision.ResultReportedV1(
            petition_no=no,
            unit="labour_bureau",
            reported_on=date(2026, 8, 10),
            on_time=False,
            document=document(no, "RR"),
        ),
        supervision.OpinionDeliveredV1(
            petition_no=no,
            outcome=supervision.OpinionOutcome.SUPPORTED,
            delivered_on=date(2026, 8, 12),
            review_until=date(2026, 9, 11),
            document=document(no, "OP"),
        ),
        supervision.CaseClosedV1(petition_no=no, document=document(no, "CL")),
        supervision.CaseArchivedV1(petition_no=no, documents=31, seal="0" * 64),
    ]


STAGES = [
    (Stage.ROUTED, "接待日"),
    (Stage.CARDS_ISSUED, "2026年6月12日"),
    (Stage.CARDS_ISSUED, "初步处理意见"),
    (Stage.PREPARED, "约访通知"),
    (Stage.APPOINTED, "2026年6月12日（星期五）08:30"),
    (Stage.APPOINTED, "改期到2026年6月18日"),
    (Stage.DECIDED, "2026年7月10日"),
    (Stage.IN_HANDLING, "2026年7月10日"),
    (Stage.IN_HANDLING, "2026年7月20日"),
    (Stage.OVERDUE, "承诺办结时间"),
    (Stage.OVERDUE, "2026年8月7日"),
    (Stage.OVERDUE, "承诺的时间已过"),
    (Stage.RESULT_REPORTED, "书面处理意见"),
    (Stage.OPINION_DELIVERED, "2026年9月11日"),
    (Stage.CLOSED, "申请复查"),
    (Stage.ARCHIVED, "可以再来登记"),
]


@pytest.mark.proves("P-8", "L22-21")
def test_a_petitioner_is_told_each_step_and_the_next(intake: Intake) -> None:
    receipt = intake.register()
    told = []

    for hour, event in enumerate(leader_route(receipt.petition_no), start=1):
        intake.hear(event, now=MONDAY_MORNING + timedelta(hours=hour))
        progress = intake.track(receipt.receipt_code)
        told.append((progress.stage, progress.next_step))

    assert [stage for stage, _ in told] == [stage for stage, _ in STAGES]
    for (_, next_step), (_, words) in zip(told, STAGES, strict=True):
        assert words in next_step
    progress = intake.track(receipt.receipt_code)
    assert progress.stage_text == "已归档"
    assert len(progress.entries) == len(STAGES) + 1
    assert [entry.on for entry in progress.entries] == sorted(
        entry.on for entry in progress.entries
    )
    assert not any("{" in entry.text for entry in progress.entries)


@pytest.mark.proves("P-8", "D-23", "L22-34", "L22-35")
def test_the_dates_that_count_stand_in_the_entries(intake: Intake) -> None:
    receipt = intake.register()
    for event in leader_route(receipt.petition_no):
        intake.hear(event)

    entries = intake.track(receipt.receipt_code).entries

    assert [entry.due_on for entry in entries if entry.due_on] == [
        date(2026, 6, 16),
        FRIDAY,
        date(2026, 8, 3),
        FRIDAY,
        date(2026, 6, 18),
        date(2026, 7, 10),
        date(2026, 7, 10),
        date(2026, 7, 20),
        date(2026, 7, 20),
        date(2026, 8, 7),
        date(2026, 8, 7),
        date(2026, 9, 11),
    ]


@pytest.mark.proves("P-8", "I-17")
@pytest.mark.parametrize("seed", range(3))
def test_news_in_any_order_and_twice_ends_the_same(intake: Intake, seed: int) -> None:
    receipt = intake.register()
    told = [
        (event, MONDAY_MORNING + timedelta(hours=hour))
        for hour, event in enumerate(leader_route(receipt.petition_no), start=1)
    ] * 2
    random.Random(seed).shuffle(told)  # noqa: S311 - it shuffles a test.

    for event, now in told:
        intake.hear(event, now=now)

    progress = intake.track(receipt.receipt_code)
    assert progress.stage is Stage.ARCHIVED
    assert len(progress.entries) == len(STAGES) + 1
    assert intake.bench.rows(PetitionStanding)[0].was_overdue


def test_a_stage_listed_never_goes_back_for_late_news(intake: Intake) -> None:
    receipt = intake.register()
    *earlier, _closed, archived = leader_route(receipt.petition_no)
    intake.hear(archived)

    for event in reversed(earlier):
        intake.hear(event, now=MONDAY_MORNING - timedelta(hours=1))
        assert intake.find().petitions[0].stage is Stage.ARCHIVED


# --- The transfer's way --------------------------------------------------------------------------


def forwarded(no: str, transfer: int = 1) -> triage.PetitionForwardedV1:
    return triage.PetitionForwardedV1(
        petition_no=no,
        transfer_no=f"{no}-TR-{transfer}",
        unit="land_bureau",
        organ="county",
        channel=triage.LegalChannel.PETITION_PROCEDURE,
        document=document(no, "TR", transfer),
    )


def assigned(no: str, transfer: int = 1) -> triage.PetitionAssignedV1:
    return triage.PetitionAssignedV1(
        petition_no=no,
        transfer_no=f"{no}-TR-{transfer}",
        unit="land_bureau",
        organ="county",
        channel=triage.LegalChannel.PETITION_PROCEDURE,
        due_on=date(2026, 7, 3),
        document=document(no, "TR", transfer),
    )


def objected(no: str) -> supervision.TransferObjectedV1:
    return supervision.TransferObjectedV1(
        petition_no=no,
        transfer_no=f"{no}-TR-1",
        unit="land_bureau",
        document=document(no, "OB"),
    )


def objection_decided(no: str, *, agreed: bool) -> triage.ObjectionDecidedV1:
    return triage.ObjectionDecidedV1(
        petition_no=no,
        transfer_no=f"{no}-TR-1",
        agreed=agreed,
        document=document(no, "OD"),
    )


def accepted(no: str, route: supervision.CaseRoute, due_on: date | None) -> Event:
    return supervision.CaseOpenedV1(
        petition_no=no,
        route=route,
        unit="land_bureau",
        accepted_on=date(2026, 6, 4),
        due_on=due_on,
        statutory_due_on=date(2026, 8, 3),
    )


@pytest.mark.proves("P-8", "L22-23", "T7")
@pytest.mark.parametrize(
    ("steps", "stage", "words"),
    [
        pytest.param(["forward"], Stage.FORWARDED, "2026年6月16日", id="forwarded"),
        pytest.param(["assign"], Stage.ASSIGNED, "2026年7月3日", id="assigned"),
        pytest.param(["forward", "object"], Stage.FORWARDED, "提出异议", id="objected"),
        pytest.param(["assign", "object"], Stage.ASSIGNED, "提出异议", id="objected_assigned"),
        pytest.param(
            ["forward", "object", "reject"], Stage.FORWARDED, "书面告知", id="objection_rejected"
        ),
        pytest.param(
            ["forward", "object", "uphold"],
            Stage.REGISTERED,
            "重新确定承办单位",
            id="objection_upheld",
        ),
        pytest.param(
            ["forward", "object", "uphold", "assign_again"],
            Stage.ASSIGNED,
            "2026年7月3日",
            id="sorted_again",
        ),
        pytest.param(
            ["forward", "accept_forwarded"],
            Stage.IN_HANDLING,
            "2026年8月3日",
            id="accepted_by_the_unit",
        ),
        pytest.param(
            ["assign", "accept_assigned"],
            Stage.IN_HANDLING,
            "2026年7月3日",
            id="assigned_and_accepted",
        ),
    ],
)
def test_a_transfer_is_told_with_whom_it_waits(
    intake: Intake, steps: list[str], stage: Stage, words: str
) -> None:
    receipt = intake.register()
    no = receipt.petition_no
    route = supervision.CaseRoute
    events = {
        "forward": forwarded(no),
        "assign": assigned(no),
        "object": objected(no),
        "reject": objection_decided(no, agreed=False),
        "uphold": objection_decided(no, agreed=True),
        "assign_again": assigned(no, 2),
        "accept_forwarded": accepted(no, route.FORWARDED, None),
        "accept_assigned": accepted(no, route.ASSIGNED, date(2026, 7, 3)),
    }

    for minute, step in enumerate(steps, start=1):
        intake.hear(events[step], now=MONDAY_MORNING + timedelta(minutes=minute))

    progress = intake.track(receipt.receipt_code)
    assert progress.stage is stage
    assert words in progress.next_step


@pytest.mark.proves("T7")
def test_the_way_after_an_upheld_objection_is_the_same_in_every_order(intake: Intake) -> None:
    told = ("forward", "object", "uphold", "again")
    stages = set()

    for order in itertools.permutations(range(len(told))):
        no = intake.register().petition_no
        events = [
            forwarded(no),
            objected(no),
            objection_decided(no, agreed=True),
            assigned(no, 2),
        ]
        for place in order:
            intake.hear(events[place], now=MONDAY_MORNING + timedelta(minutes=place))
        stages.add(
            next(row.stage for row in intake.bench.rows(PetitionStanding) if row.petition_no == no)
        )

    assert stages == {Stage.ASSIGNED}


# --- Ends at the office --------------------------------------------------------------------------


@pytest.mark.proves("P-8", "P-5")
@pytest.mark.parametrize(
    ("kind", "stage", "words"),
    [
        ("overdue", Stage.REGISTERED, "期限2026年6月16日（星期二）已过"),
        ("redirect", Stage.REDIRECTED, "告知书"),
        ("decline", Stage.NOT_ACCEPTED, "救济途径"),
        ("reply", Stage.REPLIED, "作出评价"),
        ("spot", Stage.ANSWERED_ON_SPOT, "书面处理意见"),
    ],
)
def test_an_end_at_the_office_says_what_is_open_to_the_petitioner(
    intake: Intake, kind: str, stage: Stage, words: str
) -> None:
    receipt = intake.register()
    no = receipt.petition_no
    events: dict[str, Event] = {
        "overdue": triage.SortingOverdueV1(petition_no=no, due_on=date(2026, 6, 16)),
        "redirect": triage.PetitionRedirectedV1(
            petition_no=no, body="court", document=document(no, "RN")
        ),
        "decline": triage.PetitionDeclinedV1(
            petition_no=no,
            ground=triage.DeclineGround.FINALLY_CONCLUDED,
            document=document(no, "DN"),
        ),
        "reply": triage.PetitionRepliedV1(petition_no=no, document=document(no, "RP")),
        "spot": reception.AnsweredOnSpotV1(
            petition_no=no,
            on=FRIDAY,
            leader="l_head",
            lead_unit="labour_bureau",
            accepted_on=date(2026, 6, 3),
            document=document(no, "AS"),
        ),
    }

    intake.hear(events[kind])

    progress = intake.track(receipt.receipt_code)
    assert progress.stage is stage
    assert words in progress.next_step


@pytest.mark.proves("P-1", "I-10", "L22-30")
def test_of_a_sealed_accusation_only_neutral_words_are_told(intake: Intake) -> None:
    receipt = intake.register()
    intake.hear_sealed(receipt.petition_no)

    progress = intake.track(receipt.receipt_code)

    assert progress.stage is Stage.TRANSFERRED_SEALED
    told = "".join(
        (progress.stage_text, progress.next_step, *(entry.text for entry in progress.entries))
    )
    for word in ("纪", "监察", "检举", "控告", "举报", "密封", WANG.name, SUMMARY):
        assert word not in told


def test_a_repeated_visit_stands_in_the_progress(intake: Intake) -> None:
    first = intake.register()
    intake.register(repeat_of=first.petition_no)

    entries = intake.track(first.receipt_code).entries

    assert "再次反映" in entries[-1].text


@pytest.mark.proves("P-8")
def test_an_unknown_receipt_code_is_refused(intake: Intake) -> None:
    with pytest.raises(contract.ReceiptUnknown) as refused:
        intake.track("0000000000000000")

    assert "0000000000000000" not in refused.value.message


def test_news_of_an_unknown_petition_waits_for_it(intake: Intake) -> None:
    unknown = forwarded("XF-20260601-0001")

    assert intake.hear(unknown) is Handling.EARLY
    assert intake.hear_sorted("XF-20260601-0001", triage.SortingOutcome.FORWARD) is Handling.EARLY

    receipt = intake.register()

    assert intake.track(receipt.receipt_code).stage is Stage.FORWARDED
    assert [row.kind for row in intake.bench.rows(MilestoneHeard)] == ["registered", "forwarded"]


def test_every_event_that_intake_listens_to_is_understood() -> None:
    understood = {
        *milestone_told.registry,
        triage.DirectoryChangedV1,
        triage.PetitionSortedV1,
    }

    assert set(LISTENS["intake"]) <= understood


# --- Evaluating ----------------------------------------------------------------------------------


@pytest.mark.proves("I-15", "L22-21", "P-10")
def test_each_party_is_evaluated_once_after_the_opinion(intake: Intake) -> None:
    receipt = intake.register()
    intake.hear_opinion(receipt.petition_no)

    intake.evaluate(receipt.receipt_code, OFFICE)
    intake.evaluate(receipt.receipt_code, UNIT, Grade.DISSATISFIED)
    with pytest.raises(contract.AlreadyEvaluated, match=r"\[I-15\]"):
        intake.evaluate(receipt.receipt_code, UNIT)

    assert [(row.party, row.grade) for row in intake.bench.rows(Evaluation)] == [
        (OFFICE, Grade.SATISFIED),
        (UNIT, Grade.DISSATISFIED),
    ]
    assert intake.bench.recorded_of(contract.HandlingEvaluatedV1) == [
        contract.HandlingEvaluatedV1(
            petition_no=receipt.petition_no, party=OFFICE, grade=Grade.SATISFIED
        ),
        contract.HandlingEvaluatedV1(
            petition_no=receipt.petition_no, party=UNIT, grade=Grade.DISSATISFIED
        ),
    ]


@pytest.mark.proves("L22-21")
def test_nothing_is_evaluated_before_an_answer(intake: Intake) -> None:
    receipt = intake.register()

    with pytest.raises(contract.NothingToEvaluate):
        intake.evaluate(receipt.receipt_code)

    assert intake.bench.rows(Evaluation) == []


@pytest.mark.proves("L22-21")
def test_a_unit_that_handled_nothing_is_not_evaluated(intake: Intake) -> None:
    receipt = intake.register()
    intake.hear_replied(receipt.petition_no)

    with pytest.raises(contract.NothingToEvaluate, match="evaluate the office"):
        intake.evaluate(receipt.receipt_code, UNIT)

    assert intake.evaluate(receipt.receipt_code, OFFICE).grade is Grade.SATISFIED


@pytest.mark.proves("P-8", "I-15")
def test_only_the_holder_of_the_code_evaluates(intake: Intake) -> None:
    intake.register()

    with pytest.raises(contract.ReceiptUnknown):
        intake.evaluate("0000000000000000")


# --- Nodes that are silent, and nodes that are retired --------------------------------------------


def routed(petition_no: str, node: str, name: str | None = None) -> triage.PetitionRoutedV1:
    return triage.PetitionRoutedV1(
        petition_no=petition_no,
        node=node,
        organ=node,
        leader="l_vice_head_land",
        leader_in_charge="l_vice_head_land",
        principal=False,
        severity=triage.Severity.COMPLEX,
        field="land",
        lead_unit="land_bureau",
        organ_name=name,
    )


@pytest.mark.proves("P-8", "P-5", "D-30")
def test_a_petition_whose_node_is_silent_says_where_it_waits_and_since_when(
    intake: Intake,
) -> None:
    receipt = intake.register(territory="sanchakou")
    town = Source(service="reception_sanchakou", node="sanchakou")

    intake.hear(routed(receipt.petition_no, "sanchakou", "三岔口镇"), now=at("2026-06-02 10:00"))
    silent = intake.track(receipt.receipt_code)
    shown = intake.get(receipt.petition_no)
    intake.hear(
        reception.SessionAwaitedV1(petition_no=receipt.petition_no, leader="l_vice_head_land"),
        source=town,
        now=at("2026-06-03 10:00"),
    )
    taken_in = intake.track(receipt.receipt_code)

    assert silent.waiting == shown.waiting
    assert silent.waiting is not None
    assert (silent.waiting.node, silent.waiting.taken_in) == ("sanchakou", False)
    assert "2026年6月2日（星期二）已转到三岔口镇接访点，该接访点尚未接收" in silent.next_step
    assert taken_in.waiting is not None
    assert (taken_in.waiting.since, taken_in.waiting.taken_in) == (date(2026, 6, 3), True)
    assert "三岔口镇接访点已接收" in taken_in.next_step
    assert "等候" in taken_in.next_step
    told = [entry.text for entry in taken_in.entries]
    assert "已确定由领导接访，已转到三岔口镇接访点安排接待日。" in told
    assert "三岔口镇接访点已接收本事项，目前没有空余时段的接待日，正在等候排期。" in told
    assert not any("sanchakou" in text for text in (*told, taken_in.next_step))


@pytest.mark.proves("P-8", "D-30")
def test_a_node_whose_name_no_routing_told_is_called_by_its_code(intake: Intake) -> None:
    receipt = intake.register(territory="sanchakou")

    intake.hear(routed(receipt.petition_no, "sanchakou"), now=at("2026-06-02 10:00"))
    unnamed = intake.track(receipt.receipt_code)
    intake.hear(routed(receipt.petition_no, "sanchakou", "三岔口镇"), now=at("2026-06-03 10:00"))
    named = intake.track(receipt.receipt_code)

    assert "已转到接访点（sanchakou），该接访点尚未接收" in unnamed.next_step
    assert "已转到三岔口镇接访点，该接访点尚未接收" in named.next_step
    assert not any("sanchakou" in entry.text for entry in named.entries)


@pytest.mark.proves("P-8", "D-30")
def test_a_petition_of_a_retired_node_reads_as_what_it_is_at_every_step(intake: Intake) -> None:
    receipt = intake.register(territory="sanchakou")
    number, now = receipt.petition_no, at("2026-06-10 09:00")
    town = Source(service="reception_sanchakou", node="sanchakou")

    intake.hear(routed(number, "sanchakou", "三岔口镇"), now=at("2026-06-02 10:00"))
    intake.hear(
        reception.WorkHandedOverV1(
            petition_no=number,
            node="sanchakou",
            routing_version=2,
            stood_at=reception.PreparationState.CARDS_ISSUED,
        ),
        source=town,
        now=now,
    )
    given_up = intake.track(receipt.receipt_code)
    intake.hear(
        triage.PetitionReturnedV1(petition_no=number, node="sanchakou", due_on=date(2026, 6, 24)),
        now=now,
    )
    returned = intake.track(receipt.receipt_code)
    intake.hear(routed(number, "county", "云岭县"), now=at("2026-06-11 10:00"))
    routed_on = intake.track(receipt.receipt_code)

    assert given_up.stage is Stage.REGISTERED
    assert "原接访点已撤销，正在为您确定新的接访点" in given_up.next_step
    assert "2026年6月24日（星期三）" in returned.next_step
    assert routed_on.stage is Stage.ROUTED
    assert "云岭县接访点" in routed_on.next_step
    assert [entry.text for entry in routed_on.entries][-3:] == [
        "三岔口镇接访点已经撤销，原定的接待安排取消，本事项移交其他接访点继续办理。",
        "接访点撤销后需要重新确定由谁办理，应在2026年6月24日（星期三）前完成疏理。",
        "已确定由领导接访，已转到云岭县接访点安排接待日。",
    ]
