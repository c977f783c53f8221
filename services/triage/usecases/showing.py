"""What triage shows: sortings, what waits, and deadlines with their reasons."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from services.triage.models import SortingEntry, TriagedPetition
from services.triage.usecases.arriving import SORTING_DUE, petition_in_triage
from services.triage.usecases.entries import open_entry
from services.triage.usecases.hand_overs import last_rerouting
from services.triage.usecases.papers import read_document
from shared.contracts import triage
from shared.contracts.fields import ExplainedDeadline
from shared.contracts.triage import (
    DeadlineList,
    ExplainDeadline,
    GetSorting,
    ListDue,
    ListUnsorted,
    SortingOutcome,
    SortingResult,
    SortingState,
    SortingView,
    UnsortedList,
    UnsortedPetition,
)
from shared.deadlines import Deadline, DeadlineState, deadline_from
from shared.messaging import Work
from shared.policy import Role

_OFFICE = frozenset({Role.OFFICER, Role.OFFICE_HEAD})


def get_sorting(work: Work, request: GetSorting) -> SortingView:
    """Show where a petition stands in triage, with every sorting it had.

    A notice's text, and the organ an accusation went to, are shown to the petition office only.

    Raises:
        PetitionNotFound: triage does not know it.
    """
    petition = petition_in_triage(work, request.petition_no)
    entries = work.session.scalars(
        select(SortingEntry)
        .where(SortingEntry.petition_no == petition.petition_no)
        .order_by(SortingEntry.position)
    ).all()
    is_sorted = petition.state is SortingState.SORTED
    return SortingView(
        petition_no=petition.petition_no,
        state=petition.state,
        due_on=None if is_sorted else petition.due_on,
        overdue=petition.overdue,
        current=_result(work, entries[-1]) if is_sorted else None,
        entries=tuple(
            triage.SortingEntry(
                sorted_on=entry.sorted_on,
                outcome=entry.outcome,
                category=entry.category,
                severity=entry.severity,
                decided_by=entry.sorted_by,
            )
            for entry in entries
        ),
    )


def list_unsorted(work: Work, request: ListUnsorted) -> UnsortedList:
    """List what waits for sorting, the first due first."""
    waiting = work.session.scalars(
        select(TriagedPetition)
        .where(TriagedPetition.state == SortingState.UNSORTED)
        .order_by(TriagedPetition.due_on, TriagedPetition.petition_no)
        .limit(request.limit)
    )
    return UnsortedList(
        petitions=tuple(
            UnsortedPetition(
                petition_no=petition.petition_no,
                territory=petition.territory,
                registered_on=petition.registered_on,
                due_on=petition.due_on,
                overdue=petition.overdue,
                urgent=petition.urgent,
            )
            for petition in waiting
        )
    )


def list_due(work: Work, request: ListDue) -> DeadlineList:
    """List the sorting deadlines of what still waits that fall due up to a day, or all."""
    table = work.tables.deadlines
    query = (
        select(table)
        .join(TriagedPetition, TriagedPetition.petition_no == table.c.subject)
        .where(
            table.c.kind == SORTING_DUE,
            table.c.state.in_((DeadlineState.PENDING.value, DeadlineState.FIRED.value)),
            # A deadline that fired before the petition came back has another day.
            table.c.due_on == TriagedPetition.due_on,
            TriagedPetition.state == SortingState.UNSORTED,
        )
        .order_by(TriagedPetition.due_on, TriagedPetition.petition_no)
        .limit(request.limit)
    )
    if request.until is not None:
        query = query.where(TriagedPetition.due_on <= request.until)
    return _explained(deadline_from(row) for row in work.session.execute(query))


def explain_deadline(work: Work, request: ExplainDeadline) -> DeadlineList:
    """Explain every deadline a petition has had in triage, in the order they were set.

    Raises:
        PetitionNotFound: triage does not know it.
    """
    petition = petition_in_triage(work, request.petition_no)
    return _explained(work.deadlines.of_petition(petition.petition_no))


def _explained(deadlines: Iterable[Deadline]) -> DeadlineList:
    return DeadlineList(
        deadlines=tuple(
            ExplainedDeadline(
                kind=deadline.kind,
                subject=deadline.subject,
                state=deadline.state.value,
                due_on=due.due_on.isoformat(),
                explanation=due.explain_zh(),
                provisional=due.provisional,
            )
            for deadline in deadlines
            if (due := deadline.due) is not None
        )
    )


def _result(work: Work, entry: SortingEntry) -> SortingResult:
    notice, text = read_document(work, entry.notice_no) if entry.notice_no else (None, None)
    may_read = bool(work.actor.roles & _OFFICE)
    routed = last_rerouting(work, entry) or entry
    return SortingResult(
        petition_no=entry.petition_no,
        category=entry.category,
        severity=entry.severity,
        outcome=entry.outcome,
        leader=routed.leader,
        leader_in_charge=routed.leader_in_charge,
        lead_unit=entry.lead_unit,
        co_units=tuple(entry.co_units),
        transferred_to=_receiving_organ(work, entry) if may_read else None,
        node=routed.node,
        due_on=entry.due_on,
        notice=notice,
        notice_text=text if may_read else None,
    )


def _receiving_organ(work: Work, entry: SortingEntry) -> str | None:
    if entry.outcome is not SortingOutcome.DISCIPLINE_TRANSFER:
        return None
    return str(open_entry(work, entry)["receiving_organ"])
