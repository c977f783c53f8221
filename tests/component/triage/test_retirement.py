"""Retiring a node at triage: who may be retired, and where each petition it gives back goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.triage import usecases
from services.triage.models import HandOver, NodeRetirement, Rerouting
from shared.contracts.base import Refusal
from shared.contracts.common import NodeUnknown
from shared.contracts.fields import NumbersUsed
from shared.contracts.mechanism import NotAllowed
from shared.contracts.reception import NodeOpenedV1, PreparationState, WorkHandedOverV1
from shared.contracts.triage import (
    CountyNodeStays,
    GetSorting,
    ListNodes,
    ListUnsorted,
    NodeRetiredAlready,
    NodeRetiredV1,
    PetitionReturnedV1,
    PetitionRoutedV1,
    RetireNode,
    SortingState,
    SortingView,
)
from shared.contracts.triage import (
    NodeRetirement as Retired,
)
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.triage import NO, OFFICER, Triage, sample_county

RETIRED_AT = at("2026-06-10 09:00")
TOWN: dict[str, Any] = {"field": "land", "lead_unit": "township_sanchakou"}


def retire(triage: Triage, node: str = "sanchakou", *, actor: str = "office_head:chief") -> Retired:
    request = RetireNode(request_id=triage.bench.request_id(), node=node, reason="乡镇撤并。")
    return triage.bench.command(usecases.retire_node, request, actor=actor, now=RETIRED_AT)


def gives_back(
    triage: Triage, petition_no: str = NO, *, event_id: str | None = None, **changed: Any
) -> Handling:
    facts: dict[str, Any] = {
        "petition_no": petition_no,
        "node": "sanchakou",
        "routing_version": 2,
        "stood_at": PreparationState.APPOINTED,
        "accepted_on": date(2026, 6, 8),
        "numbers": (NumbersUsed(kind="CA", last=2), NumbersUsed(kind="PO", last=1)),
    }
    return triage.bench.event(
        usecases.on_work_handed_over,
        WorkHandedOverV1(**(facts | changed)),
        now=RETIRED_AT,
        event_id=event_id,
    )


def sorting(triage: Triage, petition_no: str = NO) -> SortingView:
    return triage.bench.query(
        usecases.get_sorting, GetSorting(petition_no=petition_no), actor=OFFICER
    )


def routings(triage: Triage) -> list[PetitionRoutedV1]:
    return triage.bench.recorded_of(PetitionRoutedV1)


def without_land() -> dict[str, Any]:
    """Give the lists of a directory in which nobody has the field of the township's petition."""
    county = sample_county()

    def less(row: dict[str, Any], key: str) -> dict[str, Any]:
        return row | {key: [field for field in row.get(key, ()) if field != "land"]}

    return {
        "fields": [field for field in county["fields"] if field["code"] != "land"],
        "leaders": [less(leader, "portfolio") for leader in county["leaders"]],
        "units": [less(unit, "fields") for unit in county["units"]],
    }


def without_town_office() -> dict[str, Any]:
    """Give the units of a directory in which the lead unit is no more, nor any below it."""
    office = "township_sanchakou"
    units = sample_county()["units"]
    return {"units": [unit for unit in units if office not in {unit["code"], unit.get("parent")}]}


@pytest.fixture
def town(triage: Triage) -> Triage:
    """Triage with a township's node, and one petition of that township routed to it."""
    triage.open_node("county", "county")
    triage.open_node("sanchakou", "sanchakou")
    triage.register("XF-20260601-0002", territory="sanchakou")
    triage.route(petition_no="XF-20260601-0002", **TOWN)
    return triage


TOWN_NO = "XF-20260601-0002"


@pytest.mark.proves("D-30")
def test_a_retired_node_is_told_and_receives_no_more(town: Triage) -> None:
    retired = retire(town)
    town.register("XF-20260610-0001", territory="sanchakou")
    town.route(petition_no="XF-20260610-0001", **TOWN)

    assert (retired.node, retired.parent, retired.sorted_to_it) == ("sanchakou", "county", 1)
    assert town.bench.recorded_of(NodeRetiredV1) == [
        NodeRetiredV1(node="sanchakou", parent="county", retired_at=RETIRED_AT)
    ]
    assert [routed.node for routed in routings(town)] == ["sanchakou", "county"]
    nodes = town.bench.query(usecases.list_nodes, ListNodes()).nodes
    assert {node.node: node.retired_at for node in nodes} == {
        "county": None,
        "sanchakou": RETIRED_AT.isoformat(),
    }


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("node", "actor", "refused"),
    [
        pytest.param("baihe", "office_head:chief", NodeUnknown, id="it never opened"),
        pytest.param("county", "operator:console", CountyNodeStays, id="the county's own"),
        pytest.param("sanchakou", "clerk:window_1", NotAllowed, id="not the window's to decide"),
    ],
)
def test_what_may_not_be_retired_stays(
    town: Triage, node: str, actor: str, refused: type[Refusal]
) -> None:
    with pytest.raises(refused):
        retire(town, node, actor=actor)

    assert town.bench.rows(NodeRetirement) == []


@pytest.mark.proves("D-30")
def test_a_node_is_retired_once_until_it_opens_again(town: Triage) -> None:
    retire(town)
    with pytest.raises(NodeRetiredAlready):
        retire(town, actor="operator:console")

    opened_again = NodeOpenedV1(
        node="sanchakou", service="reception_sanchakou", territory="sanchakou", regime="county"
    )
    town.bench.event(usecases.on_node_opened, opened_again, now=at("2026-06-10 09:01"))
    town.register("XF-20260610-0001", territory="sanchakou")
    town.route(petition_no="XF-20260610-0001", **TOWN)

    assert routings(town)[-1].node == "sanchakou"


@pytest.mark.proves("D-30")
def test_an_old_announcement_that_comes_late_opens_nothing(town: Triage) -> None:
    retire(town)

    late = NodeOpenedV1(
        node="sanchakou", service="reception_sanchakou", territory="sanchakou", regime="county"
    )
    town.bench.event(usecases.on_node_opened, late, now=at("2026-06-09 09:00"))

    assert town.bench.query(usecases.list_nodes, ListNodes()).nodes[1].retired_at is not None


@pytest.mark.proves("D-30", "C-04", "D-21", "I-17")
def test_a_petition_given_back_goes_on_at_the_county_with_its_clock_and_numbers(
    town: Triage,
) -> None:
    retire(town)
    first = gives_back(town, TOWN_NO, event_id="given-back-1")
    again = gives_back(town, TOWN_NO, event_id="given-back-1")
    told_twice = gives_back(town, TOWN_NO)

    assert (first, again, told_twice) == (
        Handling.HANDLED,
        Handling.DUPLICATE,
        Handling.HANDLED,
    )
    _, routed = routings(town)
    assert (routed.node, routed.leader) == ("county", "l_vice_head_land")
    assert (routed.handed_over_by, routed.accepted_on) == ("sanchakou", date(2026, 6, 8))
    assert [(used.kind, used.last) for used in routed.numbers] == [("CA", 2), ("PO", 1)]
    shown = sorting(town, TOWN_NO)
    assert shown.state is SortingState.SORTED
    assert shown.current is not None
    assert (shown.current.node, shown.current.leader) == ("county", "l_vice_head_land")
    assert len(shown.entries) == 1


@pytest.mark.proves("D-30", "P-5", "L22-24")
@pytest.mark.parametrize("gone", ["field", "unit"])
def test_where_the_directory_lacks_the_field_or_unit_by_now_a_person_sorts_it_anew(
    town: Triage, gone: str
) -> None:
    retire(town)
    town.put_directory(**(without_land() if gone == "field" else without_town_office()))

    gives_back(town, TOWN_NO)

    assert len(routings(town)) == 1
    assert sorting(town, TOWN_NO).state is SortingState.UNSORTED
    (returned,) = town.bench.recorded_of(PetitionReturnedV1)
    assert returned.petition_no == TOWN_NO


@pytest.mark.proves("D-30", "P-5", "T2")
def test_where_nobody_can_be_resolved_a_person_sorts_it_anew(town: Triage) -> None:
    retire(town)
    leaders = [
        {**leader, "portfolio": []} if leader["code"] == "l_vice_head_land" else leader
        for leader in sample_county()["leaders"]
    ]
    town.put_directory(leaders=leaders)

    gives_back(town, TOWN_NO)

    assert len(routings(town)) == 1
    (returned,) = town.bench.recorded_of(PetitionReturnedV1)
    assert (returned.petition_no, returned.node) == (TOWN_NO, "sanchakou")
    unsorted = town.bench.query(usecases.list_unsorted, ListUnsorted()).petitions
    assert (TOWN_NO, returned.due_on) in [(one.petition_no, one.due_on) for one in unsorted]
    assert returned.due_on > date(2026, 6, 10)

    town.forward(petition_no=TOWN_NO)
    gives_back(town, TOWN_NO, routing_version=1)

    assert len(town.bench.rows(HandOver)) == 2
    assert len(routings(town)) == 1


@pytest.mark.proves("D-30", "D-06")
def test_whom_the_matter_complains_of_is_passed_over_again_when_it_goes_on(town: Triage) -> None:
    town.register("XF-20260601-0003", territory="sanchakou")
    town.route(petition_no="XF-20260601-0003", **(TOWN | {"accused": ("l_vice_head_land",)}))
    retire(town)

    gives_back(town, "XF-20260601-0003")

    routed = routings(town)[-1]
    assert routed.node == "county"
    assert "l_vice_head_land" not in (routed.leader, routed.leader_in_charge)
    (rerouting,) = town.bench.rows(Rerouting)
    assert "l_vice_head_land" not in rerouting.sealed


@pytest.mark.proves("D-30")
def test_what_went_on_since_is_not_moved_by_late_news(town: Triage) -> None:
    retire(town)
    gives_back(town, TOWN_NO)

    gives_back(town, TOWN_NO, routing_version=1)

    assert len(routings(town)) == 2


def test_a_hand_over_of_a_petition_nobody_told_of_waits(town: Triage) -> None:
    assert gives_back(town, "XF-20260601-0099") is Handling.EARLY
