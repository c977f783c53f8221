"""Registering: everyone who comes is entered, whatever else is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.intake import usecases
from services.intake.models import (
    IssuedReceipt,
    Petition,
    PetitionContent,
    Petitioner,
    Representative,
    RepresentativeList,
    Visit,
)
from shared.contracts import triage
from shared.contracts.base import Refusal
from shared.contracts.common import (
    DateInFuture,
    DirectoryMissing,
    FieldUnknown,
    LeaderUnknown,
    PetitionNotFound,
    TerritoryUnknown,
    UnitUnknown,
)
from shared.contracts.intake import (
    FormEnteredByOffice,
    IntakeForm,
    MoreRepresentativesThanPetitioners,
    NotAGroup,
    Person,
    PetitionRegisteredV1,
    ReceivedOnOtherDay,
    ReceivedTooLongAgo,
    RecordVisit,
    RepresentativesNamedV1,
    TooManyRepresentatives,
    VisitRecordedV1,
)
from shared.documents import content_hash, document_content
from tests.support.bench import at
from tests.support.intake import DIRECTORY, LI, SUMMARY, TEXT, WANG, Intake, people


@pytest.mark.proves("T1", "C-01", "L22-22", "I-1")
def test_a_petition_gets_its_number_its_first_visit_and_its_receipt(intake: Intake) -> None:
    receipt = intake.register(field="labour", concerned_units=("labour_bureau",))

    assert receipt.petition_no == "XF-20260601-0001"
    assert receipt.visit_no == "XF-20260601-0001-VI-1"
    assert receipt.receipt_no == receipt.document.no == "XF-20260601-0001-RC-1"
    assert (receipt.repeat, receipt.group, receipt.refused) == (False, False, ())
    assert receipt.registered_on == date(2026, 6, 1)
    assert receipt.sorting_due_on == date(2026, 6, 16)
    assert intake.bench.recorded_of(PetitionRegisteredV1) == [
        PetitionRegisteredV1(
            petition_no=receipt.petition_no,
            form=IntakeForm.VISIT,
            territory="baihe",
            registered_on=date(2026, 6, 1),
            received_on=date(2026, 6, 1),
            group=False,
            headcount=1,
            urgent=False,
            document=receipt.document,
        )
    ]


def test_numbers_count_up_within_a_day_and_begin_again_the_next(intake: Intake) -> None:
    numbers = [intake.register().petition_no for _ in range(2)]
    intake.bench.now = at("2026-06-02 00:00")
    numbers.append(intake.register().petition_no)

    assert numbers == ["XF-20260601-0001", "XF-20260601-0002", "XF-20260602-0001"]


@pytest.mark.proves("P-8", "P-4", "L22-22")
def test_a_receipt_says_what_matters_and_nothing_of_the_matter(intake: Intake) -> None:
    receipt = intake.register(field="labour")

    assert len(receipt.receipt_code) == 16
    assert receipt.receipt_code.isdigit()
    for word in (
        receipt.receipt_no,
        receipt.petition_no,
        receipt.receipt_code,
        "2026年6月1日",
        "2026年6月16日",
        "第22条",
        "不得打击报复",
        "不收取任何费用",
    ):
        assert word in receipt.text
    for word in (WANG.name, SUMMARY, "工资", "labour"):
        assert word not in receipt.text


def test_the_hash_of_a_receipt_can_be_computed_again_and_holds_no_code(intake: Intake) -> None:
    receipt = intake.register()

    (kept,) = intake.bench.rows(IssuedReceipt)
    assert receipt.document.sha256 == kept.sha256
    assert kept.sha256 == content_hash(document_content(no=kept.receipt_no, content=kept.content))
    assert receipt.receipt_code not in str(kept.content)


@pytest.mark.proves("I-17")
def test_the_same_request_again_gives_the_same_receipt_and_registers_nothing(
    intake: Intake,
) -> None:
    intake.bench.request_id = lambda: "window-1-000001"  # type: ignore[method-assign]

    first, again = intake.register(), intake.register()

    assert first == again
    assert len(intake.bench.rows(Petition)) == 1


@pytest.mark.proves("P-1", "P-2")
def test_neither_person_nor_content_stands_in_clear_in_the_store(intake: Intake) -> None:
    receipt = intake.register(
        headcount=140,
        representatives=people(5),
        concerned_units=("land_bureau",),
        accused=("l_vice_head_land",),
    )

    stored = "".join(
        str(intake.bench.table_rows(name))
        for name in intake.bench.base.metadata.tables
        if name != "directory_versions"
    )
    for unreadable in (
        WANG.name,
        WANG.phone,
        WANG.address,
        WANG.id_number,
        SUMMARY,
        TEXT,
        "测试代表1",
        "land_bureau",
        "l_vice_head_land",
        receipt.receipt_code,
    ):
        assert str(unreadable) not in stored


@pytest.mark.proves("P-1", "I-10", "D-12")
def test_no_event_holds_a_person_or_the_content(intake: Intake) -> None:
    intake.register(headcount=9, representatives=people(3), accused=("land_bureau",))

    told = "".join(str(envelope.dump()) for envelope in intake.bench.recorded)
    for untold in (WANG.name, WANG.phone, SUMMARY, "land_bureau", "测试代表"):
        assert str(untold) not in told


@pytest.mark.proves("D-01")
def test_someone_whose_identity_is_unclear_is_registered(intake: Intake) -> None:
    receipt = intake.register(petitioners=())

    assert intake.get(receipt.petition_no).petitioner is None
    assert intake.bench.rows(Petitioner) == []


# --- Groups and representatives ------------------------------------------------------------------


@pytest.mark.proves("L22-20", "I-12")
def test_a_group_of_a_hundred_and_forty_sends_five(intake: Intake) -> None:
    receipt = intake.register(headcount=140, representatives=people(5))

    assert receipt.group
    assert receipt.refused == ()
    assert intake.get(receipt.petition_no).representatives_count == 5
    assert intake.bench.recorded_of(RepresentativesNamedV1) == [
        RepresentativesNamedV1(petition_no=receipt.petition_no, count=5)
    ]


@pytest.mark.proves("D-01", "I-1", "I-12", "L22-20")
def test_a_list_of_six_is_refused_and_the_visit_is_registered(intake: Intake) -> None:
    receipt = intake.register(headcount=140, representatives=people(6))

    (refused,) = receipt.refused
    assert (refused.error, refused.rule) == ("TooManyRepresentatives", "L22-20")
    assert len(intake.bench.rows(Petition)) == len(intake.bench.rows(Visit)) == 1
    assert intake.bench.rows(RepresentativeList) == []
    assert intake.bench.rows(Representative) == []
    assert intake.get(receipt.petition_no).representatives_count == 0


@pytest.mark.proves("D-01")
def test_a_joint_letter_may_name_more_than_five(intake: Intake) -> None:
    receipt = intake.register(form=IntakeForm.LETTER, headcount=12, representatives=people(6))

    assert receipt.refused == ()
    assert intake.get(receipt.petition_no).representatives_count == 6


def test_one_person_who_names_representatives_is_registered_without_them(
    intake: Intake,
) -> None:
    receipt = intake.register(representatives=people(1))

    assert [part.error for part in receipt.refused] == ["NotAGroup"]


def test_as_many_came_as_are_named(intake: Intake) -> None:
    receipt = intake.register(petitioners=people(5))

    assert receipt.group
    assert intake.get(receipt.petition_no).headcount == 5


@pytest.mark.proves("L22-20", "I-16")
def test_a_shorter_list_can_follow_and_a_later_one_stands_beside_it(intake: Intake) -> None:
    petition_no = intake.register(headcount=140, representatives=people(6)).petition_no

    named = intake.name(petition_no, 5)
    intake.name(petition_no, 3)

    assert named.count == 5
    assert [(row.version, row.count) for row in intake.bench.rows(RepresentativeList)] == [
        (1, 5),
        (2, 3),
    ]
    assert len(intake.reveal(petition_no).representatives) == 3


@pytest.mark.proves("L22-20", "I-12")
def test_naming_six_for_a_visit_is_refused_and_changes_nothing(intake: Intake) -> None:
    petition_no = intake.register(headcount=140, representatives=people(5)).petition_no

    with pytest.raises(TooManyRepresentatives, match=r"\[L22-20\] 6 representatives"):
        intake.name(petition_no, 6)

    assert [row.count for row in intake.bench.rows(RepresentativeList)] == [5]


@pytest.mark.proves("L22-20")
def test_who_wrote_a_joint_letter_and_then_comes_keeps_to_the_limit(intake: Intake) -> None:
    petition_no = intake.register(form=IntakeForm.LETTER, headcount=12).petition_no
    intake.name(petition_no, 6)
    record_visit(intake, petition_no)

    with pytest.raises(TooManyRepresentatives):
        intake.name(petition_no, 6)


@pytest.mark.proves("L22-20", "D-01")
def test_a_group_of_three_names_no_more_than_three(intake: Intake) -> None:
    receipt = intake.register(headcount=3, representatives=people(4))
    petition_no = receipt.petition_no

    (refused,) = receipt.refused
    assert (refused.error, refused.rule) == ("MoreRepresentativesThanPetitioners", "L22-20")
    with pytest.raises(MoreRepresentativesThanPetitioners, match="matter of 3 people"):
        intake.name(petition_no, 4)
    assert intake.bench.rows(RepresentativeList) == []
    assert intake.name(petition_no, 3).count == 3


@pytest.mark.proves("L22-20", "D-03")
def test_two_who_come_again_for_their_group_may_name_its_representatives(intake: Intake) -> None:
    first = intake.register(headcount=20)

    again = intake.register(repeat_of=first.petition_no, headcount=2, representatives=people(4))

    assert again.repeat
    assert again.refused == ()


def test_representatives_are_refused_for_the_matter_of_one(intake: Intake) -> None:
    petition_no = intake.register().petition_no

    with pytest.raises(NotAGroup, match="petition of one person"):
        intake.name(petition_no, 1)


def test_naming_for_an_unknown_petition_is_refused(intake: Intake) -> None:
    with pytest.raises(PetitionNotFound):
        intake.name("XF-20260601-0009", 2)


# --- What is checked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "refusal", "words"),
    [
        pytest.param({"territory": "atlantis"}, TerritoryUnknown, "atlantis", id="territory"),
        pytest.param({"field": "astronomy"}, FieldUnknown, "astronomy", id="field"),
        pytest.param(
            {"concerned_units": ("labour_bureau", "moon_bureau")},
            UnitUnknown,
            r"concerned_units\[1\]",
            id="concerned_unit",
        ),
        pytest.param({"accused": ("l_nobody",)}, LeaderUnknown, r"accused\[0\]", id="accused"),
        pytest.param(
            {"form": IntakeForm.LETTER, "received_on": date(2026, 6, 2)},
            DateInFuture,
            "2026-06-02",
            id="a_letter_of_tomorrow",
        ),
        pytest.param(
            {
                "form": IntakeForm.ONLINE,
                "received_on": date(2026, 5, 31),
                "actor": "petitioner:net_1",
            },
            ReceivedOnOtherDay,
            r"^\[L22-22\].*2026-05-31",
            id="a_petitioner_says_yesterday",
        ),
        pytest.param(
            {"received_on": date(2026, 5, 16)},
            ReceivedTooLongAgo,
            "2026-05-16",
            id="a_visit_of_16_days_ago",
        ),
        pytest.param(
            {"form": IntakeForm.LETTER, "received_on": date(2026, 5, 16)},
            ReceivedTooLongAgo,
            "2026-05-16",
            id="a_letter_of_16_days_ago",
        ),
        pytest.param(
            {"repeat_of": "XF-20260101-0001"},
            PetitionNotFound,
            "XF-20260101-0001",
            id="a_repeat_of_nothing",
        ),
    ],
)
@pytest.mark.proves("L22-22")
def test_what_cannot_be_so_is_refused_and_changes_nothing(
    intake: Intake, told: dict[str, Any], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        intake.register(**told)

    assert intake.bench.rows(Petition) == []
    assert intake.bench.recorded == []


@pytest.mark.proves("P-1")
def test_a_refusal_does_not_repeat_who_is_accused(intake: Intake) -> None:
    with pytest.raises(LeaderUnknown) as refused:
        intake.register(accused=("l_nobody",))

    assert "l_nobody" not in refused.value.message


@pytest.mark.parametrize("accused", ["land_bureau", "l_vice_head_land"])
def test_a_unit_or_a_leader_may_be_accused(intake: Intake, accused: str) -> None:
    petition_no = intake.register(accused=(accused,)).petition_no

    assert intake.get(petition_no).accused == (accused,)


def test_without_a_directory_nothing_can_be_checked_so_nothing_is_accepted(
    empty_intake: Intake,
) -> None:
    with pytest.raises(DirectoryMissing, match=r"triage\.put_directory"):
        empty_intake.register()


def test_the_newest_directory_counts_however_late_an_older_one_comes(
    empty_intake: Intake,
) -> None:
    newer = triage.DirectoryChangedV1.load(
        {**DIRECTORY.dump(), "version": 2, "territories": [{"code": "county", "parent": None}]}
    )
    for directory in (newer, DIRECTORY, newer):
        empty_intake.hear_directory(directory)

    with pytest.raises(TerritoryUnknown):
        empty_intake.register(territory="baihe")


@pytest.mark.proves("L22-19", "L22-22", "D-01")
@pytest.mark.parametrize("form", IntakeForm)
def test_what_the_office_enters_counts_from_the_day_it_arrived(
    intake: Intake, form: IntakeForm
) -> None:
    receipt = intake.register(form=form, received_on=date(2026, 5, 29))

    assert intake.get(receipt.petition_no).visits[0].visited_on == date(2026, 5, 29)

    assert receipt.registered_on == date(2026, 6, 1)
    assert receipt.sorting_due_on == date(2026, 6, 15)


# --- Repeats -------------------------------------------------------------------------------------


def record_visit(intake: Intake, petition_no: str, **told: Any) -> Any:
    request = RecordVisit(
        request_id=intake.bench.request_id(),
        petition_no=petition_no,
        form=IntakeForm.VISIT,
        **told,
    )
    return intake.bench.command(usecases.record_visit, request)


@pytest.mark.proves("D-03", "I-2", "I-1")
def test_a_repeat_of_an_open_petition_is_a_visit_on_it(intake: Intake) -> None:
    first = intake.register()

    again = intake.register(
        repeat_of=first.petition_no, text="还是没有发。", petitioners=(WANG, LI)
    )

    assert again.repeat
    assert again.petition_no == first.petition_no
    assert again.receipt_code == first.receipt_code
    assert again.visit_no == "XF-20260601-0001-VI-2"
    assert again.receipt_no == "XF-20260601-0001-RC-2"
    assert len(intake.bench.rows(Petition)) == 1
    assert intake.bench.recorded_of(VisitRecordedV1) == [
        VisitRecordedV1(
            petition_no=first.petition_no,
            visit_no=again.visit_no,
            form=IntakeForm.VISIT,
            visited_on=date(2026, 6, 1),
            headcount=2,
        )
    ]
    view = intake.get(first.petition_no)
    assert [visit.note for visit in view.visits] == [None, f"{SUMMARY}\n还是没有发。"]
    assert [person.name for person in intake.reveal(first.petition_no).petitioners] == [
        WANG.name,
        LI.name,
    ]


@pytest.mark.proves("D-03", "I-2")
def test_a_repeat_of_an_ended_petition_is_a_new_one_linked_to_it(intake: Intake) -> None:
    ended = intake.register()
    intake.hear_replied(ended.petition_no)

    again = intake.register(repeat_of=ended.petition_no)

    assert not again.repeat
    assert again.petition_no != ended.petition_no
    assert again.receipt_code != ended.receipt_code
    assert intake.get(again.petition_no).linked_to == ended.petition_no
    assert intake.bench.recorded_of(PetitionRegisteredV1)[-1].linked_to == ended.petition_no


@pytest.mark.proves("I-2")
def test_the_open_petition_of_a_matter_is_found_from_the_ended_one(intake: Intake) -> None:
    ended = intake.register()
    intake.hear_replied(ended.petition_no)
    reopened = intake.register(repeat_of=ended.petition_no)

    again = intake.register(repeat_of=ended.petition_no)

    assert again.repeat
    assert again.petition_no == reopened.petition_no


@pytest.mark.proves("P-1", "D-02")
def test_nobody_gets_the_code_of_somebody_elses_petition_by_naming_it_online(
    intake: Intake,
) -> None:
    first = intake.register()
    stranger = Person(name=WANG.name, phone="13911111111")

    with pytest.raises(PetitionNotFound):
        intake.register(
            actor="petitioner:online",
            form=IntakeForm.ONLINE,
            petitioners=(stranger,),
            repeat_of=first.petition_no,
        )
    own = intake.register(
        actor="petitioner:online", form=IntakeForm.ONLINE, repeat_of=first.petition_no
    )

    assert own.receipt_code == first.receipt_code


@pytest.mark.proves("L22-17", "L22-19", "L22-22")
@pytest.mark.parametrize("form", [IntakeForm.VISIT, IntakeForm.LETTER, IntakeForm.PHONE])
def test_a_petitioner_alone_registers_online_and_nothing_the_office_would_have_received(
    intake: Intake, form: IntakeForm
) -> None:
    with pytest.raises(FormEnteredByOffice, match="online"):
        intake.register(actor="petitioner:online", form=form)
    assert not intake.bench.rows(Petition)
    assert not intake.bench.recorded

    online = intake.register(
        actor="petitioner:online", form=IntakeForm.ONLINE, received_on=date(2026, 6, 1)
    )
    by_window = intake.register(form=form)

    assert intake.get(online.petition_no).form is IntakeForm.ONLINE
    assert intake.get(by_window.petition_no).form is form


@pytest.mark.proves("D-01", "D-03")
def test_a_repeat_may_name_representatives_and_a_long_list_does_not_stop_it(
    intake: Intake,
) -> None:
    first = intake.register()

    again = intake.register(repeat_of=first.petition_no, headcount=20, representatives=people(6))

    assert again.repeat
    assert [part.error for part in again.refused] == ["TooManyRepresentatives"]


@pytest.mark.proves("D-03", "L22-19¶3")
@pytest.mark.parametrize("ended", [False, True])
def test_one_more_visit_is_recorded_and_never_refused(intake: Intake, ended: bool) -> None:
    petition_no = intake.register().petition_no
    if ended:
        intake.hear_archived(petition_no)

    visit = record_visit(intake, petition_no, headcount=3, note="来问进展")

    assert visit.visit_no == f"{petition_no}-VI-2"
    assert visit.document.no == f"{petition_no}-RC-2"
    assert intake.get(petition_no).visits[-1].note == "来问进展"
    assert intake.find().petitions[0].visits == 2


def test_a_visit_on_an_unknown_petition_is_refused(intake: Intake) -> None:
    with pytest.raises(PetitionNotFound):
        record_visit(intake, "XF-20260601-0009")


@pytest.mark.proves("I-16")
def test_the_first_content_stays_as_it_was_written(intake: Intake) -> None:
    first = intake.register()
    intake.register(repeat_of=first.petition_no)

    assert [row.version for row in intake.bench.rows(PetitionContent)] == [1]
