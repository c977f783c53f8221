"""What a node counts of what happened: each thing once, and only once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.reception import metrics, usecases
from shared.contracts.common import WrongStage
from shared.contracts.reception import (
    OpinionRecorded,
    Party,
    RecordPreliminaryOpinion,
    UnitPosition,
)
from shared.contracts.triage import NodeRetiredV1
from shared.messaging import Work
from tests.support.bench import at
from tests.support.measuring import counted
from tests.support.reception import LEADER, NO, UNIT, NodeBench, came

CARDS = 'balian_card_sets_total{change="%s"}'
HANDED_OVER = 'balian_hand_overs_made_total{stood_at="%s"}'
WITHDRAWN = 'balian_sessions_withdrawn_total{published="%s"}'
ABSENT = 'balian_parties_absent_total{party="%s",late="%s",excused="%s"}'
MOVED = 'balian_meetings_moved_total{reason="%s"}'


def nothing(_node: NodeBench) -> None:
    """Begin with the directory and two published Fridays."""


def is_routed(node: NodeBench) -> None:
    node.hears_routing()


def is_prepared(node: NodeBench) -> None:
    node.hears_routing()
    node.records_opinion()


def is_invited(node: NodeBench) -> None:
    node.invites()


def is_met(node: NodeBench) -> None:
    node.invites()
    node.attends()


def is_routed_anew(node: NodeBench) -> None:
    node.hears_routing(case_version=2)


def retires(node: NodeBench) -> None:
    retired_at = at("2026-06-04 09:00")
    node.bench.event(
        usecases.on_node_retired,
        NodeRetiredV1(node="county", parent="county", retired_at=retired_at),
        now=retired_at,
    )


@pytest.mark.parametrize(
    ("stands", "happens", "counts"),
    [
        pytest.param(
            nothing,
            lambda node: (
                node.plans("2026-06-19", "2026-06-26"),
                node.publishes("2026-06-19", "2026-06-26"),
            ),
            {"balian_sessions_published_total": 2},
            id="two sessions are published",
        ),
        pytest.param(
            nothing,
            lambda node: node.plans("2026-06-05", "2026-06-05", place="二楼", correction="写错"),
            {"balian_sessions_corrected_total": 1},
            id="one is corrected",
        ),
        pytest.param(nothing, is_routed, {CARDS % "issued": 1}, id="cards are issued"),
        pytest.param(
            is_routed,
            is_routed_anew,
            {CARDS % "voided": 1, CARDS % "issued": 1},
            id="a later routing voids them",
        ),
        pytest.param(
            is_routed,
            NodeBench.delivers,
            {'balian_cards_delivered_total{kind="unit_notice"}': 1},
            id="a card is delivered",
        ),
        pytest.param(
            is_routed,
            NodeBench.records_opinion,
            {"balian_preliminary_opinions_recorded_total": 1},
            id="an opinion is recorded",
        ),
        pytest.param(
            is_prepared,
            NodeBench.plans_docket,
            {"balian_docket_hours_given_total": 1},
            id="a docket is planned",
        ),
        pytest.param(
            is_prepared,
            NodeBench.notifies,
            {"balian_appointments_total": 1},
            id="a petitioner is invited",
        ),
        pytest.param(
            is_invited,
            lambda node: node.attends(came(Party.UNIT, unit=UNIT, present=False)),
            {MOVED % "unit_absent": 1, ABSENT % ("unit", "false", "false"): 1},
            id="the unit stays away",
        ),
        pytest.param(
            is_met,
            NodeBench.holds,
            {'balian_receptions_total{outcome="decision"}': 1},
            id="a decision is taken",
        ),
        pytest.param(
            is_met,
            NodeBench.answers,
            {'balian_receptions_total{outcome="answered_on_spot"}': 1},
            id="an answer is given",
        ),
        pytest.param(
            is_prepared,
            retires,
            {HANDED_OVER % "prepared": 1, CARDS % "voided": 1, WITHDRAWN % "true": 2},
            id="the node is retired",
        ),
    ],
)
def test_what_happens_is_counted(
    node: NodeBench,
    stands: Callable[[NodeBench], None],
    happens: Callable[[NodeBench], Any],
    counts: dict[str, float],
) -> None:
    stands(node)

    assert counted(metrics, lambda: happens(node)) == counts


@pytest.fixture
def township() -> Iterator[NodeBench]:
    """A township whose leaders receive in turn, with two planned Tuesdays."""
    made = NodeBench.at("sqlite://", "sanchakou", regime="weekly_rota")
    made.hears_directory(township=("l_town_a", "l_town_b"))
    made.plans("2026-06-02", "2026-06-09")
    yield made
    made.bench.close()


def test_a_swap_and_a_withdrawal_are_counted(township: NodeBench) -> None:
    retired_at = at("2026-06-01 09:00")

    swapped = counted(metrics, lambda: township.swaps("sanchakou-20260602", "l_town_b"))
    withdrawn = counted(
        metrics,
        lambda: township.bench.event(
            usecases.on_node_retired,
            NodeRetiredV1(node="sanchakou", parent="county", retired_at=retired_at),
            now=retired_at,
        ),
    )

    assert swapped == {"balian_duties_swapped_total": 1}
    assert withdrawn == {WITHDRAWN % "false": 2}


def records_and_fails(work: Work, request: RecordPreliminaryOpinion) -> OpinionRecorded:
    usecases.record_preliminary_opinion(work, request)
    msg = "the transaction does not come to its end"
    raise WrongStage(msg)


def test_what_is_not_committed_is_not_counted(node: NodeBench) -> None:
    is_routed(node)
    request = RecordPreliminaryOpinion(
        request_id=node.bench.request_id(),
        petition_no=NO,
        leader_consulted=LEADER,
        positions=(UnitPosition(unit=UNIT, position="同意"),),
        opinion="建议分期支付",
    )

    def fails() -> None:
        with pytest.raises(WrongStage):
            node.bench.command(records_and_fails, request, actor="officer:desk_1")

    assert counted(metrics, fails) == {}
