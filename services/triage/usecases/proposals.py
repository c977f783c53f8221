"""What the system proposes for a petition; a person decides (D-02, P-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.triage.rules.hints import DeclaredFacts
from services.triage.rules.proposal import propose_sorting as propose
from services.triage.rules.terms import Category, Form
from services.triage.usecases.arriving import petition_in_triage
from services.triage.usecases.directory import directory_in_force
from services.triage.usecases.nodes import node_entries
from services.triage.usecases.objections import units_that_objected
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import GetPetition, PetitionView
from shared.contracts.triage import (
    ProposalReason,
    ProposeSorting,
    Severity,
    SortingOutcome,
    SortingProposal,
)
from shared.messaging import Caller, Work

if TYPE_CHECKING:
    # The bus stays out of a use case; only the type of what asks for it is named.
    from shared.messaging.asking import Calls


def facts_for_proposal(calls: Calls, request: ProposeSorting, _caller: Caller) -> PetitionView:
    """Ask the register for what the petition declares and says."""
    return calls.ask(GetPetition(petition_no=request.petition_no, purpose="疏理建议"))


def propose_sorting(work: Work, request: ProposeSorting, register: PetitionView) -> SortingProposal:
    """Propose category, severity and route, with reasons; nothing is decided or kept.

    Raises:
        PetitionNotFound, DirectoryMissing
    """
    petition = petition_in_triage(work, request.petition_no)
    proposal = propose(
        facts=DeclaredFacts(
            form=Form(register.form.value),
            territory=petition.territory,
            headcount=register.headcount,
            urgent=register.urgent,
            declared_category=(
                Category(register.declared_category.value) if register.declared_category else None
            ),
            field=register.field,
            concerned_units=register.concerned_units,
            accused=frozenset(register.accused),
            text="\n".join(part for part in (register.summary, register.text) if part) or None,
        ),
        directory=directory_in_force(work).codes,
        nodes=node_entries(work),
        objected=units_that_objected(work, petition.petition_no),
    )
    return SortingProposal(
        petition_no=petition.petition_no,
        category=PetitionCategory(proposal.category.value),
        severity=Severity(proposal.severity.value) if proposal.severity else None,
        outcome=SortingOutcome(proposal.outcome.value),
        field=proposal.field,
        leader=proposal.leader,
        lead_unit=proposal.lead_unit,
        reasons=tuple(ProposalReason(code=hint.code, text=hint.text) for hint in proposal.hints),
    )
