"""The entrypoints of intake (访前接办)."""

from __future__ import annotations

from services.intake import usecases
from services.intake.models import Base
from services.intake.standing import how_it_stands
from shared.contracts import intake as contract
from shared.contracts import reception, supervision, triage
from shared.messaging import Envelope, Work
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging


class IntakeService:
    """The register, the people behind it, and what they are told of their matters."""

    name = "intake"

    messaging = Messaging(owner="intake", base=Base, deadlines={}, standing=how_it_stands)

    @command(contract.RegisterPetition)
    def register_petition(
        self, work: Work, request: contract.RegisterPetition
    ) -> contract.PetitionReceipt:
        """Register whoever comes, or link a repeat to the open petition (D-01, D-03)."""
        return usecases.register_petition(work, request)

    @command(contract.RecordVisit)
    def record_visit(self, work: Work, request: contract.RecordVisit) -> contract.VisitReceipt:
        """Record one more visit on a petition (D-03)."""
        return usecases.record_visit(work, request)

    @command(contract.NameRepresentatives)
    def name_representatives(
        self, work: Work, request: contract.NameRepresentatives
    ) -> contract.RepresentativesNamed:
        """Record whom a group elected to speak for it (L22-20)."""
        return usecases.name_representatives(work, request)

    @command(contract.SplitPetition)
    def split_petition(self, work: Work, request: contract.SplitPetition) -> contract.PetitionParts:
        """Split a mixed petition before it is sorted (D-05)."""
        return usecases.split_petition(work, request)

    @command(contract.EvaluateHandling)
    def evaluate_handling(
        self, work: Work, request: contract.EvaluateHandling
    ) -> contract.EvaluationRecorded:
        """Record the petitioner's own grade of one party (I-15)."""
        return usecases.evaluate_handling(work, request)

    @command(contract.RevealIdentity)
    def reveal_identity(self, work: Work, request: contract.RevealIdentity) -> contract.Identity:
        """Open who is behind a petition, on record (P-1)."""
        return usecases.reveal_identity(work, request)

    @query(contract.GetPetition)
    def get_petition(self, work: Work, request: contract.GetPetition) -> contract.PetitionView:
        """Show a petition; reading its content is put on record (P-1)."""
        return usecases.get_petition(work, request)

    @query(contract.FindPetitions)
    def find_petitions(self, work: Work, request: contract.FindPetitions) -> contract.PetitionList:
        """List petitions, without people and content."""
        return usecases.find_petitions(work, request)

    @query(contract.FindSimilar)
    def find_similar(self, work: Work, request: contract.FindSimilar) -> contract.SimilarPetitions:
        """Propose earlier matters of the same people (D-02)."""
        return usecases.find_similar(work, request)

    @query(contract.Track)
    def track(self, work: Work, request: contract.Track) -> contract.Progress:
        """Tell a petitioner how their petition stands (P-8)."""
        return usecases.track(work, request)

    @listens(triage.DirectoryChangedV1)
    def on_directory_changed(
        self, work: Work, event: triage.DirectoryChangedV1, envelope: Envelope
    ) -> None:
        """Take over the codes of a newer directory."""
        usecases.on_directory_changed(work, event, envelope)

    @listens(triage.PetitionSortedV1)
    def on_petition_sorted(
        self, work: Work, event: triage.PetitionSortedV1, envelope: Envelope
    ) -> None:
        """Note that a petition was sorted, and seal what goes to the discipline organ."""
        usecases.on_petition_sorted(work, event, envelope)

    @listens(triage.PetitionRedirectedV1)
    def on_petition_redirected(
        self, work: Work, event: triage.PetitionRedirectedV1, envelope: Envelope
    ) -> None:
        """Tell that the petitioner was led to the right body."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionDeclinedV1)
    def on_petition_declined(
        self, work: Work, event: triage.PetitionDeclinedV1, envelope: Envelope
    ) -> None:
        """Tell that the petition was not accepted."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionRepliedV1)
    def on_petition_replied(
        self, work: Work, event: triage.PetitionRepliedV1, envelope: Envelope
    ) -> None:
        """Tell that the office answered by itself."""
        usecases.on_news(work, event, envelope)

    @listens(triage.DisciplineTransferredV1)
    def on_discipline_transferred(
        self, work: Work, event: triage.DisciplineTransferredV1, envelope: Envelope
    ) -> None:
        """Open a sealed accusation to the organ that received it, and to no other (P-1)."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionForwardedV1)
    def on_petition_forwarded(
        self, work: Work, event: triage.PetitionForwardedV1, envelope: Envelope
    ) -> None:
        """Tell that the petition was forwarded."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionAssignedV1)
    def on_petition_assigned(
        self, work: Work, event: triage.PetitionAssignedV1, envelope: Envelope
    ) -> None:
        """Tell that the petition was assigned."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionRoutedV1)
    def on_petition_routed(
        self, work: Work, event: triage.PetitionRoutedV1, envelope: Envelope
    ) -> None:
        """Tell that a leader will receive."""
        usecases.on_news(work, event, envelope)

    @listens(triage.PetitionReturnedV1)
    def on_petition_returned(
        self, work: Work, event: triage.PetitionReturnedV1, envelope: Envelope
    ) -> None:
        """Tell that a petition is sorted anew, its node having been retired (D-30)."""
        usecases.on_news(work, event, envelope)

    @listens(reception.SessionAwaitedV1)
    def on_session_awaited(
        self, work: Work, event: reception.SessionAwaitedV1, envelope: Envelope
    ) -> None:
        """Tell that a node has the petition, and that it waits for a session with room."""
        usecases.on_news(work, event, envelope)

    @listens(reception.WorkHandedOverV1)
    def on_work_handed_over(
        self, work: Work, event: reception.WorkHandedOverV1, envelope: Envelope
    ) -> None:
        """Tell that a retired node has handed the petition over (D-30)."""
        usecases.on_news(work, event, envelope)

    @listens(triage.SortingOverdueV1)
    def on_sorting_overdue(
        self, work: Work, event: triage.SortingOverdueV1, envelope: Envelope
    ) -> None:
        """Tell that the time for sorting has passed."""
        usecases.on_news(work, event, envelope)

    @listens(triage.ObjectionDecidedV1)
    def on_objection_decided(
        self, work: Work, event: triage.ObjectionDecidedV1, envelope: Envelope
    ) -> None:
        """Tell what became of a unit's objection (T7)."""
        usecases.on_news(work, event, envelope)

    @listens(reception.CardsIssuedV1)
    def on_cards_issued(
        self, work: Work, event: reception.CardsIssuedV1, envelope: Envelope
    ) -> None:
        """Tell the reception day."""
        usecases.on_news(work, event, envelope)

    @listens(reception.PreliminaryOpinionRecordedV1)
    def on_preliminary_opinion_recorded(
        self, work: Work, event: reception.PreliminaryOpinionRecordedV1, envelope: Envelope
    ) -> None:
        """Tell that the meeting has been prepared."""
        usecases.on_news(work, event, envelope)

    @listens(reception.AppointmentNotifiedV1)
    def on_appointment_notified(
        self, work: Work, event: reception.AppointmentNotifiedV1, envelope: Envelope
    ) -> None:
        """Tell the hour of the meeting."""
        usecases.on_news(work, event, envelope)

    @listens(reception.AppointmentRescheduledV1)
    def on_appointment_rescheduled(
        self, work: Work, event: reception.AppointmentRescheduledV1, envelope: Envelope
    ) -> None:
        """Tell that the meeting was moved."""
        usecases.on_news(work, event, envelope)

    @listens(reception.AnsweredOnSpotV1)
    def on_answered_on_spot(
        self, work: Work, event: reception.AnsweredOnSpotV1, envelope: Envelope
    ) -> None:
        """Tell that the leader answered on the spot."""
        usecases.on_news(work, event, envelope)

    @listens(reception.DecisionMadeV1)
    def on_decision_made(
        self, work: Work, event: reception.DecisionMadeV1, envelope: Envelope
    ) -> None:
        """Tell that the leader decided."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.CaseOpenedV1)
    def on_case_opened(
        self, work: Work, event: supervision.CaseOpenedV1, envelope: Envelope
    ) -> None:
        """Tell that the matter was accepted."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.TransferObjectedV1)
    def on_transfer_objected(
        self, work: Work, event: supervision.TransferObjectedV1, envelope: Envelope
    ) -> None:
        """Tell that a unit objected to a transfer."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.SlipsIssuedV1)
    def on_slips_issued(
        self, work: Work, event: supervision.SlipsIssuedV1, envelope: Envelope
    ) -> None:
        """Tell that the slips were issued."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.ExtensionGrantedV1)
    def on_extension_granted(
        self, work: Work, event: supervision.ExtensionGrantedV1, envelope: Envelope
    ) -> None:
        """Tell that the time was extended."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.CaseOverdueV1)
    def on_case_overdue(
        self, work: Work, event: supervision.CaseOverdueV1, envelope: Envelope
    ) -> None:
        """Tell that a due date has passed."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.PromiseMadeV1)
    def on_promise_made(
        self, work: Work, event: supervision.PromiseMadeV1, envelope: Envelope
    ) -> None:
        """Tell the promised day."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.PromiseBrokenV1)
    def on_promise_broken(
        self, work: Work, event: supervision.PromiseBrokenV1, envelope: Envelope
    ) -> None:
        """Tell that a promise was broken."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.ResultReportedV1)
    def on_result_reported(
        self, work: Work, event: supervision.ResultReportedV1, envelope: Envelope
    ) -> None:
        """Tell that the unit reported its result."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.OpinionDeliveredV1)
    def on_opinion_delivered(
        self, work: Work, event: supervision.OpinionDeliveredV1, envelope: Envelope
    ) -> None:
        """Tell until when a review can be asked for."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.CaseClosedV1)
    def on_case_closed(
        self, work: Work, event: supervision.CaseClosedV1, envelope: Envelope
    ) -> None:
        """Tell that the case was closed."""
        usecases.on_news(work, event, envelope)

    @listens(supervision.CaseArchivedV1)
    def on_case_archived(
        self, work: Work, event: supervision.CaseArchivedV1, envelope: Envelope
    ) -> None:
        """Tell that the file was archived."""
        usecases.on_news(work, event, envelope)
