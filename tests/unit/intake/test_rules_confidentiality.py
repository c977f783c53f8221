"""The table of who may read what a petition says, and who may learn who brought it."""

from __future__ import annotations

import pytest

from services.intake.rules import (
    Confidence,
    Reader,
    is_reader_accused,
    may_open_identity,
    may_read_content,
)
from shared.decisions import Verdict

COUNTY = "discipline_commission"
CITY = "city_discipline_commission"

UNSEALED = Confidence(sealed=False, transferred=False)
SORTED = Confidence(sealed=True, transferred=False)
SEALED = Confidence(sealed=True, transferred=True, receiving_organ=COUNTY)
SEALED_ABOVE = Confidence(sealed=True, transferred=True, receiving_organ=CITY)
SEALED_SOMEWHERE = Confidence(sealed=True, transferred=True)
NOBODY: frozenset[Reader] = frozenset()
OFFICE = frozenset({Reader.PETITION_OFFICE})
DISCIPLINE = frozenset({Reader.DISCIPLINE})
SERVICE = frozenset({Reader.SERVICE})

YES, NO = Verdict.YES, Verdict.NO


@pytest.mark.proves("P-1", "I-10", "X-1", "X-4", "L22-30")
@pytest.mark.parametrize(
    ("confidence", "readers", "content", "identity"),
    [
        pytest.param(UNSEALED, OFFICE, YES, YES, id="the_office_reads_what_it_sorts"),
        pytest.param(UNSEALED, SERVICE, YES, NO, id="a_service_prints_it_and_opens_nobody"),
        pytest.param(UNSEALED, DISCIPLINE, NO, NO, id="before_the_transfer_no_discipline_organ"),
        pytest.param(UNSEALED, NOBODY, NO, NO, id="without_a_duty_only_bare_facts"),
        pytest.param(SORTED, OFFICE, NO, NO, id="sorted_and_sealed_to_the_office"),
        pytest.param(SORTED, DISCIPLINE, NO, NO, id="sorted_but_the_transfer_is_not_told"),
        pytest.param(SEALED, OFFICE, NO, NO, id="after_the_transfer_the_office_reads_no_longer"),
        pytest.param(SEALED, OFFICE | SERVICE, NO, NO, id="not_even_through_a_service"),
        pytest.param(SEALED, SERVICE, NO, NO, id="no_service_opens_what_is_sealed"),
        pytest.param(SEALED, DISCIPLINE, YES, YES, id="who_received_it_alone_reads_it"),
        pytest.param(SEALED_ABOVE, DISCIPLINE, NO, NO, id="the_organ_above_received_it"),
        pytest.param(SEALED_ABOVE, DISCIPLINE | OFFICE, NO, NO, id="whatever_else_one_is"),
        pytest.param(SEALED_SOMEWHERE, DISCIPLINE, YES, YES, id="an_older_transfer_names_no_organ"),
        pytest.param(SEALED, DISCIPLINE | OFFICE, YES, YES, id="whoever_also_is_discipline"),
    ],
)
def test_a_duty_opens_what_it_needs(
    confidence: Confidence, readers: frozenset[Reader], content: Verdict, identity: Verdict
) -> None:
    assert may_read_content(confidence, reader=COUNTY, readers=readers).verdict is content
    assert may_open_identity(confidence, reader=COUNTY, readers=readers).verdict is identity


@pytest.mark.proves("X-4", "P-1")
@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        pytest.param(CITY, YES, id="the_organ_above_to_which_it_went"),
        pytest.param(COUNTY, NO, id="the_countys_own"),
        pytest.param("l_discipline", NO, id="its_secretary"),
    ],
)
def test_what_went_above_is_read_above_only(reader: str, verdict: Verdict) -> None:
    decision = may_read_content(SEALED_ABOVE, reader=reader, readers=DISCIPLINE)

    assert decision.verdict is verdict


@pytest.mark.proves("P-1")
@pytest.mark.parametrize(
    ("confidence", "readers", "missing_facts"),
    [
        pytest.param(
            Confidence(sealed=None, transferred=False),
            OFFICE,
            ("sealed",),
            id="whether_it_is_sealed_is_unknown",
        ),
        pytest.param(
            Confidence(sealed=True, transferred=None),
            DISCIPLINE,
            ("transferred",),
            id="whether_it_was_transferred_is_unknown",
        ),
    ],
)
def test_what_is_unknown_stays_shut(
    confidence: Confidence, readers: frozenset[Reader], missing_facts: tuple[str, ...]
) -> None:
    decision = may_read_content(confidence, reader=COUNTY, readers=readers)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == missing_facts
    assert not decision.allowed


@pytest.mark.proves("P-1", "I-10", "L22-30", "X-4")
@pytest.mark.parametrize(
    ("accused", "is_accused"),
    [
        pytest.param(("discipline_commission",), True, id="the_reader_is_complained_of"),
        pytest.param(("l_head", "discipline_commission"), True, id="among_others"),
        pytest.param(("l_head",), False, id="another_is"),
        pytest.param((), False, id="nobody_is_named"),
    ],
)
def test_whoever_is_complained_of_does_not_read(
    *, accused: tuple[str, ...], is_accused: bool
) -> None:
    assert is_reader_accused(reader="discipline_commission", accused=accused) is is_accused
