"""The 15 days of sorting: started by the receipt, met by the sorting, permanent when missed."""

from __future__ import annotations

from datetime import date

import pytest

from services.triage import usecases
from services.triage.models import TriagedPetition
from shared.contracts.common import PetitionNotFound
from shared.contracts.intake import PetitionSplitV1
from shared.contracts.triage import (
    ExplainDeadline,
    GetSorting,
    ListDue,
    ListUnsorted,
    SortingOverdueV1,
    SortingState,
)
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.triage import EARLIER, NO, Triage

pytestmark = pytest.mark.proves("T2", "L22-22")


def test_a_registered_petition_waits_with_its_due_date(triage: Triage) -> None:
    triage.register(EARLIER, received_on=date(2026, 5, 20), urgent=True)

    waiting = triage.bench.query(usecases.list_unsorted, ListUnsorted()).petitions

    assert [(one.petition_no, one.due_on, one.urgent) for one in waiting] == [
        (EARLIER, date(2026, 6, 4), True),
        (NO, date(2026, 6, 16), False),
    ]


def test_a_registration_told_twice_is_taken_in_once(triage: Triage) -> None:
    triage.register(received_on=date(2026, 5, 20))

    (row,) = triage.bench.rows(TriagedPetition)
    assert row.due_on == date(2026, 6, 16)


@pytest.mark.proves("D-23", "I-7")
@pytest.mark.parametrize(("now", "fired"), [("2026-06-16 23:59", 0), ("2026-06-17 00:00", 1)])
def test_overdue_begins_at_midnight_after_the_last_day(
    triage: Triage, now: str, fired: int
) -> None:
    triage.bench.sweep(at(now), usecases.DEADLINES)

    overdue = triage.bench.recorded_of(SortingOverdueV1)
    assert [event.due_on for event in overdue] == [date(2026, 6, 16)] * fired


@pytest.mark.proves("I-7")
def test_an_overdue_petition_is_sorted_all_the_same_and_stays_overdue(triage: Triage) -> None:
    triage.bench.sweep(at("2026-06-18 09:00"), usecases.DEADLINES)

    triage.forward()

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO))
    assert shown.state is SortingState.SORTED
    assert shown.overdue
    assert len(triage.bench.recorded_of(SortingOverdueV1)) == 1


def test_sorting_in_time_meets_the_deadline(triage: Triage) -> None:
    triage.forward()

    triage.bench.sweep(at("2026-06-30 09:00"), usecases.DEADLINES)

    assert triage.bench.recorded_of(SortingOverdueV1) == []


@pytest.mark.proves("I-7")
def test_a_late_sorting_before_the_sweep_is_late_all_the_same(triage: Triage) -> None:
    triage.bench.now = at("2026-06-17 08:30")

    triage.forward()
    triage.bench.sweep(at("2026-06-18 09:00"), usecases.DEADLINES)

    (row,) = triage.bench.rows(TriagedPetition)
    assert row.overdue
    assert len(triage.bench.recorded_of(SortingOverdueV1)) == 1


def test_what_falls_due_is_listed_until_it_is_sorted(triage: Triage) -> None:
    triage.register(EARLIER, received_on=date(2026, 5, 20))
    triage.bench.sweep(at("2026-06-08 09:00"), usecases.DEADLINES)

    def due(until: date | None) -> list[tuple[str, str]]:
        request = ListDue(until=until)
        listed = triage.bench.query(usecases.list_due, request).deadlines
        return [(deadline.subject, deadline.state) for deadline in listed]

    assert due(date(2026, 6, 15)) == [(EARLIER, "fired")]
    assert due(date(2026, 6, 16)) == [(EARLIER, "fired"), (NO, "pending")]
    triage.forward(petition_no=EARLIER)
    assert due(None) == [(NO, "pending")]


def test_a_deadline_explains_itself(triage: Triage) -> None:
    (deadline,) = triage.bench.query(
        usecases.explain_deadline, ExplainDeadline(petition_no=NO)
    ).deadlines

    assert deadline.due_on == "2026-06-16"
    assert "《信访工作条例》第22条" in deadline.explanation
    assert "15日内" in deadline.explanation


@pytest.mark.proves("P-5")
def test_an_unknown_petition_is_named_as_such(triage: Triage) -> None:
    unknown = "XF-20260601-9999"

    with pytest.raises(PetitionNotFound):
        triage.bench.query(usecases.explain_deadline, ExplainDeadline(petition_no=unknown))
    with pytest.raises(PetitionNotFound):
        triage.bench.query(usecases.get_sorting, GetSorting(petition_no=unknown))


@pytest.mark.proves("D-05")
def test_a_split_is_noted_on_the_claim_also_when_told_before_its_registration(
    triage: Triage,
) -> None:
    split = PetitionSplitV1(petition_no=EARLIER, part_no="XF-20260601-0007")

    handling = triage.bench.event(usecases.on_petition_split, split)
    assert handling is Handling.EARLY

    triage.register(EARLIER)
    triage.bench.engine.apply_early(EARLIER)
    rows = {row.petition_no: row for row in triage.bench.rows(TriagedPetition)}
    assert rows[EARLIER].split_part == "XF-20260601-0007"
