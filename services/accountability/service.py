"""The entrypoints of accountability (责任追究)."""

from __future__ import annotations

from services.accountability import usecases
from services.accountability.documents import Names
from services.accountability.models import Base
from services.accountability.standing import how_it_stands
from shared.contracts import accountability as contract
from shared.contracts.envelope import Envelope
from shared.contracts.reception import PartyAbsentV1
from shared.contracts.supervision import (
    CaseOpenedV1,
    CaseOverdueV1,
    ExplanationOverdueV1,
    PromiseBrokenV1,
    SlipsIssuedV1,
)
from shared.contracts.triage import (
    DirectoryChangedV1,
    PetitionAssignedV1,
    PetitionForwardedV1,
    PetitionRoutedV1,
)
from shared.messaging import Work
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging


class AccountabilityService:
    """What a duty failure leads to: always proposed by the system and decided by a person."""

    name = "accountability"

    messaging = Messaging(owner="accountability", base=Base, deadlines={}, standing=how_it_stands)

    @command(contract.RecordGround)
    def record_ground(self, work: Work, request: contract.RecordGround) -> contract.GroundView:
        """Record weak or evasive handling, by a person with facts (C-25 iii)."""
        return usecases.record_ground(work, request)

    @command(contract.DecideCircular)
    def decide_circular(
        self, work: Work, request: contract.DecideCircular
    ) -> contract.CircularView:
        """Approve or reject a proposed circular (C-17, P-9)."""
        return usecases.decide_circular(work, request)

    @command(contract.AnswerCircular)
    def answer_circular(
        self, work: Work, request: contract.AnswerCircular
    ) -> contract.CircularView:
        """Hear the unit or person named (D-27)."""
        return usecases.answer_circular(work, request)

    @command(contract.IssueCircular, ask=usecases.facts_for_circular)
    def issue_circular(
        self, work: Work, request: contract.IssueCircular, names: Names
    ) -> contract.CircularView:
        """Issue an approved and answered circular (C-25)."""
        return usecases.issue_circular(work, request, names)

    @query(contract.ListGrounds)
    def list_grounds(self, work: Work, request: contract.ListGrounds) -> contract.GroundList:
        """List grounds."""
        return usecases.list_grounds(work, request)

    @query(contract.GetCircular)
    def get_circular(self, work: Work, request: contract.GetCircular) -> contract.CircularView:
        """Show one circular."""
        return usecases.get_circular(work, request)

    @query(contract.ListCirculars)
    def list_circulars(self, work: Work, request: contract.ListCirculars) -> contract.CircularList:
        """List circulars."""
        return usecases.list_circulars(work, request)

    @listens(DirectoryChangedV1)
    def on_directory_changed(
        self, work: Work, event: DirectoryChangedV1, envelope: Envelope
    ) -> None:
        """Take over the codes of a newer directory."""
        usecases.on_directory_changed(work, event, envelope)

    @listens(CaseOpenedV1)
    def on_case_opened(self, work: Work, event: CaseOpenedV1, envelope: Envelope) -> None:
        """Remember a case that exists."""
        usecases.on_case_opened(work, event, envelope)

    @listens(PetitionForwardedV1)
    def on_petition_forwarded(
        self, work: Work, event: PetitionForwardedV1, envelope: Envelope
    ) -> None:
        """Remember the unit a petition was forwarded to."""
        usecases.on_petition_forwarded(work, event, envelope)

    @listens(PetitionAssignedV1)
    def on_petition_assigned(
        self, work: Work, event: PetitionAssignedV1, envelope: Envelope
    ) -> None:
        """Remember the unit a petition was assigned to."""
        usecases.on_petition_assigned(work, event, envelope)

    @listens(PetitionRoutedV1)
    def on_petition_routed(self, work: Work, event: PetitionRoutedV1, envelope: Envelope) -> None:
        """Remember the units that come to a leader's table."""
        usecases.on_petition_routed(work, event, envelope)

    @listens(SlipsIssuedV1)
    def on_slips_issued(self, work: Work, event: SlipsIssuedV1, envelope: Envelope) -> None:
        """Remember the units that the decision names."""
        usecases.on_slips_issued(work, event, envelope)

    @listens(PartyAbsentV1)
    def on_party_absent(self, work: Work, event: PartyAbsentV1, envelope: Envelope) -> None:
        """Record an absence as a ground against that party alone (C-25 i)."""
        usecases.on_party_absent(work, event, envelope)

    @listens(CaseOverdueV1)
    def on_case_overdue(self, work: Work, event: CaseOverdueV1, envelope: Envelope) -> None:
        """Record an overdue case and propose a circular (C-17, C-25 ii)."""
        usecases.on_case_overdue(work, event, envelope)

    @listens(ExplanationOverdueV1)
    def on_explanation_overdue(
        self, work: Work, event: ExplanationOverdueV1, envelope: Envelope
    ) -> None:
        """Record that an overdue case was not explained in time (D-23)."""
        usecases.on_explanation_overdue(work, event, envelope)

    @listens(PromiseBrokenV1)
    def on_promise_broken(self, work: Work, event: PromiseBrokenV1, envelope: Envelope) -> None:
        """Record a broken promise, for the joint conference too (D-23)."""
        usecases.on_promise_broken(work, event, envelope)
