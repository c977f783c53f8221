"""The table of who may read what a petition says, and who may learn who brought it."""

from __future__ import annotations

import pytest

from services.intake.rules import Confidence, Reader, may_open_identity, may_read_content
from shared.decisions import Verdict

CLAIM = Confidence(accusation=False, sealed=False)
ACCUSATION = Confidence(accusation=True, sealed=False)
SEALED = Confidence(accusation=True, sealed=True)
NOBODY: frozenset[Reader] = frozenset()
OFFICE = frozenset({Reader.PETITION_OFFICE})
DISCIPLINE = frozenset({Reader.DISCIPLINE})
SERVICE = frozenset({Reader.SERVICE})

YES, NO = Verdict.YES, Verdict.NO


@pytest.mark.proves("P-1", "I-10", "X-1", "L22-30")
@pytest.mark.parametrize(
    ("confidence", "readers", "content", "identity"),
    [
        pytest.param(CLAIM, OFFICE, YES, YES, id="the_office_reads_a_claim"),
        pytest.param(CLAIM, SERVICE, YES, NO, id="a_service_prints_a_claim_and_opens_nobody"),
        pytest.param(CLAIM, DISCIPLINE, NO, NO, id="a_claim_is_not_the_discipline_organs"),
        pytest.param(CLAIM, NOBODY, NO, NO, id="without_a_duty_only_bare_facts"),
        pytest.param(ACCUSATION, OFFICE, YES, YES, id="the_office_sorts_an_accusation"),
        pytest.param(ACCUSATION, SERVICE, YES, NO, id="triage_checks_whom_it_is_against"),
        pytest.param(ACCUSATION, DISCIPLINE, YES, YES, id="discipline_reads_an_accusation"),
        pytest.param(SEALED, OFFICE, NO, NO, id="after_the_transfer_the_office_reads_no_longer"),
        pytest.param(SEALED, OFFICE | SERVICE, NO, NO, id="not_even_through_a_service"),
        pytest.param(SEALED, SERVICE, NO, NO, id="no_service_opens_what_is_sealed"),
        pytest.param(SEALED, DISCIPLINE, YES, YES, id="discipline_alone_reads_what_is_sealed"),
        pytest.param(SEALED, DISCIPLINE | OFFICE, YES, YES, id="whoever_also_is_discipline"),
        pytest.param(
            Confidence(accusation=False, sealed=True), OFFICE, NO, NO, id="a_seal_is_for_good"
        ),
    ],
)
def test_a_duty_opens_what_it_needs(
    confidence: Confidence, readers: frozenset[Reader], content: Verdict, identity: Verdict
) -> None:
    assert may_read_content(confidence, readers=readers).verdict is content
    assert may_open_identity(confidence, readers=readers).verdict is identity


@pytest.mark.proves("P-1")
@pytest.mark.parametrize(
    ("confidence", "readers", "missing_facts"),
    [
        pytest.param(
            Confidence(accusation=False, sealed=None),
            OFFICE,
            ("sealed",),
            id="whether_it_is_sealed_is_unknown",
        ),
        pytest.param(
            Confidence(accusation=None, sealed=False),
            DISCIPLINE,
            ("accusation",),
            id="whether_it_is_an_accusation_is_unknown",
        ),
    ],
)
def test_what_is_unknown_stays_shut(
    confidence: Confidence, readers: frozenset[Reader], missing_facts: tuple[str, ...]
) -> None:
    decision = may_read_content(confidence, readers=readers)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == missing_facts
    assert not decision.allowed
