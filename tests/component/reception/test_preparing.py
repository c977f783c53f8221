"""From the cards to the hour: the preliminary opinion, the docket and the appointment notice."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from services.reception.models import Appointment, DocketHour, PreliminaryOpinion, UnitPosition
from shared.contracts.base import MalformedRequest, Refusal
from shared.contracts.common import UnitUnknown, WrongStage
from shared.contracts.reception import (
    AppointmentNotifiedV1,
    CardsMissing,
    DecisionAlreadyMade,
    LeaderNotConsulted,
    NoSessionPlanned,
    OnDocketAlready,
    OpinionMissing,
    Party,
    PreliminaryOpinionRecordedV1,
    PreparationState,
    SessionNotPublished,
    SlotOutsideSession,
    SlotTaken,
    UnitPositionMissing,
)
from shared.contracts.triage import Severity
from tests.support.bench import at
from tests.support.reception import (
    CO_UNIT,
    FRIDAY,
    LEADER,
    MEETING_AT,
    NEXT_MEETING_AT,
    NO,
    OTHER_NO,
    PETITIONER,
    PRINCIPAL,
    UNIT,
    NodeBench,
    came,
)

# --- The opinion ----------------------------------------------------------------------------------


@pytest.mark.proves("C-11", "D-11", "T10")
def test_the_opinion_is_one_document_with_every_units_position_sealed(
    stored_node: NodeBench,
) -> None:
    stored_node.hears_routing(co_units=(CO_UNIT,))

    recorded = stored_node.records_opinion(units=(UNIT, CO_UNIT))

    assert recorded.document.no == f"{NO}-PO-1"
    (told,) = stored_node.bench.recorded_of(PreliminaryOpinionRecordedV1)
    assert (told.leader, told.units) == (LEADER, (UNIT, CO_UNIT))
    (opinion,) = stored_node.bench.rows(PreliminaryOpinion)
    assert "分期" not in opinion.opinion_sealed
    context = f"preliminary_opinions|{NO}-PO-1|opinion"
    assert stored_node.bench.vault.open(opinion.opinion_sealed, context=context) == "建议分期支付"
    assert len(stored_node.bench.rows(UnitPosition)) == 2


@pytest.mark.proves("C-11")
def test_a_later_opinion_names_the_one_it_replaces(node: NodeBench) -> None:
    node.hears_routing()
    node.records_opinion()

    node.records_opinion(opinion="建议一次付清")

    first, second = node.bench.rows(PreliminaryOpinion)
    assert (first.replaces, second.replaces) == (None, first.opinion_no)


@pytest.mark.proves("D-07")
def test_a_principal_leader_receives_and_the_leader_in_charge_is_consulted(
    node: NodeBench,
) -> None:
    node.hears_routing(leader=PRINCIPAL, principal=True)

    with pytest.raises(LeaderNotConsulted):
        node.records_opinion(consulting=PRINCIPAL)
    node.records_opinion(consulting=LEADER)

    assert len(node.bench.rows(PreliminaryOpinion)) == 1


@pytest.mark.proves("C-11", "D-11")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"consulting": "l_secretary"}, LeaderNotConsulted, id="another leader"),
        pytest.param({"units": (UNIT,)}, UnitPositionMissing, id="the co-unit is not heard"),
        pytest.param({"units": (UNIT, CO_UNIT, "court")}, UnitUnknown, id="a unit not concerned"),
        pytest.param({"units": (UNIT, CO_UNIT, UNIT)}, MalformedRequest, id="a unit named twice"),
        pytest.param({"number": OTHER_NO}, CardsMissing, id="a petition not routed here"),
    ],
)
def test_an_opinion_that_lacks_someone_is_refused(
    node: NodeBench, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    node.hears_routing(co_units=(CO_UNIT,))

    with pytest.raises(refusal):
        node.records_opinion(**({"units": (UNIT, CO_UNIT)} | changes))

    assert node.bench.rows(PreliminaryOpinion) == []


@pytest.mark.proves("C-11", "I-4")
def test_the_opinion_comes_after_the_cards(new_node: NodeBench) -> None:
    new_node.hears_routing()

    with pytest.raises(CardsMissing):
        new_node.records_opinion()


@pytest.mark.proves("I-4")
def test_after_the_notice_the_opinion_stands(node: NodeBench) -> None:
    node.invites()

    with pytest.raises(WrongStage):
        node.records_opinion()


# --- The docket -----------------------------------------------------------------------------------


@pytest.mark.proves("D-10", "C-05", "I-13")
def test_the_docket_gives_prepared_petitions_hours_before_their_own_leader(
    node: NodeBench,
) -> None:
    for number, severity in enumerate(("complex", "major", "ordinary"), start=1):
        petition = f"XF-20260601-{number:04d}"
        node.hears_routing(petition, severity=Severity(severity))
        node.records_opinion(petition)
    node.hears_routing("XF-20260601-0004", leader=PRINCIPAL, principal=True)
    node.records_opinion("XF-20260601-0004")
    node.hears_routing("XF-20260601-0005")

    docket = node.plans_docket()

    assert [(line.petition_no[-1], line.leader, line.starts_at) for line in docket.lines] == [
        ("4", PRINCIPAL, "08:30"),
        ("2", LEADER, "08:30"),
        ("1", LEADER, "09:00"),
        ("3", LEADER, "09:30"),
        ("5", LEADER, None),
    ]


@pytest.mark.proves("D-10", "I-17")
def test_planning_again_keeps_the_hours_given_and_adds_the_new(node: NodeBench) -> None:
    node.hears_routing(OTHER_NO)
    node.records_opinion(OTHER_NO)
    node.plans_docket()
    node.hears_routing(severity=Severity.MAJOR)
    node.records_opinion()

    docket = node.plans_docket()

    assert [(line.petition_no, line.starts_at) for line in docket.lines] == [
        (OTHER_NO, "08:30"),
        (NO, "09:00"),
    ]
    assert node.shows_docket() == docket


def test_the_docket_of_a_session_gone_by_is_only_shown(node: NodeBench) -> None:
    node.hears_routing()
    node.records_opinion()

    docket = node.plans_docket(now=at("2026-06-06 09:00"))

    assert [line.starts_at for line in docket.lines] == [None]


def test_there_is_no_docket_of_a_session_nobody_planned(node: NodeBench) -> None:
    with pytest.raises(NoSessionPlanned):
        node.plans_docket("county-20260101")
    with pytest.raises(NoSessionPlanned):
        node.shows_docket("county-20260101")


# --- The notice -----------------------------------------------------------------------------------


@pytest.mark.proves("C-12", "T11", "D-12", "P-4", "D-13")
def test_the_notice_fixes_the_hour_on_the_basis_of_the_opinion(stored_node: NodeBench) -> None:
    stored_node.hears_routing()
    stored_node.records_opinion()

    notice = stored_node.notifies()

    assert (notice.session, notice.starts_at, notice.leader) == (FRIDAY, "08:30", LEADER)
    assert PETITIONER in notice.text
    assert "2026年6月5日（星期五）08:30" in notice.text
    assert "不得打击报复信访人" in notice.text
    assert "未到场不作为撤回信访" in notice.text
    (told,) = stored_node.bench.recorded_of(AppointmentNotifiedV1)
    assert (told.starts_at, told.document) == ("08:30", notice.document)
    (appointment,) = stored_node.bench.rows(Appointment)
    assert appointment.opinion_no == f"{NO}-PO-1"


@pytest.mark.proves("C-12", "I-4")
def test_no_notice_without_the_preliminary_opinion(node: NodeBench) -> None:
    node.hears_routing()

    with pytest.raises(OpinionMissing, match=r"^\[C-12\]"):
        node.notifies()

    assert node.bench.rows(Appointment) == []


@pytest.mark.proves("C-12", "I-4")
def test_no_notice_without_cards(new_node: NodeBench) -> None:
    new_node.hears_routing()

    with pytest.raises(CardsMissing):
        new_node.notifies()


def test_no_notice_for_what_was_never_routed_here(node: NodeBench) -> None:
    with pytest.raises(CardsMissing, match="was not routed to node"):
        node.notifies()


@pytest.mark.proves("T11")
def test_no_notice_for_a_session_that_is_not_published(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.plans()
    new_node.hears_routing()
    new_node.records_opinion()

    with pytest.raises(SessionNotPublished):
        new_node.notifies()
    new_node.publishes()

    assert new_node.notifies().session == FRIDAY


@pytest.mark.proves("D-10")
def test_the_docketed_hour_is_the_default_and_another_may_be_asked_for(node: NodeBench) -> None:
    for number in (OTHER_NO, NO):
        node.hears_routing(number)
        node.records_opinion(number)
    node.plans_docket()

    assert node.notifies(OTHER_NO).starts_at == "09:00"
    assert node.notifies(NO, starts_at="11:00").starts_at == "11:00"


@pytest.mark.proves("D-10")
@pytest.mark.parametrize(
    ("starts_at", "refusal"),
    [
        pytest.param("08:00", SlotOutsideSession, id="before the session"),
        pytest.param("11:30", SlotOutsideSession, id="at its end"),
        pytest.param("08:45", SlotOutsideSession, id="between two slots"),
        pytest.param("08:30", SlotTaken, id="another has this hour"),
        pytest.param("09:00", None, id="the next hour"),
    ],
)
def test_one_petition_has_one_hour_before_one_leader(
    node: NodeBench, starts_at: str, refusal: type[Refusal] | None
) -> None:
    node.invites(OTHER_NO)
    node.hears_routing()
    node.records_opinion()

    if refusal is None:
        assert node.notifies(starts_at=starts_at).starts_at == starts_at
    else:
        with pytest.raises(refusal):
            node.notifies(starts_at=starts_at)


@pytest.mark.proves("D-10")
def test_another_leaders_hour_is_not_in_the_way(node: NodeBench) -> None:
    node.invites(OTHER_NO, leader=PRINCIPAL, principal=True)
    node.hears_routing()
    node.records_opinion()

    assert node.notifies(starts_at="08:30").starts_at == "08:30"


@pytest.mark.proves("D-10")
def test_a_petition_with_an_hour_is_not_invited_again(node: NodeBench) -> None:
    node.invites()

    with pytest.raises(OnDocketAlready):
        node.notifies()


@pytest.mark.proves("P-5", "T9", "C-11")
def test_a_day_that_passed_without_a_meeting_is_followed_by_new_cards(node: NodeBench) -> None:
    node.invites()
    passed = at("2026-06-08 09:00")

    renewed = node.issues_cards(now=passed)

    assert renewed.on > at("2026-06-08 09:00").date()
    assert renewed.state is PreparationState.CARDS_ISSUED
    with pytest.raises(OpinionMissing):
        node.notifies(now=passed)


@pytest.mark.proves("I-4")
@pytest.mark.parametrize(
    ("now", "in_time"),
    [
        pytest.param("2026-06-05 08:00", True, id="on the morning of the day"),
        pytest.param("2026-06-06 08:00", False, id="after the day"),
    ],
)
def test_a_day_that_has_passed_is_reserved_anew_first(
    node: NodeBench, now: str, *, in_time: bool
) -> None:
    node.hears_routing()
    node.records_opinion()

    if in_time:
        assert node.notifies(now=at(now)).session == FRIDAY
    else:
        with pytest.raises(WrongStage):
            node.notifies(now=at(now))


@pytest.mark.proves("C-13")
def test_after_the_decision_nobody_is_invited(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    with pytest.raises(DecisionAlreadyMade):
        node.notifies()


@pytest.mark.proves("D-13")
def test_a_petitioner_who_asks_again_gets_the_leaders_next_session(node: NodeBench) -> None:
    absent = came(Party.PETITIONER, present=False)
    node.plans("2026-06-26", "2026-07-10")
    node.invites()
    node.attends(absent)
    node.notifies(now=MEETING_AT)
    node.attends(absent, now=NEXT_MEETING_AT)

    with pytest.raises(SessionNotPublished):
        node.notifies(now=NEXT_MEETING_AT)
    node.publishes("2026-07-03", "2026-07-03", now=NEXT_MEETING_AT)

    assert node.notifies(now=NEXT_MEETING_AT).session == "county-20260703"


@pytest.mark.proves("D-13")
def test_where_no_session_is_planned_the_petitioner_cannot_be_invited(node: NodeBench) -> None:
    absent = came(Party.PETITIONER, present=False)
    node.invites()
    node.attends(absent)
    node.notifies(now=MEETING_AT)
    node.attends(absent, now=NEXT_MEETING_AT)

    with pytest.raises(NoSessionPlanned):
        node.notifies(now=NEXT_MEETING_AT)


@pytest.mark.proves("D-10")
def test_a_session_beyond_its_hours_has_none_left_to_give(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.plans("2026-06-05", "2026-06-12", starts_at="08:30", ends_at="09:00")
    new_node.publishes()
    new_node.invites()
    new_node.invites(OTHER_NO)
    new_node.attends(came(Party.UNIT, unit=UNIT, present=False))

    with pytest.raises(SlotTaken):
        new_node.notifies(now=MEETING_AT)


@pytest.mark.proves("D-10")
def test_the_store_gives_one_hour_once(stored_node: NodeBench) -> None:
    stored_node.invites()
    (hour,) = stored_node.bench.rows(DocketHour)
    row = {column.name: getattr(hour, column.name) for column in DocketHour.__table__.c}
    del row["hour_no"]

    for changes in ({"petition_no": OTHER_NO}, {"starts_at": "09:00"}):
        with pytest.raises(IntegrityError), stored_node.bench.store.writing() as session:
            session.execute(insert(DocketHour).values(**(row | changes)))
