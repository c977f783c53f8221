"""The four cards: issued by themselves, exactly four, delivered once, replaced as a set."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from services.reception.models import Card, CardSet, Preparation, PreparationStep
from shared.contracts.common import (
    DateInFuture,
    DateInPast,
    NotYourCase,
    PetitionNotFound,
    StubIsKept,
    WrongStage,
)
from shared.contracts.reception import (
    CardDeliveredV1,
    CardKind,
    CardNotFound,
    CardsBeforeRouting,
    CardsIssuedV1,
    CardsMissing,
    CardState,
    CardsVoidedV1,
    CardView,
    CardVoid,
    DecisionAlreadyMade,
    NoSessionPlanned,
    PreparationState,
)
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.reception import (
    CO_UNIT,
    FRIDAY,
    LEADER,
    NEXT_FRIDAY,
    NO,
    OTHER_NO,
    PETITIONER,
    PREPARED_AT,
    PRINCIPAL,
    ROUTED_AT,
    UNIT,
    NodeBench,
)


def state_of(node: NodeBench, number: str = NO) -> PreparationState:
    return {row.petition_no: row.state for row in node.bench.rows(Preparation)}[number]


# --- Issuing ------------------------------------------------------------------------------------


@pytest.mark.proves("C-07", "C-08", "C-09", "D-10", "I-3", "T9")
def test_a_routed_petition_gets_exactly_four_cards_with_the_same_facts(
    stored_node: NodeBench,
) -> None:
    stored_node.hears_routing()

    (issued,) = stored_node.bench.recorded_of(CardsIssuedV1)
    assert [(card.kind, card.addressee, card.document.no) for card in issued.cards] == [
        (CardKind.PETITIONER_NOTICE, "petitioner", f"{NO}-CA-1-1"),
        (CardKind.UNIT_NOTICE, UNIT, f"{NO}-CA-1-2"),
        (CardKind.LEADER_REPORT, LEADER, f"{NO}-CA-1-3"),
        (CardKind.OFFICE_STUB, "petition_office", f"{NO}-CA-1-4"),
    ]
    assert (issued.set_no, issued.session, issued.leader) == (f"{NO}-CA-1", FRIDAY, LEADER)
    shown = stored_node.shows_cards()
    assert len({card.document.sha256 for card in shown.cards}) == 4
    for card in shown.cards:
        text = card.text or ""
        for fact in (f"{NO}-CA-1", NO, "2026年6月5日", "县信访接待大厅", "副县长某某", "人社局"):
            assert fact in text


@pytest.mark.proves("C-08", "I-14")
def test_further_units_get_numbered_copies_apart_from_the_four(node: NodeBench) -> None:
    node.hears_routing(co_units=(CO_UNIT, "court", UNIT, CO_UNIT))

    (issued,) = node.bench.recorded_of(CardsIssuedV1)
    assert len(issued.cards) == 4
    assert [(copy.addressee, copy.document.no) for copy in issued.copies] == [
        (CO_UNIT, f"{NO}-CC-1-1"),
        ("court", f"{NO}-CC-1-2"),
    ]
    assert (issued.lead_unit, issued.co_units) == (UNIT, (CO_UNIT, "court"))


@pytest.mark.proves("I-17")
def test_the_same_routing_delivered_twice_issues_one_set(node: NodeBench) -> None:
    first = node.hears_routing(event_id="e-1")
    second = node.hears_routing(event_id="e-1")

    assert (first, second) == (Handling.HANDLED, Handling.DUPLICATE)
    assert len(node.bench.recorded_of(CardsIssuedV1)) == 1


@pytest.mark.proves("D-10", "C-05")
@pytest.mark.parametrize(
    ("routed", "session"),
    [
        pytest.param("2026-06-04 17:00", FRIDAY, id="the eve of a session"),
        pytest.param("2026-06-05 08:00", NEXT_FRIDAY, id="a session of the day is too late"),
    ],
)
def test_cards_reserve_the_leaders_next_session_after_the_day(
    node: NodeBench, routed: str, session: str
) -> None:
    node.hears_routing(now=at(routed))

    assert node.shows_cards().session == session


@pytest.mark.proves("C-05", "D-10", "I-13")
def test_a_full_session_is_passed_over_and_never_filled_by_another_leader(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.plans("2026-06-05", "2026-06-12", starts_at="08:30", ends_at="09:30")

    for number in range(1, 6):
        new_node.hears_routing(f"XF-20260601-{number:04d}")

    reserved = {
        row.petition_no[-1]: (row.session, row.leader) for row in new_node.bench.rows(Preparation)
    }
    assert reserved == {
        "1": (FRIDAY, LEADER),
        "2": (FRIDAY, LEADER),
        "3": (NEXT_FRIDAY, LEADER),
        "4": (NEXT_FRIDAY, LEADER),
        "5": (None, LEADER),
    }


@pytest.mark.proves("D-10", "T9")
def test_petitions_wait_for_a_session_and_get_cards_in_the_order_of_their_numbers(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.hears_routing(OTHER_NO)
    new_node.hears_routing(NO)
    assert state_of(new_node) is PreparationState.AWAITING_SESSION
    assert new_node.bench.recorded_of(CardsIssuedV1) == []

    new_node.plans(now=PREPARED_AT)

    issued = new_node.bench.recorded_of(CardsIssuedV1)
    assert [event.petition_no for event in issued] == [NO, OTHER_NO]
    assert state_of(new_node) is PreparationState.CARDS_ISSUED


@pytest.mark.proves("C-05", "I-13")
def test_a_session_of_other_leaders_is_no_session_of_this_one(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.hears_routing()

    new_node.plans(now=PREPARED_AT, leaders=(PRINCIPAL,))

    assert state_of(new_node) is PreparationState.AWAITING_SESSION


# --- Routed again ---------------------------------------------------------------------------------


@pytest.mark.proves("C-09", "I-17")
def test_a_later_routing_voids_the_old_set_and_starts_again(node: NodeBench) -> None:
    node.invites()

    node.hears_routing(
        case_version=2, now=PREPARED_AT, leader=PRINCIPAL, principal=True, lead_unit="court"
    )

    (voided,) = node.bench.recorded_of(CardsVoidedV1)
    assert voided.set_no == f"{NO}-CA-1"
    shown = node.shows_cards()
    assert (shown.set_no, shown.leader, shown.lead_unit) == (f"{NO}-CA-2", PRINCIPAL, "court")
    assert shown.state is PreparationState.CARDS_ISSUED
    assert node.shows_docket().lines[0].starts_at is None


@pytest.mark.proves("I-17")
@pytest.mark.parametrize("case_version", [1, 2])
def test_an_older_routing_that_comes_late_changes_nothing(
    node: NodeBench, case_version: int
) -> None:
    node.hears_routing(case_version=2, lead_unit="court")

    node.hears_routing(case_version=case_version)

    assert node.shows_cards().lead_unit == "court"
    assert node.bench.recorded_of(CardsVoidedV1) == []


@pytest.mark.proves("C-13", "I-4")
def test_a_routing_after_the_decision_changes_nothing(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    node.hears_routing(case_version=2, lead_unit="court")

    assert state_of(node) is PreparationState.DECIDED
    assert node.bench.recorded_of(CardsVoidedV1) == []


# --- By hand --------------------------------------------------------------------------------------


@pytest.mark.proves("C-07")
def test_cards_before_routing_are_refused(node: NodeBench) -> None:
    with pytest.raises(CardsBeforeRouting, match=r"^\[C-07\]"):
        node.issues_cards()

    assert node.bench.rows(CardSet) == []


@pytest.mark.proves("D-10")
def test_by_hand_too_cards_wait_for_a_session(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.hears_routing()

    with pytest.raises(NoSessionPlanned):
        new_node.issues_cards()


@pytest.mark.proves("C-09", "C-11", "I-4")
def test_a_new_set_by_hand_voids_the_old_and_asks_for_the_opinion_anew(node: NodeBench) -> None:
    node.hears_routing()
    node.records_opinion()

    issued = node.issues_cards(reason="原卡遗失")

    assert (issued.set_no, issued.state) == (f"{NO}-CA-2", PreparationState.CARDS_ISSUED)
    assert [event.set_no for event in node.bench.recorded_of(CardsVoidedV1)] == [f"{NO}-CA-1"]
    old, new = node.bench.rows(CardSet)
    assert old.voided_at is not None
    assert "遗失" not in (new.reason_sealed or "")


@pytest.mark.proves("C-09")
def test_a_set_of_a_session_gone_by_is_replaced_for_the_next(node: NodeBench) -> None:
    node.hears_routing()

    issued = node.issues_cards(now=at("2026-06-05 09:00"))

    assert issued.session == NEXT_FRIDAY


@pytest.mark.proves("I-4")
def test_after_the_notice_cards_are_issued_no_more(node: NodeBench) -> None:
    node.invites()

    with pytest.raises(WrongStage):
        node.issues_cards()


@pytest.mark.proves("C-13")
def test_after_the_decision_cards_are_issued_no_more(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    with pytest.raises(DecisionAlreadyMade):
        node.issues_cards()


# --- Delivering -----------------------------------------------------------------------------------


@pytest.mark.proves("D-21", "I-17")
def test_a_card_is_delivered_once_however_often_it_is_told(node: NodeBench) -> None:
    node.hears_routing()

    first = node.delivers(on="2026-06-02")
    second = node.delivers(on="2026-06-03")

    assert first == second
    assert (first.state, str(first.delivered_on)) == (CardState.DELIVERED, "2026-06-02")
    (told,) = node.bench.recorded_of(CardDeliveredV1)
    assert (told.kind, told.addressee, told.set_no) == (
        CardKind.UNIT_NOTICE,
        UNIT,
        f"{NO}-CA-1",
    )


def test_without_a_day_a_card_is_delivered_today(node: NodeBench) -> None:
    node.hears_routing()

    assert str(node.delivers().delivered_on) == "2026-06-03"


@pytest.mark.proves("D-18", "C-09", "D-21")
@pytest.mark.parametrize(
    ("card_no", "on", "refusal"),
    [
        pytest.param(f"{NO}-CA-9-1", None, CardNotFound, id="no such card"),
        pytest.param(f"{NO}-CA-1-4", None, StubIsKept, id="the stub"),
        pytest.param(f"{NO}-CA-1-2", "2026-06-04", DateInFuture, id="tomorrow"),
        pytest.param(f"{NO}-CA-1-2", "2026-05-31", DateInPast, id="before it was issued"),
    ],
)
def test_what_cannot_have_been_delivered_is_refused(
    node: NodeBench, card_no: str, on: str | None, refusal: type[Exception]
) -> None:
    node.hears_routing()

    with pytest.raises(refusal):
        node.delivers(card_no, on=on)

    assert node.bench.recorded_of(CardDeliveredV1) == []


@pytest.mark.proves("C-09")
def test_a_void_card_is_not_delivered(node: NodeBench) -> None:
    node.hears_routing()
    node.issues_cards()

    with pytest.raises(CardVoid):
        node.delivers(f"{NO}-CA-1-2")


@pytest.mark.proves("D-18")
def test_the_stub_is_kept(node: NodeBench) -> None:
    node.hears_routing()

    assert [card.state for card in node.shows_cards().cards] == [
        CardState.ISSUED,
        CardState.ISSUED,
        CardState.ISSUED,
        CardState.KEPT,
    ]


# --- Who sees what --------------------------------------------------------------------------------


def texts(cards: tuple[CardView, ...]) -> list[bool]:
    return [card.text is not None for card in cards]


@pytest.mark.proves("D-12", "P-1", "P-4")
def test_cards_name_the_petitioner_to_those_who_handle_the_case(node: NodeBench) -> None:
    node.hears_routing(co_units=(CO_UNIT,))

    shown = node.shows_cards()

    assert all(PETITIONER in (card.text or "") for card in shown.cards[:3])
    assert all("不得打击报复信访人" in (card.text or "") for card in (*shown.cards, *shown.copies))
    assert "抄送第1份" in (shown.copies[0].text or "")


@pytest.mark.proves("C-09", "D-12", "P-1")
@pytest.mark.parametrize(
    ("actor", "own"),
    [
        pytest.param("clerk:window_1", [True, True, True, True], id="the window sees all"),
        pytest.param(f"unit:{UNIT}", [False, True, False, False], id="the unit its card"),
        pytest.param(f"leader:{LEADER}", [False, False, True, False], id="the leader theirs"),
        pytest.param("auditor:audit_1", [False] * 4, id="an auditor numbers and days"),
    ],
)
def test_each_reads_their_own_card(node: NodeBench, actor: str, own: list[bool]) -> None:
    node.hears_routing()

    assert texts(node.shows_cards(actor=actor).cards) == own


@pytest.mark.proves("C-09")
@pytest.mark.parametrize("actor", ["unit:court", "leader:l_secretary"])
def test_other_units_and_leaders_see_nothing_of_the_case(node: NodeBench, actor: str) -> None:
    node.hears_routing()

    with pytest.raises(NotYourCase):
        node.shows_cards(actor=actor)


def test_there_is_nothing_to_show_of_what_was_never_routed_or_waits(new_node: NodeBench) -> None:
    with pytest.raises(PetitionNotFound):
        new_node.shows_cards()
    new_node.hears_routing()
    with pytest.raises(CardsMissing):
        new_node.shows_cards()


@pytest.mark.proves("D-12", "P-2")
def test_no_event_of_the_whole_way_names_the_petitioner(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    assert all(PETITIONER not in str(envelope.dump()) for envelope in node.bench.recorded)


# --- What the store itself does not allow ---------------------------------------------------------


@pytest.mark.proves("I-3", "C-08")
def test_the_store_holds_one_set_in_force_and_each_kind_once(stored_node: NodeBench) -> None:
    stored_node.hears_routing()
    (card_set,) = stored_node.bench.rows(CardSet)
    stub = stored_node.bench.rows(Card)[3]
    another_set = {column.name: getattr(card_set, column.name) for column in CardSet.__table__.c}
    another_card = {column.name: getattr(stub, column.name) for column in Card.__table__.c}

    for table, row in (
        (CardSet, another_set | {"set_no": f"{NO}-CA-2"}),
        (Card, another_card | {"card_no": f"{NO}-CA-1-5"}),
        (Card, another_card | {"card_no": "x", "copy": 1}),
    ):
        with pytest.raises(IntegrityError), stored_node.bench.store.writing() as session:
            session.execute(insert(table).values(**row))


def test_every_step_of_a_petition_is_kept(node: NodeBench) -> None:
    node.invites()

    steps = [row.state.value for row in node.bench.rows(PreparationStep)]

    assert steps == ["awaiting_session", "cards_issued", "prepared", "appointed"]
    assert node.bench.rows(PreparationStep)[0].taken_at == ROUTED_AT
