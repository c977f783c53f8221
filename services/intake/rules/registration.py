"""Registering: what is entered, since when it counts as received, and when sorting is due.

Registering is the one step nobody may be refused.
Everything that can go wrong beside it, a list too long, a repeat, an unclear name, is decided by
a rule of its own and never by this one.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import ACCEPTANCE_NOTICE_PERIOD, SORTING_PERIOD
from shared.decisions import Decided, Decision, condition, decide, decided, decides, known

GROUP_FROM: Final = 5
"""From this headcount on a matter is counted as a group petition (集体访): statistics, no right."""


class Form(StrEnum):
    """How a petition arrives (L22-17)."""

    VISIT = "visit"
    LETTER = "letter"
    PHONE = "phone"
    ONLINE = "online"


class EntryKind(StrEnum):
    """What an arrival becomes in the register."""

    NEW_PETITION = "new_petition"
    LINKED_VISIT = "linked_visit"
    NEW_LINKED = "new_linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Someone brings a matter.

    `repeats` is a person's answer whether it is the matter of an earlier petition (D-02);
    `earlier_ended` is None where it repeats none, or where its stage is not known.
    Nothing else is a fact here: an unclear identity or a list of too many representatives has no
    bearing on what is entered.
    """

    repeats: bool
    earlier_ended: bool | None = None


@decides("C-01", "T1", "I-1", "I-2", "P-5", "D-01", "D-03", "L22-19", "L22-22", "L22-44")
def entry_for(arrival: Arrival) -> Decided[EntryKind]:
    """As what is an arrival entered? Everyone who comes is entered, and nobody is sent away.

    What is new becomes a petition.  What repeats an open petition becomes one more visit on it,
    since a petitioner and a matter have one open petition; what repeats an ended one becomes a
    new petition linked to it.
    Article 19(3) bars a petition to a superior while the matter is pending below; it bars nobody
    from coming to this office again.

    Reference: Regulation on Petition Work (2022), art. 19(3), 22, 44(1); D-01; D-03.
    """
    whatever_the_facts = True
    unknown = arrival.repeats and arrival.earlier_ended is None
    kind = EntryKind.NEW_PETITION
    if arrival.repeats:
        kind = EntryKind.NEW_LINKED if arrival.earlier_ended else EntryKind.LINKED_VISIT
    return decided(
        kind,
        condition("everyone_who_comes_is_registered", whatever_the_facts, cites="L22-44(1)"),
        condition(
            "stage_of_earlier_petition_known",
            None if unknown else True,
            cites="D-03",
            facts=("earlier_ended",) if unknown else (),
        ),
    )


@decides("L22-20")
def is_group(*, headcount: int | None) -> Decision:
    """Is it the joint matter of a group? From five people on, for the statistics.

    The regulation gives no number for a group; five is the usage the statistics follow, and
    nothing but the count depends on it.

    Reference: Regulation on Petition Work (2022), art. 20(3).
    """
    return decide(
        condition(
            "five_or_more_people",
            known(operator.ge, headcount, GROUP_FROM),
            cites="L22-20¶3",
            facts=("headcount",) if headcount is None else (),
        )
    )


@decides("L22-17", "L22-19", "L22-22")
def may_form_be_entered(*, form: Form, by_petitioner: bool) -> Decision:
    """May this form be entered by whoever enters it? A petitioner alone enters online petitions.

    The form says how a matter reached the office.  A visit and a call are oral, and the office
    that received them records them; a letter is registered by the office that got it.  What a
    petitioner enters without the office has come by the network, whatever else they did before;
    so it is entered as that, and nobody states a visit that no office has seen.

    Reference: Regulation on Petition Work (2022), art. 17, 19(1), 22(1).
    """
    return decide(
        condition(
            "form_is_of_whoever_enters", not by_petitioner or form is Form.ONLINE, cites="L22-17"
        )
    )


@decides("L22-19", "L22-22", "D-01")
def may_be_received_on(*, received_on: date | None, by_petitioner: bool, on: date) -> Decision:
    """May a petition entered on a day be said to have been received on another?

    Not on a day to come.  What a petitioner enters without the office is received as it is
    entered.  The office may say that a letter lay, or that a visit or call of an earlier day was
    not entered then: it records truthfully, and its own time for sorting runs from that day.
    No further back than the sorting limit, since its clock would have run out before it was
    entered.

    Reference: Regulation on Petition Work (2022), art. 19(1), 22(1); D-01.
    """
    limit = SORTING_PERIOD.value(on=on).count
    missing = ("received_on",) if received_on is None else ()
    days_ago = None if received_on is None else (on - received_on).days
    return decide(
        condition(
            "not_received_later", known(operator.ge, days_ago, 0), cites="L22-22", facts=missing
        ),
        condition(
            "petitioner_enters_it_on_the_day",
            None if days_ago is None else not by_petitioner or days_ago <= 0,
            cites="L22-22",
            facts=missing,
        ),
        condition(
            "within_sorting_limit",
            known(operator.le, days_ago, limit),
            cites="L22-22",
            facts=missing,
        ),
    )


@decides("L22-22", "T2")
def sorting_due(*, received_on: date, calendar: WorkingCalendar) -> DueDate:
    """Return the day by which a petition has to be sorted, counted from its receipt.

    Reference: Regulation on Petition Work (2022), art. 22.
    """
    return calendar.statutory_due(
        SORTING_PERIOD, start_on=received_on, start_event=StartEvent.RECEIVED
    )


@decides("L22-23", "P-8")
def acceptance_notice_due(*, transferred_on: date, calendar: WorkingCalendar) -> DueDate:
    """Return the day by which a petitioner is told how a unit goes on with a transferred matter.

    Reference: Regulation on Petition Work (2022), art. 23(3).
    """
    return calendar.statutory_due(
        ACCEPTANCE_NOTICE_PERIOD,
        start_on=transferred_on,
        start_event=StartEvent.TRANSFER_RECEIVED,
    )


@decides("I-16", "P-6")
def next_version(*, latest: int | None) -> int:
    """Return the version a new entry takes: the register is added to, never overwritten.

    Reference: I-16; P-6.
    """
    return 1 if latest is None else latest + 1
