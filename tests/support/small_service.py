"""A service just large enough to try the mechanism with: visits on petitions, cases seen.

It speaks contracts of intake, so that the policy knows its calls; its tables and use cases are its
own.  No column is unique that counts effects: what is done twice must be seen twice.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.common import PetitionNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.intake import (
    FindPetitions,
    IntakeForm,
    PetitionList,
    RecordVisit,
    VisitReceipt,
    VisitRecordedV1,
)
from shared.contracts.supervision import CaseOpenedV1, CaseOverdueV1, CaseRoute, OverdueClock
from shared.database import COLUMN_TYPES, metadata_for
from shared.deadlines import Deadline
from shared.messaging import TooEarly, Work

NO: Final = "XF-20260601-0001"
OTHER_NO: Final = "XF-20260601-0002"
UNREGISTERED: Final = "XF-20260601-9999"


class Base(DeclarativeBase):
    """The base of the small service's tables."""

    metadata = metadata_for("intake")
    type_annotation_map = COLUMN_TYPES


class Visit(Base):
    """One effect of one command."""

    __tablename__ = "visits"

    visit_id: Mapped[int] = mapped_column(primary_key=True)
    petition_no: Mapped[str]
    visit_no: Mapped[str]
    recorded_by: Mapped[str]


class SeenCase(Base):
    """One effect of one event."""

    __tablename__ = "seen_cases"

    seen_id: Mapped[int] = mapped_column(primary_key=True)
    petition_no: Mapped[str]
    what: Mapped[str]
    event_id: Mapped[str]


class Reminder(Base):
    """One effect of one deadline."""

    __tablename__ = "reminders"

    reminder_id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]


def visit(request_id: str, petition_no: str = NO) -> RecordVisit:
    return RecordVisit(request_id=request_id, petition_no=petition_no, form=IntakeForm.VISIT)


def record_visit(work: Work, request: RecordVisit) -> VisitReceipt:
    """Write a visit, then refuse it where the petition is unknown: the row must not stay."""
    document = work.document(request.petition_no, "RC", {"form": request.form})
    work.session.add(
        Visit(
            petition_no=request.petition_no,
            visit_no=document.no,
            recorded_by=work.actor.id,
        )
    )
    work.record(
        VisitRecordedV1(
            petition_no=request.petition_no,
            visit_no=document.no,
            form=request.form,
            visited_on=work.today,
            headcount=request.headcount,
        )
    )
    work.deadlines.schedule_at(
        kind="remind",
        subject=document.no,
        petition_no=request.petition_no,
        fires_at=work.now + timedelta(days=1),
    )
    work.session.flush()
    if request.petition_no == UNREGISTERED:
        msg = f"no petition {request.petition_no} is registered; check the number"
        raise PetitionNotFound(msg)
    return VisitReceipt(petition_no=request.petition_no, visit_no=document.no, document=document)


def find_petitions(work: Work, request: FindPetitions) -> PetitionList:
    latest = work.session.execute(
        select(func.max(Visit.petition_no)).where(Visit.petition_no > (request.after or ""))
    ).scalar()
    return PetitionList(petitions=(), next_after=latest)


def case_opened(petition_no: str = NO) -> CaseOpenedV1:
    return CaseOpenedV1(
        petition_no=petition_no,
        route=CaseRoute.LEADER,
        unit="water_affairs",
        accepted_on=date(2026, 6, 1),
    )


def case_overdue(petition_no: str = NO) -> CaseOverdueV1:
    return CaseOverdueV1(
        petition_no=petition_no,
        clock=OverdueClock.SLIP,
        unit="water_affairs",
        route=CaseRoute.LEADER,
        due_on=date(2026, 6, 30),
    )


def on_case_opened(work: Work, event: CaseOpenedV1, envelope: Envelope) -> None:
    _see(work, event.petition_no, "opened", envelope)


def on_case_overdue(work: Work, event: CaseOverdueV1, envelope: Envelope) -> None:
    opened = select(SeenCase.seen_id).where(
        SeenCase.petition_no == event.petition_no, SeenCase.what == "opened"
    )
    if work.session.execute(opened).first() is None:
        raise TooEarly(CaseOpenedV1.wire_type)
    _see(work, event.petition_no, "overdue", envelope)


def _see(work: Work, petition_no: str, what: str, envelope: Envelope) -> None:
    work.session.add(SeenCase(petition_no=petition_no, what=what, event_id=envelope.event_id))
    work.record(
        VisitRecordedV1(
            petition_no=petition_no,
            visit_no=work.number(petition_no, "RC"),
            form=IntakeForm.PHONE,
            visited_on=work.today,
            headcount=1,
        )
    )


def remind(work: Work, deadline: Deadline) -> None:
    work.session.add(Reminder(subject=deadline.subject))


HANDLERS: Final = {"remind": remind}
