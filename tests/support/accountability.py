"""Accountability as its callers meet it: overdue cases, and the steps of their circulars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.accountability import usecases
from services.accountability.documents import Names
from services.accountability.models import Base
from shared.contracts.accountability import (
    AnswerCircular,
    CircularView,
    DecideCircular,
    IssueCircular,
    IssuingBody,
)
from shared.contracts.supervision import (
    CaseOpenedV1,
    CaseOverdueV1,
    CaseRoute,
    OverdueClock,
)
from shared.contracts.triage import (
    DirectoryChangedV1,
    DirectoryView,
    LeaderRow,
    LeaderView,
    OfficeView,
    TerritoryView,
    UnitKind,
    UnitRow,
    UnitView,
)
from tests.support.bench import ServiceBench, at

UNIT: Final = "demolition_office"
LEADER: Final = "l_vice_head_land"
PROPOSED_AT: Final = at("2026-06-30 09:30")
_COMMITTEE: Final = "committee:county_committee"

_DIRECTORY: Final = DirectoryChangedV1(
    version=1,
    office="petition_office",
    territories=(),
    fields=(),
    leaders=(LeaderRow(code=LEADER, organ="county"),),
    units=(UnitRow(code=UNIT, kind=UnitKind.GOVERNMENT, organ="county"),),
)
NAMES: Final = Names(
    DirectoryView(
        version=1,
        office=OfficeView(code="petition_office", name="云岭县信访局", address="一号", phone="0"),
        territories=(TerritoryView(code="county", name="云岭县", parent=None),),
        fields=(),
        leaders=(
            LeaderView(
                code=LEADER,
                name="某某",
                title="副县长",
                organ="county",
                posts=(),
                portfolio=(),
                deputy=None,
            ),
        ),
        units=(
            UnitView(
                code=UNIT,
                name="云岭县房屋征收办公室",
                kind=UnitKind.GOVERNMENT,
                organ="county",
                fields=(),
                parent=None,
                address=None,
                phone=None,
            ),
        ),
        authorisations=(),
    )
)


@dataclass
class Accountability:
    """Accountability on a bench; each step at `bench.now`."""

    bench: ServiceBench

    @classmethod
    def at(cls, url: str) -> Accountability:
        """Set it up on a store, with the directory."""
        bench = ServiceBench("accountability", Base, url=url, now=PROPOSED_AT)
        bench.event(usecases.on_directory_changed, _DIRECTORY)
        return cls(bench)

    def proposes(self, petition_no: str, *, route: CaseRoute = CaseRoute.LEADER) -> str:
        """Hear of a case and that it is overdue; give the number of the circular proposed."""
        self.bench.event(
            usecases.on_case_opened,
            CaseOpenedV1(
                petition_no=petition_no, route=route, unit=UNIT, accepted_on=date(2026, 6, 3)
            ),
        )
        self.bench.event(
            usecases.on_case_overdue,
            CaseOverdueV1(
                petition_no=petition_no,
                clock=OverdueClock.SLIP,
                unit=UNIT,
                route=route,
                due_on=date(2026, 6, 26),
            ),
        )
        return f"{petition_no}-CI-1"

    def decides(
        self, circular_no: str, *, approved: bool = True, person: str | None = None
    ) -> CircularView:
        """Approve or reject."""
        request = DecideCircular(
            request_id=self.bench.request_id(),
            circular_no=circular_no,
            approved=approved,
            reason="逾期未落实，无正当理由。",
            issuing_body=IssuingBody.COUNTY_COMMITTEE,
            person=person,
        )
        return self.bench.command(usecases.decide_circular, request, actor=_COMMITTEE)

    def answers(self, circular_no: str, actor: str = f"unit:{UNIT}") -> CircularView:
        """Answer, by one of those named."""
        request = AnswerCircular(
            request_id=self.bench.request_id(),
            circular_no=circular_no,
            answer="已制定整改时间表。",
        )
        return self.bench.command(usecases.answer_circular, request, actor=actor)

    def issues(self, circular_no: str) -> CircularView:
        """Issue."""
        request = IssueCircular(request_id=self.bench.request_id(), circular_no=circular_no)
        return self.bench.command(usecases.issue_circular, request, actor=_COMMITTEE, facts=NAMES)
