"""The table of what looks like the matter of an earlier petition."""

from __future__ import annotations

import dataclasses

import pytest

from services.intake.rules import Candidate, similarities


@pytest.mark.proves("D-02", "P-3")
@pytest.mark.parametrize(
    ("candidate", "reasons"),
    [
        pytest.param(
            Candidate(same_identity=True, same_phone=False, same_field=True, same_territory=True),
            ("same_identity", "same_field", "same_territory"),
            id="the_same_person_with_the_same_matter",
        ),
        pytest.param(
            Candidate(same_identity=False, same_phone=True, same_field=None, same_territory=None),
            ("same_phone",),
            id="the_same_telephone_and_no_matter_stated",
        ),
        pytest.param(
            Candidate(same_identity=True, same_phone=True, same_field=False, same_territory=True),
            ("same_identity", "same_phone", "same_territory"),
            id="another_field_in_the_same_place_may_be_the_same_matter",
        ),
        pytest.param(
            Candidate(same_identity=True, same_phone=True, same_field=False, same_territory=None),
            (),
            id="another_field_and_no_place_stated",
        ),
        pytest.param(
            Candidate(same_identity=True, same_phone=True, same_field=False, same_territory=False),
            (),
            id="another_field_in_another_place",
        ),
        pytest.param(
            Candidate(same_identity=False, same_phone=False, same_field=True, same_territory=True),
            (),
            id="another_person_with_the_same_matter",
        ),
    ],
)
def test_an_earlier_petition_is_proposed_with_its_reasons(
    candidate: Candidate, reasons: tuple[str, ...]
) -> None:
    assert similarities(candidate) == reasons


@pytest.mark.proves("P-3")
def test_nothing_about_a_person_is_counted_or_scored() -> None:
    assert {field.name for field in dataclasses.fields(Candidate)} == {
        "same_identity",
        "same_phone",
        "same_field",
        "same_territory",
    }
