"""The notice board of a node that opened late: it is told what it cannot have heard (L22-18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts.common import LeaderAssignment
from shared.contracts.envelope import Envelope
from shared.contracts.reception import (
    NodeDescribedV1,
    NodeOpenedV1,
    NoticeLine,
    PublishedSession,
    SessionsPublishedV1,
)
from shared.contracts.triage import NodeRetiredV1
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.reception import NodeBench

ANNOUNCED_AT = at("2026-05-19 09:00")
OPENED_AT = at("2026-06-01 09:00")


@pytest.fixture
def county(new_node: NodeBench) -> NodeBench:
    """The county's node, announced, with two published Fridays."""
    _announces(new_node, ANNOUNCED_AT)
    new_node.opens()
    return new_node


@pytest.fixture
def late_node() -> Iterator[NodeBench]:
    """A township's node that has heard of nobody."""
    from tests.support.reception import NodeBench  # noqa: PLC0415 - see the conftest.

    made = NodeBench.at("sqlite://", "sanchakou", regime="weekly_rota")
    yield made
    made.bench.close()


def _announces(node: NodeBench, now: datetime) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.bench.engine.run(partial(usecases.announce, node=node.node))
    node.bench.engine.sweep(now)


def _hears_opening(node: NodeBench, *, now: datetime = OPENED_AT, of: str = "sanchakou") -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    opened = NodeOpenedV1(
        node=of,
        service=f"reception_{of}",
        territory=of,
        regime="weekly_rota",
        leader_assignment=LeaderAssignment.ROTA,
    )
    node.bench.event(usecases.on_node_opened, opened, now=now)


def _descriptions(node: NodeBench) -> list[Envelope]:
    return [
        envelope for envelope in node.bench.recorded if envelope.type == NodeDescribedV1.wire_type
    ]


def _hears_description(node: NodeBench, description: Envelope) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.bench.deliver(usecases.on_node_described, NodeDescribedV1, description)


def _lines_of(node: NodeBench, of: str) -> tuple[NoticeLine, ...]:
    from tests.support.reception import names  # noqa: PLC0415 - see the conftest.

    lines: tuple[NoticeLine, ...] = node.shows_board(now=OPENED_AT, facts=names(), node=of).lines
    return lines


def _shown(lines: tuple[NoticeLine, ...]) -> list[tuple[Any, ...]]:
    return [(line.session, line.on, line.starts_at, line.leader) for line in lines]


@pytest.mark.proves("L22-18", "M-06", "D-30")
def test_the_board_of_a_late_node_shows_what_was_published_before_it_opened(
    county: NodeBench, late_node: NodeBench
) -> None:
    from tests.support.reception import names  # noqa: PLC0415 - see the conftest.

    _hears_opening(county)
    (description,) = _descriptions(county)

    for _twice in range(2):
        _hears_description(late_node, description)

    assert _shown(_lines_of(late_node, "county")) == _shown(_lines_of(county, "county")) != []
    (point,) = late_node.shows_board(now=OPENED_AT, facts=names(), node="county").points
    assert (point.place, point.regime) == ("云岭县", "county")


@pytest.mark.proves("L22-18", "D-30")
@pytest.mark.parametrize(
    ("opened_at", "described"),
    [
        pytest.param("2026-05-19 08:59", 0, id="it opened before, and has heard all"),
        pytest.param("2026-05-19 09:00", 0, id="it opened at the same instant"),
        pytest.param("2026-05-19 09:01", 1, id="it opened after"),
    ],
)
def test_only_a_node_that_opened_later_is_told(
    county: NodeBench, opened_at: str, described: int
) -> None:
    _hears_opening(county, now=at(opened_at))

    assert len(_descriptions(county)) == described


def test_a_node_does_not_describe_itself_to_itself_nor_before_it_has_announced_itself(
    county: NodeBench, late_node: NodeBench
) -> None:
    _hears_opening(county, of="county")
    _hears_opening(late_node, of="baihe")

    assert _descriptions(county) == _descriptions(late_node) == []


def test_what_has_passed_is_not_told(county: NodeBench) -> None:
    _hears_opening(county, now=at("2026-06-08 09:00"))

    (description,) = county.bench.recorded_of(NodeDescribedV1)
    assert {session.session for session in description.sessions} == {"county-20260612"}


@pytest.mark.proves("D-30")
def test_a_retired_node_describes_itself_to_nobody(county: NodeBench) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    retired = NodeRetiredV1(
        node="county",
        parent="county_above",
        retired_at=at("2026-05-30 09:00"),
    )
    county.bench.event(usecases.on_node_retired, retired, now=at("2026-05-30 09:00"))

    _hears_opening(county)

    assert _descriptions(county) == []


@pytest.mark.proves("L22-18", "I-17")
def test_a_description_that_comes_late_takes_nothing_newer_off_the_board(
    county: NodeBench, late_node: NodeBench
) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    _hears_opening(county)
    (description,) = _descriptions(county)
    newer = SessionsPublishedV1(
        node="county",
        sessions=(
            PublishedSession(
                session="county-20260605",
                on=_lines_of(county, "county")[0].on,
                starts_at="10:00",
                ends_at="11:30",
                leaders=("l_head",),
            ),
        ),
        documents=(),
    )
    late_node.bench.event(usecases.on_sessions_published, newer, now=at("2026-05-25 09:00"))

    _hears_description(late_node, description)
    _hears_description(county, description)

    assert ("county-20260605", "10:00") in {
        (line.session, line.starts_at) for line in _lines_of(late_node, "county")
    }
    assert county.shows_board(facts=None, node="county").lines
