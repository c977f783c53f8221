"""A proposal is shown with its reasons and leaves nothing behind (D-02, P-9)."""

from __future__ import annotations

import pytest

from services.triage import usecases
from shared.contracts.common import PetitionCategory, PetitionNotFound
from shared.contracts.fields import Document
from shared.contracts.supervision import TransferObjectedV1
from shared.contracts.triage import (
    DecideObjection,
    PetitionForwardedV1,
    ProposeSorting,
    Severity,
    SortingOutcome,
    SortingProposal,
)
from tests.support.triage import EARLIER, NO, OFFICER, Triage, registered

pytestmark = pytest.mark.proves("D-02", "P-9")


def test_a_proposal_names_route_leader_unit_and_reasons(triage: Triage) -> None:
    before = len(triage.bench.recorded)

    proposal = triage.bench.query(
        usecases.propose_sorting, ProposeSorting(petition_no=NO), facts=registered()
    )

    assert proposal.category is PetitionCategory.CLAIM
    assert proposal.severity is Severity.COMPLEX
    assert proposal.outcome is SortingOutcome.LEADER_IN_CHARGE
    assert (proposal.field, proposal.leader) == ("labour", "l_vice_head_executive")
    assert proposal.lead_unit == "finance_bureau"
    assert {"field_hint", "complex_words", "route_in_charge"} <= {
        reason.code for reason in proposal.reasons
    }
    assert len(triage.bench.recorded) == before


@pytest.mark.proves("T7", "L22-23")
def test_units_whose_objections_were_agreed_to_are_not_proposed_again(triage: Triage) -> None:
    triage.forward(lead_unit="finance_bureau")
    _objects(triage)
    waiting = _proposed(triage)
    _agrees(triage)
    after_one = _proposed(triage)
    triage.forward(lead_unit=str(after_one.lead_unit))
    _objects(triage)
    _agrees(triage)

    after_two = _proposed(triage)

    assert waiting.lead_unit == "finance_bureau"
    assert len({"finance_bureau", after_one.lead_unit, after_two.lead_unit}) == 3
    assert "unit_objected" in {reason.code for reason in after_two.reasons}


def _proposed(triage: Triage) -> SortingProposal:
    return triage.bench.query(
        usecases.propose_sorting, ProposeSorting(petition_no=NO), facts=registered()
    )


def _objects(triage: Triage) -> None:
    """Let the unit object that the petition was last forwarded to."""
    forwarded = triage.bench.recorded_of(PetitionForwardedV1)[-1]
    triage.bench.event(
        usecases.on_transfer_objected,
        TransferObjectedV1(
            petition_no=NO,
            transfer_no=forwarded.transfer_no,
            unit=forwarded.unit,
            document=Document(no=f"{NO}-OB-{forwarded.transfer_no[-1]}", sha256="0" * 64),
        ),
    )


def _agrees(triage: Triage) -> None:
    triage.bench.command(
        usecases.decide_objection,
        DecideObjection(
            request_id=triage.bench.request_id(),
            petition_no=NO,
            agreed=True,
            reason="经核实，不属于该单位职责。",
        ),
        actor=OFFICER,
    )


def test_an_unknown_petition_has_no_proposal(triage: Triage) -> None:
    with pytest.raises(PetitionNotFound):
        triage.bench.query(
            usecases.propose_sorting,
            ProposeSorting(petition_no=EARLIER),
            facts=registered(EARLIER),
        )
