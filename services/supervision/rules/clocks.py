"""Which clocks run, what starts them and when they end (L22-34, D-20 to D-22, C-15, X-5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from operator import eq
from typing import Final

from services.supervision.rules.terms import Route
from shared.calendar import CalendarDays, DueDate, StartEvent, WorkingCalendar, fixed_due
from shared.calendar.statutory import HANDLING_PERIOD
from shared.decisions import Decision, condition, decide, decides, known

PETITION_PROCEDURE: Final = "petition_procedure"
"""The sixth channel of L22-31, the only one the 60 days are written for."""


@decides("L22-34", "L22-31", "D-04")
def does_statutory_clock_run(*, route: Route, channel: str | None) -> Decision:
    """Decide whether the 60 days run: for every leader's case, and for a transfer on channel (6).

    A leader receives claims of the petition procedure only, so that route names no channel.

    Reference: Regulation on Petition Work, art. 31(6), 34; D-04.
    """
    return decide(
        condition(
            "on_petition_procedure",
            True if route is Route.LEADER else known(eq, channel, PETITION_PROCEDURE),
            cites="L22-34",
            facts=("channel",) if route is not Route.LEADER and channel is None else (),
        )
    )


@decides("D-21")
def acceptance_day(*, delivered_on: date | None, told_on: date) -> date:
    """Tell the day of acceptance: card 2 at the unit, else the day the meeting's record names.

    Reference: D-21.
    """
    return delivered_on or told_on


@decides("D-21", "D-30", "L22-34")
def acceptance_that_counts(*, accepted_on: date, earlier: Iterable[date]) -> date:
    """Tell since when a matter counts as accepted that was accepted before and came back.

    Reading: the first acceptance counts.  A retired node, or a new sorting after it, is nothing of
    the petitioner's, so the days that have run are not given back to the office.

    Reference: D-21; D-30.
    """
    return min((accepted_on, *earlier))


@decides("L22-34", "D-22")
def statutory_due(
    calendar: WorkingCalendar, *, accepted_on: date, extension_days: int = 0
) -> DueDate:
    """Return the last day of handling: 60 days from acceptance, and with an extension at most 90.

    An extension is counted from acceptance, never from a due date that a holiday had moved.

    Raises:
        YearNotCovered, FigureNotInForce: the day lies outside the calendar or the law.

    Reference: Regulation on Petition Work, art. 34; D-22.
    """
    handling = HANDLING_PERIOD.in_force(on=accepted_on)
    extended = handling.value + CalendarDays(extension_days) if extension_days else handling.value
    return calendar.due(
        start_on=accepted_on,
        within=extended,
        article=handling.citation.rule_id,
        start_event=StartEvent.ACCEPTED,
    )


@decides("X-5", "C-15", "D-20")
def internal_due(*, named_on: date, statutory_on: date | None, article: str) -> DueDate:
    """Return the due date of a slip or an assignment: the day named, never after the statutory one.

    `article` is the rule under which a person named the day.

    Reference: X-5; C-15.
    """
    if statutory_on is not None and statutory_on < named_on:
        return fixed_due(on=statutory_on, article="X-5")
    return fixed_due(on=named_on, article=article)


@decides("L22-34", "X-5")
def extended_internal_due(*, due_on: date, extension_days: int, statutory_on: date) -> DueDate:
    """Return the due date of a slip or assignment moved by an extension, the statutory one at most.

    Reference: Regulation on Petition Work, art. 34; X-5.
    """
    return internal_due(
        named_on=due_on + timedelta(days=extension_days),
        statutory_on=statutory_on,
        article="L22-34",
    )


@decides("D-18", "D-23")
def due_not_before(due: DueDate, *, on: date) -> DueDate:
    """Return a due date that does not lie behind the day on which its clock can begin to run.

    A slip that waited for its authorisation, or a transfer whose objection was being verified,
    is late through nobody at the unit; it has that day at least.

    Reference: D-18.
    """
    return due if on <= due.due_on else fixed_due(on=on, article=due.article)


@decides("D-20", "C-16")
def is_on_time(*, on: date, due_on: date | None) -> bool:
    """Tell whether a result comes in time; the due date itself is in time, and no due date is met.

    Reference: C-16; D-20.
    """
    return due_on is None or on <= due_on
