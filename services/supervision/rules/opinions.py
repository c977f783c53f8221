"""The written handling opinion and the way to review that it opens (L22-32, L22-35, D-24, T20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import le
from typing import Final

from services.supervision.rules.terms import Stage
from shared.calendar import DueDate, StartEvent, WorkingCalendar
from shared.calendar.statutory import REVIEW_REQUEST_PERIOD
from shared.decisions import Decision, condition, decide, decides, known, missing

_OPEN_TO_OPINION: Final = frozenset(
    {
        Stage.ACCEPTED,
        Stage.ANSWERED_ON_SPOT,
        Stage.AWAITING_AUTHORISATION,
        Stage.IN_HANDLING,
        Stage.RESULT_REPORTED,
    }
)


@dataclass(frozen=True, kw_only=True)
class AnswerableCase:
    """A case as an opinion finds it; `reported_on` is the day of its result, if there is one."""

    stage: Stage
    owes_result: bool
    accepted_on: date | None
    reported_on: date | None


@decides("L22-32", "D-19", "T20")
def may_opinion_be_delivered(case: AnswerableCase, *, delivered_on: date, on: date) -> Decision:
    """Decide whether an opinion may be delivered: accepted, its result reported, on a day gone by.

    A forwarded matter and an answer on the spot owe no result.

    Reference: Regulation on Petition Work, art. 32; D-19; T20.
    """
    ground_on = case.reported_on or case.accepted_on
    return decide(
        condition("accepted_and_not_answered", case.stage in _OPEN_TO_OPINION, cites="T20"),
        condition(
            "result_reported", not case.owes_result or case.reported_on is not None, cites="C-16"
        ),
        condition("not_in_the_future", delivered_on <= on, cites="L22-35"),
        condition(
            "not_before_its_ground",
            known(le, ground_on, delivered_on),
            cites="T20",
            facts=missing(accepted_on=ground_on),
        ),
    )


@decides("L22-34", "L22-31", "D-20")
def owes_opinion(*, statutory_clock_runs: bool) -> bool:
    """Tell whether a case owes a handling opinion: where the 60 days run, and nowhere else.

    Reference: Regulation on Petition Work, art. 31(6), 34.
    """
    return statutory_clock_runs


@decides("L22-35", "D-24", "X-6", "P-5")
def review_due(calendar: WorkingCalendar, *, delivered_on: date) -> DueDate:
    """Return the last day to ask for review: 30 days from delivery, whatever becomes of the case.

    Neither a slip that is out nor a closed or sealed file shortens it.

    Raises:
        YearNotCovered, FigureNotInForce: the day lies outside the calendar or the law.

    Reference: Regulation on Petition Work, art. 35; D-24; X-6.
    """
    return calendar.statutory_due(
        REVIEW_REQUEST_PERIOD, start_on=delivered_on, start_event=StartEvent.REPLY_RECEIVED
    )
