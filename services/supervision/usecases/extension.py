"""Extending the time limit, once, by the head of the handling organ (L22-34, T15)."""

from __future__ import annotations

from services.supervision import metrics
from services.supervision.documents import Printing, extension_text
from services.supervision.models import Case
from services.supervision.rules.archive import FileItem
from services.supervision.rules.clocks import extended_internal_due, statutory_due
from services.supervision.rules.extension import ExtensibleCase, may_extension_be_granted
from services.supervision.usecases.cases import (
    enter,
    require_case,
    require_responsible_unit,
    stage_of,
    summary_of,
)
from services.supervision.usecases.clocks import INTERNAL_KIND, DeadlineKind, schedule
from services.supervision.usecases.file import issue_document
from services.supervision.usecases.refusing import require, wrong_stage
from shared.calendar import DueDate
from shared.contracts.supervision import (
    CaseSummary,
    ExtensionAlreadyGranted,
    ExtensionGrantedV1,
    ExtensionTooLate,
    ExtensionTooLong,
    GrantExtension,
    PetitionerNotTold,
)
from shared.messaging import Work


def grant_extension(work: Work, request: GrantExtension, printing: Printing | None) -> CaseSummary:
    """Extend the time limit before it is due, counted from acceptance, the petitioner being told.

    Raises:
        CaseNotFound, NotYourCase, WrongStage, ExtensionTooLate, ExtensionTooLong,
        ExtensionAlreadyGranted, PetitionerNotTold
    """
    case = require_case(work, request.petition_no)
    require_responsible_unit(work, case)
    _require_extensible(work, case, request)
    due = _extend_clocks(work, case, days=request.days)
    document = issue_document(
        work,
        case.petition_no,
        FileItem.EXTENSION,
        "EX",
        {
            "kind": "extension",
            "unit": case.unit,
            "days": request.days,
            "reason": request.reason,
            "petitioner_told": request.petitioner_told,
            "until_on": due.due_on,
            "granted_by": work.actor.id,
            "granted_on": work.today,
        },
    )
    enter(work, case, step="extended", document=document, days=request.days)
    work.record(
        ExtensionGrantedV1(petition_no=case.petition_no, until_on=due.due_on, document=document)
    )
    work.count(metrics.EXTENSIONS_GRANTED)
    return summary_of(
        case,
        document=document,
        text=extension_text(
            document_no=document.no,
            unit=case.unit,
            reason=request.reason,
            due=due,
            printing=printing,
            issued_on=work.today,
        )
        if printing
        else None,
    )


def _require_extensible(work: Work, case: Case, request: GrantExtension) -> None:
    number = case.petition_no
    too_late = ExtensionTooLate(
        f"a time limit of {number} has passed (slip or assignment {case.due_on}, statutory "
        f"{case.statutory_due_on}); explain to the petitioner and promise a day instead"
    )
    require(
        may_extension_be_granted(
            ExtensibleCase(
                stage=stage_of(case),
                accepted_on=case.accepted_on,
                statutory_due_on=case.statutory_due_on,
                internal_due_on=case.due_on,
                extended=case.extended,
            ),
            days=request.days,
            petitioner_told=request.petitioner_told,
            on=work.today,
        ),
        in_handling=wrong_stage(case),
        statutory_clock_runs=wrong_stage(case),
        statutory_due_not_passed=too_late,
        internal_due_not_passed=too_late,
        at_most_thirty_days=ExtensionTooLong(
            f"{request.days} days are more than 30; {number} may run to day 90 from acceptance"
        ),
        not_extended_yet=ExtensionAlreadyGranted(
            f"{number} was extended until {case.statutory_due_on}; a case is extended once"
        ),
        petitioner_told=PetitionerNotTold(
            f"tell the petitioner of {number} the reasons of the extension, then grant it"
        ),
    )


def _extend_clocks(work: Work, case: Case, *, days: int) -> DueDate:
    """Move both clocks on: the statutory one by the days, the internal one within it."""
    if case.accepted_on is None:
        raise wrong_stage(case)
    due = statutory_due(work.calendar, accepted_on=case.accepted_on, extension_days=days)
    case.extended = True
    case.statutory_due_on = due.due_on
    schedule(work, case, DeadlineKind.STATUTORY, due)
    if case.due_on is not None:
        internal = extended_internal_due(
            due_on=case.due_on, extension_days=days, statutory_on=due.due_on
        )
        case.due_on = internal.due_on
        schedule(work, case, INTERNAL_KIND[case.route], internal)
    return due
