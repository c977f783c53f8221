"""A township whose leaders receive in turn: planning, cards, swaps, and leaders who leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts import reception
from shared.contracts.base import Refusal
from shared.contracts.common import LeaderAssignment, NotYourCase
from shared.contracts.reception import (
    CardsIssuedV1,
    CardsVoidedV1,
    DutySwappedV1,
    NoSessionPlanned,
    NotTheReceivingLeader,
    SessionsPublishedV1,
    SwapLeavesVacancy,
    SwapNotProvided,
    SwapNotWithNext,
    SwapTooLate,
    TurnsAreFixed,
)
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.reception import NodeBench

A, B, C, D = "l_town_a", "l_town_b", "l_town_c", "l_town_d"
NO, OTHER_NO = "XF-20260601-0001", "XF-20260601-0002"
TUESDAYS = ("2026-06-02", "2026-06-23")
FIRST, SECOND, THIRD, FOURTH = (f"sanchakou-202606{day:02d}" for day in (2, 9, 16, 23))
ROUTED_AT = at("2026-06-01 15:00")
FIRST_MEETING_AT = at("2026-06-02 08:30")
SECOND_MEETING_AT = at("2026-06-09 08:30")


@pytest.fixture
def new_township() -> Iterator[NodeBench]:
    """A township with three leaders and a rota, of which nothing is planned."""
    from tests.support.reception import NodeBench  # noqa: PLC0415 - see the conftest.

    made = NodeBench.at("sqlite://", "sanchakou", regime="weekly_rota")
    made.hears_directory(township=(A, B, C))
    yield made
    made.bench.close()


@pytest.fixture
def township(new_township: NodeBench) -> NodeBench:
    """The township with four published Tuesdays."""
    new_township.plans(*TUESDAYS)
    new_township.publishes(*TUESDAYS)
    return new_township


def duties(node: NodeBench) -> dict[str, str]:
    sessions = node.bench.query(
        _list_sessions(), reception.ListSessions(), actor="officer:desk_1"
    ).sessions
    assert all(len(session.seats) == 1 for session in sessions)
    return {session.session: session.seats[0].leader for session in sessions}


def _list_sessions() -> Any:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    return usecases.list_sessions


def routed(node: NodeBench, number: str = NO, **changes: Any) -> None:
    facts: dict[str, Any] = {
        "organ": "sanchakou",
        "leader": C,
        "leader_in_charge": C,
        "field": "land",
        "leader_assignment": LeaderAssignment.ROTA,
    }
    node.hears_routing(number, **(facts | changes))


def appointed(node: NodeBench, number: str = NO) -> None:
    node.records_opinion(number, consulting=C, now=at("2026-06-01 16:00"))
    node.notifies(number, now=at("2026-06-01 16:30"))


# --- Turns ----------------------------------------------------------------------------------------


@pytest.mark.proves("M-04", "M-05", "I-11")
def test_each_day_of_reception_has_one_leader_in_turn(township: NodeBench) -> None:
    assert duties(township) == {FIRST: A, SECOND: B, THIRD: C, FOURTH: A}


@pytest.mark.proves("D-16", "D-17")
def test_a_holiday_is_skipped_and_its_turn_passed_on(new_township: NodeBench) -> None:
    new_township.plans("2026-09-29", "2026-10-13")

    assert duties(new_township) == {"sanchakou-20260929": A, "sanchakou-20261013": B}


@pytest.mark.proves("M-04")
def test_the_turns_go_on_in_the_next_period(township: NodeBench) -> None:
    township.plans("2026-06-30", "2026-07-07")

    assert list(duties(township).values()) == [A, B, C, A, B, C]


@pytest.mark.proves("M-04")
def test_one_who_left_is_skipped_and_one_who_came_joins_at_the_end(township: NodeBench) -> None:
    township.hears_directory(version=2, township=(D, A, C))

    township.plans("2026-06-30", "2026-07-21")

    assert list(duties(township).values())[4:] == [C, D, A, C]


def test_planning_the_same_days_again_shuffles_nothing(new_township: NodeBench) -> None:
    new_township.plans(*TUESDAYS)

    new_township.plans("2026-06-02", "2026-06-30", place="别处")

    assert list(duties(new_township).values()) == [A, B, C, A, B]


@pytest.mark.proves("M-04")
def test_nobody_is_named_out_of_turn(new_township: NodeBench) -> None:
    with pytest.raises(TurnsAreFixed):
        new_township.plans(*TUESDAYS, leaders=(B,))


@pytest.mark.proves("I-11", "M-14", "L22-18")
def test_a_published_duty_of_one_who_leaves_goes_to_the_next_in_turn(township: NodeBench) -> None:
    routed(township, now=at("2026-06-02 09:00"))

    township.hears_directory(version=2, township=(A, C), now=at("2026-06-03 09:00"))

    assert duties(township) == {FIRST: A, SECOND: C, THIRD: C, FOURTH: A}
    board = township.shows_board(from_on=date(2026, 6, 9))
    assert [(line.session, line.leader) for line in board.lines] == [
        (SECOND, C),
        (THIRD, C),
        (FOURTH, A),
    ]
    told = township.bench.recorded_of(SessionsPublishedV1)[-1]
    assert [(session.session, session.leaders) for session in told.sessions] == [(SECOND, (C,))]
    assert township.bench.recorded_of(CardsIssuedV1)[-1].leader == C


def test_an_older_directory_that_comes_late_moves_nobody(township: NodeBench) -> None:
    township.hears_directory(version=3, township=(A, B, C))

    township.hears_directory(version=2, township=(A,))

    assert duties(township) == {FIRST: A, SECOND: B, THIRD: C, FOURTH: A}


def test_where_everybody_left_nothing_can_be_filled(township: NodeBench) -> None:
    township.hears_directory(version=2, township=())

    assert duties(township) == {FIRST: A, SECOND: B, THIRD: C, FOURTH: A}


# --- Whoever sits ---------------------------------------------------------------------------------


@pytest.mark.proves("M-04", "C-08", "C-09", "C-12", "C-13", "M-13")
def test_a_petition_comes_before_whoever_sits_from_card_to_decision(township: NodeBench) -> None:
    routed(township)
    cards = township.shows_cards()
    appointed(township)
    docket = township.shows_docket(FIRST)
    township.attends(now=FIRST_MEETING_AT)

    with pytest.raises(NotTheReceivingLeader):
        township.holds(now=FIRST_MEETING_AT, actor=f"leader:{C}")
    decided = township.holds(now=FIRST_MEETING_AT, actor=f"leader:{A}")

    assert (cards.session, cards.leader) == (FIRST, A)
    report = next(card for card in cards.cards if card.kind is reception.CardKind.LEADER_REPORT)
    assert report.addressee == A
    assert "由您轮值接待" in (report.text or "")
    assert [line.leader for line in docket.lines] == [A]
    assert (decided.leader, decided.session) == (A, FIRST)


@pytest.mark.proves("M-04", "D-10")
def test_a_full_sitting_is_passed_over_for_the_next_whoever_sits_there(
    new_township: NodeBench,
) -> None:
    new_township.plans(*TUESDAYS, ends_at="09:00")
    routed(new_township)
    routed(new_township, OTHER_NO)

    shown = new_township.shows_cards(OTHER_NO)

    assert (shown.session, shown.leader) == (SECOND, B)


@pytest.mark.proves("C-05", "D-06")
def test_what_was_not_sorted_for_a_rota_waits_for_its_own_leader(township: NodeBench) -> None:
    routed(township, leader_assignment=LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO)
    routed(township, OTHER_NO, leader_assignment=None)

    assert [township.shows_cards(number).session for number in (NO, OTHER_NO)] == [THIRD, THIRD]


@pytest.mark.proves("D-13", "M-04", "C-09")
def test_after_an_absence_whoever_sits_next_receives_and_may_read_the_case(
    township: NodeBench,
) -> None:
    routed(township)
    appointed(township)
    township.attends(
        reception.PartyAttendance(party=reception.Party.UNIT, unit="labour_bureau", present=False),
        now=FIRST_MEETING_AT,
    )

    shown = township.shows_cards(actor=f"leader:{B}")
    with pytest.raises(NotYourCase):
        township.shows_cards(actor=f"leader:{A}")
    notice = township.notifies(now=at("2026-06-03 09:00"))
    township.attends(now=SECOND_MEETING_AT)
    decided = township.holds(now=SECOND_MEETING_AT, actor=f"leader:{B}")

    assert (shown.session, shown.leader, shown.printed_on) == (SECOND, B, date(2026, 6, 2))
    report = next(card for card in shown.cards if card.kind is reception.CardKind.LEADER_REPORT)
    assert "接待日期已改为2026年6月9日" in (report.text or "")
    assert (notice.leader, decided.leader) == (B, B)


def test_a_correcting_entry_of_the_day_brings_the_first_leader_back(township: NodeBench) -> None:
    routed(township)
    appointed(township)
    township.attends(
        reception.PartyAttendance(party=reception.Party.UNIT, unit="labour_bureau", present=False),
        now=FIRST_MEETING_AT,
    )

    township.attends(now=FIRST_MEETING_AT)

    assert township.holds(now=FIRST_MEETING_AT, actor=f"leader:{A}").leader == A


# --- Swaps ----------------------------------------------------------------------------------------


@pytest.mark.proves("M-14", "D-16", "L22-18", "I-11")
def test_a_swap_tells_both_leaders_and_the_board(township: NodeBench) -> None:
    swapped = township.swaps(FIRST, B)

    assert duties(township) == {FIRST: B, SECOND: A, THIRD: C, FOURTH: A}
    assert [notice.leader for notice in swapped.notices] == [A, B]
    assert "2026年6月2日（星期二）的值班改期" in swapped.notices[0].text
    assert "现值班时间：2026年6月9日（星期二）08:30至11:30" in swapped.notices[0].text
    assert "现值班时间：2026年6月2日（星期二）08:30至11:30" in swapped.notices[1].text
    (told,) = township.bench.recorded_of(DutySwappedV1)
    assert (told.leader, told.counterpart, told.next_session) == (A, B, SECOND)
    renewed = township.bench.recorded_of(SessionsPublishedV1)[-1]
    assert [session.leaders for session in renewed.sessions] == [(B,), (A,)]
    board = township.shows_board(from_on=date(2026, 6, 1))
    assert [line.leader for line in board.lines][:2] == [B, A]


def test_the_reason_of_a_swap_is_sealed(township: NodeBench) -> None:
    from services.reception.models import DutySwap  # noqa: PLC0415 - see the conftest.

    township.swaps(FIRST, B)

    (row,) = township.bench.rows(DutySwap)
    assert "因公外出" not in row.reason_sealed
    opened = township.bench.vault.open(
        row.reason_sealed, context=f"duty_swaps|{row.request_id}|reason"
    )
    assert opened == "因公外出"


@pytest.mark.proves("M-14", "C-09", "C-11", "C-12", "I-4")
def test_after_a_swap_the_cards_name_who_sits_and_opinion_and_notice_follow_them(
    township: NodeBench,
) -> None:
    routed(township)
    appointed(township)

    swapped = township.swaps(FIRST, B, now=at("2026-06-01 17:00"))
    shown = township.shows_cards()
    appointed(township)
    township.attends(now=FIRST_MEETING_AT)

    assert swapped.petitions == (NO,)
    assert (shown.session, shown.leader, shown.set_no) == (FIRST, B, f"{NO}-CA-2")
    assert shown.state is reception.PreparationState.CARDS_ISSUED
    assert [each.set_no for each in township.bench.recorded_of(CardsVoidedV1)] == [f"{NO}-CA-1"]
    assert township.holds(now=FIRST_MEETING_AT, actor=f"leader:{B}").leader == B


@pytest.mark.proves("D-16", "M-04")
def test_a_swap_of_duty_does_not_shift_the_turns(township: NodeBench) -> None:
    township.plans("2026-06-30", "2026-06-30")
    township.swaps(FOURTH, B)

    township.plans("2026-07-07", "2026-07-07")

    assert list(duties(township).values())[3:] == [B, A, C]


@pytest.mark.proves("M-14")
def test_a_swap_before_publishing_is_what_is_published(new_township: NodeBench) -> None:
    new_township.plans(*TUESDAYS)
    new_township.swaps(FIRST, B)
    new_township.plans(*TUESDAYS)

    new_township.publishes(*TUESDAYS)

    (told,) = new_township.bench.recorded_of(SessionsPublishedV1)
    assert [session.leaders for session in told.sessions] == [(B,), (A,), (C,), (A,)]


@pytest.mark.proves("M-14")
def test_swapping_back_with_the_next_restores_the_rota(township: NodeBench) -> None:
    township.swaps(FIRST, B)

    township.swaps(FIRST, A)

    assert duties(township) == {FIRST: A, SECOND: B, THIRD: C, FOURTH: A}


@pytest.mark.proves("M-14")
def test_a_leader_asks_for_their_own_swap_and_for_no_other(township: NodeBench) -> None:
    with pytest.raises(NotYourCase):
        township.swaps(FIRST, B, actor=f"leader:{C}")

    township.swaps(FIRST, B, actor=f"leader:{A}")

    assert duties(township)[FIRST] == B


@pytest.mark.proves("M-14", "D-16", "I-11")
@pytest.mark.parametrize(
    ("session", "counterpart", "now", "refusal"),
    [
        pytest.param(FIRST, B, "2026-06-02 00:00", SwapTooLate, id="on the day"),
        pytest.param(FIRST, C, "2026-06-01 09:00", SwapNotWithNext, id="not with the next"),
        pytest.param(FIRST, A, "2026-06-01 09:00", SwapNotWithNext, id="with oneself"),
        pytest.param(FOURTH, B, "2026-06-01 09:00", NoSessionPlanned, id="nothing after it"),
        pytest.param(
            "sanchakou-20260603", B, "2026-06-01 09:00", NoSessionPlanned, id="no such session"
        ),
    ],
)
def test_a_swap_that_breaks_a_rule_changes_nothing(
    township: NodeBench, session: str, counterpart: str, now: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        township.swaps(session, counterpart, now=at(now))

    assert duties(township) == {FIRST: A, SECOND: B, THIRD: C, FOURTH: A}
    assert township.bench.recorded_of(DutySwappedV1) == []


@pytest.mark.proves("M-14", "I-11")
def test_a_swap_with_one_who_left_would_leave_a_vacancy(township: NodeBench) -> None:
    township.hears_directory(version=2, township=(), now=at("2026-05-20 10:00"))

    with pytest.raises(SwapLeavesVacancy):
        township.swaps(FIRST, B)


@pytest.mark.proves("C-05")
def test_leaders_who_receive_by_portfolio_do_not_swap(node: NodeBench) -> None:
    with pytest.raises(SwapNotProvided):
        node.swaps("county-20260605", "l_secretary")
