"""A leader's case whose node was retired: who receives changes, the petitioner's clocks do not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from shared.contracts.base import Event
from shared.contracts.envelope import Source
from shared.contracts.reception import (
    DecidedStandard,
    DecisionMadeV1,
    PreparationState,
    StandardKind,
    WorkHandedOverV1,
)
from shared.contracts.supervision import (
    CaseOpenedV1,
    CaseOverdueV1,
    CaseState,
    SlipsIssuedV1,
)
from shared.contracts.triage import PetitionReturnedV1, PetitionRoutedV1, Severity
from shared.deadlines import DeadlineState
from shared.messaging.inbox import Handling
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.supervision import County

NO = "XF-20260601-0001"
MOVED_AT = at("2026-06-20 09:00")


def hears(county: County, event: Event, *, version: int) -> Handling:
    """Hear news of triage, counted as triage counts what it tells of this petition."""
    from services.supervision import usecases  # noqa: PLC0415 - see the conftest.

    name = event.wire_type.partition(".")[0]
    handler = getattr(usecases, f"on_{name}")
    return county.bench.event(handler, event, now=MOVED_AT, case_version=version)


def routed_on(**changed: str) -> PetitionRoutedV1:
    facts = {"leader": "l_vice_head_land", "lead_unit": "labour_bureau"} | changed
    return PetitionRoutedV1(
        petition_no=NO,
        node="county",
        organ="county",
        leader_in_charge=facts["leader"],
        principal=False,
        severity=Severity.COMPLEX,
        field="labour",
        handed_over_by="sanchakou",
        leader=facts["leader"],
        lead_unit=facts["lead_unit"],
    )


RETURNED = PetitionReturnedV1(petition_no=NO, node="sanchakou", due_on=date(2026, 7, 1))


@pytest.mark.proves("D-30", "D-21", "L22-34")
def test_a_second_routing_changes_who_receives_and_no_clock(stored_county: County) -> None:
    county = stored_county
    county.routes(node="sanchakou")
    county.delivers_card()
    before = county.case()

    assert hears(county, routed_on(), version=3) is Handling.HANDLED

    after = county.case()
    assert after.state is CaseState.ACCEPTED
    assert after.leader == "l_vice_head_land"
    assert after.statutory_due_on == before.statutory_due_on
    assert len(county.bench.recorded_of(CaseOpenedV1)) == 1


@pytest.mark.proves("D-30", "I-17")
def test_an_older_routing_that_comes_late_changes_nothing(county: County) -> None:
    hears(county, routed_on(), version=3)

    county.routes(node="sanchakou")

    assert county.case().leader == "l_vice_head_land"


@pytest.mark.proves("D-30")
def test_a_decision_of_the_next_node_waits_for_its_routing(county: County) -> None:
    from services.supervision import usecases  # noqa: PLC0415 - see the conftest.
    from tests.support.supervision import directory, paper  # noqa: PLC0415 - the same.

    county.hears(directory())
    county.routes(node="sanchakou")
    decision = DecisionMadeV1(
        petition_no=NO,
        on=date(2026, 6, 26),
        leader="l_vice_head_land",
        organ="county",
        field="labour",
        lead_unit="labour_bureau",
        accepted_on=date(2026, 6, 4),
        due_on=date(2026, 7, 20),
        standards=(DecidedStandard(kind=StandardKind.EXPLANATION_GIVEN),),
        document=paper(f"{NO}-DE-1"),
    )

    early = county.bench.event(
        usecases.on_decision_made,
        decision,
        now=at("2026-06-26 10:00"),
        source=Source(service="reception_county", node="county"),
    )
    hears(county, routed_on(), version=3)

    assert early is Handling.EARLY
    assert len(county.bench.recorded_of(SlipsIssuedV1)) == 1


@pytest.mark.proves("D-30", "D-21", "L22-34")
def test_a_case_that_went_back_to_sorting_keeps_the_day_it_was_accepted(county: County) -> None:
    county.routes(node="sanchakou")
    county.delivers_card(on=date(2026, 6, 4))
    accepted = county.case()

    hears(county, RETURNED, version=3)
    returned = county.case()
    county.forwards()
    county.bench.now = at("2026-06-22 09:00")
    county.accepts()

    assert returned.state is CaseState.RETURNED
    opened = county.bench.recorded_of(CaseOpenedV1)[-1]
    assert opened.accepted_on == date(2026, 6, 4)
    assert county.case().statutory_due_on == accepted.statutory_due_on
    county.passes_to("2026-08-04 00:00")
    assert [late.due_on for late in county.bench.recorded_of(CaseOverdueV1)] == [
        accepted.statutory_due_on
    ]


@pytest.mark.proves("D-30")
def test_while_it_is_sorted_anew_no_clock_of_the_old_case_fires(county: County) -> None:
    county.routes(node="sanchakou")
    county.delivers_card()

    hears(county, RETURNED, version=3)
    county.passes_to("2026-12-01 00:00")

    states = {row["state"] for row in county.bench.table_rows("deadlines")}
    assert DeadlineState.FIRED.value not in states
    assert county.bench.recorded_of(CaseOverdueV1) == []


@pytest.mark.proves("D-30", "I-17")
def test_the_return_that_comes_after_the_next_routing_changes_nothing(county: County) -> None:
    county.routes(node="sanchakou")
    hears(county, routed_on(), version=4)

    hears(county, RETURNED, version=3)

    assert county.case().state is CaseState.ROUTED


@pytest.mark.proves("D-30")
def test_what_was_sorted_anew_waits_for_the_return(county: County) -> None:
    county.routes(node="sanchakou")

    waits = county.forwards()
    hears(county, RETURNED, version=3)

    assert waits is Handling.EARLY
    assert county.case().state is CaseState.TRANSFERRED


@pytest.mark.proves("D-30")
def test_a_return_waits_for_the_routing_it_follows(county: County) -> None:
    assert hears(county, RETURNED, version=3) is Handling.EARLY


@pytest.mark.proves("D-30", "P-5")
@pytest.mark.parametrize("told", [True, False])
def test_the_notice_of_a_hand_over_goes_into_the_file(county: County, *, told: bool) -> None:
    from services.supervision.models import FileEntry  # noqa: PLC0415 - see the conftest.
    from tests.support.supervision import paper  # noqa: PLC0415 - the same.

    county.routes(node="sanchakou")
    county.hears(
        WorkHandedOverV1(
            petition_no=NO,
            node="sanchakou",
            routing_version=2,
            stood_at=PreparationState.APPOINTED,
            document=paper(f"{NO}-HN-1") if told else None,
        )
    )

    filed = [(entry.item, entry.document_no) for entry in county.bench.rows(FileEntry)]
    assert filed == ([("hand_over", f"{NO}-HN-1")] if told else [])
