"""A reception node on a bench: what happens elsewhere, and the steps of its own, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from services.reception import usecases
from services.reception.documents import Names
from services.reception.models import Base
from services.reception.node import Node
from services.reception.regime import load_regime
from services.reception.usecases.asking import CaseFacts
from shared.contracts import reception, triage
from shared.contracts.fields import Amount
from shared.messaging.inbox import Handling
from tests.support.bench import ServiceBench, at

NO: Final = "XF-20260601-0001"
OTHER_NO: Final = "XF-20260601-0002"
UNIT: Final = "labour_bureau"
CO_UNIT: Final = "civil_affairs_bureau"
LEADER: Final = "l_vice_head_labour"
PRINCIPAL: Final = "l_head"
PETITIONER: Final = "张某某"
FRIDAY: Final = "county-20260605"
NEXT_FRIDAY: Final = "county-20260612"

PLANNED_AT: Final = at("2026-05-20 09:00")
ROUTED_AT: Final = at("2026-06-01 15:00")
PREPARED_AT: Final = at("2026-06-03 10:00")
MEETING_AT: Final = at("2026-06-05 09:00")
NEXT_MEETING_AT: Final = at("2026-06-12 09:00")

_LEADERS: Final = (
    ("l_secretary", "县委书记", "county", ("party_secretary",), ()),
    (PRINCIPAL, "县长", "county", ("county_head",), ()),
    (LEADER, "副县长", "county", ("deputy_county_head_in_charge",), ("labour", "pensions")),
    ("l_mayor_sanchakou", "镇长", "sanchakou", (), ("land",)),
)
_TOWNSHIP_LEADERS: Final = tuple(
    (f"l_town_{letter}", "副镇长", "sanchakou", (), ("land",)) for letter in "abcd"
)
"""Known by name, and of the township where a test says so."""
_FIELDS: Final = (("labour", "劳动保障"), ("pensions", "养老保险"), ("land", "土地管理"))
_UNITS: Final = ((UNIT, "云岭县人社局"), (CO_UNIT, "云岭县民政局"), ("court", "云岭县人民法院"))


def node_of(code: str = "county", regime: str = "county") -> Node:
    """Describe a node, of the county's regime unless told."""
    return Node(code=code, service=f"reception_{code}", territory=code, regime=load_regime(regime))


def directory(
    *, version: int = 1, township: tuple[str, ...] = ("l_mayor_sanchakou",)
) -> triage.DirectoryChangedV1:
    """Announce the directory as triage does, by code; `township` are the leaders of sanchakou."""
    there = tuple(
        triage.LeaderRow(code=code, organ="sanchakou", portfolio=("land",)) for code in township
    )
    return triage.DirectoryChangedV1(
        version=version,
        office="petition_office",
        territories=(triage.TerritoryRow(code="county"),),
        fields=tuple(
            triage.FieldRow(code=code, side=triage.FieldSide.GOVERNMENT) for code, _ in _FIELDS
        ),
        leaders=tuple(
            triage.LeaderRow(code=code, organ=organ, posts=posts, portfolio=portfolio)
            for code, _, organ, posts, portfolio in _LEADERS
            if organ == "county"
        )
        + there,
        units=tuple(
            triage.UnitRow(code=code, kind=triage.UnitKind.GOVERNMENT, organ="county")
            for code, _ in _UNITS
        ),
    )


def names(**changes: Any) -> Names:
    """Answer with the directory's names; `changes` are of every leader."""
    return Names(
        triage.DirectoryView(
            version=1,
            office=triage.OfficeView(
                code="petition_office",
                name="云岭县信访局",
                address="云岭县人民路1号",
                phone="0000-12345",
            ),
            territories=(
                triage.TerritoryView(code="county", name="云岭县", parent=None),
                triage.TerritoryView(code="sanchakou", name="三岔口镇", parent="county"),
            ),
            fields=tuple(
                triage.FieldView(code=code, name=name, side=triage.FieldSide.GOVERNMENT)
                for code, name in _FIELDS
            ),
            leaders=tuple(
                triage.LeaderView(
                    **(
                        {
                            "code": code,
                            "name": "某某",
                            "title": title,
                            "organ": organ,
                            "posts": posts,
                            "portfolio": portfolio,
                            "deputy": None,
                        }
                        | changes
                    )
                )
                for code, title, organ, posts, portfolio in (*_LEADERS, *_TOWNSHIP_LEADERS)
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
                for code, name in _UNITS
            ),
            authorisations=(),
        )
    )


def case_facts() -> CaseFacts:
    """Answer with who petitions and what for, as intake and triage would."""
    return CaseFacts(names=names(), petitioner=PETITIONER, summary="拖欠工资")


def came(party: reception.Party, **facts: Any) -> reception.PartyAttendance:
    """Record a party as present."""
    stated: dict[str, Any] = {"party": party, "present": True}
    return reception.PartyAttendance(**(stated | facts))


def everyone(
    *replacing: reception.PartyAttendance, units: tuple[str, ...] = (UNIT,)
) -> tuple[reception.PartyAttendance, ...]:
    """Record all four parties as present, but for those given otherwise."""
    usual = (
        came(reception.Party.PETITIONER),
        came(reception.Party.LEADER),
        *(came(reception.Party.UNIT, unit=unit) for unit in units),
        came(reception.Party.PETITION_OFFICER),
    )
    table = {(party.party, party.unit): party for party in (*usual, *replacing)}
    return tuple(table.values())


@dataclass
class NodeBench:
    """A node's bench, with the steps of a reception as methods; each at its usual moment."""

    bench: ServiceBench
    node: Node

    @classmethod
    def at(cls, url: str, code: str = "county", *, regime: str = "county") -> NodeBench:
        """Set up a node on a store."""
        bench = ServiceBench("reception", Base, node=code, url=url, now=PLANNED_AT)
        node = node_of(code, regime)
        bench.deadline_handlers.update(usecases.deadlines_of(node))
        return cls(bench=bench, node=node)

    # What triage tells.

    def hears_directory(
        self, *, version: int = 1, now: datetime | None = None, **changes: Any
    ) -> Handling:
        """Hear of a version of the directory."""
        return self.bench.event(
            partial(usecases.on_directory_changed, node=self.node),
            directory(version=version, **changes),
            now=now,
        )

    def hears_routing(
        self,
        number: str = NO,
        *,
        now: datetime = ROUTED_AT,
        case_version: int = 1,
        event_id: str | None = None,
        **changes: Any,
    ) -> Handling:
        """Hear that a petition was routed to a leader here."""
        facts: dict[str, Any] = {
            "petition_no": number,
            "node": self.node.code,
            "organ": "county",
            "leader": LEADER,
            "leader_in_charge": LEADER,
            "principal": False,
            "severity": triage.Severity.COMPLEX,
            "field": "labour",
            "lead_unit": UNIT,
        }
        return self.bench.event(
            usecases.on_petition_routed,
            triage.PetitionRoutedV1(**(facts | changes)),
            now=now,
            case_version=case_version,
            event_id=event_id,
        )

    # What happens here.

    def plans(
        self,
        from_on: str = "2026-06-05",
        until_on: str = "2026-06-12",
        *,
        now: datetime = PLANNED_AT,
        **changes: Any,
    ) -> reception.SessionList:
        """Plan sessions."""
        facts: dict[str, Any] = {"place": "县信访接待大厅"}
        return self.bench.command(
            partial(usecases.plan_sessions, node=self.node),
            reception.PlanSessions(
                request_id=self.bench.request_id(),
                from_on=date.fromisoformat(from_on),
                until_on=date.fromisoformat(until_on),
                **(facts | changes),
            ),
            actor="officer:desk_1",
            now=now,
        )

    def publishes(
        self,
        from_on: str = "2026-06-05",
        until_on: str = "2026-06-12",
        *,
        now: datetime = PLANNED_AT,
        facts: Names | None = None,
    ) -> reception.SessionList:
        """Publish sessions."""
        return self.bench.command(
            usecases.publish_sessions,
            reception.PublishSessions(
                request_id=self.bench.request_id(),
                from_on=date.fromisoformat(from_on),
                until_on=date.fromisoformat(until_on),
            ),
            actor="officer:desk_1",
            now=now,
            facts=facts or names(),
        )

    def opens(self) -> None:
        """Hear the directory, then plan and publish two Fridays."""
        self.hears_directory()
        self.plans()
        self.publishes()

    def issues_cards(
        self, number: str = NO, *, now: datetime = PREPARED_AT, reason: str | None = None
    ) -> reception.CardSetView:
        """Issue a petition's cards by hand."""
        return self.bench.command(
            usecases.issue_cards,
            reception.IssueCards(
                request_id=self.bench.request_id(), petition_no=number, reason=reason
            ),
            actor="officer:desk_1",
            now=now,
        )

    def delivers(
        self, card_no: str = f"{NO}-CA-1-2", *, now: datetime = PREPARED_AT, on: str | None = None
    ) -> reception.CardView:
        """Deliver a card."""
        return self.bench.command(
            usecases.deliver_card,
            reception.DeliverCard(
                request_id=self.bench.request_id(),
                card_no=card_no,
                delivered_on=date.fromisoformat(on) if on else None,
            ),
            now=now,
        )

    def shows_cards(
        self, number: str = NO, *, actor: str = "officer:desk_1"
    ) -> reception.CardSetView:
        """Show a petition's cards."""
        return self.bench.query(
            usecases.get_card_set,
            reception.GetCardSet(petition_no=number),
            actor=actor,
            facts=case_facts(),
        )

    def records_opinion(
        self,
        number: str = NO,
        *,
        consulting: str = LEADER,
        units: tuple[str, ...] = (UNIT,),
        now: datetime = PREPARED_AT,
        opinion: str = "建议分期支付",
    ) -> reception.OpinionRecorded:
        """Record the preliminary opinion."""
        return self.bench.command(
            usecases.record_preliminary_opinion,
            reception.RecordPreliminaryOpinion(
                request_id=self.bench.request_id(),
                petition_no=number,
                leader_consulted=consulting,
                positions=tuple(
                    reception.UnitPosition(unit=unit, position="同意先行垫付") for unit in units
                ),
                opinion=opinion,
            ),
            actor="officer:desk_1",
            now=now,
        )

    def notifies(
        self, number: str = NO, *, starts_at: str | None = None, now: datetime = PREPARED_AT
    ) -> reception.AppointmentView:
        """Send the appointment notice."""
        return self.bench.command(
            usecases.notify_appointment,
            reception.NotifyAppointment(
                request_id=self.bench.request_id(), petition_no=number, starts_at=starts_at
            ),
            now=now,
            facts=case_facts(),
        )

    def invites(self, number: str = NO, **routing: Any) -> None:
        """Bring a petition to its appointment: routed, opinion recorded, notified."""
        self.hears_routing(number, **routing)
        self.records_opinion(number, units=(UNIT, *routing.get("co_units", ())))
        self.notifies(number)

    def plans_docket(
        self, session: str = FRIDAY, *, now: datetime = PREPARED_AT
    ) -> reception.DocketView:
        """Plan a session's docket."""
        return self.bench.command(
            usecases.plan_docket,
            reception.PlanDocket(request_id=self.bench.request_id(), session=session),
            actor="officer:desk_1",
            now=now,
        )

    def attends(
        self,
        *replacing: reception.PartyAttendance,
        number: str = NO,
        now: datetime = MEETING_AT,
        parties: tuple[reception.PartyAttendance, ...] | None = None,
        units: tuple[str, ...] = (UNIT,),
    ) -> reception.AttendanceView:
        """Record attendance: everyone came, but for the parties given."""
        return self.bench.command(
            usecases.record_attendance,
            reception.RecordAttendance(
                request_id=self.bench.request_id(),
                petition_no=number,
                parties=everyone(*replacing, units=units) if parties is None else parties,
            ),
            actor="officer:desk_1",
            now=now,
        )

    def holds(
        self,
        number: str = NO,
        *,
        now: datetime = MEETING_AT,
        actor: str = f"leader:{LEADER}",
        **changes: Any,
    ) -> reception.ReceptionView:
        """Hold the meeting with a decision."""
        facts: dict[str, Any] = {
            "outcome": reception.ReceptionOutcome.DECISION,
            "text": "由人社局牵头督促企业付清工资",
            "record": "四方到场，逐项核对金额",
            "due_on": date(2026, 7, 31),
            "standards": (
                reception.CompletionStandard(
                    kind=reception.StandardKind.PAYMENT_MADE,
                    amount=Amount(quantity=230_000, unit="cny"),
                ),
            ),
        }
        return self.bench.command(
            usecases.hold_reception,
            reception.HoldReception(
                request_id=self.bench.request_id(), petition_no=number, **(facts | changes)
            ),
            actor=actor,
            now=now,
        )

    def answers(self, **changes: Any) -> reception.ReceptionView:
        """Hold the meeting with an answer on the spot."""
        facts: dict[str, Any] = {
            "outcome": reception.ReceptionOutcome.ANSWERED_ON_SPOT,
            "due_on": None,
            "standards": (),
        }
        return self.holds(**(facts | changes))

    def signs(
        self, *signatures: reception.Signature, now: datetime = MEETING_AT
    ) -> reception.ReceptionView:
        """Sign the record."""
        return self.bench.command(
            usecases.sign_record,
            reception.SignRecord(
                request_id=self.bench.request_id(), petition_no=NO, signatures=signatures
            ),
            actor="officer:desk_1",
            now=now,
        )

    def shows_reception(
        self, number: str = NO, *, actor: str = "officer:desk_1"
    ) -> reception.ReceptionView:
        """Show how a petition was received."""
        return self.bench.query(
            usecases.get_reception, reception.GetReception(petition_no=number), actor=actor
        )

    def shows_board(
        self, *, facts: Names | None = None, now: datetime | None = None, **bounds: Any
    ) -> reception.NoticeBoardView:
        """Show the notice board, to anyone."""
        return self.bench.query(
            partial(usecases.notice_board, node=self.node),
            reception.NoticeBoard(**bounds),
            actor="petitioner:guest",
            now=now,
            facts=facts,
        )

    def swaps(
        self,
        session: str,
        counterpart: str,
        *,
        now: datetime = PLANNED_AT,
        actor: str = "officer:desk_1",
    ) -> reception.DutySwap:
        """Let two leaders of the rota change places."""
        return self.bench.command(
            partial(usecases.swap_duty, node=self.node),
            reception.SwapDuty(
                request_id=self.bench.request_id(),
                session=session,
                counterpart=counterpart,
                reason="因公外出",
            ),
            actor=actor,
            now=now,
            facts=names(),
        )

    def shows_docket(self, session: str = FRIDAY) -> reception.DocketView:
        """Show a session's docket."""
        return self.bench.query(usecases.get_docket, reception.GetDocket(session=session))
