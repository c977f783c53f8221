"""Registering petitions and visits: everyone who comes is entered, whatever else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from services.intake import metrics
from services.intake.models import Petition, PetitionStanding, Visit
from services.intake.rules import (
    Arrival,
    EntryKind,
    Form,
    Standing,
    entry_for,
    may_be_received_on,
    may_form_be_entered,
)
from services.intake.usecases.contents import Content
from services.intake.usecases.directory import check_codes
from services.intake.usecases.people import add_petitioners, petitions_of_same_people
from services.intake.usecases.receipts import Receipt, issue_receipt
from services.intake.usecases.register import (
    Entry,
    add_visit,
    enter,
    petition_numbered,
    standing_of,
)
from services.intake.usecases.representatives import accept_list
from shared.contracts.base import Refusal
from shared.contracts.common import DateInFuture, PetitionNotFound
from shared.contracts.fields import RefusedPart
from shared.contracts.intake import (
    FormEnteredByOffice,
    PetitionReceipt,
    ReceivedOnOtherDay,
    ReceivedTooLongAgo,
    RecordVisit,
    RegisterPetition,
    Stage,
    VisitReceipt,
)
from shared.messaging.work import Work
from shared.policy import Role

_DATE_REFUSALS: Final[dict[str, tuple[type[Refusal], str]]] = {
    "not_received_later": (
        DateInFuture,
        "received_on {on} lies after today, {today}; give the day it arrived",
    ),
    "petitioner_enters_it_on_the_day": (
        ReceivedOnOtherDay,
        "what a petitioner enters is received today, {today}, not on {on}; leave received_on out",
    ),
    "within_sorting_limit": (
        ReceivedTooLongAgo,
        "received_on {on} lies before the time for sorting that ends {today}; import such a record",
    ),
}


def register_petition(work: Work, request: RegisterPetition) -> PetitionReceipt:
    """Register a petition, or a visit on the open petition of the same matter.

    Raises:
        FormEnteredByOffice: a petitioner alone enters another form than an online one.
        DirectoryMissing, TerritoryUnknown, FieldUnknown, UnitUnknown, LeaderUnknown: a code is
            not in the directory.
        DateInFuture, ReceivedOnOtherDay, ReceivedTooLongAgo: the day of receipt cannot be so.
        PetitionNotFound: the petition it is said to repeat is not in the register.
    """
    _require_form_of_who_enters(work, request)
    check_codes(work, request)
    received_on = _day_of_receipt(work, request)
    earlier = _earlier_petition(work, request)
    kind = entry_for(
        Arrival(
            repeats=earlier is not None,
            earlier_ended=None if earlier is None else _has_ended(work, earlier),
        )
    ).value
    if earlier is not None and kind is EntryKind.LINKED_VISIT:
        return _link(work, request, petition=earlier, received_on=received_on)
    entered = enter(
        work,
        Entry(
            form=request.form,
            territory=request.territory,
            received_on=received_on,
            headcount=_headcount(request),
            urgent=request.urgent,
            people=request.petitioners,
            content=_content(request),
            declared_category=request.declared_category,
            linked_to=request.repeat_of,
        ),
    )
    return _reply(
        work,
        petition=entered.petition,
        standing=entered.standing,
        visit=entered.visit,
        receipt=entered.receipt,
        refused=_name_representatives(work, request, petition=entered.petition),
    )


def record_visit(work: Work, request: RecordVisit) -> VisitReceipt:
    """Record one more visit on a petition, whatever became of it.

    Raises:
        PetitionNotFound: the register has no such number.
    """
    petition = petition_numbered(work, request.petition_no)
    visit = add_visit(
        work,
        petition=petition,
        form=request.form,
        visited_on=work.today,
        headcount=request.headcount,
        note={"text": request.note} if request.note else None,
    )
    receipt = _receipt_of_visit(work, petition=petition, visit=visit)
    return VisitReceipt(
        petition_no=petition.petition_no, visit_no=visit.visit_no, document=receipt.document
    )


def _require_form_of_who_enters(work: Work, request: RegisterPetition) -> None:
    decision = may_form_be_entered(
        form=Form(request.form.value), by_petitioner=_is_petitioner_alone(work)
    )
    if not decision.allowed:
        msg = (
            f"form {request.form.value} is recorded by the office that received it; "
            "register as `online`, or come to the window"
        )
        raise FormEnteredByOffice(msg)


def _is_petitioner_alone(work: Work) -> bool:
    """Tell whether nobody of the office enters this, but the petitioner themselves."""
    return not work.actor.roles - {Role.PETITIONER}


def _day_of_receipt(work: Work, request: RegisterPetition) -> date:
    received_on = request.received_on or work.today
    decision = may_be_received_on(
        received_on=received_on, by_petitioner=_is_petitioner_alone(work), on=work.today
    )
    reason = decision.first_refusal()
    if reason is not None:
        refusal, message = _DATE_REFUSALS[reason.code]
        raise refusal(message.format(on=received_on, today=work.today))
    return received_on


def _earlier_petition(work: Work, request: RegisterPetition) -> Petition | None:
    """Find the petition that this one repeats: the open one of its matter, else the one named."""
    if request.repeat_of is None:
        return None
    named = petition_numbered(work, request.repeat_of)
    _require_own(work, request, petition_no=named.petition_no)
    return _open_in_line(work, named) or named


def _has_ended(work: Work, petition: Petition) -> bool:
    return Standing(standing_of(work, petition.petition_no).stage.value).ended


def _require_own(work: Work, request: RegisterPetition, *, petition_no: str) -> None:
    """Refuse a petitioner who names somebody else's petition.

    Its receipt opens the progress of that petition.
    A clerk has the person at the window and answers for it (D-02); online, what was stated must
    agree with what the register holds.

    Raises:
        PetitionNotFound: the people do not agree; whether the number exists is not told.
    """
    if not _is_petitioner_alone(work):
        return
    if petition_no not in petitions_of_same_people(work, request.petitioners):
        msg = (
            f"no petition {petition_no} of these petitioners is in the register; check the number, "
            "the identity number and the telephone number, or come to the window"
        )
        raise PetitionNotFound(msg)


def _open_in_line(work: Work, petition: Petition) -> Petition | None:
    """Find the open petition in a matter's line: the one named, or a later one linked to it."""
    line = [petition]
    while line:
        one = line.pop(0)
        if not _has_ended(work, one):
            return one
        later = select(Petition).where(Petition.linked_to == one.petition_no)
        line += work.session.scalars(
            later.order_by(Petition.registered_on.desc(), Petition.day_number.desc())
        )
    return None


def _link(
    work: Work, request: RegisterPetition, *, petition: Petition, received_on: date
) -> PetitionReceipt:
    visit = add_visit(
        work,
        petition=petition,
        form=request.form,
        visited_on=received_on,
        headcount=_headcount(request),
        note={"summary": request.summary, "text": request.text},
    )
    add_petitioners(
        work,
        petition_no=petition.petition_no,
        visit_no=visit.visit_no,
        people=request.petitioners,
    )
    receipt = _receipt_of_visit(work, petition=petition, visit=visit)
    return _reply(
        work,
        petition=petition,
        standing=standing_of(work, petition.petition_no),
        visit=visit,
        receipt=receipt,
        refused=_name_representatives(work, request, petition=petition),
    )


def _receipt_of_visit(work: Work, *, petition: Petition, visit: Visit) -> Receipt:
    return issue_receipt(
        work,
        petition_no=petition.petition_no,
        visit_no=visit.visit_no,
        sorting_due_on=_sorting_owed_by(petition, standing_of(work, petition.petition_no)),
        repeat=True,
    )


def _sorting_owed_by(petition: Petition, standing: PetitionStanding) -> date | None:
    """Give the day sorting is due, while the petition still waits for it the first time."""
    waits = standing.stage is Stage.REGISTERED and not standing.was_sorted
    return petition.sorting_due_on if waits else None


def _name_representatives(
    work: Work, request: RegisterPetition, *, petition: Petition
) -> tuple[RefusedPart, ...]:
    """Store the list that came with a registration, or say why it is refused; nothing else is."""
    if not request.representatives:
        return ()
    refusal = accept_list(
        work,
        petition_no=petition.petition_no,
        people=request.representatives,
        headcount=max(petition.headcount, _headcount(request)),
        in_person=Form(request.form.value) is Form.VISIT,
    )
    if refusal is None:
        return ()
    error = type(refusal).__name__
    work.count(metrics.LISTS_REFUSED, error=error)
    return (RefusedPart(error=error, rule=refusal.rule, message=refusal.message),)


def _headcount(request: RegisterPetition) -> int:
    """Give how many came: at least as many as are named."""
    return max(request.headcount, len(request.petitioners))


def _content(request: RegisterPetition) -> Content:
    return Content(
        summary=request.summary,
        text=request.text,
        field=request.field,
        concerned_units=request.concerned_units,
        accused=request.accused,
    )


def _reply(
    work: Work,
    *,
    petition: Petition,
    standing: PetitionStanding,
    visit: Visit,
    receipt: Receipt,
    refused: Sequence[RefusedPart],
) -> PetitionReceipt:
    return PetitionReceipt(
        petition_no=petition.petition_no,
        visit_no=visit.visit_no,
        repeat=visit.position > 1,
        receipt_no=receipt.document.no,
        receipt_code=receipt.code,
        registered_on=work.today,
        sorting_due_on=_sorting_owed_by(petition, standing),
        group=petition.group,
        refused=tuple(refused),
        document=receipt.document,
        text=receipt.text,
    )
