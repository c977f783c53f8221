"""Who is shown what, what is put on record of it, and how a mixed petition is parted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.intake.models import AccessEntry, Petition, PetitionContent, Split
from services.intake.usecases.reading import reason_place
from shared.contracts import triage
from shared.contracts.common import (
    LeaderUnknown,
    PetitionCategory,
    PetitionNotFound,
)
from shared.contracts.intake import (
    AlreadySorted,
    IntakeForm,
    NoNeedToKnow,
    PartStaysAccusation,
    Person,
    PetitionRegisteredV1,
    PetitionSplitV1,
    Stage,
)
from shared.contracts.mechanism import NotAllowed
from tests.support.bench import at
from tests.support.intake import LI, SUMMARY, TEXT, WANG, Intake, people

OUTCOME = triage.SortingOutcome
DISCIPLINE = "discipline:discipline_commission"
CITY_DISCIPLINE = "discipline:city_discipline_commission"
SECRET = "经办人员截留补偿款，请查处。"  # noqa: S105 - the content of an accusation.


def shown_content(intake: Intake, petition_no: str, actor: str) -> str | None:
    return intake.get(petition_no, actor=actor).text


# --- A claim -------------------------------------------------------------------------------------


@pytest.mark.proves("P-1")
@pytest.mark.parametrize(
    ("actor", "reads"),
    [
        ("officer:desk_1", True),
        ("office_head:head_1", True),
        ("service:reception_county", True),
        ("clerk:window_1", False),
        ("auditor:a_1", False),
        (DISCIPLINE, False),
    ],
)
def test_a_claim_is_read_by_the_office_and_printed_by_services(
    intake: Intake, actor: str, reads: bool
) -> None:
    petition_no = intake.register(field="labour", concerned_units=("labour_bureau",)).petition_no

    view = intake.get(petition_no, actor=actor)

    content = (view.petitioner, view.summary, view.text, view.field, view.concerned_units)
    everything = (WANG.name, SUMMARY, TEXT, "labour", ("labour_bureau",))
    assert content == (everything if reads else (None, None, None, None, ()))
    assert (view.stage, view.territory, view.headcount) == (Stage.REGISTERED, "baihe", 1)


def test_a_group_is_named_by_its_first_petitioner(intake: Intake) -> None:
    petition_no = intake.register(headcount=140).petition_no

    assert intake.get(petition_no).petitioner == f"{WANG.name}等140人"


@pytest.mark.proves("P-1", "L22-30")
def test_reading_a_content_is_put_on_record_and_a_bare_look_is_not(intake: Intake) -> None:
    petition_no = intake.register().petition_no

    intake.get(petition_no, purpose="疏理前阅读")
    intake.get(petition_no, actor="clerk:window_1")

    (entry,) = intake.bench.rows(AccessEntry)
    assert (entry.actor, entry.roles, entry.opened) == ("officer:desk_1", "officer", "content")
    assert entry.opened_at == intake.bench.now
    place = reason_place(petition_no, "content")
    assert intake.bench.vault.open(str(entry.sealed_reason), context=place) == "疏理前阅读"


@pytest.mark.proves("P-1")
def test_opening_an_identity_is_put_on_record_with_its_purpose(intake: Intake) -> None:
    petition_no = intake.register(petitioners=(WANG, LI)).petition_no

    identity = intake.reveal(petition_no)

    assert [(one.name, one.phone, one.id_number) for one in identity.petitioners] == [
        (WANG.name, WANG.phone, WANG.id_number),
        (LI.name, LI.phone, None),
    ]
    (entry,) = intake.bench.rows(AccessEntry)
    assert (entry.opened, entry.purpose) == ("identity", "contact_petitioner")
    place = reason_place(petition_no, "identity")
    assert intake.bench.vault.open(str(entry.sealed_reason), context=place) == "电话核实工地名称"


def test_an_unknown_petition_is_refused(intake: Intake) -> None:
    with pytest.raises(PetitionNotFound):
        intake.get("XF-20260601-0009")
    with pytest.raises(PetitionNotFound):
        intake.reveal("XF-20260601-0009")


@pytest.mark.proves("P-1")
def test_a_unit_may_not_ask_at_all(intake: Intake) -> None:
    petition_no = intake.register().petition_no

    with pytest.raises(NotAllowed):
        intake.get(petition_no, actor="unit:land_bureau")
    with pytest.raises(NotAllowed):
        intake.reveal(petition_no, actor="clerk:window_1")


# --- An accusation -------------------------------------------------------------------------------


@pytest.mark.proves("P-1", "I-10", "X-1", "L22-30")
@pytest.mark.parametrize(
    ("actor", "before", "after"),
    [
        ("officer:desk_1", True, False),
        ("office_head:head_1", True, False),
        ("service:triage", True, False),
        ("clerk:window_1", False, False),
        ("auditor:a_1", False, False),
        (DISCIPLINE, False, True),
        (CITY_DISCIPLINE, False, False),
        ("discipline:l_discipline", False, False),
    ],
)
def test_an_accusation_is_read_by_its_sorter_and_then_by_the_organ_that_received_it_alone(
    intake: Intake, actor: str, before: bool, after: bool
) -> None:
    petition_no = intake.register(
        declared_category=PetitionCategory.ACCUSATION, text=SECRET
    ).petition_no

    seen_before = shown_content(intake, petition_no, actor)
    intake.hear_sealed(petition_no)
    seen_after = intake.get(petition_no, actor=actor)

    assert (seen_before is not None, seen_after.text is not None) == (before, after)
    assert seen_after.sealed
    assert (seen_after.petitioner is not None) == after


@pytest.mark.proves("P-1")
def test_the_seal_holds_from_the_sorting_on_before_the_transfer_is_told(intake: Intake) -> None:
    petition_no = intake.register(text=SECRET).petition_no

    intake.hear_sorted(petition_no, OUTCOME.DISCIPLINE_TRANSFER, PetitionCategory.ACCUSATION)

    assert shown_content(intake, petition_no, "officer:desk_1") is None
    assert shown_content(intake, petition_no, DISCIPLINE) is None


@pytest.mark.proves("P-1", "I-10", "X-4", "L22-30")
def test_what_went_to_the_organ_above_is_not_read_by_the_countys_own(intake: Intake) -> None:
    petition_no = intake.register(
        text=SECRET, declared_category=PetitionCategory.ACCUSATION, accused=("l_vice_head_land",)
    ).petition_no
    with pytest.raises(NoNeedToKnow):
        intake.reveal(petition_no, actor=CITY_DISCIPLINE)

    intake.hear_sealed(petition_no, organ="city_discipline_commission")

    assert shown_content(intake, petition_no, DISCIPLINE) is None
    assert shown_content(intake, petition_no, "discipline:l_discipline") is None
    assert shown_content(intake, petition_no, CITY_DISCIPLINE) == SECRET
    with pytest.raises(NoNeedToKnow):
        intake.reveal(petition_no, actor=DISCIPLINE)
    assert intake.reveal(petition_no, actor=CITY_DISCIPLINE).petitioners[0].name == WANG.name


@pytest.mark.proves("P-1")
def test_a_transfer_that_names_no_organ_opens_it_to_the_discipline_side(intake: Intake) -> None:
    petition_no = intake.register(text=SECRET, accused=("land_bureau",)).petition_no

    intake.hear_sealed(petition_no, organ=None)

    assert shown_content(intake, petition_no, DISCIPLINE) == SECRET
    assert shown_content(intake, petition_no, "discipline:land_bureau") is None
    assert shown_content(intake, petition_no, "officer:desk_1") is None


@pytest.mark.proves("P-1", "X-4")
def test_an_organ_once_told_stays_whatever_is_told_of_the_transfer_again(intake: Intake) -> None:
    petition_no = intake.register(text=SECRET).petition_no
    for organ in ("city_discipline_commission", None, "discipline_commission"):
        intake.hear_sealed(petition_no, organ=organ)

    assert shown_content(intake, petition_no, DISCIPLINE) is None
    assert shown_content(intake, petition_no, CITY_DISCIPLINE) == SECRET


@pytest.mark.proves("P-1")
def test_a_declared_accusation_sorted_as_a_claim_is_printed_as_one(intake: Intake) -> None:
    petition_no = intake.register(declared_category=PetitionCategory.ACCUSATION).petition_no

    intake.hear_sorted(petition_no, OUTCOME.PRINCIPAL_LEADER, PetitionCategory.CLAIM)

    assert intake.get(petition_no, actor="service:reception_county").petitioner == WANG.name


@pytest.mark.proves("P-1", "L22-30")
def test_an_identity_behind_a_sealed_accusation_is_opened_by_discipline_alone(
    intake: Intake,
) -> None:
    claim, accusation = (intake.register().petition_no for _ in range(2))
    intake.hear_sealed(accusation)

    with pytest.raises(NoNeedToKnow, match=r"\[L22-30\]"):
        intake.reveal(accusation)
    with pytest.raises(NoNeedToKnow):
        intake.reveal(claim, actor=DISCIPLINE)

    assert intake.reveal(accusation, actor=DISCIPLINE).petitioners[0].name == WANG.name
    assert [row.actor for row in intake.bench.rows(AccessEntry)] == [DISCIPLINE]


@pytest.mark.proves("P-1", "I-10", "L22-30", "X-4")
def test_whoever_is_complained_of_does_not_read_what_complains_of_it(intake: Intake) -> None:
    petition_no = intake.register(
        text=SECRET,
        declared_category=PetitionCategory.ACCUSATION,
        accused=("land_bureau",),
    ).petition_no

    intake.hear_sealed(petition_no, organ="land_bureau")

    assert shown_content(intake, petition_no, "discipline:land_bureau") is None
    with pytest.raises(NoNeedToKnow):
        intake.reveal(petition_no, actor="discipline:land_bureau")


# --- Splitting -----------------------------------------------------------------------------------


@pytest.mark.proves("D-05", "D-06", "X-1", "P-1")
def test_a_mixed_petition_is_split_into_a_claim_and_an_accusation(intake: Intake) -> None:
    mixed = intake.register(
        text=f"补偿款少发。{SECRET}",
        field="land",
        accused=("land_bureau",),
        headcount=8,
        representatives=people(2),
    )

    parts = intake.split(mixed.petition_no, accusation_text=SECRET)

    assert parts.claim_no == mixed.petition_no
    assert parts.accusation_no == "XF-20260601-0002"
    claim = intake.get(parts.claim_no)
    assert (claim.text, claim.field, claim.accused) == (
        "承包地被征用，补偿款少发。",
        "land",
        (),
    )
    assert claim.declared_category is PetitionCategory.CLAIM
    for roles in ("service", "officer,service"):
        checked = intake.get(parts.claim_no, roles=roles)
        assert checked.accused == ("land_bureau",)
    accusation = intake.get(parts.accusation_no)
    assert (accusation.text, accusation.accused) == (SECRET, ("land_bureau",))
    assert accusation.declared_category is PetitionCategory.ACCUSATION
    assert accusation.linked_to == parts.claim_no
    assert (accusation.headcount, accusation.representatives_count) == (8, 2)
    assert accusation.petitioner == claim.petitioner
    assert intake.get(parts.accusation_no, actor="clerk:window_1").linked_to is None


@pytest.mark.proves("D-05", "I-10")
def test_the_events_of_a_split_link_the_parts_in_one_place_only(intake: Intake) -> None:
    mixed = intake.register()

    parts = intake.split(mixed.petition_no)

    part = intake.bench.recorded_of(PetitionRegisteredV1)[-1]
    assert (part.petition_no, part.linked_to) == (parts.accusation_no, None)
    assert intake.bench.recorded_of(PetitionSplitV1) == [
        PetitionSplitV1(petition_no=parts.claim_no, part_no=parts.accusation_no)
    ]
    (row,) = intake.bench.rows(Split)
    assert (row.claim_no, row.accusation_no) == (parts.claim_no, parts.accusation_no)
    assert "land_bureau" not in str([envelope.dump() for envelope in intake.bench.recorded])


@pytest.mark.proves("D-05", "P-8")
def test_the_accusation_has_a_receipt_of_its_own_and_no_new_time(intake: Intake) -> None:
    mixed = intake.register(form=IntakeForm.LETTER, received_on=date(2026, 5, 25))

    receipt = intake.split(mixed.petition_no).accusation_receipt

    assert receipt is not None
    assert receipt.receipt_code != mixed.receipt_code
    assert receipt.sorting_due_on == mixed.sorting_due_on
    assert mixed.petition_no not in receipt.text
    assert intake.track(receipt.receipt_code).petition_no == receipt.petition_no


@pytest.mark.proves("I-16", "D-05")
def test_what_was_written_first_stays_and_is_shown_no_more(intake: Intake) -> None:
    mixed = intake.register(text=SECRET)

    intake.split(mixed.petition_no)

    versions = [
        row.version
        for row in intake.bench.rows(PetitionContent)
        if row.petition_no == mixed.petition_no
    ]
    assert versions == [1, 2]
    assert intake.get(mixed.petition_no, actor="service:triage").text != SECRET


@pytest.mark.proves("D-05")
@pytest.mark.parametrize("by_outcome", [False, True])
def test_a_sorted_petition_is_split_no_more(intake: Intake, by_outcome: bool) -> None:
    petition_no = intake.register().petition_no
    if by_outcome:
        intake.hear(
            triage.PetitionRedirectedV1.load(
                {
                    "petition_no": petition_no,
                    "body": "land_bureau",
                    "document": {"no": f"{petition_no}-RN-1", "sha256": "0" * 64},
                }
            )
        )
    else:
        intake.hear_sorted(petition_no, OUTCOME.FORWARD)

    with pytest.raises(AlreadySorted):
        intake.split(petition_no)

    assert len(intake.bench.rows(Petition)) == 1


@pytest.mark.proves("D-05", "X-1")
def test_the_accusation_part_is_split_no_more(intake: Intake) -> None:
    parts = intake.split(intake.register().petition_no)

    with pytest.raises(PartStaysAccusation, match="what is also claimed"):
        intake.split(parts.accusation_no)

    assert len(intake.bench.rows(Split)) == 1


@pytest.mark.proves("D-05", "D-06", "X-1")
def test_nobody_complained_of_is_forgotten_in_a_split(intake: Intake) -> None:
    petition_no = intake.register(accused=("labour_bureau",)).petition_no

    without_names = intake.split(petition_no, accused=())
    with_a_name = intake.split(petition_no, accused=("land_bureau",))

    assert intake.get(without_names.accusation_no).accused == ("labour_bureau",)
    assert intake.get(with_a_name.accusation_no).accused == ("land_bureau",)
    assert intake.get(petition_no, roles="service").accused == ("labour_bureau", "land_bureau")


def test_a_split_checks_the_petition_and_the_accused(intake: Intake) -> None:
    petition_no = intake.register().petition_no

    with pytest.raises(PetitionNotFound):
        intake.split("XF-20260601-0009")
    with pytest.raises(LeaderUnknown):
        intake.split(petition_no, accused=("l_nobody",))

    assert len(intake.bench.rows(PetitionContent)) == 1


# --- Finding -------------------------------------------------------------------------------------


def test_petitions_are_listed_page_by_page_in_the_order_of_their_numbers(intake: Intake) -> None:
    numbers = [intake.register().petition_no for _ in range(3)]
    intake.bench.now = at("2026-06-02 09:00")
    numbers.append(intake.register(headcount=5).petition_no)

    first = intake.find(limit=2)
    second = intake.find(limit=2, after=first.next_after)

    assert [row.petition_no for row in (*first.petitions, *second.petitions)] == numbers
    assert (first.next_after, second.next_after) == (numbers[1], None)
    assert [row.group for row in second.petitions] == [False, True]


def test_numbers_beyond_four_digits_keep_their_order(intake: Intake) -> None:
    intake.register()
    with intake.bench.store.writing() as session:
        session.execute(intake.bench.base.metadata.tables["day_counts"].update().values(last=9998))

    numbers = [intake.register().petition_no for _ in range(2)]

    assert numbers == ["XF-20260601-9999", "XF-20260601-10000"]
    listed = [row.petition_no for row in intake.find().petitions]
    assert listed == ["XF-20260601-0001", *numbers]
    assert [row.petition_no for row in intake.find(after=numbers[0]).petitions] == [numbers[1]]


def test_a_page_after_an_unknown_number_is_refused(intake: Intake) -> None:
    with pytest.raises(PetitionNotFound):
        intake.find(after="XF-20260601-0009")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"form": IntakeForm.LETTER}, [2]),
        ({"territory": "sanchakou"}, [3]),
        ({"stage": Stage.REPLIED}, [1]),
        ({"stage": Stage.REGISTERED}, [2, 3]),
        ({"registered_from": date(2026, 6, 2)}, [3]),
        ({"registered_until": date(2026, 6, 1)}, [1, 2]),
        ({"form": IntakeForm.PHONE}, []),
    ],
)
def test_petitions_are_found_by_what_is_bare(
    intake: Intake, wanted: dict[str, Any], found: list[int]
) -> None:
    numbers = [intake.register().petition_no]
    numbers.append(intake.register(form=IntakeForm.LETTER).petition_no)
    intake.bench.now = at("2026-06-02 09:00")
    numbers.append(intake.register(territory="sanchakou").petition_no)
    intake.hear_replied(numbers[0])

    listed = [row.petition_no for row in intake.find(**wanted).petitions]

    assert listed == [numbers[place - 1] for place in found]


@pytest.mark.proves("D-02", "P-3")
def test_earlier_matters_of_the_same_person_are_proposed_newest_first(intake: Intake) -> None:
    older = intake.register(field="labour").petition_no
    newer = intake.register(field="labour", petitioners=(LI, WANG)).petition_no
    intake.register(petitioners=(LI,))
    intake.hear_replied(older)

    proposals = intake.similar(WANG, field="labour", territory="sanchakou")

    assert [(one.petition_no, one.open) for one in proposals] == [(newer, True), (older, False)]
    assert proposals[0].reasons == ("same_identity", "same_phone", "same_field")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(
            Person(name=WANG.name, id_number=WANG.id_number), True, id="name_and_identity_number"
        ),
        pytest.param(
            Person(name=f" {WANG.name}".strip(), phone="+86-13900000001"),
            True,
            id="the_telephone_number_however_it_is_written",
        ),
        pytest.param(Person(name=WANG.name), False, id="a_name_alone_is_nobody"),
        pytest.param(
            Person(name="测试丙", id_number=WANG.id_number),
            False,
            id="an_identity_number_with_another_name",
        ),
    ],
)
@pytest.mark.proves("P-2")
def test_a_person_is_found_only_by_who_knows_who_they_are(
    intake: Intake, asked: Person, found: bool
) -> None:
    intake.register()

    assert bool(intake.similar(asked)) is found


def test_a_representative_is_found_by_the_matter_they_speak_for(intake: Intake) -> None:
    petition_no = intake.register(headcount=9, representatives=people(2)).petition_no

    assert [one.petition_no for one in intake.similar(people(2)[1])] == [petition_no]


def test_another_field_in_another_place_is_not_proposed(intake: Intake) -> None:
    intake.register(field="labour")

    assert intake.similar(WANG, field="land", territory="sanchakou") == []


@pytest.mark.proves("P-1", "L22-30")
def test_nobody_learns_of_a_sealed_accusation_by_asking_after_a_person(intake: Intake) -> None:
    petition_no = intake.register().petition_no

    intake.hear_sealed(petition_no)

    assert intake.similar(WANG) == []
