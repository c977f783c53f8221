"""When a directory can be used (C-07): every fault is named, and a whole one has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.triage.rules.directory import (
    Directory,
    FieldEntry,
    LeaderEntry,
    TerritoryEntry,
    UnitEntry,
    directory_faults,
)
from services.triage.rules.terms import UnitKind

pytestmark = pytest.mark.proves("C-07", "I-14")


def test_a_whole_directory_has_no_fault(directory: Directory) -> None:
    assert directory_faults(directory) == ()


def test_a_leader_may_sit_in_a_department_that_receives_by_itself(directory: Directory) -> None:
    department = LeaderEntry(code="l_bureau_head", organ="labour_bureau")

    faults = directory_faults(replace(directory, leaders=(*directory.leaders, department)))

    assert faults == ()


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        pytest.param(
            {"territories": TerritoryEntry(code="baihe", parent="county")},
            "territory baihe stands 2 times",
            id="a territory twice",
        ),
        pytest.param(
            {"fields": FieldEntry(code="land")}, "field land stands 2 times", id="a field twice"
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_organization", organ="county")},
            "leader l_organization stands 2 times",
            id="a leader twice",
        ),
        pytest.param(
            {"units": UnitEntry(code="court", organ="county")},
            "unit court stands 2 times",
            id="a unit twice",
        ),
        pytest.param(
            {"units": UnitEntry(code="l_head", organ="county")},
            "l_head is both a leader and a unit",
            id="a code that names a leader and a unit",
        ),
        pytest.param(
            {"territories": TerritoryEntry(code="other")},
            "more than one territory has no parent: county, other",
            id="two roots",
        ),
        pytest.param(
            {"territories": TerritoryEntry(code="village", parent="nowhere")},
            "territory village has unknown parent nowhere",
            id="a territory under an unknown one",
        ),
        pytest.param(
            {"territories": TerritoryEntry(code="ring", parent="ring")},
            "territory ring hangs in a circle",
            id="a territory above itself",
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_new", organ="nowhere")},
            "leader l_new has unknown organ nowhere",
            id="a leader of an unknown organ",
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_new", organ="county", portfolio=("space",))},
            "leader l_new has unknown field space",
            id="a leader with an unknown field",
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_new", organ="county", deputy="nobody")},
            "leader l_new has unknown deputy nobody",
            id="a leader with an unknown deputy",
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_new", organ="county", deputy="l_new")},
            "leader l_new is named as their own deputy",
            id="a leader who is their own deputy",
        ),
        pytest.param(
            {"leaders": LeaderEntry(code="l_new", organ="county", posts=("county_head",))},
            "county_head of county is held 2 times",
            id="a principal post held twice in one organ",
        ),
        pytest.param(
            {"units": UnitEntry(code="new_bureau", organ="nowhere")},
            "unit new_bureau has unknown organ nowhere",
            id="a unit of an unknown organ",
        ),
        pytest.param(
            {"units": UnitEntry(code="new_bureau", organ="county", fields=("space",))},
            "unit new_bureau has unknown field space",
            id="a unit with an unknown field",
        ),
        pytest.param(
            {"units": UnitEntry(code="new_bureau", organ="county", parent="nothing")},
            "unit new_bureau has unknown parent nothing",
            id="a unit under an unknown one",
        ),
        pytest.param(
            {"units": UnitEntry(code="new_bureau", organ="county", parent="new_bureau")},
            "unit new_bureau hangs in a circle",
            id="a unit above itself",
        ),
        pytest.param(
            {"authorising": "nowhere"},
            "authorisation by unknown organ nowhere",
            id="an authorisation by an unknown organ",
        ),
    ],
)
def test_one_fault_is_named_alone(
    directory: Directory, added: dict[str, object], fault: str
) -> None:
    ((name, entry),) = added.items()

    faults = directory_faults(
        replace(directory, **{name: (*getattr(directory, name), entry)})  # type: ignore[arg-type]
    )

    assert faults == (fault,)


def test_a_directory_without_a_county_says_so(directory: Directory) -> None:
    ring = (
        TerritoryEntry(code="county", parent="sanchakou"),
        TerritoryEntry(code="sanchakou", parent="county"),
        TerritoryEntry(code="baihe", parent="county"),
    )

    faults = directory_faults(replace(directory, territories=ring))

    assert faults == ("no territory is the county (one without a parent)",)


@pytest.mark.parametrize("post", ["party_secretary", "county_head"])
def test_a_county_without_a_principal_leader_says_so(directory: Directory, post: str) -> None:
    without = tuple(
        leader
        for leader in directory.leaders
        if leader.organ != "county" or post not in leader.posts
    )

    faults = directory_faults(replace(directory, leaders=without))

    assert faults == (f"nobody in the county holds the post {post}",)


def test_a_township_may_have_principal_leaders_of_its_own(directory: Directory) -> None:
    township = LeaderEntry(code="l_baihe_head", organ="baihe", posts=("county_head",))

    faults = directory_faults(replace(directory, leaders=(*directory.leaders, township)))

    assert faults == ()


def test_a_directory_without_the_petition_office_says_so(directory: Directory) -> None:
    without = tuple(unit for unit in directory.units if unit.code != "petition_office")

    faults = directory_faults(replace(directory, units=without))

    assert faults == ("no unit is the petition office (kind petition_office)",)


def test_the_office_is_no_unit_of_another_kind(directory: Directory) -> None:
    faults = directory_faults(replace(directory, office="court"))

    assert faults == ("the office court is a unit of kind judicial",)


def test_every_fault_is_listed_at_once(directory: Directory) -> None:
    broken = replace(
        directory,
        leaders=(*directory.leaders, LeaderEntry(code="l_new", organ="nowhere", deputy="nobody")),
        units=(
            *directory.units,
            UnitEntry(code="new_bureau", kind=UnitKind.PARTY, organ="nowhere", parent="nothing"),
        ),
    )

    faults = directory_faults(broken)

    assert faults == (
        "leader l_new has unknown organ nowhere",
        "leader l_new has unknown deputy nobody",
        "unit new_bureau has unknown organ nowhere",
        "unit new_bureau has unknown parent nothing",
    )


def test_a_unit_and_those_above_it_end_at_the_top(directory: Directory) -> None:
    assert list(directory.unit_and_above("labour_inspection")) == [
        "labour_inspection",
        "labour_bureau",
    ]
    assert list(directory.unit_and_above("unknown")) == ["unknown"]
    assert list(directory.territory_and_above("baihe")) == ["baihe", "county"]
    assert list(directory.territory_and_above("unknown")) == ["unknown"]
