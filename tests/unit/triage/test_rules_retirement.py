"""Retiring a reception node: who may be, who stands above, and what becomes of its petitions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.triage.rules.directory import Directory
from services.triage.rules.nodes import NodeEntry
from services.triage.rules.retirement import (
    NodeStanding,
    does_routing_end_with_hand_over,
    is_node_open,
    may_node_be_retired,
    node_above,
    when_sorting_is_due_after_hand_over,
)
from shared.calendar import CalendarDays, StartEvent, fixed_due, standard_calendar

CALENDAR = standard_calendar()
OPENED = datetime(2026, 6, 1, 1, tzinfo=UTC)
ONE_SECOND = timedelta(seconds=1)
COUNTY_NODE = NodeEntry(node="county", territory="county")


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("retired_at", "is_open"),
    [
        pytest.param(None, True, id="never retired"),
        pytest.param(OPENED - ONE_SECOND, True, id="it opened again after it was retired"),
        pytest.param(OPENED, False, id="an announcement of the same instant is the older news"),
        pytest.param(OPENED + ONE_SECOND, False, id="retired since it opened"),
    ],
)
def test_a_node_is_open_until_retired_and_again_once_it_opens_later(
    retired_at: datetime | None, is_open: bool
) -> None:
    assert is_node_open(opened_at=OPENED, retired_at=retired_at) is is_open


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("changed", "refused_for"),
    [
        pytest.param({}, None, id="a township that is open may be retired"),
        pytest.param({"territory": None, "is_open": None}, "node_has_opened", id="it never opened"),
        pytest.param({"is_open": False}, "node_is_open", id="it is retired already"),
        pytest.param({"node": "county"}, "node_is_not_the_countys", id="the county's own node"),
        pytest.param(
            {"node": "sanchakou", "territory": "county", "county_node": "sanchakou"},
            "node_is_not_the_countys",
            id="it receives for the county, whose own has not opened",
        ),
        pytest.param(
            {"territory": "county"}, None, id="it announced itself for the county beside its own"
        ),
    ],
)
def test_any_node_but_the_countys_may_be_retired_once(
    changed: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {"node": "sanchakou", "territory": "sanchakou", "is_open": True}
    county_node = changed.get("county_node", "county")
    told = {key: value for key, value in changed.items() if key != "county_node"}

    decision = may_node_be_retired(NodeStanding(**(facts | told)), county_node=county_node)

    against = decision.first_refusal()
    assert (against.code if against else None) == refused_for


@pytest.mark.proves("D-30", "C-04")
@pytest.mark.parametrize(
    ("serves", "others", "above"),
    [
        pytest.param("sanchakou", (COUNTY_NODE,), "county", id="above a township is the county"),
        pytest.param("sanchakou", (), "county", id="also before its announcement has come"),
        pytest.param(
            "sanchakou",
            (COUNTY_NODE, NodeEntry(node="baihe", territory="baihe")),
            "county",
            id="a neighbour is not above",
        ),
        pytest.param(
            "sanchakou",
            (COUNTY_NODE, NodeEntry(node="second", territory="sanchakou")),
            "second",
            id="another node of the same township is nearer than the county",
        ),
        pytest.param(
            "sanchakou",
            (COUNTY_NODE, NodeEntry(node="another", territory="county")),
            "county",
            id="the county's own node before another that announced itself for it",
        ),
        pytest.param(
            "sanchakou",
            (NodeEntry(node="second", territory="county"), NodeEntry(node="x", territory="county")),
            "second",
            id="one that serves the county where the county's own is not there",
        ),
        pytest.param(
            "township_sanchakou",
            (COUNTY_NODE, NodeEntry(node="sanchakou", territory="sanchakou")),
            "sanchakou",
            id="above a department is the node of its territory",
        ),
        pytest.param("labour_bureau", (COUNTY_NODE,), "county", id="above a county department"),
    ],
)
def test_the_nearest_node_above_takes_over(
    serves: str, others: tuple[NodeEntry, ...], above: str, directory: Directory
) -> None:
    assert node_above(territory=serves, others=others, directory=directory) == above


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("is_sorted", "node", "ends"),
    [
        pytest.param(True, "sanchakou", True, id="it is with the node that gave it up"),
        pytest.param(True, "county", False, id="it went on to another node since"),
        pytest.param(True, None, False, id="it was sorted another way since"),
        pytest.param(False, "sanchakou", False, id="it waits for sorting by now"),
    ],
)
def test_only_the_routing_in_force_ends_with_a_hand_over(
    is_sorted: bool, node: str | None, ends: bool
) -> None:
    ended = does_routing_end_with_hand_over(is_sorted=is_sorted, node=node, given_up_by="sanchakou")

    assert ended is ends


@pytest.mark.proves("D-30", "T2", "L22-22")
@pytest.mark.parametrize(
    ("sorted_on", "due_on"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 7, 1), id="sorted at once: all 15 remain"),
        pytest.param(date(2026, 6, 15), date(2026, 6, 17), id="14 days used: 1 remains"),
        pytest.param(date(2026, 6, 20), date(2026, 6, 17), id="all used up: 1 remains"),
    ],
)
def test_the_rest_of_the_sorting_days_runs_from_the_hand_over(
    sorted_on: date, due_on: date
) -> None:
    before = CALENDAR.due(
        start_on=date(2026, 6, 1),
        within=CalendarDays(15),
        article="L22-22",
        start_event=StartEvent.RECEIVED,
    )

    due = when_sorting_is_due_after_hand_over(
        before=before, sorted_on=sorted_on, handed_over_on=date(2026, 6, 16), calendar=CALENDAR
    )

    assert (due.due_on, due.start_event) == (due_on, StartEvent.HANDED_OVER)


@pytest.mark.proves("D-30")
def test_a_due_day_that_a_person_fixed_leaves_one_day() -> None:
    due = when_sorting_is_due_after_hand_over(
        before=fixed_due(on=date(2026, 6, 16), article="L22-22"),
        sorted_on=date(2026, 6, 2),
        handed_over_on=date(2026, 6, 16),
        calendar=CALENDAR,
    )

    assert due.due_on == date(2026, 6, 17)
