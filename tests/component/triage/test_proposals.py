"""A proposal is shown with its reasons and leaves nothing behind (D-02, P-9)."""

from __future__ import annotations

import pytest

from services.triage import usecases
from shared.contracts.common import PetitionCategory, PetitionNotFound
from shared.contracts.triage import ProposeSorting, Severity, SortingOutcome
from tests.support.triage import EARLIER, NO, Triage, registered

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


def test_an_unknown_petition_has_no_proposal(triage: Triage) -> None:
    with pytest.raises(PetitionNotFound):
        triage.bench.query(
            usecases.propose_sorting,
            ProposeSorting(petition_no=EARLIER),
            facts=registered(EARLIER),
        )
