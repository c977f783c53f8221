"""A unit's objection to a transfer: decided by the office, and the clock after it (T7, L22-23)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.triage import usecases
from services.triage.models import TransferAnswer
from shared.contracts.common import PetitionNotFound
from shared.contracts.fields import Document
from shared.contracts.supervision import TransferAcceptedV1, TransferObjectedV1
from shared.contracts.triage import (
    DecideObjection,
    ExplainDeadline,
    GetSorting,
    NoObjectionPending,
    ObjectionDecidedV1,
    ObjectionDecision,
    SortingOutcome,
    SortingOverdueV1,
    SortingState,
    UnitObjected,
)
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.triage import EARLIER, NO, OFFICER, ORDINARY, Triage

pytestmark = pytest.mark.proves("T7", "L22-23")

DOCUMENT = Document(no=f"{NO}-OB-1", sha256="0" * 64)


def object_to(
    triage: Triage,
    transfer_no: str = f"{NO}-TR-1",
    petition_no: str = NO,
    *,
    unit: str = "labour_bureau",
) -> Handling:
    return triage.bench.event(
        usecases.on_transfer_objected,
        TransferObjectedV1(
            petition_no=petition_no,
            transfer_no=transfer_no,
            unit=unit,
            document=DOCUMENT,
        ),
    )


def accept(triage: Triage, transfer_no: str = f"{NO}-TR-1") -> Handling:
    return triage.bench.event(
        usecases.on_transfer_accepted,
        TransferAcceptedV1(petition_no=NO, transfer_no=transfer_no, unit="labour_bureau"),
    )


def decide(triage: Triage, *, agreed: bool, petition_no: str = NO) -> ObjectionDecision:
    return triage.bench.command(
        usecases.decide_objection,
        DecideObjection(
            request_id=triage.bench.request_id(),
            petition_no=petition_no,
            agreed=agreed,
            reason="经核实，不属于该单位职责。",
        ),
        actor=OFFICER,
    )


def test_an_agreed_objection_brings_the_petition_back_with_the_rest_of_its_clock(
    triage: Triage,
) -> None:
    triage.bench.now = at("2026-06-03 10:00")  # Two of the fifteen days are used.
    triage.forward()
    object_to(triage)
    triage.bench.now = at("2026-06-08 10:00")

    decision = decide(triage, agreed=True)

    assert decision.state is SortingState.UNSORTED
    assert decision.sorting_due_on == date(2026, 6, 22)  # Day 13 is a Sunday, 21 June.
    (event,) = triage.bench.recorded_of(ObjectionDecidedV1)
    assert (event.transfer_no, event.agreed) == (f"{NO}-TR-1", True)
    explained = triage.bench.query(usecases.explain_deadline, ExplainDeadline(petition_no=NO))
    assert [deadline.state for deadline in explained.deadlines] == ["met", "pending"]
    assert "核实同意承办单位异议" in explained.deadlines[-1].explanation


def test_a_petition_that_came_back_is_sorted_again_beside_the_first_entry(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)

    triage.forward(lead_unit="finance_bureau")

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO))
    assert len(shown.entries) == 2
    assert shown.current is not None
    assert shown.current.lead_unit == "finance_bureau"


@pytest.mark.parametrize("outcome", [SortingOutcome.FORWARD, SortingOutcome.ASSIGN])
def test_what_came_back_does_not_go_to_the_unit_that_objected_again(
    triage: Triage, outcome: SortingOutcome
) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)
    day = {"due_on": date(2026, 6, 30)} if outcome is SortingOutcome.ASSIGN else {}

    with pytest.raises(UnitObjected, match=r"^\[T7\]"):
        triage.sort(outcome, **(ORDINARY | day))

    shown = triage.bench.query(usecases.get_sorting, GetSorting(petition_no=NO))
    assert (shown.state, len(shown.entries)) == (SortingState.UNSORTED, 1)


@pytest.mark.parametrize(
    "units",
    [
        pytest.param({"lead_unit": "labour_bureau"}, id="the first that objected"),
        pytest.param({"lead_unit": "finance_bureau"}, id="the last that objected"),
        pytest.param(
            {"lead_unit": "housing_bureau", "co_units": ("labour_bureau",)},
            id="the first beside another",
        ),
    ],
)
def test_no_unit_that_ever_objected_gets_the_petition_again(
    triage: Triage, units: dict[str, Any]
) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)
    triage.forward(lead_unit="finance_bureau")
    object_to(triage, f"{NO}-TR-2", unit="finance_bureau")
    decide(triage, agreed=True)

    with pytest.raises(UnitObjected, match=r"^\[T7\]"):
        triage.forward(**units)

    assert triage.forward(lead_unit="housing_bureau").lead_unit == "housing_bureau"


def test_an_objection_bars_the_unit_from_its_own_petition_only(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)
    triage.register(EARLIER)

    assert triage.forward(petition_no=EARLIER).lead_unit == "labour_bureau"


def test_what_came_back_may_go_before_a_leader_with_the_unit_at_the_table(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)

    assert triage.route().lead_unit == "labour_bureau"


@pytest.mark.proves("L22-22")
def test_the_rest_of_the_clock_can_be_missed_too(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)

    triage.bench.sweep(at("2026-06-17 00:00"), usecases.DEADLINES)

    assert [event.due_on for event in triage.bench.recorded_of(SortingOverdueV1)] == [
        date(2026, 6, 16)
    ]


def test_a_rejected_objection_leaves_the_petition_with_the_unit(triage: Triage) -> None:
    triage.forward()
    object_to(triage)

    decision = decide(triage, agreed=False)

    assert (decision.state, decision.sorting_due_on) == (SortingState.SORTED, None)
    (event,) = triage.bench.recorded_of(ObjectionDecidedV1)
    assert not event.agreed
    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)


def test_without_an_objection_there_is_nothing_to_decide(triage: Triage) -> None:
    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)
    triage.forward()
    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)
    with pytest.raises(PetitionNotFound):
        decide(triage, agreed=True, petition_no=EARLIER)


def test_an_acceptance_settles_the_transfer(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    accept(triage)

    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)


def test_an_objection_after_the_acceptance_changes_nothing(triage: Triage) -> None:
    triage.forward()
    accept(triage)
    accept(triage)
    object_to(triage)

    (answer,) = triage.bench.rows(TransferAnswer)
    assert answer.objected_at is None
    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)


def test_a_stale_objection_to_an_earlier_transfer_is_not_decided(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)
    triage.forward(lead_unit="finance_bureau")

    object_to(triage)

    with pytest.raises(NoObjectionPending):
        decide(triage, agreed=True)


def test_an_acceptance_told_late_does_not_undo_an_agreed_objection(triage: Triage) -> None:
    triage.forward()
    object_to(triage)
    decide(triage, agreed=True)

    accept(triage)

    (answer,) = triage.bench.rows(TransferAnswer)
    assert answer.accepted_at is None


def test_an_answer_to_an_unknown_petition_waits_for_its_registration(triage: Triage) -> None:
    handling = object_to(triage, f"{EARLIER}-TR-1", EARLIER)

    assert handling is Handling.EARLY
