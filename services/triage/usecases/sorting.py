"""Sorting one petition, by a person: one category, one severity, one way on (C-06, T2 to T8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from services.triage import documents, metrics
from services.triage.models import SortingEntry, TriagedPetition
from services.triage.rules.category import (
    does_matter_stay_sealed,
    is_accused_known,
    may_category_go_that_way,
    may_office_reply,
    may_part_change_category,
    may_petition_be_sorted,
    may_petition_be_sorted_whole,
)
from services.triage.rules.channels import channel_of, may_channel_go_that_way
from services.triage.rules.objections import may_units_have_it_again
from services.triage.rules.severity import does_route_fit_severity
from services.triage.rules.terms import Category, Channel, Form, Outcome, Severity
from services.triage.rules.transfers import are_units_fixed
from services.triage.rules.urgency import UrgentReport, which_urgent_report_goes_up
from services.triage.usecases import outcomes, papers
from services.triage.usecases.arriving import SORTING_DUE, mark_overdue, petition_in_triage
from services.triage.usecases.case_in_hand import Sent, SortingInHand
from services.triage.usecases.directory import DirectoryInForce, directory_in_force
from services.triage.usecases.entries import accused_in_split_parts, is_split_off, seal_entry
from services.triage.usecases.objections import units_that_objected
from services.triage.usecases.refusing import insist
from services.triage.usecases.routing import route
from shared.contracts.common import FieldUnknown, LeaderUnknown, UnitUnknown
from shared.contracts.intake import GetPetition, PetitionView
from shared.contracts.triage import (
    LegalChannel,
    PetitionSortedV1,
    SortingOutcome,
    SortingResult,
    SortingState,
    SortPetition,
    UrgentReportedV1,
)
from shared.messaging import Caller, Work

if TYPE_CHECKING:
    # The bus stays out of a use case; only the type of what asks for it is named.
    from shared.messaging.asking import Calls

_WAYS: Final[Mapping[Outcome, Callable[[SortingInHand], Sent]]] = {
    Outcome.REDIRECT: outcomes.redirect,
    Outcome.DECLINE: outcomes.decline,
    Outcome.DISCIPLINE_TRANSFER: outcomes.transfer_under_seal,
    Outcome.REPLY: outcomes.reply,
    Outcome.FORWARD: outcomes.transfer,
    Outcome.ASSIGN: outcomes.transfer,
    Outcome.PRINCIPAL_LEADER: route,
    Outcome.LEADER_IN_CHARGE: route,
}


def facts_for_sorting(calls: Calls, request: SortPetition, _caller: Caller) -> PetitionView:
    """Ask the register for what the petitioner declared, and whom the petition complains of."""
    return calls.ask(GetPetition(petition_no=request.petition_no, purpose="疏理"))


def sort_petition(work: Work, request: SortPetition, register: PetitionView) -> SortingResult:
    """Sort a petition: its category, its severity with the reason, and its one way on.

    Raises:
        Refusal: one of those the contract lists; nothing of record has changed.
    """
    petition = petition_in_triage(work, request.petition_no)
    insist(
        may_petition_be_sorted(waiting=petition.state is SortingState.UNSORTED),
        request.petition_no,
    )
    directory = directory_in_force(work)
    _require_known_codes(request, directory)
    case = _gather(work, request, petition, register, directory)
    _judge(case)
    sent = _WAYS[case.outcome](case)
    position = petition.sortings + 1
    _write_entry(case, sent, position)
    _record(case, sent)
    _stop_clock(work, petition)
    petition.state = SortingState.SORTED
    petition.sortings = position
    work.count(metrics.SORTED, outcome=request.outcome.value)
    return SortingResult(
        petition_no=petition.petition_no,
        category=request.category,
        severity=request.severity,
        outcome=request.outcome,
        leader=sent.leader,
        leader_in_charge=sent.leader_in_charge,
        lead_unit=None if _is_sealed(request) else request.lead_unit,
        co_units=() if _is_sealed(request) else request.co_units,
        transferred_to=sent.transferred_to,
        node=sent.node,
        due_on=_due_on(request),
        notice=sent.notice,
        notice_text=sent.notice_text,
    )


def _require_known_codes(request: SortPetition, directory: DirectoryInForce) -> None:
    codes = directory.codes
    if request.field is not None and request.field not in codes.field_by_code:
        msg = f"{request.petition_no}: the directory has no field {request.field}."
        raise FieldUnknown(msg)
    for leader in (request.leader, request.substitute_leader):
        if leader is not None and leader not in codes.leader_by_code:
            msg = f"{request.petition_no}: the directory has no leader {leader}."
            raise LeaderUnknown(msg)
    if any(
        code not in codes.leader_by_code and code not in codes.unit_by_code
        for code in request.accused
    ):
        # The code is not repeated: whom a petition complains of stands in no message.
        msg = f"{request.petition_no}: the directory has no such leader or unit in `accused`."
        raise UnitUnknown(msg)


def _gather(
    work: Work,
    request: SortPetition,
    petition: TriagedPetition,
    register: PetitionView,
    directory: DirectoryInForce,
) -> SortingInHand:
    declared = register.field if register.field in directory.codes.field_by_code else None
    accused = {
        *request.accused,
        *register.accused,
        *accused_in_split_parts(work, petition),
    }
    return SortingInHand(
        work=work,
        request=request,
        petition=petition,
        register=register,
        directory=directory,
        accused=frozenset(accused),
        outcome=Outcome(request.outcome.value),
        channel=channel_of(
            category=Category(request.category.value),
            named=Channel(request.channel.value) if request.channel else None,
        ),
        field=None if _is_sealed(request) else request.field or declared,
    )


def _judge(case: SortingInHand) -> None:
    """Ask what holds for every outcome, in the order of the procedure."""
    request, codes = case.request, case.directory.codes
    category = Category(request.category.value)
    lead = codes.unit_by_code.get(request.lead_unit) if request.lead_unit else None
    for answer in (
        may_petition_be_sorted_whole(mixed=request.mixed),
        may_part_change_category(
            split_off=is_split_off(case.work, case.petition_no), category=category
        ),
        may_category_go_that_way(category=category, outcome=case.outcome),
        is_accused_known(
            outcome=case.outcome,
            accused_named=bool(case.accused),
            organ_above_named=request.right_body is not None,
        ),
        may_office_reply(
            category=category,
            channel=case.channel,
            outcome=case.outcome,
            reply_written=request.reply_text is not None,
        ),
        are_units_fixed(
            outcome=case.outcome,
            lead_unit=request.lead_unit,
            co_units=request.co_units,
            directory=codes,
        ),
        may_units_have_it_again(
            outcome=case.outcome,
            units=case.units,
            objected=units_that_objected(case.work, case.petition_no),
        ),
        may_channel_go_that_way(
            channel=case.channel,
            form=Form(case.petition.form.value),
            outcome=case.outcome,
            lead_unit_kind=lead.kind if lead else None,
        ),
        does_route_fit_severity(
            category=category,
            outcome=case.outcome,
            channel=case.channel,
            severity=Severity(request.severity.value) if request.severity else None,
            reason_stated=request.severity_reason is not None,
        ),
    ):
        insist(answer, case.petition_no)


def _write_entry(case: SortingInHand, sent: Sent, position: int) -> None:
    request, work = case.request, case.work
    sealed = {
        "reason": request.reason,
        "severity_reason": request.severity_reason,
        "principal_reason": request.principal_reason,
        "accused": sorted(case.accused),
        **sent.sealed,
    }
    hidden = _is_sealed(request)
    work.append(
        SortingEntry(
            petition_no=case.petition_no,
            position=position,
            category=request.category,
            severity=request.severity,
            outcome=request.outcome,
            channel=None if hidden else LegalChannel(case.channel.value),
            field=case.field,
            leader=sent.leader,
            leader_in_charge=sent.leader_in_charge,
            lead_unit=None if hidden else request.lead_unit,
            co_units=[] if hidden else list(request.co_units),
            node=sent.node,
            due_on=_due_on(request),
            transfer_no=sent.transfer_no,
            notice_no=sent.notice.no if sent.notice else None,
            directory_version=case.directory.version,
            sealed=seal_entry(work, petition_no=case.petition_no, position=position, sealed=sealed),
            sorted_by=work.actor.id,
            sorted_on=work.today,
            sorted_at=work.now,
        )
    )


def _record(case: SortingInHand, sent: Sent) -> None:
    request, work = case.request, case.work
    work.record(
        PetitionSortedV1(
            petition_no=case.petition_no,
            category=request.category,
            severity=request.severity,
            outcome=request.outcome,
            field=case.field,
        )
    )
    work.record(sent.event)
    goes_up = which_urgent_report_goes_up(
        said_by_person=request.urgent_report, category=Category(request.category.value)
    )
    if goes_up is not UrgentReport.NONE:
        report, _text = papers.issue(
            work,
            petition_no=case.petition_no,
            kind=papers.URGENT_REPORT,
            directory=case.directory,
            write=lambda head: documents.urgent_report(head, reason=request.reason),
            summary=(case.register.summary if goes_up is UrgentReport.WITH_THE_MATTER else None),
        )
        work.record(UrgentReportedV1(petition_no=case.petition_no, document=report))
        work.count(metrics.URGENT_REPORTS)


def _stop_clock(work: Work, petition: TriagedPetition) -> None:
    pending = work.deadlines.find(kind=SORTING_DUE, subject=petition.petition_no)
    if work.deadlines.meet(kind=SORTING_DUE, subject=petition.petition_no) and (
        pending is not None and work.now >= pending.fires_at
    ):
        # The sweep had not come round yet; that does not make a late sorting punctual (I-7).
        mark_overdue(work, petition)


def _is_sealed(request: SortPetition) -> bool:
    return does_matter_stay_sealed(category=Category(request.category.value))


def _due_on(request: SortPetition) -> Any:
    return request.due_on if request.outcome is SortingOutcome.ASSIGN else None
