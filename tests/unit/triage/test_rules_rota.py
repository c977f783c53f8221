"""A node with a rota: it receives its territory's petitions, but none against its own leaders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.triage.rules.directory import Directory
from services.triage.rules.leaders import Receiver, who_receives
from services.triage.rules.nodes import NodeEntry, ReceivingPlace, places_that_may_receive
from services.triage.rules.terms import Outcome, Principal

COUNTY = ReceivingPlace(node="county", organ="county")
BY_ROTA = ReceivingPlace(node="sanchakou", organ="sanchakou", by_rota=True)
BY_PORTFOLIO = ReceivingPlace(node="sanchakou", organ="sanchakou")


@pytest.mark.proves("D-06", "D-30", "X-4", "M-04")
@pytest.mark.parametrize(
    ("by_rota", "accused", "places"),
    [
        pytest.param(True, (), (BY_ROTA, COUNTY), id="a rota, and nobody accused"),
        pytest.param(True, ("l_sck_head",), (COUNTY,), id="a rota: any of its leaders accused"),
        pytest.param(
            True, ("l_sck_vice_head",), (COUNTY,), id="a rota: another of its leaders accused"
        ),
        pytest.param(
            True, ("l_vice_head_land",), (BY_ROTA, COUNTY), id="a rota: a county leader accused"
        ),
        pytest.param(True, ("township_sanchakou",), (COUNTY,), id="a rota: the township accused"),
        pytest.param(
            False, ("l_sck_head",), (BY_PORTFOLIO, COUNTY), id="no rota: the deputy stands in"
        ),
    ],
)
def test_a_rota_never_brings_the_accused_to_the_table(
    directory: Directory,
    accused: tuple[str, ...],
    places: tuple[ReceivingPlace, ...],
    *,
    by_rota: bool,
) -> None:
    found = places_that_may_receive(
        territory="sanchakou",
        lead_unit=None,
        nodes=(NodeEntry(node="sanchakou", territory="sanchakou", by_rota=by_rota),),
        accused=frozenset(accused),
        directory=directory,
    )

    assert found == places


@pytest.mark.proves("D-30", "D-06")
def test_of_a_department_with_a_rota_and_an_accused_leader_the_township_receives(
    directory: Directory,
) -> None:
    department = replace(directory.leaders[0], code="l_bureau", organ="labour_bureau")
    known = replace(directory, leaders=(*directory.leaders, department))

    def places(*accused: str) -> tuple[ReceivingPlace, ...]:
        return places_that_may_receive(
            territory="sanchakou",
            lead_unit="labour_bureau",
            nodes=(
                NodeEntry(node="labour", territory="labour_bureau", by_rota=True),
                NodeEntry(node="sanchakou", territory="sanchakou", by_rota=True),
            ),
            accused=frozenset(accused),
            directory=known,
        )

    assert [place.node for place in places()] == ["labour", "sanchakou", "county"]
    assert [place.node for place in places("l_bureau")] == ["sanchakou", "county"]


@pytest.mark.proves("C-05", "I-13")
def test_the_countys_own_node_has_no_rota_whatever_it_announces(directory: Directory) -> None:
    (place,) = places_that_may_receive(
        territory="county",
        lead_unit=None,
        nodes=(NodeEntry(node="county", territory="county", by_rota=True),),
        accused=frozenset({"l_head"}),
        directory=directory,
    )

    assert place == COUNTY


@pytest.mark.proves("M-04", "C-06", "D-07")
@pytest.mark.parametrize(
    ("outcome", "field", "place", "named"),
    [
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "land",
            BY_ROTA,
            ("l_sck_vice_head", "l_sck_vice_head"),
            id="the portfolio names who is consulted",
        ),
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "labour",
            BY_ROTA,
            ("l_sck_head", "l_sck_head"),
            id="no portfolio has the field: the head of the township is consulted",
        ),
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "labour",
            BY_PORTFOLIO,
            ("l_vice_head_labour", "l_vice_head_labour"),
            id="no rota: the county, where someone has the field",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "land",
            BY_ROTA,
            ("l_sck_head", "l_sck_vice_head"),
            id="of any severity",
        ),
    ],
)
def test_at_a_rota_the_field_and_severity_decide_only_who_is_named(
    directory: Directory,
    outcome: Outcome,
    field: str,
    place: ReceivingPlace,
    named: tuple[str, str],
) -> None:
    answer = who_receives(
        outcome=outcome,
        field=field,
        principal=Principal.COUNTY_HEAD,
        places=(place, COUNTY),
        directory=directory,
    )

    leader, in_charge = named
    received_at = COUNTY if leader == "l_vice_head_labour" else place
    assert answer.value == Receiver(leader=leader, leader_in_charge=in_charge, place=received_at)


@pytest.mark.proves("M-04", "C-07")
@pytest.mark.parametrize(
    ("field", "node"),
    [
        pytest.param("land", "sanchakou", id="no principal: whoever sits, the vice consulted"),
        pytest.param("labour", "county", id="nobody to consult: the next higher place"),
    ],
)
def test_a_rota_without_a_principal_leader_receives_where_someone_is_in_charge(
    directory: Directory, field: str, node: str
) -> None:
    headless = replace(
        directory, leaders=tuple(each for each in directory.leaders if each.code != "l_sck_head")
    )

    answer = who_receives(
        outcome=Outcome.PRINCIPAL_LEADER,
        field=field,
        principal=Principal.COUNTY_HEAD,
        places=(BY_ROTA, COUNTY),
        directory=headless,
    )

    assert answer.value.place.node == node
