"""A county's supervision on a bench: what happens elsewhere, and the steps of its own, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from services.supervision import usecases
from services.supervision.documents import Names, Printing
from services.supervision.models import Base
from shared.contracts import accountability, intake, reception, supervision, triage
from shared.contracts.base import Event
from shared.contracts.common import SlipPost
from shared.contracts.fields import Document
from shared.messaging.inbox import Handling
from tests.support.bench import ServiceBench, at

NO: Final = "XF-20260601-0001"
UNIT: Final = "labour_bureau"
CO_UNIT: Final = "civil_affairs_bureau"
OTHER_UNIT: Final = "land_bureau"
SECRETARY: Final = "l_secretary"
RECEIVING: Final = "l_vice_head_labour"
AUTHORISATION: Final = "云委信〔2026〕1号"
SIX_LEADERS: Final = tuple(SlipPost)[:6]

ROUTED_AT: Final = at("2026-06-01 15:00")
CARD_ON: Final = date(2026, 6, 2)
DECIDED_AT: Final = at("2026-06-05 10:00")
DUE_ON: Final = date(2026, 7, 3)
STATUTORY_ON: Final = date(2026, 8, 3)
"""60 days from 2 June end on Saturday 1 August; the next working day is Monday the 3rd."""

_LEADERS: Final = (
    ("l_secretary", "party_secretary", ()),
    ("l_head", "county_head", ()),
    ("l_deputy_secretary", "deputy_party_secretary_in_charge", ("petition",)),
    ("l_vice_head_labour", "deputy_county_head_in_charge", ("labour", "pensions")),
    ("l_vice_head_land", "deputy_county_head_in_charge", ("land", "petition")),
    ("l_discipline", "discipline_secretary", ("party_discipline",)),
    ("l_organization", "organization_head", ()),
)


def paper(no: str) -> Document:
    """Make a document of another service."""
    return Document(no=no, sha256=sha256(no.encode()).hexdigest())


def directory(
    *,
    version: int = 1,
    authorised: bool = True,
    authorised_on: date = date(2026, 1, 5),
    without: Iterable[str] = (),
) -> triage.DirectoryChangedV1:
    """Announce the county's directory, without an authorisation or without some leaders."""
    absent = set(without)
    return triage.DirectoryChangedV1(
        version=version,
        office="petition_office",
        territories=(
            triage.TerritoryRow(code="county"),
            triage.TerritoryRow(code="sanchakou", parent="county"),
        ),
        fields=(triage.FieldRow(code="labour", side=triage.FieldSide.GOVERNMENT),),
        leaders=tuple(
            triage.LeaderRow(code=code, organ="county", posts=(post,), portfolio=portfolio)
            for code, post, portfolio in _LEADERS
            if code not in absent
        ),
        units=tuple(
            triage.UnitRow(code=code, kind=triage.UnitKind.GOVERNMENT, organ="county")
            for code in (UNIT, CO_UNIT, OTHER_UNIT)
        ),
        authorisations=(
            triage.AuthorisationRow(number=AUTHORISATION, issued_on=authorised_on, organ="county"),
        )
        if authorised
        else (),
    )


def printing() -> Printing:
    """Give the names and the petition's heading as triage and intake would answer."""
    view = triage.DirectoryView(
        version=1,
        office=triage.OfficeView(
            code="petition_office",
            name="云岭县信访局",
            address="云岭县人民路1号",
            phone="0000-12345",
        ),
        territories=(triage.TerritoryView(code="county", name="云岭县", parent=None),),
        fields=(),
        leaders=tuple(
            triage.LeaderView(
                code=code,
                name="某某",
                title="县领导",
                organ="county",
                posts=(post,),
                portfolio=portfolio,
                deputy=None,
            )
            for code, post, portfolio in _LEADERS
        ),
        units=tuple(
            triage.UnitView(
                code=code,
                name=name,
                kind=triage.UnitKind.GOVERNMENT,
                organ="county",
                fields=(),
                parent=None,
                address=None,
                phone=None,
            )
            for code, name in (
                (UNIT, "云岭县人社局"),
                (CO_UNIT, "云岭县民政局"),
                (OTHER_UNIT, "云岭县自然资源局"),
            )
        ),
        authorisations=(),
    )
    return Printing(names=Names(view), petitioner="张某", summary="拖欠工资")


@dataclass
class County:
    """Supervision's bench with the steps of a case as methods; each at `bench.now` unless told."""

    bench: ServiceBench

    # What other services tell.

    def hears(self, event: Event, *, now: datetime | None = None) -> Handling:
        """Deliver an event to the handler that listens to it."""
        name = event.wire_type.partition(".")[0]
        return self.bench.event(getattr(usecases, f"on_{name}"), event, now=now)

    def registers(self) -> None:
        """Register the petition."""
        self.hears(
            intake.PetitionRegisteredV1(
                petition_no=NO,
                form=intake.IntakeForm.VISIT,
                territory="county",
                registered_on=date(2026, 6, 1),
                received_on=date(2026, 6, 1),
                group=False,
                headcount=1,
                urgent=False,
                document=paper(f"{NO}-RC-1"),
            )
        )

    def routes(self, **changes: Any) -> Handling:
        """Route the petition to the leader in charge."""
        facts: dict[str, Any] = {
            "petition_no": NO,
            "node": "county",
            "organ": "county",
            "leader": RECEIVING,
            "leader_in_charge": RECEIVING,
            "principal": False,
            "severity": triage.Severity.COMPLEX,
            "field": "labour",
            "lead_unit": UNIT,
        }
        return self.hears(triage.PetitionRoutedV1(**(facts | changes)), now=ROUTED_AT)

    def delivers_card(self, addressee: str = UNIT, *, on: date = CARD_ON) -> Handling:
        """Deliver the notice card to a unit."""
        return self.hears(
            reception.CardDeliveredV1(
                petition_no=NO,
                set_no=f"{NO}-CA-1",
                card_no=f"{NO}-CA-1-2",
                kind=reception.CardKind.UNIT_NOTICE,
                addressee=addressee,
                delivered_on=on,
            ),
            now=at(f"{on} 16:00"),
        )

    def prepares(self) -> None:
        """Issue cards, record the preliminary opinion, notify and hold the meeting."""
        cards = tuple(
            reception.IssuedCard(
                kind=kind, addressee="petition_office", document=paper(f"{NO}-CA-1-{position}")
            )
            for position, kind in enumerate(reception.CardKind, start=1)
        )
        self.hears(
            reception.CardsIssuedV1(
                petition_no=NO,
                set_no=f"{NO}-CA-1",
                session="county-20260605",
                on=date(2026, 6, 5),
                leader=RECEIVING,
                lead_unit=UNIT,
                cards=cards,
            )
        )
        self.hears(
            reception.PreliminaryOpinionRecordedV1(
                petition_no=NO, leader=RECEIVING, units=(UNIT,), document=paper(f"{NO}-PO-1")
            )
        )
        self.hears(
            reception.AppointmentNotifiedV1(
                petition_no=NO,
                session="county-20260605",
                on=date(2026, 6, 5),
                starts_at="08:30",
                leader=RECEIVING,
                document=paper(f"{NO}-AN-1"),
            )
        )
        self.hears(
            reception.ReceptionHeldV1(
                petition_no=NO,
                session="county-20260605",
                on=date(2026, 6, 5),
                leader=RECEIVING,
                outcome=reception.ReceptionOutcome.DECISION,
                document=paper(f"{NO}-MR-1"),
            )
        )

    def decides(self, **changes: Any) -> Handling:
        """Take the leader's decision with two completion standards."""
        facts: dict[str, Any] = {
            "petition_no": NO,
            "on": date(2026, 6, 5),
            "leader": RECEIVING,
            "organ": "county",
            "field": "labour",
            "lead_unit": UNIT,
            "accepted_on": CARD_ON,
            "due_on": DUE_ON,
            "standards": (
                reception.DecidedStandard(
                    kind=reception.StandardKind.PAYMENT_MADE,
                    amount=reception.DecidedAmount(quantity=230000, unit="cny"),
                ),
                reception.DecidedStandard(kind=reception.StandardKind.EXPLANATION_GIVEN),
            ),
            "document": paper(f"{NO}-DE-1"),
        }
        return self.hears(reception.DecisionMadeV1(**(facts | changes)), now=DECIDED_AT)

    def answers_on_spot(self) -> Handling:
        """Answer the matter at the table."""
        return self.hears(
            reception.AnsweredOnSpotV1(
                petition_no=NO,
                on=date(2026, 6, 5),
                leader=RECEIVING,
                lead_unit=UNIT,
                accepted_on=CARD_ON,
                document=paper(f"{NO}-SA-1"),
            ),
            now=DECIDED_AT,
        )

    def forwards(self, transfer: int = 1, **changes: Any) -> Handling:
        """Forward the petition to its unit on the petition procedure."""
        facts: dict[str, Any] = {
            "petition_no": NO,
            "transfer_no": f"{NO}-TR-{transfer}",
            "unit": UNIT,
            "organ": "county",
            "field": "labour",
            "channel": triage.LegalChannel.PETITION_PROCEDURE,
            "document": paper(f"{NO}-TR-{transfer}"),
        }
        return self.hears(triage.PetitionForwardedV1(**(facts | changes)), now=ROUTED_AT)

    def assigns(self, due_on: date = DUE_ON, **changes: Any) -> Handling:
        """Assign the petition to its unit with a day."""
        facts: dict[str, Any] = {
            "petition_no": NO,
            "transfer_no": f"{NO}-TR-1",
            "unit": UNIT,
            "organ": "county",
            "field": "labour",
            "channel": triage.LegalChannel.PETITION_PROCEDURE,
            "due_on": due_on,
            "document": paper(f"{NO}-TR-1"),
        }
        return self.hears(triage.PetitionAssignedV1(**(facts | changes)), now=ROUTED_AT)

    def decides_objection(self, *, agreed: bool, now: datetime | None = None) -> Handling:
        """Decide the unit's objection at the petition office."""
        return self.hears(
            triage.ObjectionDecidedV1(
                petition_no=NO,
                transfer_no=f"{NO}-TR-1",
                agreed=agreed,
                document=paper(f"{NO}-OD-1"),
            ),
            now=now,
        )

    def issues_circular(self) -> Handling:
        """Issue a circular on the case."""
        return self.hears(
            accountability.CircularIssuedV1(
                circular_no=f"{NO}-CI-1",
                petition_no=NO,
                unit=UNIT,
                issuing_body=accountability.IssuingBody.COUNTY_COMMITTEE,
                document=paper(f"{NO}-CD-1"),
            )
        )

    def stands_decided(self, **changes: Any) -> None:
        """Come as far as the slips of a decision, the file complete up to there."""
        self.hears(directory())
        self.registers()
        self.routes()
        self.delivers_card()
        self.prepares()
        self.decides(**changes)
        self.bench.now = at("2026-06-08 09:00")

    # What supervision itself is told to do.

    def accepts(self, actor: str = f"unit:{UNIT}") -> supervision.CaseSummary:
        """Accept the transfer."""
        request = supervision.AcceptTransfer(request_id=self._id(), petition_no=NO)
        return self.bench.command(usecases.accept_transfer, request, actor=actor)

    def objects(self, actor: str = f"unit:{UNIT}") -> supervision.CaseSummary:
        """Object to the transfer."""
        request = supervision.ObjectToTransfer(
            request_id=self._id(), petition_no=NO, reason="该事项由自然资源部门主管。"
        )
        return self.bench.command(usecases.object_to_transfer, request, actor=actor)

    def acknowledges(self, slip: int, actor: str) -> supervision.SlipView:
        """Sign for a slip of the first set."""
        request = supervision.AcknowledgeSlip(request_id=self._id(), slip_no=f"{NO}-SL-1-{slip}")
        return self.bench.command(usecases.acknowledge_slip, request, actor=actor)

    def returns(self, slip: int, **changes: Any) -> supervision.SlipView:
        """Receive a slip of the first set back."""
        request = supervision.ReturnSlip(
            request_id=self._id(), slip_no=f"{NO}-SL-1-{slip}", **changes
        )
        return self.bench.command(usecases.return_slip, request, actor="officer:desk_1")

    def returns_all(self, served: Iterable[int] = range(1, 8)) -> None:
        """Receive every served slip back."""
        for slip in served:
            self.returns(slip)

    def reports(
        self,
        *,
        actor: str = f"unit:{UNIT}",
        to: Iterable[SlipPost] = SIX_LEADERS,
        standards: Iterable[int] = (1, 2),
    ) -> supervision.CaseSummary:
        """Report the result."""
        request = supervision.ReportResult(
            request_id=self._id(),
            petition_no=NO,
            reported_to=tuple(to),
            standards_met=tuple(
                supervision.MetStandard(standard=standard, evidence="银行回单")
                for standard in standards
            ),
            result="所欠工资已全部发放。",
        )
        return self.bench.command(usecases.report_result, request, actor=actor)

    def extends(
        self, days: int = 30, *, actor: str = f"organ_head:{UNIT}", told: bool = True
    ) -> supervision.CaseSummary:
        """Grant an extension."""
        request = supervision.GrantExtension(
            request_id=self._id(),
            petition_no=NO,
            days=days,
            reason="需要核对三年的工资台账。",
            petitioner_told=told,
        )
        return self.bench.command(usecases.grant_extension, request, actor=actor, facts=printing())

    def promises(
        self, promised_on: date, *, actor: str = f"unit:{UNIT}"
    ) -> supervision.CaseSummary:
        """Explain and promise."""
        request = supervision.RecordPromise(
            request_id=self._id(),
            petition_no=NO,
            explanation="施工方账户被冻结，正在协调垫付。",
            promised_on=promised_on,
        )
        return self.bench.command(usecases.record_promise, request, actor=actor, facts=printing())

    def delivers_opinion(
        self, *, actor: str = f"unit:{UNIT}", delivered_on: date | None = None
    ) -> supervision.CaseSummary:
        """Deliver the handling opinion."""
        request = supervision.DeliverOpinion(
            request_id=self._id(),
            petition_no=NO,
            outcome=supervision.OpinionOutcome.SUPPORTED,
            claim="发放所欠工资。",
            facts="拖欠属实。",
            opinion="责成施工单位发放。",
            legal_basis="《保障农民工工资支付条例》",
            delivered_on=delivered_on,
        )
        return self.bench.command(usecases.deliver_opinion, request, actor=actor, facts=printing())

    def closes(self, *, invited: bool = True) -> supervision.CaseSummary:
        """Close the case."""
        request = supervision.CloseCase(
            request_id=self._id(),
            petition_no=NO,
            evaluation_invited=invited,
            verification="已核实。",
        )
        return self.bench.command(usecases.close_case, request, actor="officer:desk_1")

    def archives(self) -> supervision.ArchiveView:
        """Archive the case."""
        request = supervision.ArchiveCase(request_id=self._id(), petition_no=NO)
        return self.bench.command(usecases.archive_case, request, actor="officer:desk_1")

    def case(self, actor: str = "officer:desk_1") -> supervision.CaseView:
        """Show the case."""
        return self.bench.query(usecases.get_case, supervision.GetCase(petition_no=NO), actor=actor)

    def slip_set(self, actor: str = "officer:desk_1") -> supervision.SlipSetView:
        """Show the slips."""
        return self.bench.query(
            usecases.get_slip_set,
            supervision.GetSlipSet(petition_no=NO),
            actor=actor,
            facts=printing(),
        )

    def passes_to(self, local: str) -> None:
        """Let time pass, and every deadline on the way fire."""
        self.bench.sweep(at(local), usecases.DEADLINES)

    def tells(self, event_type: type[Event]) -> list[Any]:
        """List the events of a type that were recorded."""
        return self.bench.recorded_of(event_type)

    def _id(self) -> str:
        return self.bench.request_id()


def county_on(url: str) -> County:
    """Set up supervision on a store."""
    bench = ServiceBench("supervision", Base, url=url)
    bench.deadline_handlers.update(usecases.DEADLINES)
    return County(bench)
