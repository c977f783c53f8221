"""The register itself: finding an entry, making one, adding a visit to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table

from services.intake import metrics
from services.intake.models import DayCount, Petition, PetitionStanding, Visit
from services.intake.rules import MilestoneKind, is_group, sorting_due
from services.intake.usecases.contents import Content, store_first_content
from services.intake.usecases.people import add_first_petitioners
from services.intake.usecases.receipts import (
    Receipt,
    digest_of_code,
    issue_receipt,
    receipt_code,
)
from services.intake.usecases.standings import begin_standing, hear
from shared.contracts.common import PetitionCategory, PetitionNotFound
from shared.contracts.intake import (
    IntakeForm,
    Person,
    PetitionRegisteredV1,
    VisitRecordedV1,
)
from shared.documents import canonical_json
from shared.messaging.work import Work

_DAY_COUNTS: Final = cast("Table", DayCount.__table__)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a new entry of the register is made of."""

    form: IntakeForm
    territory: str
    received_on: date
    headcount: int
    urgent: bool
    people: Sequence[Person]
    content: Content
    declared_category: PetitionCategory | None
    linked_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Entered:
    """A new entry with its standing, its first visit and its receipt."""

    petition: Petition
    standing: PetitionStanding
    visit: Visit
    receipt: Receipt


def petition_numbered(work: Work, petition_no: str) -> Petition:
    """Find a petition.

    Raises:
        PetitionNotFound: the register has no such number.
    """
    petition = work.session.get(Petition, petition_no)
    if petition is None:
        msg = f"the register has no petition {petition_no}; check the number"
        raise PetitionNotFound(msg)
    return petition


def standing_of(work: Work, petition_no: str) -> PetitionStanding:
    """Give the standing of a registered petition."""
    return work.session.get_one(PetitionStanding, petition_no)


def enter(work: Work, entry: Entry) -> Entered:
    """Enter a petition in the register, with its first visit and its receipt, and tell it."""
    petition = _write_petition(work, entry)
    standing = begin_standing(work, petition)
    visit = _write_visit(
        work,
        petition_no=petition.petition_no,
        position=1,
        form=entry.form,
        visited_on=entry.received_on,
        headcount=entry.headcount,
        note=None,
    )
    store_first_content(
        work,
        petition_no=petition.petition_no,
        content=entry.content,
        declared_category=entry.declared_category,
    )
    add_first_petitioners(
        work, petition_no=petition.petition_no, visit_no=visit.visit_no, people=entry.people
    )
    receipt = issue_receipt(
        work,
        petition_no=petition.petition_no,
        visit_no=visit.visit_no,
        sorting_due_on=petition.sorting_due_on,
        repeat=False,
    )
    _tell_registered(work, petition, receipt)
    return Entered(petition=petition, standing=standing, visit=visit, receipt=receipt)


def add_visit(
    work: Work,
    *,
    petition: Petition,
    form: IntakeForm,
    visited_on: date,
    headcount: int,
    note: Mapping[str, Any] | None,
) -> Visit:
    """Add one more visit to a petition and tell it; it is linked and never refused."""
    standing = standing_of(work, petition.petition_no)
    standing.visits += 1
    visit = _write_visit(
        work,
        petition_no=petition.petition_no,
        position=standing.visits,
        form=form,
        visited_on=visited_on,
        headcount=headcount,
        note=note,
    )
    hear(
        work,
        standing=standing,
        kind=MilestoneKind.VISIT_RECORDED,
        subject=visit.visit_no,
        occurred_at=work.now,
    )
    work.record(
        VisitRecordedV1(
            petition_no=petition.petition_no,
            visit_no=visit.visit_no,
            form=form,
            visited_on=visited_on,
            headcount=headcount,
        )
    )
    work.count(metrics.VISITS_RECORDED, form=form.value)
    return visit


def note_place(visit_no: str) -> str:
    """Name the place where what was said at a visit is sealed."""
    return f"visits|{visit_no}|sealed_note"


def _write_petition(work: Work, entry: Entry) -> Petition:
    day_number = work.next_of(_DAY_COUNTS, "last", on=work.today)
    petition_no = f"XF-{work.today:%Y%m%d}-{day_number:04d}"
    group = is_group(headcount=entry.headcount).allowed
    due = sorting_due(received_on=entry.received_on, calendar=work.calendar)
    petition = Petition(
        petition_no=petition_no,
        registered_on=work.today,
        day_number=day_number,
        form=entry.form,
        territory=entry.territory,
        received_on=entry.received_on,
        sorting_due_on=due.due_on,
        headcount=entry.headcount,
        group=group,
        urgent=entry.urgent,
        linked_to=entry.linked_to,
        receipt_digest=digest_of_code(work, receipt_code(work, petition_no)),
        registered_by=work.actor.id,
        registered_at=work.now,
    )
    work.begin(petition_no)
    work.append(petition)
    return petition


def _write_visit(
    work: Work,
    *,
    petition_no: str,
    position: int,
    form: IntakeForm,
    visited_on: date,
    headcount: int,
    note: Mapping[str, Any] | None,
) -> Visit:
    visit_no = work.number(petition_no, "VI")
    sealed = note and work.vault.seal(canonical_json(note), context=note_place(visit_no))
    visit = Visit(
        visit_no=visit_no,
        petition_no=petition_no,
        position=position,
        form=form,
        visited_on=visited_on,
        headcount=headcount,
        sealed_note=sealed or None,
        recorded_by=work.actor.id,
        recorded_at=work.now,
    )
    work.append(visit)
    return visit


def _tell_registered(work: Work, petition: Petition, receipt: Receipt) -> None:
    work.record(
        PetitionRegisteredV1(
            petition_no=petition.petition_no,
            form=petition.form,
            territory=petition.territory,
            registered_on=petition.registered_on,
            received_on=petition.received_on,
            group=petition.group,
            headcount=petition.headcount,
            urgent=petition.urgent,
            linked_to=petition.linked_to,
            document=receipt.document,
        )
    )
    work.count(
        metrics.PETITIONS_REGISTERED,
        form=petition.form.value,
        group="yes" if petition.group else "no",
    )
