"""Who sees a case's papers, and whose text names the petitioner."""

import pytest

from services.reception.rules.disclosure import (
    Reader,
    may_name_petitioner,
    may_read_text,
    may_see_case,
)
from services.reception.rules.terms import Card


def reader(code: str, *roles: str) -> Reader:
    return Reader(
        code=code,
        handles="handles" in roles,
        oversees="oversees" in roles,
        is_leader="leader" in roles,
        is_unit="unit" in roles,
    )


OFFICER = reader("desk_1", "handles")
AUDITOR = reader("audit_1", "oversees")
LEADER = reader("l_head", "leader")
UNIT = reader("labour_bureau", "unit")


@pytest.mark.proves("C-09", "P-1")
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        pytest.param(OFFICER, True, id="the office handles every case"),
        pytest.param(AUDITOR, True, id="an auditor sees that a paper exists"),
        pytest.param(LEADER, True, id="the leader of the case"),
        pytest.param(UNIT, True, id="the unit of the case"),
        pytest.param(reader("l_secretary", "leader"), False, id="another leader"),
        pytest.param(reader("court", "unit"), False, id="another unit"),
        pytest.param(reader("labour_bureau", "leader"), False, id="a leader with a unit's code"),
        pytest.param(reader("l_head", "unit"), False, id="a unit with a leader's code"),
    ],
)
def test_a_leader_or_unit_sees_its_own_cases_only(who: Reader, *, sees: bool) -> None:
    decision = may_see_case(who, leaders=frozenset({"l_head"}), units=frozenset({"labour_bureau"}))

    assert decision.allowed is sees


@pytest.mark.proves("D-12", "P-1", "P-2")
@pytest.mark.parametrize(
    ("who", "kind", "addressee", "reads"),
    [
        pytest.param(
            OFFICER, Card.PETITIONER_NOTICE, "petitioner", True, id="the office reads all"
        ),
        pytest.param(AUDITOR, Card.UNIT_NOTICE, "labour_bureau", False, id="an auditor reads none"),
        pytest.param(UNIT, Card.UNIT_NOTICE, "labour_bureau", True, id="the unit its own card"),
        pytest.param(UNIT, Card.UNIT_NOTICE, "court", False, id="not another unit's copy"),
        pytest.param(UNIT, Card.LEADER_REPORT, "l_head", False, id="the unit not the leader's"),
        pytest.param(LEADER, Card.LEADER_REPORT, "l_head", True, id="the leader their own card"),
        pytest.param(
            LEADER, Card.PETITIONER_NOTICE, "petitioner", False, id="not the petitioner's"
        ),
    ],
)
def test_a_text_is_for_those_who_handle_it(
    who: Reader, kind: Card, addressee: str, *, reads: bool
) -> None:
    assert may_read_text(who, kind=kind, addressee=addressee) is reads


@pytest.mark.proves("D-12", "X-1")
@pytest.mark.parametrize(
    ("accusation", "sealed", "names"),
    [
        pytest.param(False, False, True, id="a claim"),
        pytest.param(None, False, True, id="nobody called it an accusation"),
        pytest.param(True, False, False, id="an accusation"),
        pytest.param(False, True, False, id="sealed"),
    ],
)
def test_the_petitioner_of_a_claim_is_named_and_of_nothing_sealed(
    *, accusation: bool | None, sealed: bool, names: bool
) -> None:
    assert may_name_petitioner(accusation=accusation, sealed=sealed) is names
