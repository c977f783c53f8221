"""The page of contracts: what it says of a call, an event, a refusal and a term."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest

from shared.contracts.base import SENSITIVE, Part, Pattern, Text
from shared.contracts.common import PetitionNotFound
from shared.contracts.intake import IntakeForm, PetitionRegisteredV1, RegisterPetition
from tools.docs.contracts_page import Owner, faults, name_of_type, read_owners, render_contracts


class UndeclaredForm(StrEnum):
    LETTER = "letter"  # 来信


class Petitioner(Part):
    """One petitioner."""

    name: Annotated[str, Text(100), SENSITIVE]
    form: UndeclaredForm = UndeclaredForm.LETTER
    code: Annotated[str, Pattern("[a-z]+", "lower-case letters")] | None = None


def page_of(*declared: type, samples: Path = Path("nowhere")) -> str:
    owner = Owner(name="intake", about="The register.", declared=declared)
    return render_contracts([owner], samples=samples)


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        pytest.param(str, "text", id="text"),
        pytest.param(bool, "true or false", id="a yes or no"),
        pytest.param(date, "date", id="a date"),
        pytest.param(tuple[int, ...], "list of whole number", id="a list"),
        pytest.param(tuple[Annotated[str, Text(9)], ...], "list of text", id="a list of limited"),
        pytest.param(Mapping[str, int], "mapping of text to whole number", id="a mapping"),
        pytest.param(IntakeForm, "[IntakeForm](#intake-IntakeForm)", id="a term"),
    ],
)
def test_type_is_named_as_a_reader_of_the_wire_meets_it(annotation: object, name: str) -> None:
    assert name_of_type(annotation) == name


def test_field_shows_whether_it_is_required_and_its_limits() -> None:
    page = page_of(Petitioner)

    assert "| `name` | text | yes | 1 to 100 characters, not blank; sealed |" in page
    assert '| no, else "letter" |  |' in page
    assert "| `code` | text | no, else null | lower-case letters |" in page


def test_call_shows_its_roles_its_reply_and_its_refusals() -> None:
    page = page_of(RegisterPetition)

    assert "#### `intake.register_petition`" in page
    assert "- Roles: `petitioner`, `clerk`, `officer`, `office_head`" in page
    assert "- Replies: [PetitionReceipt](#intake-PetitionReceipt)" in page
    assert "[PetitionNotFound](#common-PetitionNotFound)" in page


def test_event_shows_who_hears_it() -> None:
    page = page_of(PetitionRegisteredV1)

    assert "#### `petition_registered.v1`" in page
    assert "- Heard by: triage, supervision" in page


def test_refusal_shows_its_rule_and_its_label() -> None:
    page = page_of(PetitionNotFound)

    assert "`PetitionNotFound` | P-5 |" in page
    assert PetitionNotFound.label in page


def test_term_shows_its_chinese() -> None:
    page = page_of(UndeclaredForm)

    assert "- `letter` 来信" in page


def test_sample_is_shown_where_there_is_one(tmp_path: Path) -> None:
    sample = json.dumps({"petition_no": "XF-20260601-0001"})
    (tmp_path / "intake").mkdir()
    (tmp_path / "intake" / "PetitionRegisteredV1.json").write_text(sample, encoding="utf-8")

    page = page_of(PetitionRegisteredV1, samples=tmp_path)

    assert sample in page


def test_every_call_has_a_line_in_the_policy_and_every_line_a_call() -> None:
    assert list(faults(read_owners())) == []


def test_line_of_the_policy_without_a_call_is_a_fault() -> None:
    lonely = Owner(name="intake", about="", declared=(RegisterPetition,))

    told = list(faults([lonely]))

    assert not any("intake.register_petition" in fault for fault in told)
    assert any("names intake.track, which no contract declares" in fault for fault in told)
