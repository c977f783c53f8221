"""Which nodes are watched: those of the directory, down or not, until they are retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.contracts.common import PetitionCategory
from shared.contracts.flows import LISTENS
from shared.contracts.triage import RetireNode, SortingOutcome
from tests.support.bench import at

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.triage import Triage


def watched(triage: Triage, *, now: datetime | None = None) -> Any:
    from services.triage.targets import nodes_to_watch  # noqa: PLC0415 - see the conftest.
    from shared.messaging.sampling import looking_into  # noqa: PLC0415

    with looking_into(triage.bench.store) as session:
        return nodes_to_watch(session, now=now or triage.bench.now)


def retire(triage: Triage, node: str) -> None:
    from services.triage import usecases  # noqa: PLC0415 - see the conftest.

    triage.bench.now = at("2026-06-02 09:00")
    triage.bench.command(
        usecases.retire_node,
        RetireNode(request_id=triage.bench.request_id(), node=node, reason="机构合并。"),
        actor="office_head:chief",
    )


def group(node: str, territory: str, address: str) -> dict[str, Any]:
    return {"targets": [address], "labels": {"node": node, "territory": territory}}


COUNTY = group("county", "county", "reception:9464")
TOWN = group("sanchakou", "sanchakou", "reception-sanchakou:9464")


def open_both(triage: Triage) -> None:
    triage.open_node("sanchakou", "sanchakou", metrics="reception-sanchakou:9464")
    triage.open_node("county", "county", metrics="reception:9464")


def test_before_any_node_has_opened_the_list_is_empty(triage: Triage) -> None:
    assert watched(triage) == []


def test_nodes_are_listed_with_where_they_are_and_whom_they_receive_for(triage: Triage) -> None:
    open_both(triage)

    assert watched(triage) == [COUNTY, TOWN]


def test_a_node_that_tells_no_address_cannot_be_watched(triage: Triage) -> None:
    triage.open_node("county", "county", metrics="reception:9464")
    triage.open_node("sanchakou", "sanchakou")

    assert watched(triage) == [COUNTY]


def test_a_node_of_a_department_is_listed_under_its_territory(triage: Triage) -> None:
    triage.open_node(
        "labour", "county", department="labour_bureau", metrics="reception-labour:9464"
    )

    assert watched(triage) == [group("labour", "county", "reception-labour:9464")]


def test_a_node_that_moved_is_listed_where_it_is_now(triage: Triage) -> None:
    open_both(triage)
    triage.bench.now = at("2026-06-02 09:00")

    triage.open_node("sanchakou", "sanchakou", metrics="elsewhere:9464")

    assert watched(triage) == [COUNTY, group("sanchakou", "sanchakou", "elsewhere:9464")]


def test_a_dead_node_stays_listed_however_long_it_is_silent(triage: Triage) -> None:
    open_both(triage)

    assert watched(triage, now=at("2027-06-01 09:00")) == [COUNTY, TOWN]


def test_a_retired_node_vanishes_and_comes_back_when_it_opens_again(triage: Triage) -> None:
    open_both(triage)

    retire(triage, "sanchakou")
    without = watched(triage)
    triage.bench.now = at("2026-06-03 09:00")
    triage.open_node("sanchakou", "sanchakou", metrics="reception-sanchakou:9464")

    assert without == [COUNTY]
    assert watched(triage) == [COUNTY, TOWN]


def test_of_an_accusation_nothing_reaches_the_service_whose_gauges_name_units(
    triage: Triage,
) -> None:
    """Who is complained of would show if a sealed matter were a case: so it must never be one."""
    heard = {event.wire_type for event in LISTENS["supervision"]}
    before = len(triage.bench.recorded)

    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        category=PetitionCategory.ACCUSATION,
        accused=("land_bureau",),
    )

    told = [envelope.type for envelope in triage.bench.recorded[before:]]
    assert "discipline_transferred.v1" in told
    assert heard.isdisjoint(told)
