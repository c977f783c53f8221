"""Nothing goes to the accused, and a set keeps its full number (D-06, X-1, X-4, I-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.triage.rules.addressees import (
    is_leader_accused,
    is_organ_accused,
    is_unit_accused,
    may_units_receive,
    which_discipline_organ_receives,
    who_holds_the_slip_posts,
    who_stands_in,
)
from services.triage.rules.directory import Directory, LeaderEntry
from services.triage.rules.terms import UnitKind


@pytest.mark.proves("D-06", "X-1")
@pytest.mark.parametrize(
    ("code", "accused", "touched"),
    [
        pytest.param("labour_bureau", "labour_bureau", True, id="the unit itself"),
        pytest.param("labour_inspection", "labour_bureau", True, id="a sub-unit of the accused"),
        pytest.param("labour_bureau", "labour_inspection", False, id="the organ above the accused"),
        pytest.param("land_bureau", "labour_bureau", False, id="another unit"),
        pytest.param("labour_bureau", "l_vice_head_labour", False, id="a leader is no unit"),
    ],
)
def test_a_complaint_touches_a_unit_and_those_below_it(
    directory: Directory, code: str, accused: str, touched: bool
) -> None:
    assert is_unit_accused(code, accused=frozenset({accused}), directory=directory) is touched


@pytest.mark.proves("D-06", "X-4")
@pytest.mark.parametrize(
    ("leader", "accused", "touched"),
    [
        pytest.param("l_head", "l_head", True, id="the leader"),
        pytest.param("l_head", "l_secretary", False, id="another leader"),
        pytest.param("l_sck_head", "township_sanchakou", True, id="the township the leader leads"),
        pytest.param("l_head", "township_sanchakou", False, id="a township below the county"),
        pytest.param("l_bureau_head", "labour_bureau", True, id="the department a leader leads"),
        pytest.param("l_unknown", "l_unknown", True, id="a code the directory has no more"),
        pytest.param("l_unknown", "l_head", False, id="an unknown code, not accused"),
    ],
)
def test_a_complaint_touches_a_leader_and_whom_they_lead(
    directory: Directory, leader: str, accused: str, touched: bool
) -> None:
    widened = replace(
        directory,
        leaders=(*directory.leaders, LeaderEntry(code="l_bureau_head", organ="labour_bureau")),
    )

    assert is_leader_accused(leader, accused=frozenset({accused}), directory=widened) is touched


@pytest.mark.proves("D-06")
def test_an_organ_is_accused_through_its_body(directory: Directory) -> None:
    accused = frozenset({"township_sanchakou"})

    assert is_organ_accused("sanchakou", accused=accused, directory=directory)
    assert not is_organ_accused("baihe", accused=accused, directory=directory)
    assert not is_organ_accused("county", accused=accused, directory=directory)


@pytest.mark.proves("D-06", "X-4", "T8")
@pytest.mark.parametrize(
    ("accused", "substitute", "receives"),
    [
        pytest.param(set(), None, "l_head", id="not accused: the leader"),
        pytest.param({"l_head"}, None, "l_vice_head_labour", id="accused: the deputy"),
        pytest.param({"l_head"}, "l_secretary", "l_secretary", id="accused: whom the sorter names"),
        pytest.param({"l_head", "l_vice_head_labour"}, None, None, id="the deputy is accused too"),
        pytest.param({"l_head", "l_secretary"}, "l_secretary", None, id="the named one is accused"),
    ],
)
def test_an_accused_leader_is_replaced_by_the_named_or_the_deputy(
    directory: Directory, accused: set[str], substitute: str | None, receives: str | None
) -> None:
    answer = who_stands_in(
        "l_head", accused=frozenset(accused), substitute=substitute, directory=directory
    )

    assert answer.answer == receives


@pytest.mark.proves("D-06")
@pytest.mark.parametrize("leader", ["l_vice_head_land", "l_gone"])
def test_nobody_is_guessed_where_there_is_no_deputy(directory: Directory, leader: str) -> None:
    answer = who_stands_in(
        leader, accused=frozenset({leader}), substitute=None, directory=directory
    )

    assert not answer.allowed


@pytest.mark.proves("D-06", "X-1", "X-4", "L22-30", "I-10")
@pytest.mark.parametrize(
    ("units", "allowed"),
    [
        pytest.param(("land_bureau",), True, id="another unit"),
        pytest.param(("labour_bureau",), False, id="the accused leads"),
        pytest.param(("land_bureau", "labour_bureau"), False, id="the accused handles with it"),
        pytest.param(("labour_inspection",), False, id="a sub-unit of the accused"),
    ],
)
def test_no_unit_that_handles_is_accused(
    directory: Directory, units: tuple[str, ...], allowed: bool
) -> None:
    decision = may_units_receive(
        units=units, accused=frozenset({"labour_bureau"}), directory=directory
    )

    assert decision.allowed is allowed


@pytest.mark.proves("D-06", "X-1", "C-14", "I-3")
@pytest.mark.parametrize(
    ("field", "accused", "substitute", "overrides"),
    [
        pytest.param("labour", set(), None, {}, id="nobody is accused"),
        pytest.param(
            "labour",
            {"l_discipline"},
            None,
            {"discipline_secretary": "l_deputy_secretary"},
            id="the deputy of the post is served",
        ),
        pytest.param(
            "labour",
            {"l_discipline"},
            "l_head",
            {"discipline_secretary": "l_head"},
            id="whom the sorter names is served",
        ),
        pytest.param(
            "labour",
            {"l_vice_head_labour"},
            None,
            {"deputy_county_head_in_charge": "l_vice_head_land"},
            id="of several holders the one in charge is replaced",
        ),
        pytest.param(
            "labour",
            {"l_vice_head_land"},
            None,
            {"deputy_county_head_in_charge": "l_vice_head_labour"},
            id="another holder is accused: the clean one is named",
        ),
        pytest.param(
            "labour",
            {"petition_office"},
            None,
            {"petition_office_stub": "county_government"},
            id="the office is accused: the organ above keeps the stub",
        ),
        pytest.param(
            "land", {"l_vice_head_land"}, None, None, id="no deputy and nobody named: refused"
        ),
        pytest.param(
            "land",
            {"petition_office", "county_government"},
            None,
            None,
            id="the organ above the office is accused too: refused",
        ),
        pytest.param("labour", {"labour_bureau"}, None, {}, id="units hold no leader's post"),
    ],
)
def test_every_post_of_the_slips_has_a_clean_holder(
    directory: Directory,
    field: str,
    accused: set[str],
    substitute: str | None,
    overrides: dict[str, str] | None,
) -> None:
    answer = who_holds_the_slip_posts(
        field=field, accused=frozenset(accused), substitute=substitute, directory=directory
    )

    found = (
        {str(override.post): override.holder for override in answer.value}
        if answer.allowed
        else None
    )
    assert found == overrides


@pytest.mark.proves("D-06")
def test_an_office_outside_the_units_has_no_organ_above(directory: Directory) -> None:
    apart = replace(directory, office="letters_and_visits")

    answer = who_holds_the_slip_posts(
        field="labour",
        accused=frozenset({"letters_and_visits"}),
        substitute=None,
        directory=apart,
    )

    assert not answer.allowed


@pytest.mark.proves("T5", "X-4", "D-06", "L22-22", "L22-30")
@pytest.mark.parametrize(
    ("named", "accused", "organ", "against"),
    [
        pytest.param(None, set(), "discipline_commission", None, id="the county's own"),
        pytest.param(
            None,
            {"l_vice_head_labour"},
            "discipline_commission",
            None,
            id="an accusation of a vice head",
        ),
        pytest.param(
            None,
            {"discipline_commission"},
            "city_discipline_commission",
            None,
            id="it is accused itself: the organ above",
        ),
        pytest.param(
            None,
            {"l_discipline"},
            "city_discipline_commission",
            None,
            id="its secretary is accused: the organ above",
        ),
        pytest.param(
            None,
            {"l_discipline", "city_discipline_commission"},
            None,
            "unit_is_not_accused",
            id="the organ above is accused too",
        ),
        pytest.param(
            "city_discipline_commission",
            set(),
            "city_discipline_commission",
            None,
            id="a person names the organ above",
        ),
        pytest.param(
            "qingyuan_office", set(), "qingyuan_office", None, id="a person names one outside"
        ),
        pytest.param(
            "discipline_commission",
            {"l_discipline"},
            None,
            "unit_is_not_accused",
            id="a person names the one whose secretary is accused",
        ),
        pytest.param(
            "labour_bureau", set(), None, "organ_receives_accusations", id="no discipline organ"
        ),
        pytest.param(
            "nothing", set(), None, "discipline_organ_is_in_directory", id="an unknown organ"
        ),
    ],
)
def test_an_accusation_goes_to_a_discipline_organ_that_is_clean(
    directory: Directory,
    named: str | None,
    accused: set[str],
    organ: str | None,
    against: str | None,
) -> None:
    answer = which_discipline_organ_receives(
        named=named, accused=frozenset(accused), directory=directory
    )

    refusal = answer.decision.first_refusal()
    assert answer.answer == organ
    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("X-4")
def test_without_an_organ_above_an_accused_discipline_organ_receives_nothing(
    directory: Directory,
) -> None:
    alone = replace(
        directory,
        units=tuple(
            replace(unit, parent=None) if unit.code == "discipline_commission" else unit
            for unit in directory.units
            if unit.code != "city_discipline_commission"
        ),
    )

    answer = which_discipline_organ_receives(
        named=None, accused=frozenset({"discipline_commission"}), directory=alone
    )

    assert not answer.allowed


@pytest.mark.proves("T5")
def test_a_directory_without_a_discipline_organ_receives_no_accusation(
    directory: Directory,
) -> None:
    without = replace(
        directory,
        units=tuple(unit for unit in directory.units if unit.kind is not UnitKind.DISCIPLINE),
    )

    refusal = which_discipline_organ_receives(
        named=None, accused=frozenset({"l_head"}), directory=without
    ).decision.first_refusal()

    assert refusal is not None
    assert refusal.code == "discipline_organ_is_in_directory"
