"""Where petitions go once nodes have announced themselves, and what is told of the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.contracts.common import LeaderAssignment
from shared.contracts.triage import (
    DirectoryChangedV1,
    PetitionRoutedV1,
    Severity,
    SortingOutcome,
)
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.triage import Triage


def routed(triage: Triage, number: str, *, territory: str, **told: object) -> PetitionRoutedV1:
    facts: dict[str, object] = {
        "petition_no": number,
        "field": "labour",
        "severity": Severity.COMPLEX,
        "severity_reason": "涉及多个单位",
        "lead_unit": "labour_bureau",
    }
    triage.register(number, territory=territory)
    triage.sort(SortingOutcome.LEADER_IN_CHARGE, **(facts | told))  # type: ignore[arg-type]
    event: PetitionRoutedV1 = triage.bench.recorded_of(PetitionRoutedV1)[-1]
    return event


@pytest.mark.proves("D-30", "C-22")
def test_a_territory_without_a_node_is_received_for_by_its_parent(triage: Triage) -> None:
    triage.open_node("sanchakou", "sanchakou", leader_assignment=LeaderAssignment.ROTA)

    event = routed(triage, "XF-20260601-0011", territory="baihe")

    assert (event.node, event.organ, event.organ_name) == ("county", "county", "云岭县")
    assert event.leader_assignment is LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO


@pytest.mark.proves("D-30", "M-04", "D-06", "X-4")
def test_a_rota_is_told_with_the_routing_and_shuns_what_complains_of_its_leaders(
    triage: Triage,
) -> None:
    triage.open_node("sanchakou", "sanchakou", leader_assignment=LeaderAssignment.ROTA)

    ordinary = routed(triage, "XF-20260601-0011", territory="sanchakou")
    against = routed(
        triage, "XF-20260601-0012", territory="sanchakou", accused=("l_sck_vice_head",)
    )

    assert (ordinary.node, ordinary.leader_assignment) == ("sanchakou", LeaderAssignment.ROTA)
    assert (ordinary.organ, ordinary.organ_name) == ("sanchakou", "三岔口镇")
    assert against.node == "county"
    assert "l_sck_vice_head" not in str(against.dump())


@pytest.mark.proves("D-30", "P-8")
def test_a_routing_to_a_department_tells_what_the_department_is_called(triage: Triage) -> None:
    from tests.support.triage import sample_county  # noqa: PLC0415 - see the conftest.

    chief = {
        "code": "l_labour_chief",
        "name": "测试甲",
        "title": "局长",
        "organ": "labour_bureau",
        "portfolio": ["labour"],
    }
    triage.put_directory(leaders=[*sample_county()["leaders"], chief])
    triage.open_node("labour", "county", department="labour_bureau")

    event = routed(triage, "XF-20260601-0011", territory="baihe")

    assert (event.node, event.organ) == ("labour", "labour_bureau")
    assert event.organ_name == "云岭县人力资源和社会保障局"


@pytest.mark.proves("D-30", "P-8")
@pytest.mark.parametrize(
    "written", ["三岔口镇：找人请打电话", "镇" * 61], ids=["a_sentence", "too_long"]
)
def test_what_is_no_name_of_a_place_is_not_told_and_holds_up_no_routing(
    triage: Triage, written: str
) -> None:
    from tests.support.triage import sample_county  # noqa: PLC0415 - see the conftest.

    territories = [
        territory | ({"name": written} if territory["code"] == "sanchakou" else {})
        for territory in sample_county()["territories"]
    ]
    triage.put_directory(territories=territories)
    triage.open_node("sanchakou", "sanchakou")

    event = routed(
        triage,
        "XF-20260601-0011",
        territory="sanchakou",
        field="land",
        lead_unit="township_sanchakou",
    )

    assert (event.node, event.organ_name) == ("sanchakou", None)


@pytest.mark.proves("D-30", "C-22")
def test_nodes_are_listed_with_what_they_told_last(triage: Triage) -> None:
    from services.triage import usecases  # noqa: PLC0415 - see the conftest.
    from shared.contracts.triage import ListNodes  # noqa: PLC0415

    triage.open_node("labour", "labour", department="labour_bureau", metrics="old:9464")
    triage.bench.now = at("2026-06-02 09:00")
    triage.open_node("labour", "labour", department="labour_bureau", metrics="new:9464")

    (node,) = triage.bench.query(usecases.list_nodes, ListNodes()).nodes

    assert (node.department, node.metrics) == ("labour_bureau", "new:9464")


@pytest.mark.proves("D-30")
def test_a_node_that_joins_late_is_told_the_directory_it_never_heard(triage: Triage) -> None:
    (first,) = triage.bench.recorded_of(DirectoryChangedV1)

    triage.open_node("sanchakou", "sanchakou")

    assert triage.bench.recorded_of(DirectoryChangedV1) == [first, first]
