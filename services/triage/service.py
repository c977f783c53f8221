"""The entrypoints of triage (一疏理)."""

from __future__ import annotations

from services.triage import usecases
from services.triage.models import Base
from services.triage.standing import how_it_stands
from services.triage.targets import nodes_to_watch
from shared.contracts import triage as contract
from shared.contracts.intake import PetitionRegisteredV1, PetitionSplitV1, PetitionView
from shared.contracts.reception import NodeOpenedV1, WorkHandedOverV1
from shared.contracts.supervision import (
    CaseClosedV1,
    OpinionDeliveredV1,
    PromiseMadeV1,
    TransferAcceptedV1,
    TransferObjectedV1,
)
from shared.messaging import Envelope, Work
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging


class TriageService:
    """The sorting, the office directory, and the suggestions that sorting yields."""

    name = "triage"

    messaging = Messaging(
        owner="triage",
        base=Base,
        deadlines=usecases.DEADLINES,
        standing=how_it_stands,
        pages={"/targets": nodes_to_watch},
    )

    @command(contract.PutDirectory)
    def put_directory(self, work: Work, request: contract.PutDirectory) -> contract.DirectoryStored:
        """Put a new version of the office directory."""
        return usecases.put_directory(work, request)

    @query(contract.GetDirectory)
    def get_directory(self, work: Work, request: contract.GetDirectory) -> contract.DirectoryView:
        """Show the office directory in force."""
        return usecases.get_directory(work, request)

    @query(contract.ListNodes)
    def list_nodes(self, work: Work, request: contract.ListNodes) -> contract.NodeList:
        """List the reception nodes that have opened."""
        return usecases.list_nodes(work, request)

    @command(contract.SortPetition, ask=usecases.facts_for_sorting)
    def sort_petition(
        self, work: Work, request: contract.SortPetition, register: PetitionView
    ) -> contract.SortingResult:
        """Sort a petition, by a person: one category, one severity, one way on (C-06)."""
        return usecases.sort_petition(work, request, register)

    @query(contract.ProposeSorting, ask=usecases.facts_for_proposal)
    def propose_sorting(
        self, work: Work, request: contract.ProposeSorting, register: PetitionView
    ) -> contract.SortingProposal:
        """Propose a sorting, with reasons (D-02, P-9)."""
        return usecases.propose_sorting(work, request, register)

    @query(contract.GetSorting)
    def get_sorting(self, work: Work, request: contract.GetSorting) -> contract.SortingView:
        """Show how a petition was sorted."""
        return usecases.get_sorting(work, request)

    @query(contract.ListUnsorted)
    def list_unsorted(self, work: Work, request: contract.ListUnsorted) -> contract.UnsortedList:
        """List what waits for sorting, the first due first."""
        return usecases.list_unsorted(work, request)

    @query(contract.ListDue)
    def list_due(self, work: Work, request: contract.ListDue) -> contract.DeadlineList:
        """List the sorting deadlines that fall due."""
        return usecases.list_due(work, request)

    @query(contract.ExplainDeadline)
    def explain_deadline(
        self, work: Work, request: contract.ExplainDeadline
    ) -> contract.DeadlineList:
        """Explain every deadline of a petition."""
        return usecases.explain_deadline(work, request)

    @command(contract.DecideObjection)
    def decide_objection(
        self, work: Work, request: contract.DecideObjection
    ) -> contract.ObjectionDecision:
        """Agree to a unit's objection or reject it (T7)."""
        return usecases.decide_objection(work, request)

    @command(contract.SubmitSuggestion)
    def submit_suggestion(
        self, work: Work, request: contract.SubmitSuggestion
    ) -> contract.SuggestionView:
        """Submit a suggestion to a leader (C-10)."""
        return usecases.submit_suggestion(work, request)

    @command(contract.AnswerSuggestion)
    def answer_suggestion(
        self, work: Work, request: contract.AnswerSuggestion
    ) -> contract.SuggestionView:
        """Answer a suggestion, by its leader and once (C-10)."""
        return usecases.answer_suggestion(work, request)

    @listens(PetitionRegisteredV1)
    def on_petition_registered(
        self, work: Work, event: PetitionRegisteredV1, envelope: Envelope
    ) -> None:
        """Take a petition in for sorting and start its 15 days (T2)."""
        usecases.on_petition_registered(work, event, envelope)

    @listens(PetitionSplitV1)
    def on_petition_split(self, work: Work, event: PetitionSplitV1, envelope: Envelope) -> None:
        """Note which accusation was parted from a claim (D-05)."""
        usecases.on_petition_split(work, event, envelope)

    @listens(NodeOpenedV1)
    def on_node_opened(self, work: Work, event: NodeOpenedV1, envelope: Envelope) -> None:
        """Enter a reception node (D-30)."""
        usecases.on_node_opened(work, event, envelope)

    @listens(TransferAcceptedV1)
    def on_transfer_accepted(
        self, work: Work, event: TransferAcceptedV1, envelope: Envelope
    ) -> None:
        """Note that a unit accepted a transfer."""
        usecases.on_transfer_accepted(work, event, envelope)

    @listens(TransferObjectedV1)
    def on_transfer_objected(
        self, work: Work, event: TransferObjectedV1, envelope: Envelope
    ) -> None:
        """Note an objection that waits for the office (T7)."""
        usecases.on_transfer_objected(work, event, envelope)

    @listens(PromiseMadeV1)
    def on_promise_made(self, work: Work, event: PromiseMadeV1, envelope: Envelope) -> None:
        """Note a promise, which bars a decline until it is executed (T4)."""
        usecases.on_promise_made(work, event, envelope)

    @listens(OpinionDeliveredV1)
    def on_opinion_delivered(
        self, work: Work, event: OpinionDeliveredV1, envelope: Envelope
    ) -> None:
        """Note an opinion, and that a supported one bars a decline until executed (L22-32)."""
        usecases.on_opinion_delivered(work, event, envelope)

    @listens(CaseClosedV1)
    def on_case_closed(self, work: Work, event: CaseClosedV1, envelope: Envelope) -> None:
        """Note that a matter was closed, verified as done."""
        usecases.on_case_closed(work, event, envelope)

    @command(contract.RetireNode)
    def retire_node(self, work: Work, request: contract.RetireNode) -> contract.NodeRetirement:
        """Retire a reception node (D-30)."""
        return usecases.retire_node(work, request)

    @listens(WorkHandedOverV1)
    def on_work_handed_over(self, work: Work, event: WorkHandedOverV1, envelope: Envelope) -> None:
        """Route anew a petition that a retired node gave back (D-30)."""
        usecases.on_work_handed_over(work, event, envelope)
