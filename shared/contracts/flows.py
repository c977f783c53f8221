"""Who hears which news, and who asks whom: the one map of what crosses the bus.

The topology of exchanges and queues, the start-up check of every service and the broker's rights
are made from these two tables and from nothing else.
``reception`` stands for every reception node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.contracts import accountability, intake, reception, supervision, triage
from shared.contracts.base import Event, Query

LISTENS: Final[Mapping[str, tuple[type[Event], ...]]] = {
    "intake": (
        triage.DirectoryChangedV1,
        triage.PetitionSortedV1,
        triage.PetitionRedirectedV1,
        triage.PetitionDeclinedV1,
        triage.PetitionRepliedV1,
        triage.DisciplineTransferredV1,
        triage.PetitionForwardedV1,
        triage.PetitionAssignedV1,
        triage.PetitionRoutedV1,
        triage.SortingOverdueV1,
        triage.ObjectionDecidedV1,
        triage.PetitionReturnedV1,
        reception.SessionAwaitedV1,
        reception.CardsIssuedV1,
        reception.PreliminaryOpinionRecordedV1,
        reception.AppointmentNotifiedV1,
        reception.AppointmentRescheduledV1,
        reception.WorkHandedOverV1,
        reception.AnsweredOnSpotV1,
        reception.DecisionMadeV1,
        supervision.CaseOpenedV1,
        supervision.TransferObjectedV1,
        supervision.SlipsIssuedV1,
        supervision.ExtensionGrantedV1,
        supervision.CaseOverdueV1,
        supervision.PromiseMadeV1,
        supervision.PromiseBrokenV1,
        supervision.ResultReportedV1,
        supervision.OpinionDeliveredV1,
        supervision.CaseClosedV1,
        supervision.CaseArchivedV1,
    ),
    "triage": (
        intake.PetitionRegisteredV1,
        intake.PetitionSplitV1,
        reception.NodeOpenedV1,
        reception.WorkHandedOverV1,
        supervision.TransferAcceptedV1,
        supervision.TransferObjectedV1,
        supervision.PromiseMadeV1,
        supervision.OpinionDeliveredV1,
        supervision.CaseClosedV1,
    ),
    "reception": (
        triage.DirectoryChangedV1,
        triage.PetitionRoutedV1,
        triage.NodeRetiredV1,
        reception.NodeOpenedV1,
        reception.NodeDescribedV1,
        reception.SessionsPublishedV1,
    ),
    "supervision": (
        triage.DirectoryChangedV1,
        triage.PetitionRoutedV1,
        triage.PetitionForwardedV1,
        triage.PetitionAssignedV1,
        triage.ObjectionDecidedV1,
        triage.PetitionReturnedV1,
        intake.PetitionRegisteredV1,
        intake.HandlingEvaluatedV1,
        reception.CardsIssuedV1,
        reception.CardDeliveredV1,
        reception.PreliminaryOpinionRecordedV1,
        reception.AppointmentNotifiedV1,
        reception.AppointmentRescheduledV1,
        reception.WorkHandedOverV1,
        reception.ReceptionHeldV1,
        reception.AnsweredOnSpotV1,
        reception.DecisionMadeV1,
        accountability.CircularIssuedV1,
    ),
    "accountability": (
        triage.DirectoryChangedV1,
        triage.PetitionForwardedV1,
        triage.PetitionAssignedV1,
        triage.PetitionRoutedV1,
        reception.PartyAbsentV1,
        supervision.CaseOpenedV1,
        supervision.SlipsIssuedV1,
        supervision.CaseOverdueV1,
        supervision.PromiseBrokenV1,
        supervision.ExplanationOverdueV1,
    ),
}

CALLS: Final[Mapping[str, tuple[type[Query[Any]], ...]]] = {
    "intake": (),
    "triage": (intake.GetPetition,),
    "reception": (intake.GetPetition, triage.GetDirectory),
    "supervision": (intake.GetPetition, triage.GetDirectory),
    "accountability": (triage.GetDirectory,),
}
"""Which questions a service may ask; orders go as events, so there is none of them here."""
