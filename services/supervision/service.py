"""The entrypoints of supervision (访后督办, 八联单)."""

from __future__ import annotations

from services.supervision import usecases
from services.supervision.documents import Printing
from services.supervision.models import Base
from services.supervision.standing import how_it_stands
from shared.contracts import accountability, intake, reception, triage
from shared.contracts import supervision as contract
from shared.messaging import Envelope, Work
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging


class SupervisionService:
    """Slips, transferred work, clocks, promises, opinions and the archive."""

    name = "supervision"

    messaging = Messaging(
        owner="supervision", base=Base, deadlines=usecases.DEADLINES, standing=how_it_stands
    )

    @command(contract.AcceptTransfer)
    def accept_transfer(self, work: Work, request: contract.AcceptTransfer) -> contract.CaseSummary:
        """Accept a transfer, by its unit (L22-23)."""
        return usecases.accept_transfer(work, request)

    @command(contract.ObjectToTransfer)
    def object_to_transfer(
        self, work: Work, request: contract.ObjectToTransfer
    ) -> contract.CaseSummary:
        """Object to a misdirected transfer, by its unit (L22-23)."""
        return usecases.object_to_transfer(work, request)

    @command(contract.AcknowledgeSlip)
    def acknowledge_slip(self, work: Work, request: contract.AcknowledgeSlip) -> contract.SlipView:
        """Record that an addressee has signed for a slip."""
        return usecases.acknowledge_slip(work, request)

    @command(contract.ReturnSlip)
    def return_slip(self, work: Work, request: contract.ReturnSlip) -> contract.SlipView:
        """Receive a slip back at the petition office (C-16)."""
        return usecases.return_slip(work, request)

    @command(contract.ReportResult)
    def report_result(self, work: Work, request: contract.ReportResult) -> contract.CaseSummary:
        """Report the result, by the responsible unit (C-16)."""
        return usecases.report_result(work, request)

    @command(contract.GrantExtension, ask=usecases.facts_for_printing)
    def grant_extension(
        self, work: Work, request: contract.GrantExtension, printing: Printing | None
    ) -> contract.CaseSummary:
        """Extend the time limit, by the head of the handling organ (L22-34)."""
        return usecases.grant_extension(work, request, printing)

    @command(contract.RecordPromise, ask=usecases.facts_for_printing)
    def record_promise(
        self, work: Work, request: contract.RecordPromise, printing: Printing | None
    ) -> contract.CaseSummary:
        """Explain an overdue case and promise a day (C-17)."""
        return usecases.record_promise(work, request, printing)

    @command(contract.DeliverOpinion, ask=usecases.facts_for_printing)
    def deliver_opinion(
        self, work: Work, request: contract.DeliverOpinion, printing: Printing | None
    ) -> contract.CaseSummary:
        """Deliver the handling opinion to the petitioner (L22-32)."""
        return usecases.deliver_opinion(work, request, printing)

    @command(contract.CloseCase)
    def close_case(self, work: Work, request: contract.CloseCase) -> contract.CaseSummary:
        """Close a verified case (T21)."""
        return usecases.close_case(work, request)

    @command(contract.ArchiveCase)
    def archive_case(self, work: Work, request: contract.ArchiveCase) -> contract.ArchiveView:
        """Seal the file and strike the case off (C-16, T22)."""
        return usecases.archive_case(work, request)

    @query(contract.GetCase)
    def get_case(self, work: Work, request: contract.GetCase) -> contract.CaseView:
        """Show one case."""
        return usecases.get_case(work, request)

    @query(contract.GetSlipSet, ask=usecases.facts_for_printing)
    def get_slip_set(
        self, work: Work, request: contract.GetSlipSet, printing: Printing | None
    ) -> contract.SlipSetView:
        """Show the slips of a case."""
        return usecases.get_slip_set(work, request, printing)

    @query(contract.ListDue)
    def list_due(self, work: Work, request: contract.ListDue) -> triage.DeadlineList:
        """List what falls due."""
        return usecases.list_due(work, request)

    @query(contract.ListOverdue)
    def list_overdue(self, work: Work, request: contract.ListOverdue) -> contract.OverdueList:
        """List the cases that have been overdue."""
        return usecases.list_overdue(work, request)

    @query(contract.ExplainDeadline)
    def explain_deadline(
        self, work: Work, request: contract.ExplainDeadline
    ) -> triage.DeadlineList:
        """Explain every deadline of one case."""
        return usecases.explain_deadline(work, request)

    @listens(triage.DirectoryChangedV1)
    def on_directory_changed(
        self, work: Work, event: triage.DirectoryChangedV1, envelope: Envelope
    ) -> None:
        """Keep the directory, and issue slips that waited for it (D-18)."""
        usecases.on_directory_changed(work, event, envelope)

    @listens(triage.PetitionRoutedV1)
    def on_petition_routed(
        self, work: Work, event: triage.PetitionRoutedV1, envelope: Envelope
    ) -> None:
        """Begin a leader's case (T8)."""
        usecases.on_petition_routed(work, event, envelope)

    @listens(triage.PetitionForwardedV1)
    def on_petition_forwarded(
        self, work: Work, event: triage.PetitionForwardedV1, envelope: Envelope
    ) -> None:
        """Begin a forwarded case (L22-22)."""
        usecases.on_petition_forwarded(work, event, envelope)

    @listens(triage.PetitionAssignedV1)
    def on_petition_assigned(
        self, work: Work, event: triage.PetitionAssignedV1, envelope: Envelope
    ) -> None:
        """Begin an assigned case (L22-22)."""
        usecases.on_petition_assigned(work, event, envelope)

    @listens(triage.ObjectionDecidedV1)
    def on_objection_decided(
        self, work: Work, event: triage.ObjectionDecidedV1, envelope: Envelope
    ) -> None:
        """Return a case to sorting, or to its unit (T7)."""
        usecases.on_objection_decided(work, event, envelope)

    @listens(triage.PetitionReturnedV1)
    def on_petition_returned(
        self, work: Work, event: triage.PetitionReturnedV1, envelope: Envelope
    ) -> None:
        """Return a leader's case that is sorted anew, its node having been retired (D-30)."""
        usecases.on_petition_returned(work, event, envelope)

    @listens(intake.PetitionRegisteredV1)
    def on_petition_registered(
        self, work: Work, event: intake.PetitionRegisteredV1, envelope: Envelope
    ) -> None:
        """Begin a petition's file."""
        usecases.on_petition_registered(work, event, envelope)

    @listens(intake.HandlingEvaluatedV1)
    def on_handling_evaluated(
        self, work: Work, event: intake.HandlingEvaluatedV1, envelope: Envelope
    ) -> None:
        """Note an evaluation in the file."""
        usecases.on_handling_evaluated(work, event, envelope)

    @listens(reception.CardsIssuedV1)
    def on_cards_issued(
        self, work: Work, event: reception.CardsIssuedV1, envelope: Envelope
    ) -> None:
        """File the four cards."""
        usecases.on_cards_issued(work, event, envelope)

    @listens(reception.CardDeliveredV1)
    def on_card_delivered(
        self, work: Work, event: reception.CardDeliveredV1, envelope: Envelope
    ) -> None:
        """Accept a case when its unit has its card (D-21)."""
        usecases.on_card_delivered(work, event, envelope)

    @listens(reception.PreliminaryOpinionRecordedV1)
    def on_preliminary_opinion_recorded(
        self, work: Work, event: reception.PreliminaryOpinionRecordedV1, envelope: Envelope
    ) -> None:
        """File the preliminary opinion."""
        usecases.on_preliminary_opinion_recorded(work, event, envelope)

    @listens(reception.AppointmentNotifiedV1)
    def on_appointment_notified(
        self, work: Work, event: reception.AppointmentNotifiedV1, envelope: Envelope
    ) -> None:
        """File the appointment notice."""
        usecases.on_appointment_notified(work, event, envelope)

    @listens(reception.AppointmentRescheduledV1)
    def on_appointment_rescheduled(
        self, work: Work, event: reception.AppointmentRescheduledV1, envelope: Envelope
    ) -> None:
        """File the notice of another day."""
        usecases.on_appointment_rescheduled(work, event, envelope)

    @listens(reception.WorkHandedOverV1)
    def on_work_handed_over(
        self, work: Work, event: reception.WorkHandedOverV1, envelope: Envelope
    ) -> None:
        """File the notice of a hand-over (D-30)."""
        usecases.on_work_handed_over(work, event, envelope)

    @listens(reception.ReceptionHeldV1)
    def on_reception_held(
        self, work: Work, event: reception.ReceptionHeldV1, envelope: Envelope
    ) -> None:
        """File the record of the meeting."""
        usecases.on_reception_held(work, event, envelope)

    @listens(reception.AnsweredOnSpotV1)
    def on_answered_on_spot(
        self, work: Work, event: reception.AnsweredOnSpotV1, envelope: Envelope
    ) -> None:
        """Note that only the opinion remains (D-14)."""
        usecases.on_answered_on_spot(work, event, envelope)

    @listens(reception.DecisionMadeV1)
    def on_decision_made(
        self, work: Work, event: reception.DecisionMadeV1, envelope: Envelope
    ) -> None:
        """Issue the eight slips, once (C-14, D-19)."""
        usecases.on_decision_made(work, event, envelope)

    @listens(accountability.CircularIssuedV1)
    def on_circular_issued(
        self, work: Work, event: accountability.CircularIssuedV1, envelope: Envelope
    ) -> None:
        """File a circular."""
        usecases.on_circular_issued(work, event, envelope)
