"""Whoever is in charge receives, never a rota (C-04 to C-07, D-07), at the nearest node (D-30)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.triage.rules.directory import Directory, LeaderEntry
from services.triage.rules.leaders import (
    is_named_leader_right,
    is_substitute_needed,
    where_the_stand_in_receives,
    which_principal,
    who_is_in_charge,
    who_receives,
)
from services.triage.rules.nodes import NodeEntry, ReceivingPlace, places_that_may_receive
from services.triage.rules.terms import Outcome, Principal, Side

COUNTY = ReceivingPlace(node="county", organ="county")
TOWNSHIP = ReceivingPlace(node="sanchakou", organ="sanchakou")
TOWNSHIP_NODE = NodeEntry(node="sanchakou", territory="sanchakou")
NOBODY: frozenset[str] = frozenset()


@pytest.mark.proves("C-04", "C-05", "C-07", "I-13")
@pytest.mark.parametrize(
    ("field", "organ", "leader"),
    [
        pytest.param("labour", "county", "l_vice_head_labour", id="by the county's portfolios"),
        pytest.param("land", "sanchakou", "l_sck_vice_head", id="by the township's portfolios"),
        pytest.param(
            "education", "sanchakou", "l_sck_head", id="the principal where nobody else has it"
        ),
        pytest.param("education", "county", None, id="nobody has the field"),
        pytest.param("labour", "sanchakou", None, id="nobody of the county steps in"),
    ],
)
def test_the_portfolio_names_the_leader(
    directory: Directory, field: str, organ: str, leader: str | None
) -> None:
    answer = who_is_in_charge(field=field, organ=organ, directory=directory)

    assert answer.answer == leader


@pytest.mark.proves("C-05", "I-13")
@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        pytest.param(
            LeaderEntry(code="l_a", organ="baihe", portfolio=("land",)),
            LeaderEntry(
                code="l_z",
                organ="baihe",
                posts=("deputy_county_head_in_charge",),
                portfolio=("land",),
            ),
            "l_z",
            id="the deputy in charge before another",
        ),
        pytest.param(
            LeaderEntry(code="l_a", organ="baihe", posts=("county_head",), portfolio=("land",)),
            LeaderEntry(code="l_z", organ="baihe", portfolio=("land",)),
            "l_z",
            id="a principal leader last",
        ),
        pytest.param(
            LeaderEntry(code="l_z", organ="baihe", portfolio=("land",)),
            LeaderEntry(code="l_a", organ="baihe", portfolio=("land",)),
            "l_a",
            id="otherwise the order of codes",
        ),
    ],
)
def test_of_several_the_choice_is_always_the_same(
    directory: Directory, first: LeaderEntry, second: LeaderEntry, chosen: str
) -> None:
    widened = replace(directory, leaders=(*directory.leaders, first, second))

    assert who_is_in_charge(field="land", organ="baihe", directory=widened).value == chosen


@pytest.mark.proves("D-07", "P-9")
@pytest.mark.parametrize(
    ("side", "named", "reason", "principal"),
    [
        pytest.param(
            Side.GOVERNMENT, None, False, Principal.COUNTY_HEAD, id="government matters by default"
        ),
        pytest.param(
            Side.PARTY, None, False, Principal.PARTY_SECRETARY, id="Party matters by default"
        ),
        pytest.param(
            Side.GOVERNMENT,
            Principal.COUNTY_HEAD,
            False,
            Principal.COUNTY_HEAD,
            id="the default named needs no reason",
        ),
        pytest.param(
            Side.GOVERNMENT,
            Principal.PARTY_SECRETARY,
            True,
            Principal.PARTY_SECRETARY,
            id="the other with its reason",
        ),
        pytest.param(
            Side.GOVERNMENT, Principal.PARTY_SECRETARY, False, None, id="the other without a reason"
        ),
        pytest.param(
            Side.PARTY, Principal.COUNTY_HEAD, False, None, id="the head for a Party matter"
        ),
    ],
)
def test_the_field_names_the_principal_unless_a_person_says_why_not(
    side: Side, named: Principal | None, reason: bool, principal: Principal | None
) -> None:
    answer = which_principal(side=side, named=named, reason_stated=reason)

    assert answer.answer is principal


@pytest.mark.proves("C-04", "C-06", "C-07", "D-07", "D-30", "T8", "I-13")
@pytest.mark.parametrize(
    ("outcome", "field", "principal", "places", "expected"),
    [
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "labour",
            Principal.COUNTY_HEAD,
            (COUNTY,),
            ("l_vice_head_labour", "l_vice_head_labour", "county"),
            id="complex: the leader in charge",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "labour",
            Principal.COUNTY_HEAD,
            (COUNTY,),
            ("l_head", "l_vice_head_labour", "county"),
            id="difficult: the county head, and the leader in charge is consulted",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "land",
            Principal.PARTY_SECRETARY,
            (COUNTY,),
            ("l_secretary", "l_vice_head_land", "county"),
            id="difficult: the county secretary",
        ),
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "land",
            Principal.COUNTY_HEAD,
            (TOWNSHIP, COUNTY),
            ("l_sck_vice_head", "l_sck_vice_head", "sanchakou"),
            id="at a township's node its own leader in charge",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "land",
            Principal.COUNTY_HEAD,
            (TOWNSHIP, COUNTY),
            ("l_sck_head", "l_sck_vice_head", "sanchakou"),
            id="at a township's node its own principal leader",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "land",
            Principal.PARTY_SECRETARY,
            (TOWNSHIP, COUNTY),
            ("l_secretary", "l_vice_head_land", "county"),
            id="where the township has no such principal the county's receives",
        ),
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "labour",
            Principal.COUNTY_HEAD,
            (TOWNSHIP, COUNTY),
            ("l_vice_head_labour", "l_vice_head_labour", "county"),
            id="a field nobody has in the township goes to whoever has it in the county",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "labour",
            Principal.COUNTY_HEAD,
            (TOWNSHIP, COUNTY),
            ("l_head", "l_vice_head_labour", "county"),
            id="and so does its principal: both sit at one place",
        ),
        pytest.param(
            Outcome.LEADER_IN_CHARGE,
            "labour",
            Principal.COUNTY_HEAD,
            (TOWNSHIP,),
            None,
            id="nobody up to the last place: the portfolio is to be completed",
        ),
        pytest.param(
            Outcome.PRINCIPAL_LEADER,
            "education",
            Principal.COUNTY_HEAD,
            (COUNTY,),
            None,
            id="nobody to consult: the portfolio is to be completed",
        ),
    ],
)
def test_severity_portfolio_and_place_name_the_leader(
    *,
    directory: Directory,
    outcome: Outcome,
    field: str,
    principal: Principal,
    places: tuple[ReceivingPlace, ...],
    expected: tuple[str, str, str] | None,
) -> None:
    answer = who_receives(
        outcome=outcome, field=field, principal=principal, places=places, directory=directory
    ).answer

    found = (answer.leader, answer.leader_in_charge, answer.place.node) if answer else None
    assert found == expected


@pytest.mark.proves("C-07")
def test_without_any_principal_leader_there_is_nobody(directory: Directory) -> None:
    vacant = replace(
        directory, leaders=tuple(each for each in directory.leaders if each.code != "l_head")
    )

    answer = who_receives(
        outcome=Outcome.PRINCIPAL_LEADER,
        field="labour",
        principal=Principal.COUNTY_HEAD,
        places=(COUNTY,),
        directory=vacant,
    )

    refusal = answer.decision.first_refusal()
    assert refusal is not None
    assert refusal.code == "principal_post_is_held"


@pytest.mark.proves("C-05", "I-13")
@pytest.mark.parametrize(
    ("named", "allowed"),
    [(None, True), ("l_in_charge", True), ("l_deputy", True), ("l_other", False)],
)
def test_a_named_leader_is_the_one_in_charge_or_the_one_who_stands_in(
    named: str | None, allowed: bool
) -> None:
    decision = is_named_leader_right(named=named, resolved="l_in_charge", stands_in="l_deputy")

    assert decision.allowed is allowed


@pytest.mark.proves("C-05", "D-06")
@pytest.mark.parametrize(
    ("substitute", "replaced", "allowed"),
    [(None, False, True), (None, True, True), ("l_any", True, True), ("l_any", False, False)],
)
def test_a_substitute_without_need_would_be_a_choice(
    substitute: str | None, replaced: bool, allowed: bool
) -> None:
    assert is_substitute_needed(substitute=substitute, anyone_replaced=replaced).allowed is allowed


@pytest.mark.proves("D-30", "C-04", "C-22")
@pytest.mark.parametrize(
    ("territory", "lead_unit", "nodes", "expected"),
    [
        pytest.param("county", None, (), (COUNTY,), id="no node has opened: the county's own"),
        pytest.param("sanchakou", None, (), (COUNTY,), id="a township without a node"),
        pytest.param(
            "sanchakou", None, (TOWNSHIP_NODE,), (TOWNSHIP, COUNTY), id="a township with a node"
        ),
        pytest.param("baihe", None, (TOWNSHIP_NODE,), (COUNTY,), id="another township's node"),
        pytest.param(
            "county",
            None,
            (NodeEntry(node="county_seat", territory="county"),),
            (ReceivingPlace(node="county_seat", organ="county"),),
            id="the county's node under the name it announced",
        ),
        pytest.param(
            "sanchakou",
            "labour_bureau",
            (TOWNSHIP_NODE, NodeEntry(node="labour", territory="labour_bureau")),
            (ReceivingPlace(node="labour", organ="labour_bureau"), TOWNSHIP, COUNTY),
            id="the lead unit's own node before the township's",
        ),
        pytest.param(
            "sanchakou",
            None,
            (NodeEntry(node="sck_two", territory="sanchakou"), TOWNSHIP_NODE),
            (TOWNSHIP, COUNTY),
            id="of two nodes the first by code",
        ),
        pytest.param("nowhere", None, (TOWNSHIP_NODE,), (COUNTY,), id="an unknown territory"),
    ],
)
def test_a_petition_goes_to_the_nearest_node(
    directory: Directory,
    territory: str,
    lead_unit: str | None,
    nodes: tuple[NodeEntry, ...],
    expected: tuple[ReceivingPlace, ...],
) -> None:
    places = places_that_may_receive(
        territory=territory,
        lead_unit=lead_unit,
        nodes=nodes,
        accused=NOBODY,
        directory=directory,
    )

    assert places == expected


@pytest.mark.proves("D-06", "D-30")
@pytest.mark.parametrize(
    ("stands_in", "places", "receives"),
    [
        pytest.param("l_vice_head_land", (COUNTY,), COUNTY, id="of the same organ"),
        pytest.param("l_vice_head_land", (TOWNSHIP, COUNTY), COUNTY, id="of the organ above"),
        pytest.param("l_sck_head", (TOWNSHIP, COUNTY), TOWNSHIP, id="the township's own"),
        pytest.param("l_sck_head", (COUNTY,), None, id="of an organ below"),
    ],
)
def test_who_stands_in_receives_with_their_own_organ(
    directory: Directory,
    stands_in: str,
    places: tuple[ReceivingPlace, ...],
    receives: ReceivingPlace | None,
) -> None:
    found = where_the_stand_in_receives(
        stands_in, place=places[0], places=places, directory=directory
    )

    assert found.answer == receives


@pytest.mark.proves("D-30", "D-06")
def test_what_complains_of_a_township_is_received_above_it(directory: Directory) -> None:
    places = places_that_may_receive(
        territory="sanchakou",
        lead_unit=None,
        nodes=(TOWNSHIP_NODE,),
        accused=frozenset({"township_sanchakou"}),
        directory=directory,
    )

    assert places == (COUNTY,)
