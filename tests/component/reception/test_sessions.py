"""Sessions planned and published ahead, and the node's first word to the others."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from services.reception import usecases
from services.reception.models import (
    DirectoryVersion,
    Preparation,
    ReceptionSession,
    SessionPublication,
)
from shared.calendar import Weekday
from shared.contracts import reception
from shared.contracts.base import Refusal
from shared.contracts.common import (
    DateInPast,
    DirectoryMissing,
    LeaderAssignment,
    LeaderUnknown,
)
from shared.contracts.reception import (
    NodeOpenedV1,
    NoSessionPlanned,
    NoticeIncomplete,
    SessionsNotAhead,
    SessionsPublishedV1,
    SessionState,
    SessionTimesInvalid,
)
from tests.support.bench import at
from tests.support.reception import FRIDAY, LEADER, NO, PLANNED_AT, UNIT, NodeBench, names

# --- The node ---------------------------------------------------------------------------------


@pytest.mark.proves("D-30", "I-17")
def test_a_node_announces_itself_once_in_its_life(new_node: NodeBench) -> None:
    bench = new_node.bench
    start = partial(usecases.announce, node=new_node.node)

    for _ in range(2):
        bench.engine.run(start)
        bench.sweep(PLANNED_AT)
        bench.start_engine()

    assert bench.recorded_of(NodeOpenedV1) == [
        NodeOpenedV1(
            node="county",
            service="reception_county",
            territory="county",
            regime="county",
            leader_assignment=LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO,
        )
    ]


def test_a_start_before_the_sweep_does_not_announce_twice(new_node: NodeBench) -> None:
    start = partial(usecases.announce, node=new_node.node)

    new_node.bench.engine.run(start)
    new_node.bench.engine.run(start)

    assert new_node.bench.sweep(PLANNED_AT) == 1


def test_directory_versions_may_come_in_any_order_and_twice(new_node: NodeBench) -> None:
    for version in (2, 1, 2):
        new_node.hears_directory(version=version)

    assert [row.version for row in new_node.bench.rows(DirectoryVersion)] == [1, 2]


# --- Planning -----------------------------------------------------------------------------------


@pytest.mark.proves("C-03", "D-17")
def test_fridays_are_planned_and_a_holiday_moves_to_the_next_working_day(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()

    planned = new_node.plans("2026-06-12", "2026-06-26")

    assert [(s.session, s.on.isoformat(), s.nominal_on.isoformat()) for s in planned.sessions] == [
        ("county-20260612", "2026-06-12", "2026-06-12"),
        ("county-20260622", "2026-06-22", "2026-06-19"),
        ("county-20260626", "2026-06-26", "2026-06-26"),
    ]
    first = planned.sessions[0]
    assert (first.starts_at, first.ends_at, first.state) == ("08:30", "11:30", SessionState.PLANNED)


@pytest.mark.proves("C-03")
def test_without_names_every_leader_of_the_nodes_organ_sits(new_node: NodeBench) -> None:
    new_node.hears_directory()

    county = new_node.plans("2026-06-05", "2026-06-05").sessions[0]

    assert [(seat.leader, seat.slots, seat.taken) for seat in county.seats] == [
        ("l_head", 6, 0),
        ("l_secretary", 6, 0),
        (LEADER, 6, 0),
    ]


@pytest.mark.proves("C-03")
def test_a_township_node_seats_the_township_and_names_its_own_sessions() -> None:
    township = NodeBench.at("sqlite://", "sanchakou")
    township.hears_directory()

    planned = township.plans("2026-06-05", "2026-06-05").sessions[0]

    assert planned.session == "sanchakou-20260605"
    assert [seat.leader for seat in planned.seats] == ["l_mayor_sanchakou"]
    township.bench.close()


@pytest.mark.proves("C-03")
def test_planning_again_adds_missing_days_and_changes_none_that_is_published(
    node: NodeBench,
) -> None:
    again = node.plans("2026-06-05", "2026-06-26", place="别处", starts_at="14:00", ends_at="17:00")

    assert [(s.session, s.place, s.starts_at) for s in again.sessions] == [
        ("county-20260605", "县信访接待大厅", "08:30"),
        ("county-20260612", "县信访接待大厅", "08:30"),
        ("county-20260622", "别处", "14:00"),
        ("county-20260626", "别处", "14:00"),
    ]


@pytest.mark.proves("C-03")
def test_what_is_not_published_yet_is_corrected_by_planning_again(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.plans()

    corrected = new_node.plans(
        place="别处", starts_at="14:00", ends_at="17:00", leaders=(LEADER,)
    ).sessions

    assert [(s.place, s.starts_at, [seat.leader for seat in s.seats]) for s in corrected] == [
        ("别处", "14:00", [LEADER]),
        ("别处", "14:00", [LEADER]),
    ]


@pytest.mark.proves("C-03", "D-17")
def test_a_day_that_is_none_any_more_is_withdrawn_until_it_is_planned_again(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.plans()
    fridays = new_node.node
    other = fridays.regime.reception_schedule
    new_node.node = replace(
        fridays,
        regime=replace(fridays.regime, reception_schedule=replace(other, weekday=Weekday.THURSDAY)),
    )

    thursdays = new_node.plans("2026-06-01", "2026-06-12")
    new_node.node = fridays
    again = new_node.plans("2026-06-01", "2026-06-12")

    assert [s.session for s in thursdays.sessions] == ["county-20260604", "county-20260611"]
    assert [s.session for s in again.sessions] == [FRIDAY, "county-20260612"]


@pytest.mark.proves("C-08", "C-09", "P-5")
@pytest.mark.parametrize(
    ("changes", "set_no", "session"),
    [
        pytest.param({"place": "别处"}, "CA-2", FRIDAY, id="another place: new cards"),
        pytest.param({"starts_at": "14:00", "ends_at": "17:00"}, "CA-1", FRIDAY, id="other hours"),
        pytest.param({}, "CA-1", FRIDAY, id="nothing new"),
    ],
)
def test_cards_issued_for_a_session_follow_its_correction(
    new_node: NodeBench, changes: dict[str, Any], set_no: str, session: str
) -> None:
    new_node.hears_directory()
    new_node.plans()
    new_node.hears_routing()

    new_node.plans(now=at("2026-06-02 09:00"), **changes)

    shown = new_node.shows_cards()
    assert (shown.set_no, shown.session) == (f"{NO}-{set_no}", session)
    assert shown.place == changes.get("place", "县信访接待大厅")


@pytest.mark.proves("C-04", "C-05", "P-5")
def test_a_petition_whose_leader_sits_no_more_waits_for_the_next_session(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.plans("2026-06-05", "2026-06-05")
    new_node.hears_routing()

    new_node.plans("2026-06-05", "2026-06-05", leaders=("l_head",), now=at("2026-06-02 09:00"))
    waits = new_node.bench.rows(Preparation)[0]
    new_node.plans("2026-06-12", "2026-06-12", now=at("2026-06-02 09:30"))

    assert (waits.state, waits.session) == (reception.PreparationState.AWAITING_SESSION, None)
    shown = new_node.shows_cards()
    assert (shown.set_no, shown.session) == (f"{NO}-CA-2", "county-20260612")


@pytest.mark.proves("D-10")
def test_an_hour_that_is_none_any_more_is_given_back(new_node: NodeBench) -> None:
    new_node.hears_directory()
    new_node.plans()
    new_node.hears_routing()
    new_node.records_opinion()
    before = new_node.plans_docket().lines[0].starts_at

    new_node.plans(now=at("2026-06-03 11:00"), starts_at="14:00", ends_at="17:00")

    assert (before, new_node.shows_docket().lines[0].starts_at) == ("08:30", None)


@pytest.mark.proves("D-13")
def test_a_meeting_that_an_absence_moved_waits_again_where_its_new_day_is_withdrawn(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.plans("2026-06-05", "2026-06-05")
    new_node.publishes("2026-06-05", "2026-06-05")
    new_node.plans("2026-06-12", "2026-06-12")
    new_node.invites()
    new_node.attends(
        reception.PartyAttendance(party=reception.Party.UNIT, unit=UNIT, present=False)
    )

    new_node.plans("2026-06-12", "2026-06-12", leaders=("l_head",), now=at("2026-06-08 09:00"))
    waits = new_node.bench.rows(Preparation)[0]
    new_node.plans("2026-06-22", "2026-06-22", now=at("2026-06-08 09:30"))

    assert waits.state is reception.PreparationState.AWAITING_SESSION
    shown = new_node.shows_cards()
    assert (shown.set_no, shown.session) == (f"{NO}-CA-1", "county-20260622")
    assert shown.printed_on == date(2026, 6, 5)


@pytest.mark.proves("C-03")
def test_planning_from_today_on_is_allowed(node: NodeBench) -> None:
    planned = node.plans("2026-06-26", "2026-06-26", now=at("2026-06-26 08:00"))

    assert [session.session for session in planned.sessions] == ["county-20260626"]


@pytest.mark.proves("C-03")
@pytest.mark.parametrize(
    ("period", "changes", "refusal"),
    [
        pytest.param(("2026-05-19", "2026-06-05"), {}, DateInPast, id="begins yesterday"),
        pytest.param(("2026-06-06", "2026-06-11"), {}, NoSessionPlanned, id="holds no Friday"),
        pytest.param(
            ("2026-06-12", "2026-06-05"), {}, NoSessionPlanned, id="ends before it begins"
        ),
        pytest.param(("2099-01-01", "2099-12-31"), {}, NoSessionPlanned, id="beyond the calendar"),
        pytest.param(
            ("2026-06-05", "2026-06-05"),
            {"ends_at": "08:00"},
            SessionTimesInvalid,
            id="hours that end before they begin",
        ),
        pytest.param(
            ("2026-06-05", "2026-06-05"),
            {"leaders": ("l_nobody",)},
            LeaderUnknown,
            id="a leader the directory does not know",
        ),
        pytest.param(
            ("2026-06-05", "2026-06-05"),
            {"leaders": (LEADER, "l_mayor_sanchakou")},
            LeaderUnknown,
            id="a leader of a township at the county's node",
        ),
    ],
)
def test_a_plan_that_cannot_be_held_is_refused(
    new_node: NodeBench, period: tuple[str, str], changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    new_node.hears_directory()

    with pytest.raises(refusal):
        new_node.plans(*period, **changes)

    assert new_node.bench.rows(ReceptionSession) == []


def test_planning_needs_the_directory(new_node: NodeBench) -> None:
    with pytest.raises(DirectoryMissing):
        new_node.plans()


@pytest.mark.proves("I-11")
def test_a_session_without_any_leader_is_not_planned() -> None:
    department = NodeBench.at("sqlite://", "housing_bureau")
    department.hears_directory()

    with pytest.raises(LeaderUnknown):
        department.plans()
    department.bench.close()


# --- Publishing ---------------------------------------------------------------------------------


@pytest.mark.proves("L22-18", "I-11")
def test_publishing_puts_leaders_on_the_board_with_a_numbered_document(
    new_node: NodeBench,
) -> None:
    new_node.hears_directory()
    new_node.plans()

    published = new_node.publishes()

    assert {session.state for session in published.sessions} == {SessionState.PUBLISHED}
    (told,) = new_node.bench.recorded_of(SessionsPublishedV1)
    assert [session.session for session in told.sessions] == [FRIDAY, "county-20260612"]
    assert [document.no for document in told.documents] == [
        "JD-20260605-0001-NB-1",
        "JD-20260612-0001-NB-1",
    ]
    assert all(session.leaders for session in told.sessions)


@pytest.mark.proves("I-17")
def test_publishing_again_publishes_nothing_twice(node: NodeBench) -> None:
    node.plans("2026-06-05", "2026-06-26")

    node.publishes("2026-06-05", "2026-06-26")
    node.publishes("2026-06-05", "2026-06-26")

    first, second = node.bench.recorded_of(SessionsPublishedV1)
    assert len(first.sessions) == 2
    assert [session.session for session in second.sessions] == [
        "county-20260622",
        "county-20260626",
    ]


@pytest.mark.proves("L22-18")
@pytest.mark.parametrize(
    ("now", "is_ahead"),
    [
        pytest.param("2026-06-04 23:59", True, id="on the eve"),
        pytest.param("2026-06-05 00:00", False, id="on the day itself"),
        pytest.param("2026-06-06 09:00", False, id="after the day"),
    ],
)
def test_a_session_is_published_before_its_day(
    new_node: NodeBench, now: str, *, is_ahead: bool
) -> None:
    new_node.hears_directory()
    new_node.plans()

    if is_ahead:
        new_node.publishes(now=at(now))
    else:
        with pytest.raises(SessionsNotAhead):
            new_node.publishes(now=at(now))

    assert bool(new_node.bench.rows(SessionPublication)) is is_ahead


def test_what_was_published_ahead_does_not_stand_in_the_way_later(node: NodeBench) -> None:
    node.plans("2026-06-22", "2026-06-26")

    shown = node.publishes("2026-06-05", "2026-06-26", now=at("2026-06-15 09:00"))

    assert {session.state for session in shown.sessions} == {SessionState.PUBLISHED}


@pytest.mark.proves("L22-18")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"code": "l_moved"}, id="leaders who have left the directory"),
        pytest.param({"posts": (), "portfolio": ()}, id="neither post nor field of matters"),
    ],
)
def test_a_notice_that_lacks_something_is_not_published(
    new_node: NodeBench, changes: dict[str, Any]
) -> None:
    new_node.hears_directory()
    new_node.plans()

    with pytest.raises(NoticeIncomplete):
        new_node.publishes(facts=names(**changes))

    assert new_node.bench.rows(SessionPublication) == []


def test_there_is_nothing_to_publish_where_nothing_is_planned(new_node: NodeBench) -> None:
    with pytest.raises(NoSessionPlanned):
        new_node.publishes()


@pytest.mark.proves("L22-18", "P-2", "P-4")
def test_the_board_shows_leaders_and_never_petitioners(node: NodeBench) -> None:
    node.invites()

    board = node.shows_board()

    assert [(line.session, line.leader) for line in board.lines][:3] == [
        (FRIDAY, "l_head"),
        (FRIDAY, "l_secretary"),
        (FRIDAY, LEADER),
    ]
    by_leader = {line.leader: line for line in board.lines}
    assert by_leader[LEADER].portfolio == ("劳动保障", "养老保险")
    assert by_leader["l_head"].portfolio == ("主持政府全面工作",)
    assert "2026年6月5日（星期五）08:30至11:30　县信访接待大厅" in board.text
    assert "不得打击报复信访人" in board.text
    assert "XF-" not in board.text


def test_the_board_begins_today_unless_told_otherwise(node: NodeBench) -> None:
    def days(**changes: Any) -> set[str]:
        board = node.shows_board(now=at("2026-06-06 08:00"), **changes)
        return {line.session for line in board.lines}

    assert days() == {"county-20260612"}
    assert days(from_on=at("2026-06-01 08:00").date()) == {FRIDAY, "county-20260612"}


def test_an_empty_board_says_so(new_node: NodeBench) -> None:
    board = new_node.shows_board()

    assert board.lines == ()
    assert "没有已公示的接待日" in board.text


def test_sessions_are_listed_by_period(node: NodeBench) -> None:
    def listed(**bounds: object) -> list[str]:
        request = reception.ListSessions(**bounds)  # type: ignore[arg-type]
        found = node.bench.query(usecases.list_sessions, request)
        return [session.session for session in found.sessions]

    day = at("2026-06-08 00:00").date()
    assert listed() == [FRIDAY, "county-20260612"]
    assert listed(from_on=day) == ["county-20260612"]
    assert listed(until_on=day) == [FRIDAY]
