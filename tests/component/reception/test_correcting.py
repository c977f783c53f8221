"""A published session that is wrong: corrected before its day, on the board and for petitioners."""

from datetime import date, datetime
from functools import partial
from typing import Any

import pytest

from services.reception import usecases
from services.reception.models import Preparation, SessionCorrection
from shared.contracts import reception
from shared.contracts.reception import (
    NodeDescribedV1,
    NodeOpenedV1,
    PreparationState,
    SessionsNotAhead,
    SessionsPublishedV1,
)
from tests.support.bench import at
from tests.support.reception import (
    FRIDAY,
    NEXT_FRIDAY,
    NO,
    OTHER_NO,
    PREPARED_AT,
    NodeBench,
    came,
    names,
)

WHY = "公示的地点写错"
ELSEWHERE = "县政府二楼会议室"


def _corrects(
    node: NodeBench, *, now: datetime = PREPARED_AT, until_on: str = "2026-06-05", **changes: Any
) -> reception.SessionList:
    facts: dict[str, Any] = {"place": "县信访接待大厅", "correction": WHY}
    return node.plans("2026-06-05", until_on, now=now, **(facts | changes))


def _standing(node: NodeBench, number: str = NO) -> tuple[PreparationState, str | None]:
    (row,) = (row for row in node.bench.rows(Preparation) if row.petition_no == number)
    return row.state, row.session


@pytest.mark.proves("L22-18", "M-06")
def test_a_published_session_stays_as_it_is_unless_a_reason_is_stated(node: NodeBench) -> None:
    (session,) = _corrects(node, place=ELSEWHERE, correction=None).sessions

    assert session.place == "县信访接待大厅"
    assert len(node.bench.recorded_of(SessionsPublishedV1)) == 1


@pytest.mark.proves("L22-18", "M-06", "D-16")
def test_a_correction_is_told_on_the_board_with_a_notice_of_its_own_and_kept(
    stored_node: NodeBench,
) -> None:
    node = stored_node

    _corrects(node, place=ELSEWHERE, starts_at="09:00")

    first, again = node.bench.recorded_of(SessionsPublishedV1)
    (told,) = again.sessions
    assert (told.session, told.starts_at) == (FRIDAY, "09:00")
    assert again.documents[0] not in first.documents
    lines = [
        line
        for line in node.shows_board(now=PREPARED_AT, facts=names(), node="county").lines
        if line.session == FRIDAY
    ]
    assert {(line.place, line.starts_at) for line in lines} == {(ELSEWHERE, "09:00")}
    (kept,) = node.bench.rows(SessionCorrection)
    assert (kept.place, kept.starts_at, kept.sha256) == (
        "县信访接待大厅",
        "08:30",
        again.documents[0].sha256,
    )
    assert WHY not in kept.reason_sealed


@pytest.mark.proves("L22-18", "D-16")
@pytest.mark.parametrize(
    ("now", "refused"),
    [
        pytest.param("2026-06-04 23:59", False, id="in the last minute before its day"),
        pytest.param("2026-06-05 00:00", True, id="as its day begins"),
    ],
)
def test_a_published_session_is_corrected_before_its_day_begins(
    node: NodeBench, now: str, *, refused: bool
) -> None:
    if refused:
        with pytest.raises(SessionsNotAhead):
            _corrects(node, place=ELSEWHERE, now=at(now))
    else:
        _corrects(node, place=ELSEWHERE, now=at(now))

    assert len(node.bench.rows(SessionCorrection)) == (not refused)


def test_a_correction_that_changes_nothing_puts_up_no_new_notice(node: NodeBench) -> None:
    _corrects(node, until_on="2026-06-12")

    assert len(node.bench.recorded_of(SessionsPublishedV1)) == 1
    assert node.bench.rows(SessionCorrection) == []


@pytest.mark.proves("C-09", "C-11", "L22-18")
def test_petitions_of_a_session_held_elsewhere_get_new_cards_of_the_new_place(
    node: NodeBench,
) -> None:
    node.invites()

    _corrects(node, place=ELSEWHERE)

    cards = node.shows_cards()
    assert (cards.set_no, cards.place, cards.session) == (f"{NO}-CA-2", ELSEWHERE, FRIDAY)
    assert _standing(node) == (PreparationState.CARDS_ISSUED, FRIDAY)
    node.records_opinion()
    assert node.notifies().on == date(2026, 6, 5)


@pytest.mark.proves("D-10", "C-12", "L22-18")
@pytest.mark.parametrize(
    ("starts_at", "state"),
    [
        pytest.param("08:00", PreparationState.APPOINTED, id="the hour is one still"),
        pytest.param("09:00", PreparationState.PREPARED, id="the hour is none any more"),
    ],
)
def test_an_hour_that_is_none_any_more_is_notified_anew(
    node: NodeBench, starts_at: str, state: PreparationState
) -> None:
    node.invites()

    _corrects(node, starts_at=starts_at)

    assert _standing(node) == (state, FRIDAY)
    if state is PreparationState.PREPARED:
        assert node.notifies().starts_at == "09:00"


@pytest.mark.proves("D-13", "C-12", "L22-18")
def test_a_meeting_that_an_absence_moved_here_keeps_its_cards_and_is_notified_anew(
    node: NodeBench,
) -> None:
    node.invites()
    node.invites(OTHER_NO)
    node.attends(came(reception.Party.UNIT, unit="labour_bureau", present=False))
    node.notifies(now=at("2026-06-08 09:00"))

    node.plans(
        "2026-06-12",
        "2026-06-12",
        now=at("2026-06-08 10:00"),
        place=ELSEWHERE,
        correction=WHY,
    )

    assert _standing(node) == (PreparationState.PREPARED, NEXT_FRIDAY)
    assert node.shows_cards().set_no == f"{NO}-CA-1"
    assert _standing(node, OTHER_NO) == (PreparationState.APPOINTED, FRIDAY)
    assert node.notifies(now=at("2026-06-08 11:00")).on == date(2026, 6, 12)


@pytest.mark.proves("L22-18", "D-30")
def test_a_node_that_opened_late_is_told_the_session_as_corrected(node: NodeBench) -> None:
    node.bench.engine.run(partial(usecases.announce, node=node.node))
    node.bench.engine.sweep(PREPARED_AT)
    _corrects(node, starts_at="09:00", now=at("2026-06-03 11:00"))

    late = NodeOpenedV1(
        node="sanchakou",
        service="reception_sanchakou",
        territory="sanchakou",
        regime="weekly_rota",
    )
    node.bench.event(usecases.on_node_opened, late, now=at("2026-06-04 09:00"))

    (told,) = node.bench.recorded_of(NodeDescribedV1)
    (friday,) = (session for session in told.sessions if session.session == FRIDAY)
    assert (friday.starts_at, friday.published_at) == ("09:00", at("2026-06-03 11:00"))
