"""A small directory for the rules: one county, one township, few people, every relation once."""

from __future__ import annotations

import pytest

from services.triage.rules.directory import (
    Directory,
    FieldEntry,
    LeaderEntry,
    TerritoryEntry,
    UnitEntry,
)
from services.triage.rules.terms import Side, UnitKind

COUNTY_LEADERS = (
    LeaderEntry(
        code="l_secretary", organ="county", posts=("party_secretary",), deputy="l_deputy_secretary"
    ),
    LeaderEntry(code="l_head", organ="county", posts=("county_head",), deputy="l_vice_head_labour"),
    LeaderEntry(
        code="l_deputy_secretary",
        organ="county",
        posts=("deputy_party_secretary_in_charge",),
        portfolio=("petition", "party_discipline"),
        deputy="l_organization",
    ),
    LeaderEntry(
        code="l_vice_head_labour",
        organ="county",
        posts=("deputy_county_head_in_charge",),
        portfolio=("labour",),
        deputy="l_vice_head_land",
    ),
    LeaderEntry(
        code="l_vice_head_land",
        organ="county",
        posts=("deputy_county_head_in_charge",),
        portfolio=("land",),
    ),
    LeaderEntry(
        code="l_discipline",
        organ="county",
        posts=("discipline_secretary",),
        deputy="l_deputy_secretary",
    ),
    LeaderEntry(
        code="l_organization",
        organ="county",
        posts=("organization_head",),
        deputy="l_deputy_secretary",
    ),
)

TOWNSHIP_LEADERS = (
    LeaderEntry(
        code="l_sck_head",
        organ="sanchakou",
        posts=("county_head",),
        portfolio=("education",),
        deputy="l_sck_vice_head",
    ),
    LeaderEntry(
        code="l_sck_vice_head", organ="sanchakou", portfolio=("land",), deputy="l_sck_head"
    ),
)

UNITS = (
    UnitEntry(
        code="petition_office",
        kind=UnitKind.PETITION_OFFICE,
        organ="county",
        parent="county_government",
        has_address=True,
    ),
    UnitEntry(code="county_government", organ="county", has_address=True),
    UnitEntry(code="labour_bureau", organ="county", fields=("labour",), has_address=True),
    UnitEntry(code="labour_inspection", organ="county", parent="labour_bureau"),
    UnitEntry(code="land_bureau", organ="county", fields=("land",), has_address=True),
    UnitEntry(code="court", kind=UnitKind.JUDICIAL, organ="county", has_address=True),
    UnitEntry(
        code="discipline_commission",
        kind=UnitKind.DISCIPLINE,
        organ="county",
        parent="city_discipline_commission",
        has_address=True,
    ),
    UnitEntry(
        code="city_discipline_commission",
        kind=UnitKind.DISCIPLINE,
        organ="county",
        has_address=True,
    ),
    UnitEntry(code="qingyuan_office", kind=UnitKind.OUTSIDE, organ="county", has_address=True),
    UnitEntry(
        code="township_sanchakou",
        kind=UnitKind.TOWNSHIP,
        organ="sanchakou",
        fields=("land",),
        has_address=True,
    ),
)

WHOLE = Directory(
    office="petition_office",
    territories=(
        TerritoryEntry(code="county"),
        TerritoryEntry(code="sanchakou", parent="county"),
        TerritoryEntry(code="baihe", parent="county"),
    ),
    fields=(
        FieldEntry(code="labour"),
        FieldEntry(code="land"),
        FieldEntry(code="education"),
        FieldEntry(code="petition", side=Side.PARTY),
        FieldEntry(code="party_discipline", side=Side.PARTY),
    ),
    leaders=(*COUNTY_LEADERS, *TOWNSHIP_LEADERS),
    units=UNITS,
    authorising=("county",),
)


@pytest.fixture
def directory() -> Directory:
    """Give the small directory, which has no fault."""
    return WHOLE
