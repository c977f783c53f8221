"""The notice board of all nodes, and a node that tells anew what has changed of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts import reception
from shared.contracts.common import DirectoryMissing, LeaderAssignment
from shared.contracts.mechanism import ServiceUnavailable
from shared.contracts.reception import NodeOpenedV1, PublishedSession, SessionsPublishedV1
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.reception import NodeBench

TOWNSHIP_DAY = date(2026, 6, 9)


def opened(**changes: Any) -> NodeOpenedV1:
    facts: dict[str, Any] = {
        "node": "sanchakou",
        "service": "reception_sanchakou",
        "territory": "sanchakou",
        "regime": "weekly_rota",
        "leader_assignment": LeaderAssignment.ROTA,
    }
    return NodeOpenedV1(**(facts | changes))


def hears_opening(node: NodeBench, *, now: str = "2026-05-21 09:00", **changes: Any) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.bench.event(usecases.on_node_opened, opened(**changes), now=at(now))


def hears_sessions(
    node: NodeBench,
    *leaders: str,
    now: str = "2026-05-21 10:00",
    of: str = "sanchakou",
    starts_at: str = "08:30",
) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    told = SessionsPublishedV1(
        node=of,
        sessions=(
            PublishedSession(
                session=f"{of}-20260609",
                on=TOWNSHIP_DAY,
                starts_at=starts_at,
                ends_at="11:30",
                leaders=leaders,
            ),
        ),
        documents=(),
    )
    node.bench.event(usecases.on_sessions_published, told, now=at(now))


def names() -> Any:
    from tests.support.reception import names as directory  # noqa: PLC0415 - see the conftest.

    return directory()


# --- The board ------------------------------------------------------------------------------------


@pytest.mark.proves("L22-18", "M-06", "D-30", "P-2")
def test_another_node_appears_with_its_regime_place_and_sessions(node: NodeBench) -> None:
    hears_opening(node)
    hears_sessions(node, "l_mayor_sanchakou")

    board = node.shows_board(facts=names(), node="sanchakou")

    (point,) = board.points
    assert (point.node, point.place, point.regime) == ("sanchakou", "三岔口镇", "weekly_rota")
    (line,) = board.lines
    assert (line.session, line.node, line.place) == (
        "sanchakou-20260609",
        "sanchakou",
        "三岔口镇",
    )
    assert (line.title, line.leader_name, line.portfolio) == ("镇长", "某某", ("土地管理",))
    assert "三岔口镇：领导轮值接访" in board.text
    assert "2026年6月9日（星期二）08:30至11:30　三岔口镇　镇长某某" in board.text


@pytest.mark.proves("L22-18", "C-01")
def test_the_board_of_all_stands_in_order_of_days_and_tells_the_intake_days(
    node: NodeBench,
) -> None:
    hears_opening(node)
    hears_sessions(node, "l_mayor_sanchakou")

    board = node.shows_board(facts=names())

    days = [line.on for line in board.lines]
    assert days == sorted(days)
    assert {line.node for line in board.lines} == {"county", "sanchakou"}
    assert "信访部门受理日：星期一、星期二、星期三、星期四。" in board.text
    own = node.shows_board(facts=names(), node="county")
    assert {line.node for line in own.lines} == {"county"}
    assert own.points == ()


@pytest.mark.proves("L22-18")
def test_the_later_notice_of_a_session_counts_whichever_comes_first(node: NodeBench) -> None:
    hears_opening(node)
    hears_sessions(node, "l_mayor_sanchakou", now="2026-05-22 10:00", starts_at="09:00")
    hears_sessions(node, "l_head", now="2026-05-21 10:00")

    (line,) = node.shows_board(facts=names(), node="sanchakou").lines

    assert (line.leader, line.starts_at) == ("l_mayor_sanchakou", "09:00")


def test_the_later_announcement_of_a_node_counts_whichever_comes_first(node: NodeBench) -> None:
    hears_opening(node, now="2026-05-22 09:00", department="labour_bureau", territory="county")
    hears_opening(node, now="2026-05-21 09:00")

    (point,) = node.shows_board(facts=names()).points

    assert (point.department, point.place) == ("labour_bureau", "云岭县人社局")


def test_a_session_that_has_passed_is_shown_no_more(node: NodeBench) -> None:
    hears_sessions(node, "l_mayor_sanchakou")

    assert node.shows_board(now=at("2026-06-10 09:00"), node="sanchakou").lines == ()


def test_a_nodes_own_news_comes_back_to_it_and_doubles_nothing(node: NodeBench) -> None:
    hears_sessions(node, "l_head", of="county")

    assert all(line.on != TOWNSHIP_DAY for line in node.shows_board(facts=names()).lines)


def test_without_names_the_board_goes_on_with_codes(node: NodeBench) -> None:
    hears_opening(node)
    hears_sessions(node, "l_mayor_sanchakou")

    board = node.shows_board(facts=None)

    township = next(line for line in board.lines if line.node == "sanchakou")
    assert (township.place, township.leader_name) == ("sanchakou", "l_mayor_sanchakou")
    own = next(line for line in board.lines if line.node == "county")
    assert own.leader_name == "某某"


@pytest.mark.parametrize(
    "silence", [ServiceUnavailable("nobody answers"), DirectoryMissing("none was put")]
)
def test_nobody_who_tells_names_is_no_reason_to_show_no_board(silence: Exception) -> None:
    from services.reception.usecases.asking import facts_for_board  # noqa: PLC0415

    class Silent:
        def ask(self, _request: object, /) -> Any:
            raise silence

    caller: Any = None
    assert facts_for_board(Silent(), reception.NoticeBoard(), caller) is None


# --- Announcing -----------------------------------------------------------------------------------


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"territory": "baihe"}, id="another territory"),
        pytest.param({"department": "labour_bureau"}, id="a department"),
        pytest.param({"metrics": "elsewhere:9464"}, id="another place for its figures"),
    ],
)
def test_a_node_that_starts_with_something_new_announces_itself_again(
    new_node: NodeBench, changes: dict[str, Any]
) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    def starts(node: Any, now: str) -> None:
        new_node.bench.deadline_handlers.update(usecases.deadlines_of(node))
        new_node.bench.start_engine()
        new_node.bench.engine.run(partial(usecases.announce, node=node))
        new_node.bench.sweep(at(now))

    changed = replace(new_node.node, **changes)
    starts(new_node.node, "2026-05-20 09:00")
    for now in ("2026-05-21 09:00", "2026-05-22 09:00"):
        starts(changed, now)

    first, second = new_node.bench.recorded_of(NodeOpenedV1)
    assert all(getattr(second, key) == value for key, value in changes.items())
    assert first != second
