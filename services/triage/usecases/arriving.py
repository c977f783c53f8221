"""Petitions that come in for sorting, and the 15 days that run from their receipt."""

from __future__ import annotations

from typing import Final

from services.triage import metrics
from services.triage.models import SplitPart, TriagedPetition
from services.triage.rules.clock import when_sorting_is_due
from shared.contracts.common import PetitionNotFound
from shared.contracts.intake import PetitionRegisteredV1, PetitionSplitV1
from shared.contracts.triage import SortingOverdueV1, SortingState
from shared.deadlines import Deadline
from shared.messaging import Envelope, TooEarly, Work

SORTING_DUE: Final = "sorting_due"


def petition_in_triage(work: Work, petition_no: str) -> TriagedPetition:
    """Read where a petition stands.

    Raises:
        PetitionNotFound: no event has told of it.
    """
    petition = work.session.get(TriagedPetition, petition_no)
    if petition is None:
        msg = f"{petition_no} is not known in triage; check the number, or wait a moment."
        raise PetitionNotFound(msg)
    return petition


def petition_awaited(work: Work, petition_no: str) -> TriagedPetition:
    """Read where the petition of an event stands.

    Raises:
        TooEarly: its registration has not arrived.
    """
    petition = work.session.get(TriagedPetition, petition_no)
    if petition is None:
        raise TooEarly(PetitionRegisteredV1.wire_type)
    return petition


def on_petition_registered(work: Work, event: PetitionRegisteredV1, _envelope: Envelope) -> None:
    """Take a petition in for sorting and start its clock, once."""
    if work.session.get(TriagedPetition, event.petition_no) is not None:
        return
    due = when_sorting_is_due(received_on=event.received_on, calendar=work.calendar)
    work.append(
        TriagedPetition(
            petition_no=event.petition_no,
            form=event.form,
            territory=event.territory,
            registered_on=event.registered_on,
            received_on=event.received_on,
            urgent=event.urgent,
            linked_to=event.linked_to,
            split_part=None,
            state=SortingState.UNSORTED,
            due_on=due.due_on,
            overdue=False,
            sortings=0,
        )
    )
    work.deadlines.schedule(
        kind=SORTING_DUE, subject=event.petition_no, petition_no=event.petition_no, due=due
    )


def on_petition_split(work: Work, event: PetitionSplitV1, _envelope: Envelope) -> None:
    """Note a petition that was parted from this one; the part is registered by its own event.

    Raises:
        TooEarly: the petition's registration has not arrived.
    """
    petition_awaited(work, event.petition_no).split_part = event.part_no
    if work.session.get(SplitPart, event.part_no) is None:
        work.append(SplitPart(part_no=event.part_no, petition_no=event.petition_no))


def sorting_fell_due(work: Work, deadline: Deadline) -> None:
    """Mark a petition that was not sorted in time, for good; it is sorted all the same."""
    petition = work.session.get(TriagedPetition, deadline.subject)
    if petition is None or petition.state is not SortingState.UNSORTED:
        return
    mark_overdue(work, petition)


def mark_overdue(work: Work, petition: TriagedPetition) -> None:
    """Mark a petition's sorting as overdue and tell of it."""
    petition.overdue = True
    work.record(SortingOverdueV1(petition_no=petition.petition_no, due_on=petition.due_on))
    work.count(metrics.SORTING_OVERDUE)
