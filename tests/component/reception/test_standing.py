"""How a node stands, as whoever watches is told: sessions nobody sits at, and who has no place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts.triage import NodeRetiredV1
from tests.support.bench import at

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.postgres import Postgres
    from tests.support.reception import NodeBench

NO, OTHER_NO = "XF-20260601-0001", "XF-20260601-0002"
WITHOUT_LEADER, UNPLACED = "balian_sessions_without_leader", "balian_dockets_unplaced"
ROUTED_AT, PREPARED_AT = at("2026-06-01 15:00"), at("2026-06-03 10:00")
TOWN_LEADERS = ("l_town_a", "l_town_b", "l_town_c")


def stands(node: NodeBench, *, now: datetime | None = None) -> dict[str, float]:
    from services.reception.standing import how_it_stands  # noqa: PLC0415 - see the conftest.
    from tests.support.measuring import standing_of  # noqa: PLC0415

    return standing_of(node.bench, partial(how_it_stands, node=node.node), now=now)


def since(standing: dict[str, float], gauge: str) -> float | None:
    return standing.get(f"{gauge}_oldest_timestamp_seconds")


def hears(node: NodeBench, **changes: Any) -> None:
    """Hear the second version of the directory, other than the first."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.
    from tests.support.reception import directory  # noqa: PLC0415

    changed = replace(directory(version=2), **changes)
    node.bench.event(partial(usecases.on_directory_changed, node=node.node), changed)


@pytest.fixture
def township() -> Iterator[NodeBench]:
    """A township whose leaders receive in turn, with two published Tuesdays."""
    from tests.support.reception import NodeBench  # noqa: PLC0415 - see the conftest.

    made = NodeBench.at("sqlite://", "sanchakou", regime="weekly_rota")
    made.hears_directory(township=TOWN_LEADERS)
    made.plans("2026-06-02", "2026-06-09")
    made.publishes("2026-06-02", "2026-06-09")
    yield made
    made.bench.close()


# --- Sessions without a leader --------------------------------------------------------------------


def test_a_node_that_has_heard_of_nothing_tells_zero_of_both(new_node: NodeBench) -> None:
    assert stands(new_node) == {WITHOUT_LEADER: 0, UNPLACED: 0}


def test_sessions_whose_leaders_are_in_the_directory_have_a_leader(node: NodeBench) -> None:
    assert stands(node) == {WITHOUT_LEADER: 0, UNPLACED: 0}


def test_sessions_have_none_once_all_who_sit_there_left_the_directory(
    stored_node: NodeBench,
) -> None:
    node = stored_node
    hears(node, leaders=())

    both = stands(node)
    first_is_on = stands(node, now=at("2026-06-05 08:45"))
    first_is_over = stands(node, now=at("2026-06-05 19:00"))
    all_over = stands(node, now=at("2026-06-13 09:00"))

    assert (both[WITHOUT_LEADER], since(both, WITHOUT_LEADER)) == (2, _begin("2026-06-05"))
    assert first_is_on == both
    assert first_is_over[WITHOUT_LEADER] == 1
    assert since(first_is_over, WITHOUT_LEADER) == _begin("2026-06-12")
    assert (all_over[WITHOUT_LEADER], since(all_over, WITHOUT_LEADER)) == (0, None)


def _begin(day: str) -> float:
    return at(f"{day} 08:30").timestamp()


def test_a_session_has_a_leader_while_one_of_several_is_left(node: NodeBench) -> None:
    from tests.support.reception import directory  # noqa: PLC0415 - see the conftest.

    hears(node, leaders=directory().leaders[:1])

    assert stands(node)[WITHOUT_LEADER] == 0


def test_leaders_of_another_organ_do_not_receive_here(node: NodeBench) -> None:
    from tests.support.reception import directory  # noqa: PLC0415 - see the conftest.

    moved = tuple(replace(leader, organ="sanchakou") for leader in directory().leaders)

    hears(node, leaders=moved)

    assert stands(node)[WITHOUT_LEADER] == 2


def test_a_rota_that_is_emptied_leaves_its_sessions_without_a_leader(township: NodeBench) -> None:
    before = stands(township)
    township.hears_directory(version=2, township=TOWN_LEADERS[:1])
    one_left = stands(township)

    township.hears_directory(version=3, township=())

    assert (before[WITHOUT_LEADER], one_left[WITHOUT_LEADER]) == (0, 0)
    assert stands(township)[WITHOUT_LEADER] == 2


def test_withdrawn_sessions_are_none(township: NodeBench) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    township.hears_directory(version=2, township=())
    retired_at = at("2026-06-01 09:00")

    township.bench.event(
        usecases.on_node_retired,
        NodeRetiredV1(node="sanchakou", parent="county", retired_at=retired_at),
        now=retired_at,
    )

    assert stands(township)[WITHOUT_LEADER] == 0


# --- Petitions without a place --------------------------------------------------------------------


def test_petitions_wait_for_a_session_until_one_is_planned(new_node: NodeBench) -> None:
    node = new_node
    node.hears_directory()
    node.hears_routing(NO)
    node.hears_routing(OTHER_NO, now=at("2026-06-02 09:00"))
    waiting = stands(node)

    node.plans(now=at("2026-06-02 10:00"))

    assert (waiting[UNPLACED], since(waiting, UNPLACED)) == (2, ROUTED_AT.timestamp())
    assert (stands(node)[UNPLACED], since(stands(node), UNPLACED)) == (0, None)


def test_a_prepared_petition_has_a_place_once_it_is_on_the_docket(stored_node: NodeBench) -> None:
    node = stored_node
    node.hears_routing(NO)
    with_cards = stands(node)
    node.records_opinion(NO)
    prepared = stands(node)

    node.plans_docket()

    assert with_cards[UNPLACED] == 0
    assert (prepared[UNPLACED], since(prepared, UNPLACED)) == (1, PREPARED_AT.timestamp())
    assert (stands(node)[UNPLACED], since(stands(node), UNPLACED)) == (0, None)


def test_a_petition_that_met_its_leader_or_was_handed_over_waits_for_no_place(
    node: NodeBench,
) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.invites(NO)
    node.attends()
    node.holds()
    node.hears_routing(OTHER_NO, leader="l_nobody_sits")
    before = stands(node)

    retired_at = at("2026-06-06 09:00")
    node.bench.event(
        usecases.on_node_retired,
        NodeRetiredV1(node="county", parent="county", retired_at=retired_at),
        now=retired_at,
    )

    assert before[UNPLACED] == 1
    assert stands(node)[UNPLACED] == 0


def test_the_looks_find_what_is_ahead_and_waits_by_indexes(postgres: Postgres) -> None:
    from services.reception.standing import how_it_stands  # noqa: PLC0415 - see the conftest.
    from tests.support.measuring import plans_of  # noqa: PLC0415
    from tests.support.reception import NodeBench  # noqa: PLC0415

    node = NodeBench.at(postgres.database())
    node.opens()

    plans = plans_of(node.bench, partial(how_it_stands, node=node.node))

    node.bench.close()
    for index in (
        "uq_sessions_held_on",
        "ix_preparations_state_petition_no",
        "uq_docket_hours_petition",
        "ix_preparation_steps_petition_no",
    ):
        assert index in plans
    assert "Seq Scan" not in plans
