"""How the register stands, as whoever watches is told: at zero, one and several."""

from __future__ import annotations

from services.intake.models import PetitionStanding
from services.intake.standing import OPEN, how_it_stands
from shared.contracts import triage
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import Stage
from shared.contracts.supervision import (
    CaseOverdueV1,
    CaseRoute,
    OverdueClock,
    ResultReportedV1,
)
from tests.support.bench import at
from tests.support.intake import Intake, document, people
from tests.support.measuring import above_zero, oldest, plans_of, standing_of
from tests.support.postgres import Postgres

ASSIGN, REPLY = triage.SortingOutcome.ASSIGN, triage.SortingOutcome.REPLY
CATEGORIES = ("suggestion", "accusation", "claim", "unsorted", "unrecorded")


def stands(intake: Intake) -> dict[str, float]:
    return standing_of(intake.bench, how_it_stands)


def petitions(state: str, category: str) -> str:
    return f'balian_petitions{{state="{state}",category="{category}"}}'


def is_assigned(intake: Intake, petition_no: str, *, now: str = "2026-06-02 10:00") -> None:
    intake.hear(
        triage.PetitionAssignedV1(
            petition_no=petition_no,
            transfer_no=f"{petition_no}-TR-1",
            unit="labour_bureau",
            organ="county",
            channel=triage.LegalChannel.PETITION_PROCEDURE,
            due_on=at("2026-07-03 00:00").date(),
            document=document(petition_no, "TR"),
        ),
        now=at(now),
    )


def test_an_empty_register_tells_zero_of_every_open_state_and_category(intake: Intake) -> None:
    assert stands(intake) == {
        petitions(state, category): 0 for state in OPEN for category in CATEGORIES
    }


def test_petitions_are_counted_where_they_stand_each_once(intake: Intake) -> None:
    first = intake.register().petition_no
    intake.bench.now = at("2026-06-03 23:30")
    second, _third = (intake.register(petitioners=(person,)).petition_no for person in people(2))
    registered = stands(intake)

    intake.hear_sorted(second, ASSIGN)
    is_assigned(intake, second)
    sorted_one = stands(intake)

    assert above_zero(registered) == {petitions("registered", "unsorted"): 3}
    assert oldest(registered) == {
        petitions("registered", "unsorted"): at("2026-06-01 00:00").timestamp()
    }
    assert above_zero(sorted_one) == {
        petitions("registered", "unsorted"): 2,
        petitions("assigned", "claim"): 1,
    }
    assert oldest(sorted_one)[petitions("assigned", "claim")] == at("2026-06-03 00:00").timestamp()
    assert first != second


def test_what_has_ended_is_counted_no_more(intake: Intake) -> None:
    replied, sealed, archived = (
        intake.register(petitioners=(person,)).petition_no for person in people(3)
    )

    intake.hear_replied(replied)
    intake.hear_sealed(sealed)
    intake.hear_archived(archived)

    assert above_zero(stands(intake)) == {}
    assert oldest(stands(intake)) == {}


def test_overdue_is_where_a_petition_stands_while_its_unit_owes(intake: Intake) -> None:
    number = intake.register().petition_no
    intake.hear_sorted(number, ASSIGN)
    is_assigned(intake, number)
    intake.hear(
        CaseOverdueV1(
            petition_no=number,
            clock=OverdueClock.ASSIGNMENT,
            unit="labour_bureau",
            route=CaseRoute.ASSIGNED,
            due_on=at("2026-07-03 00:00").date(),
        )
    )
    overdue = stands(intake)

    intake.hear(
        ResultReportedV1(
            petition_no=number,
            unit="labour_bureau",
            reported_on=at("2026-07-06 00:00").date(),
            on_time=False,
            document=document(number, "RR"),
        )
    )

    assert above_zero(overdue) == {petitions("overdue", "claim"): 1}
    assert above_zero(stands(intake)) == {petitions("result_reported", "claim"): 1}


def test_what_the_petitioner_declares_shows_in_no_category(intake: Intake) -> None:
    receipt = intake.register(
        declared_category=PetitionCategory.ACCUSATION, accused=("land_bureau",)
    )

    standing = stands(intake)

    assert receipt.petition_no
    assert above_zero(standing) == {petitions("registered", "unsorted"): 1}
    assert not any("land_bureau" in series for series in standing)


def test_a_part_split_off_as_an_accusation_shows_as_one_more_unsorted_petition(
    intake: Intake,
) -> None:
    intake.split(intake.register().petition_no)

    assert above_zero(stands(intake)) == {petitions("registered", "unsorted"): 2}


def test_of_two_sortings_the_later_gives_the_category_whichever_comes_first(
    intake: Intake,
) -> None:
    number = intake.register().petition_no

    intake.hear_sorted(number, ASSIGN, PetitionCategory.CLAIM, now=at("2026-06-20 09:00"))
    intake.hear_sorted(number, REPLY, PetitionCategory.SUGGESTION, now=at("2026-06-02 09:00"))

    (row,) = intake.bench.rows(PetitionStanding)
    assert (row.category, row.sorted_at) == (PetitionCategory.CLAIM, at("2026-06-20 09:00"))
    assert above_zero(stands(intake)) == {petitions("registered", "claim"): 1}


def test_what_was_sorted_and_whose_category_is_not_told_is_unrecorded(intake: Intake) -> None:
    number = intake.register().petition_no

    is_assigned(intake, number)

    assert above_zero(stands(intake)) == {petitions("assigned", "unrecorded"): 1}


def test_the_open_states_are_those_in_which_a_petition_has_not_ended() -> None:
    assert set(Stage) - set(OPEN) == {
        Stage.REDIRECTED,
        Stage.NOT_ACCEPTED,
        Stage.REPLIED,
        Stage.TRANSFERRED_SEALED,
        Stage.CLOSED,
        Stage.ARCHIVED,
    }


def test_the_look_finds_what_is_open_by_its_state(postgres: Postgres) -> None:
    intake = Intake.at(postgres.database())

    plans = plans_of(intake.bench, how_it_stands)

    intake.bench.close()
    assert "ix_petition_standings_stage" in plans
    assert "Seq Scan" not in plans
