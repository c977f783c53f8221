"""The entrypoints of reception (访中联办): one service class for each node."""

from __future__ import annotations

import os
from functools import partial
from typing import Final

from services.reception import usecases
from services.reception.documents import Names
from services.reception.models import Base
from services.reception.node import COUNTY_NODE, Node
from services.reception.regime import load_regime
from services.reception.standing import how_it_stands
from services.reception.usecases.asking import CaseFacts
from shared.contracts import reception as contract
from shared.contracts.triage import DirectoryChangedV1, NodeRetiredV1, PetitionRoutedV1
from shared.messaging import Envelope, Work
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging
from shared.settings import NodeSettings

_OWN: Final = "OwnReceptionService"


def make_reception_service(  # noqa: C901 - a class body of one-line methods, no branches.
    node: str,
    *,
    territory: str | None = None,
    department: str | None = None,
    regime: str = "county",
    metrics: str | None = None,
    opening: str | None = None,
) -> type:
    """Make the service class of a node, named ``reception_<node>``.

    Args:
        node: the node's code, such as `county` or a township's.
        territory: the organ whose leaders receive here; the node's own code where left out.
        department: the department it receives for, where it is a department's node.
        regime: the rules of reception in force here, by name, or by the path of a file.
        metrics: where others find its figures, as host and port.
        opening: what names this opening; with another one than before a retired node opens again.

    Raises:
        RegimeInvalid: there is no such regime, its file has faults, or it is not for this node.
    """
    service = f"reception_{node}"
    this = Node(
        code=node,
        service=service,
        territory=territory or node,
        department=department,
        regime=load_regime(regime),
        metrics=metrics,
        opening=opening,
    )

    class ReceptionService:
        """When, where and before whom a petition is heard, and the one decision on it."""

        name = service

        messaging = Messaging(
            owner="reception",
            base=Base,
            deadlines=usecases.deadlines_of(this),
            on_start=partial(usecases.announce, node=this),
            standing=partial(how_it_stands, node=this),
        )

        @command(contract.PlanSessions)
        def plan_sessions(self, work: Work, request: contract.PlanSessions) -> contract.SessionList:
            """Plan the sessions of a period (C-03, D-17)."""
            return usecases.plan_sessions(work, request, node=this)

        @command(contract.PublishSessions, ask=usecases.facts_for_publishing)
        def publish_sessions(
            self, work: Work, request: contract.PublishSessions, names: Names
        ) -> contract.SessionList:
            """Publish planned sessions ahead of their day (L22-18)."""
            return usecases.publish_sessions(work, request, names)

        @command(contract.SwapDuty, ask=usecases.facts_for_swap)
        def swap_duty(
            self, work: Work, request: contract.SwapDuty, names: Names
        ) -> contract.DutySwap:
            """Let two leaders of the rota change places (M-14, D-16)."""
            return usecases.swap_duty(work, request, names, node=this)

        @query(contract.ListSessions)
        def list_sessions(self, work: Work, request: contract.ListSessions) -> contract.SessionList:
            """List sessions."""
            return usecases.list_sessions(work, request)

        @query(contract.NoticeBoard, ask=usecases.facts_for_board)
        def notice_board(
            self, work: Work, request: contract.NoticeBoard, names: Names | None
        ) -> contract.NoticeBoardView:
            """Show the notice board (P-2)."""
            return usecases.notice_board(work, request, names, node=this)

        @command(contract.IssueCards)
        def issue_cards(self, work: Work, request: contract.IssueCards) -> contract.CardSetView:
            """Issue or re-issue a petition's four cards (C-07, C-08)."""
            return usecases.issue_cards(work, request)

        @command(contract.DeliverCard)
        def deliver_card(self, work: Work, request: contract.DeliverCard) -> contract.CardView:
            """Record that a card reached its addressee (D-21)."""
            return usecases.deliver_card(work, request)

        @query(contract.GetCardSet, ask=usecases.facts_for_card_set)
        def get_card_set(
            self, work: Work, request: contract.GetCardSet, facts: CaseFacts
        ) -> contract.CardSetView:
            """Show a petition's cards to those who must handle them (C-09, D-12)."""
            return usecases.get_card_set(work, request, facts)

        @command(contract.RecordPreliminaryOpinion)
        def record_preliminary_opinion(
            self, work: Work, request: contract.RecordPreliminaryOpinion
        ) -> contract.OpinionRecorded:
            """Record the preliminary opinion (C-11, D-11)."""
            return usecases.record_preliminary_opinion(work, request)

        @command(contract.PlanDocket)
        def plan_docket(self, work: Work, request: contract.PlanDocket) -> contract.DocketView:
            """Give the prepared petitions of a session their hours (D-10)."""
            return usecases.plan_docket(work, request)

        @query(contract.GetDocket)
        def get_docket(self, work: Work, request: contract.GetDocket) -> contract.DocketView:
            """Show the docket of a session."""
            return usecases.get_docket(work, request)

        @command(contract.NotifyAppointment, ask=usecases.facts_for_appointment)
        def notify_appointment(
            self, work: Work, request: contract.NotifyAppointment, facts: CaseFacts
        ) -> contract.AppointmentView:
            """Send the appointment notice (C-12, T11)."""
            return usecases.notify_appointment(work, request, facts)

        @command(contract.RecordAttendance)
        def record_attendance(
            self, work: Work, request: contract.RecordAttendance
        ) -> contract.AttendanceView:
            """Record who came (C-13, D-13)."""
            return usecases.record_attendance(work, request)

        @command(contract.HoldReception)
        def hold_reception(
            self, work: Work, request: contract.HoldReception
        ) -> contract.ReceptionView:
            """Hold the four-party meeting and take its one outcome (C-13, C-15, D-14)."""
            return usecases.hold_reception(work, request)

        @command(contract.SignRecord)
        def sign_record(self, work: Work, request: contract.SignRecord) -> contract.ReceptionView:
            """Add signatures to a meeting's record (D-15)."""
            return usecases.sign_record(work, request)

        @query(contract.GetReception)
        def get_reception(
            self, work: Work, request: contract.GetReception
        ) -> contract.ReceptionView:
            """Show how a petition was received."""
            return usecases.get_reception(work, request)

        @listens(DirectoryChangedV1)
        def on_directory_changed(
            self, work: Work, event: DirectoryChangedV1, envelope: Envelope
        ) -> None:
            """Take over a version of the directory."""
            usecases.on_directory_changed(work, event, envelope, node=this)

        @listens(contract.NodeOpenedV1)
        def on_node_opened(
            self, work: Work, event: contract.NodeOpenedV1, envelope: Envelope
        ) -> None:
            """Put a receiving point on the notice board (L22-18)."""
            usecases.on_node_opened(work, event, envelope)

        @listens(contract.NodeDescribedV1)
        def on_node_described(
            self, work: Work, event: contract.NodeDescribedV1, envelope: Envelope
        ) -> None:
            """Put on the notice board what was there before this node opened (L22-18)."""
            usecases.on_node_described(work, event, envelope)

        @listens(contract.SessionsPublishedV1)
        def on_sessions_published(
            self, work: Work, event: contract.SessionsPublishedV1, envelope: Envelope
        ) -> None:
            """Put another node's sessions on the notice board (L22-18)."""
            usecases.on_sessions_published(work, event, envelope)

        @listens(PetitionRoutedV1)
        def on_petition_routed(
            self, work: Work, event: PetitionRoutedV1, envelope: Envelope
        ) -> None:
            """Take in a petition for a leader of this node (T8, T9)."""
            usecases.on_petition_routed(work, event, envelope)

        @query(contract.GetHandOver, ask=usecases.facts_for_hand_over)
        def get_hand_over(
            self, work: Work, request: contract.GetHandOver, facts: CaseFacts
        ) -> contract.HandOverView:
            """Show how a petition left this node when it was retired (D-30)."""
            return usecases.get_hand_over(work, request, facts, node=this)

        @query(contract.GetOpenWork)
        def get_open_work(self, work: Work, request: contract.GetOpenWork) -> contract.OpenWork:
            """Count what is open here, also what a retired node still has to hand over (D-30)."""
            return usecases.get_open_work(work, request)

        @listens(NodeRetiredV1)
        def on_node_retired(self, work: Work, event: NodeRetiredV1, envelope: Envelope) -> None:
            """Hand over what is open here where it is this node that was retired (D-30)."""
            usecases.on_node_retired(work, event, envelope)

    return ReceptionService


def make_service_told(told: NodeSettings) -> type:
    """Make the service class of the node that a process is told to be, else of the county's own.

    Raises:
        RegimeInvalid: as `make_reception_service`.
    """
    return make_reception_service(
        told.node or COUNTY_NODE,
        territory=told.node_territory or None,
        department=told.node_department or None,
        regime=told.regime,
        metrics=told.metrics_address or None,
        opening=told.node_opening or None,
    )


def __dir__() -> list[str]:
    """Name what is here, and the class that is only made when someone asks for it."""
    return [*globals(), _OWN]


def __getattr__(name: str) -> type:
    """Make the class of the node in the environment: ``nameko run`` looks for one in here."""
    if name != _OWN:
        msg = f"module {__name__} has no attribute {name}"
        raise AttributeError(msg)
    return make_service_told(NodeSettings.read(os.environ))
