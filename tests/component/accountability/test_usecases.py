"""Accountability on a real store: grounds from news, and the way of a circular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.accountability import usecases
from services.accountability.models import Base, CaseUnit, Circular, CircularEntry, Ground
from shared.contracts.accountability import (
    AnswerCircular,
    AnswerGiven,
    AnswerPending,
    AnswerTooLate,
    CircularApprovedV1,
    CircularDecided,
    CircularIssued,
    CircularIssuedV1,
    CircularNotApproved,
    CircularNotFound,
    CircularProposedV1,
    CircularRejectedV1,
    CircularState,
    CircularView,
    DecideCircular,
    GetCircular,
    GroundKind,
    GroundRecordedV1,
    GroundView,
    IssueCircular,
    IssuingBody,
    ListCirculars,
    ListGrounds,
    RecordGround,
    UnitHasNoPart,
    WeakHandlingUnfounded,
)
from shared.contracts.base import Event, MalformedRequest
from shared.contracts.common import (
    CaseNotFound,
    LeaderUnknown,
    NotYourCase,
    SlipPost,
    UnitUnknown,
)
from shared.contracts.fields import Document
from shared.contracts.reception import Party, PartyAbsentV1
from shared.contracts.supervision import (
    CaseOpenedV1,
    CaseOverdueV1,
    CaseRoute,
    ExplanationOverdueV1,
    IssuedSlip,
    OverdueClock,
    PromiseBrokenV1,
    SlipsIssuedV1,
)
from shared.contracts.triage import (
    DirectoryChangedV1,
    LeaderRow,
    LegalChannel,
    PetitionAssignedV1,
    PetitionForwardedV1,
    PetitionRoutedV1,
    Severity,
    UnitKind,
    UnitRow,
)
from shared.messaging import Work
from shared.messaging.inbox import Handling
from tests.support.accountability import LEADER, NAMES, UNIT
from tests.support.bench import ServiceBench, at

NO = "XF-20260601-0004"
CIRCULAR_NO = f"{NO}-CI-1"
COMMITTEE = "committee:county_committee"

DIRECTORY = DirectoryChangedV1(
    version=1,
    office="petition_office",
    territories=(),
    fields=(),
    leaders=(LeaderRow(code=LEADER, organ="county"),),
    units=(
        UnitRow(code=UNIT, kind=UnitKind.GOVERNMENT, organ="county"),
        UnitRow(code="land_bureau", kind=UnitKind.GOVERNMENT, organ="county"),
    ),
)
OVERDUE = CaseOverdueV1(
    petition_no=NO,
    clock=OverdueClock.SLIP,
    unit=UNIT,
    route=CaseRoute.LEADER,
    due_on=date(2026, 6, 26),
)
ABSENT = PartyAbsentV1(
    petition_no=NO,
    session="county-20260605",
    on=date(2026, 6, 5),
    party=Party.UNIT,
    unit=UNIT,
    late=False,
    excused=False,
)


@pytest.fixture
def bench() -> ServiceBench:
    """Give accountability with a directory and one open case."""
    bench = ServiceBench("accountability", Base, now=at("2026-06-30 09:30"))
    bench.event(usecases.on_directory_changed, DIRECTORY)
    opened = CaseOpenedV1(
        petition_no=NO, route=CaseRoute.LEADER, unit=UNIT, accepted_on=date(2026, 6, 3)
    )
    bench.event(usecases.on_case_opened, opened)
    return bench


def decide(bench: ServiceBench, *, approved: bool, **more: object) -> DecideCircular:
    fields = {"circular_no": CIRCULAR_NO, "reason": "逾期未落实，无正当理由。", **more}
    return DecideCircular(request_id=bench.request_id(), approved=approved, **fields)  # type: ignore[arg-type]


def answer(bench: ServiceBench) -> AnswerCircular:
    return AnswerCircular(
        request_id=bench.request_id(), circular_no=CIRCULAR_NO, answer="已制定整改时间表。"
    )


def issues(work: Work, request: IssueCircular) -> CircularView:
    """Issue with the names that triage would tell."""
    return usecases.issue_circular(work, request, NAMES)


def issue(bench: ServiceBench) -> IssueCircular:
    return IssueCircular(request_id=bench.request_id(), circular_no=CIRCULAR_NO)


@pytest.mark.proves("C-17", "C-25", "I-8")
def test_an_overdue_case_is_a_ground_and_a_proposed_circular(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)

    (ground,) = bench.recorded_of(GroundRecordedV1)
    (proposed,) = bench.recorded_of(CircularProposedV1)
    assert ground.kind is GroundKind.NOT_IMPLEMENTED_IN_TIME
    assert proposed.circular_no == CIRCULAR_NO
    assert bench.rows(Circular)[0].state == CircularState.PROPOSED.value


@pytest.mark.proves("I-17")
def test_the_same_failure_told_twice_is_one_ground_and_one_circular(bench: ServiceBench) -> None:
    first = bench.event(usecases.on_case_overdue, OVERDUE, event_id="one-message")
    again = bench.event(usecases.on_case_overdue, OVERDUE, event_id="one-message")
    bench.event(usecases.on_case_overdue, OVERDUE, event_id="the-same-news-in-another-message")

    assert (first, again) == (Handling.HANDLED, Handling.DUPLICATE)
    assert len(bench.rows(Ground)) == 1
    assert len(bench.rows(Circular)) == 1


@pytest.mark.proves("C-17")
def test_a_second_clock_joins_the_proposal_nobody_has_decided(bench: ServiceBench) -> None:
    statutory = CaseOverdueV1(
        petition_no=NO,
        clock=OverdueClock.STATUTORY,
        unit=UNIT,
        route=CaseRoute.LEADER,
        due_on=date(2026, 8, 3),
    )
    bench.event(usecases.on_case_overdue, OVERDUE)

    bench.event(usecases.on_case_overdue, statutory)

    assert len(bench.rows(Ground)) == 2
    assert [row.circular_no for row in bench.rows(Circular)] == [CIRCULAR_NO]


@pytest.mark.proves("C-25", "D-13")
@pytest.mark.parametrize(
    ("party", "unit", "leader", "whom"),
    [
        pytest.param(Party.UNIT, UNIT, None, (UNIT, None), id="the unit"),
        pytest.param(Party.LEADER, None, LEADER, (None, LEADER), id="the leader"),
        pytest.param(
            Party.PETITION_OFFICER, None, None, ("petition_office", None), id="the petition office"
        ),
    ],
)
def test_an_absence_is_the_ground_of_the_absent_party(
    bench: ServiceBench,
    party: Party,
    unit: str | None,
    leader: str | None,
    whom: tuple[str | None, str | None],
) -> None:
    absent = PartyAbsentV1(
        petition_no=NO,
        session="county-20260605",
        on=date(2026, 6, 5),
        party=party,
        unit=unit,
        leader=leader,
        late=False,
        excused=False,
    )

    bench.event(usecases.on_party_absent, absent)

    (ground,) = bench.rows(Ground)
    assert (ground.unit, ground.leader) == whom
    assert ground.kind == GroundKind.ABSENT_FROM_MEETING.value


@pytest.mark.proves("D-26")
def test_an_excused_absence_leaves_no_ground(bench: ServiceBench) -> None:
    excused = PartyAbsentV1(**{**vars(ABSENT), "excused": True})

    assert bench.event(usecases.on_party_absent, excused) is Handling.HANDLED
    assert not bench.rows(Ground)


def test_an_absent_officer_waits_for_the_directory_that_names_the_office() -> None:
    bench = ServiceBench("accountability", Base)
    absent = PartyAbsentV1(**{**vars(ABSENT), "party": Party.PETITION_OFFICER, "unit": None})

    before = bench.event(usecases.on_party_absent, absent)

    assert before is Handling.EARLY
    assert not bench.rows(Ground)


@pytest.mark.proves("D-23")
def test_every_broken_promise_is_a_new_proposal_for_the_joint_conference(
    bench: ServiceBench,
) -> None:
    for times, promised_on in ((1, date(2026, 7, 3)), (2, date(2026, 7, 20))):
        bench.event(
            usecases.on_promise_broken,
            PromiseBrokenV1(petition_no=NO, unit=UNIT, promised_on=promised_on, times=times),
        )

    circulars = bench.rows(Circular)
    assert [row.to_joint_conference for row in circulars] == [True, True]


@pytest.mark.proves("D-23")
def test_a_missing_explanation_is_a_ground(bench: ServiceBench) -> None:
    missing = ExplanationOverdueV1(petition_no=NO, unit=UNIT, due_on=date(2026, 7, 3))

    bench.event(usecases.on_explanation_overdue, missing)

    assert bench.rows(Ground)[0].kind == GroundKind.NOT_EXPLAINED.value


@pytest.mark.proves("D-26", "C-25")
def test_a_person_records_weak_handling_with_facts(bench: ServiceBench) -> None:
    request = RecordGround(
        request_id=bench.request_id(),
        petition_no=NO,
        unit=UNIT,
        leader=LEADER,
        facts="三次来人均未安排专人接谈。",
        consequence="信访人多次往返。",
    )

    reply = bench.command(usecases.record_ground, request, actor="accountability:desk_1")

    assert reply.kind is GroundKind.WEAK_HANDLING
    assert reply.facts == "三次来人均未安排专人接谈。"
    assert "接谈" not in str(bench.rows(Ground)[0].facts_sealed)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"petition_no": "XF-20260601-0099"}, CaseNotFound, id="no such case"),
        pytest.param({"unit": "no_such_bureau"}, UnitUnknown, id="no such unit"),
        pytest.param({"unit": "land_bureau"}, UnitHasNoPart, id="a unit without a part"),
        pytest.param({"leader": "l_nobody"}, LeaderUnknown, id="no such leader"),
        pytest.param({"facts": "  "}, MalformedRequest, id="blank facts"),
        pytest.param({"facts": None}, WeakHandlingUnfounded, id="no facts"),
        pytest.param({"consequence": None}, WeakHandlingUnfounded, id="no bad consequence"),
    ],
)
def test_a_ground_on_nothing_is_refused_and_leaves_the_store(
    bench: ServiceBench, change: dict[str, str | None], refusal: type[Exception]
) -> None:
    fields = {
        "petition_no": NO,
        "unit": UNIT,
        "facts": "材料退回两次。",
        "consequence": "矛盾加剧。",
        **change,
    }
    request = RecordGround(request_id=bench.request_id(), **fields)  # type: ignore[arg-type]

    with pytest.raises(refusal):
        bench.command(usecases.record_ground, request, actor="discipline:desk_1")

    assert not bench.rows(Ground)
    assert not bench.rows(Circular)


def _opens(unit: str) -> CaseOpenedV1:
    return CaseOpenedV1(
        petition_no=NO, route=CaseRoute.FORWARDED, unit=unit, accepted_on=date(2026, 6, 4)
    )


PAPER = Document(no=f"{NO}-TR-1", sha256="0" * 64)
FORWARDED = PetitionForwardedV1(
    petition_no=NO,
    transfer_no=f"{NO}-TR-1",
    unit="land_bureau",
    organ="county",
    channel=LegalChannel.PETITION_PROCEDURE,
    document=PAPER,
)
ASSIGNED = PetitionAssignedV1(**vars(FORWARDED), due_on=date(2026, 7, 1))
ROUTED = PetitionRoutedV1(
    petition_no=NO,
    node="county",
    organ="county",
    leader=LEADER,
    leader_in_charge=LEADER,
    principal=False,
    severity=Severity.COMPLEX,
    field="land",
    lead_unit=UNIT,
    co_units=("land_bureau",),
)


def _slips(**changed: Any) -> SlipsIssuedV1:
    known: dict[str, Any] = {
        "petition_no": NO,
        "set_no": f"{NO}-SL-1",
        "due_on": date(2026, 7, 1),
        "authorisation": "云委信〔2026〕1号",
        "unit": UNIT,
        "slips": (
            IssuedSlip(post=SlipPost.PARTY_SECRETARY, holder=LEADER, document=PAPER),
            IssuedSlip(post=SlipPost.RESPONSIBLE_UNIT, holder=UNIT, document=PAPER),
        ),
    }
    return SlipsIssuedV1(**(known | changed))


@pytest.mark.proves("C-25", "D-26", "P-11")
@pytest.mark.parametrize(
    ("use_case", "news"),
    [
        pytest.param(usecases.on_petition_forwarded, FORWARDED, id="it was forwarded to it"),
        pytest.param(usecases.on_petition_assigned, ASSIGNED, id="it was assigned to it"),
        pytest.param(usecases.on_petition_routed, ROUTED, id="it was called to the table"),
        pytest.param(usecases.on_case_opened, _opens("land_bureau"), id="it accepted it"),
        pytest.param(
            usecases.on_party_absent,
            PartyAbsentV1(**{**vars(ABSENT), "unit": "land_bureau", "excused": True}),
            id="it was expected at the meeting",
        ),
        pytest.param(usecases.on_slips_issued, _slips(unit="land_bureau"), id="it leads it now"),
        pytest.param(
            usecases.on_slips_issued,
            _slips(
                slips=(
                    IssuedSlip(
                        post=SlipPost.RESPONSIBLE_UNIT, holder="land_bureau", document=PAPER
                    ),
                )
            ),
            id="it stands in for the lead unit",
        ),
        pytest.param(
            usecases.on_slips_issued,
            _slips(
                copies=(
                    IssuedSlip(
                        post=SlipPost.RESPONSIBLE_UNIT, holder="land_bureau", document=PAPER
                    ),
                )
            ),
            id="it has a copy of the slip",
        ),
    ],
)
def test_a_ground_is_recorded_on_every_unit_that_has_or_had_the_case(
    bench: ServiceBench, use_case: Callable[..., None], news: Event
) -> None:
    with pytest.raises(UnitHasNoPart, match="name a unit that has or had it"):
        _records_ground(bench, "land_bureau")

    bench.event(use_case, news)
    bench.event(use_case, news)
    later = bench.event(usecases.on_slips_issued, _slips())
    ground = _records_ground(bench, "land_bureau")

    assert later is Handling.HANDLED
    assert (ground.unit, ground.kind) == ("land_bureau", GroundKind.WEAK_HANDLING)
    assert _records_ground(bench, UNIT).unit == UNIT


@pytest.mark.proves("C-25", "D-26")
def test_the_petition_office_has_a_part_in_every_case_and_a_leader_is_no_unit(
    bench: ServiceBench,
) -> None:
    office = UnitRow(code="petition_office", kind=UnitKind.PETITION_OFFICE, organ="county")
    bench.event(
        usecases.on_directory_changed,
        DirectoryChangedV1(
            **{**vars(DIRECTORY), "version": 2, "units": (*DIRECTORY.units, office)}
        ),
    )
    bench.event(usecases.on_slips_issued, _slips())

    assert _records_ground(bench, "petition_office").unit == "petition_office"
    assert {(row.petition_no, row.unit) for row in bench.rows(CaseUnit)} == {(NO, UNIT)}


@pytest.mark.proves("C-25")
def test_a_ground_waits_until_the_case_is_known(bench: ServiceBench) -> None:
    other = "XF-20260602-0001"
    bench.event(usecases.on_petition_forwarded, replace(FORWARDED, petition_no=other))
    with pytest.raises(CaseNotFound, match="once the case is open"):
        _records_ground(bench, "land_bureau", petition_no=other)

    bench.event(usecases.on_case_opened, replace(_opens("land_bureau"), petition_no=other))

    assert _records_ground(bench, "land_bureau", petition_no=other).petition_no == other


def _records_ground(bench: ServiceBench, unit: str, petition_no: str = NO) -> GroundView:
    return bench.command(
        usecases.record_ground,
        RecordGround(
            request_id=bench.request_id(),
            petition_no=petition_no,
            unit=unit,
            facts="材料退回两次。",
            consequence="矛盾加剧。",
        ),
        actor="accountability:desk_1",
    )


@pytest.mark.proves("C-17", "C-25", "D-25", "D-27", "P-9", "P-11", "T17")
def test_a_circular_is_approved_answered_and_issued(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)

    approved = bench.command(
        usecases.decide_circular, decide(bench, approved=True), actor=COMMITTEE
    )
    bench.now = at("2026-07-02 10:00")
    answered = bench.command(usecases.answer_circular, answer(bench), actor=f"unit:{UNIT}")
    issued = bench.command(issues, issue(bench), actor=COMMITTEE)

    assert approved.answer_by == date(2026, 7, 7)
    assert answered.state is CircularState.ANSWERED
    assert issued.state is CircularState.ISSUED
    assert issued.text is not None
    assert "未按时限落实处理意见" in issued.text
    assert "被通报单位（责任人）：云岭县房屋征收办公室\n" in issued.text
    assert "中共云岭县委员会" in issued.text
    assert UNIT not in issued.text
    assert [entry.step for entry in bench.rows(CircularEntry)] == [
        "proposed",
        "approved",
        "answered",
        "issued",
    ]
    assert len(bench.recorded_of(CircularApprovedV1)) == 1
    (news,) = bench.recorded_of(CircularIssuedV1)
    assert news.issuing_body is IssuingBody.COUNTY_COMMITTEE


@pytest.mark.proves("C-17", "P-9")
def test_a_person_rejects_a_proposal_and_it_stays_rejected(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)

    rejected = bench.command(
        usecases.decide_circular, decide(bench, approved=False), actor=COMMITTEE
    )

    assert rejected.state is CircularState.REJECTED
    assert len(bench.recorded_of(CircularRejectedV1)) == 1
    with pytest.raises(CircularDecided):
        bench.command(usecases.decide_circular, decide(bench, approved=True), actor=COMMITTEE)
    with pytest.raises(CircularNotApproved):
        bench.command(issues, issue(bench), actor=COMMITTEE)
    with pytest.raises(CircularNotApproved):
        bench.command(usecases.answer_circular, answer(bench), actor=f"unit:{UNIT}")


@pytest.mark.proves("D-27")
def test_nothing_is_issued_while_the_days_to_answer_run(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)
    bench.command(usecases.decide_circular, decide(bench, approved=True), actor=COMMITTEE)

    bench.now = at("2026-07-07 23:59")
    with pytest.raises(AnswerPending, match="2026-07-07"):
        bench.command(issues, issue(bench), actor=COMMITTEE)
    bench.now = at("2026-07-08 00:00")
    issued = bench.command(issues, issue(bench), actor=COMMITTEE)

    assert issued.state is CircularState.ISSUED
    with pytest.raises(CircularIssued):
        bench.command(issues, issue(bench), actor=COMMITTEE)
    with pytest.raises(AnswerTooLate):
        bench.command(usecases.answer_circular, answer(bench), actor=f"unit:{UNIT}")


def test_only_whom_the_circular_names_answers_and_once(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)
    bench.command(
        usecases.decide_circular, decide(bench, approved=True, person=LEADER), actor=COMMITTEE
    )

    with pytest.raises(NotYourCase):
        bench.command(usecases.answer_circular, answer(bench), actor="unit:land_bureau")
    bench.command(usecases.answer_circular, answer(bench), actor=f"leader:{LEADER}")
    with pytest.raises(AnswerGiven):
        bench.command(usecases.answer_circular, answer(bench), actor=f"leader:{LEADER}")


@pytest.mark.proves("D-27", "P-11")
def test_everyone_named_is_heard_before_the_issue(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)
    bench.command(
        usecases.decide_circular, decide(bench, approved=True, person=LEADER), actor=COMMITTEE
    )

    first = bench.command(usecases.answer_circular, answer(bench), actor=f"leader:{LEADER}")
    with pytest.raises(AnswerPending):
        bench.command(issues, issue(bench), actor=COMMITTEE)
    second = bench.command(usecases.answer_circular, answer(bench), actor=f"unit:{UNIT}")

    assert (first.state, second.state) == (CircularState.APPROVED, CircularState.ANSWERED)
    assert {given.party for given in second.answers} == {LEADER, UNIT}


@pytest.mark.proves("D-19")
@pytest.mark.parametrize("route", [CaseRoute.ASSIGNED, CaseRoute.FORWARDED])
def test_an_overdue_transfer_leaves_a_ground_and_no_proposal(
    bench: ServiceBench, route: CaseRoute
) -> None:
    other = "XF-20260602-0001"
    opened = CaseOpenedV1(petition_no=other, route=route, unit=UNIT, accepted_on=date(2026, 6, 3))
    missing = ExplanationOverdueV1(petition_no=other, unit=UNIT, due_on=date(2026, 7, 3))
    overdue = CaseOverdueV1(
        **{**vars(OVERDUE), "petition_no": other, "route": route, "clock": OverdueClock.ASSIGNMENT}
    )
    early = bench.event(usecases.on_explanation_overdue, missing)

    bench.event(usecases.on_case_overdue, overdue)
    bench.event(usecases.on_case_opened, opened)

    assert early is Handling.EARLY
    assert {row.kind for row in bench.rows(Ground)} == {
        GroundKind.NOT_IMPLEMENTED_IN_TIME.value,
        GroundKind.NOT_EXPLAINED.value,
    }
    assert not bench.rows(Circular)


@pytest.mark.proves("D-19", "D-23")
def test_a_transfer_that_was_never_accepted_leaves_its_grounds_too(bench: ServiceBench) -> None:
    other = "XF-20260602-0001"
    overdue = CaseOverdueV1(
        **{
            **vars(OVERDUE),
            "petition_no": other,
            "route": CaseRoute.ASSIGNED,
            "clock": OverdueClock.ASSIGNMENT,
        }
    )
    missing = ExplanationOverdueV1(petition_no=other, unit=UNIT, due_on=date(2026, 7, 3))
    early = bench.event(usecases.on_explanation_overdue, missing)

    bench.event(usecases.on_case_overdue, overdue)

    assert early is Handling.EARLY
    assert {row.kind for row in bench.rows(Ground)} == {
        GroundKind.NOT_IMPLEMENTED_IN_TIME.value,
        GroundKind.NOT_EXPLAINED.value,
    }
    assert not bench.rows(Circular)


def test_a_circular_names_nobody_the_directory_does_not(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)

    with pytest.raises(LeaderUnknown):
        bench.command(
            usecases.decide_circular,
            decide(bench, approved=True, person="l_nobody"),
            actor=COMMITTEE,
        )

    assert bench.rows(Circular)[0].state == CircularState.PROPOSED.value


def test_a_unit_sees_its_own_grounds_and_circulars_and_no_other(bench: ServiceBench) -> None:
    bench.event(usecases.on_case_overdue, OVERDUE)
    other = PartyAbsentV1(**{**vars(ABSENT), "unit": "land_bureau"})
    bench.event(usecases.on_party_absent, other)

    own = bench.query(usecases.list_circulars, ListCirculars(), actor=f"unit:{UNIT}")
    grounds = bench.query(usecases.list_grounds, ListGrounds(), actor=f"unit:{UNIT}")
    every = bench.query(usecases.list_circulars, ListCirculars(petition_no=NO), actor=COMMITTEE)
    proposed = bench.query(
        usecases.list_circulars, ListCirculars(state=CircularState.PROPOSED), actor=COMMITTEE
    )
    by_leader = bench.query(
        usecases.list_grounds, ListGrounds(leader=LEADER, petition_no=NO), actor=COMMITTEE
    )

    assert [row.unit for row in own.circulars] == [UNIT]
    assert [row.unit for row in grounds.grounds] == [UNIT]
    assert len(every.circulars) == len(proposed.circulars) == 2
    assert not by_leader.grounds
    with pytest.raises(NotYourCase):
        bench.query(usecases.list_grounds, ListGrounds(unit="land_bureau"), actor=f"unit:{UNIT}")
    with pytest.raises(NotYourCase):
        bench.query(
            usecases.get_circular, GetCircular(circular_no=CIRCULAR_NO), actor="unit:land_bureau"
        )
    shown = bench.query(
        usecases.get_circular, GetCircular(circular_no=CIRCULAR_NO), actor=COMMITTEE
    )
    assert shown.state is CircularState.PROPOSED


def test_an_unknown_circular_is_not_found(bench: ServiceBench) -> None:
    with pytest.raises(CircularNotFound):
        bench.query(usecases.get_circular, GetCircular(circular_no=CIRCULAR_NO), actor=COMMITTEE)


def test_an_older_directory_that_comes_late_changes_nothing(bench: ServiceBench) -> None:
    newer = DirectoryChangedV1(**{**vars(DIRECTORY), "version": 3, "office": "new_office"})
    bench.event(usecases.on_directory_changed, newer)

    bench.event(
        usecases.on_directory_changed,
        DirectoryChangedV1(**{**vars(DIRECTORY), "version": 2, "office": "old_office"}),
    )

    absent = PartyAbsentV1(**{**vars(ABSENT), "party": Party.PETITION_OFFICER, "unit": None})
    bench.event(usecases.on_party_absent, absent)
    assert bench.rows(Ground)[0].unit == "new_office"
