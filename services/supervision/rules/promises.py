"""The explanation to the petitioner and the promised day (C-17, D-23, T18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.supervision.rules.terms import ENDED, Stage
from shared.calendar.statutory import PROMISE_LIMIT
from shared.decisions import Decision, condition, decide, decides, missing


class PromiseStanding(StrEnum):
    """What became of a promise."""

    RUNNING = "running"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class OverdueCase:
    """A case as a promise finds it; `statutory_overdue` says that the statutory clock ran out."""

    stage: Stage
    was_overdue: bool
    result_reported: bool
    opinion_delivered: bool
    statutory_overdue: bool
    promise_runs: bool


@decides("C-17", "D-23")
def is_answer_owed(case: OverdueCase) -> bool:
    """Tell whether an overdue case owes anything that a day could be promised for.

    That is the result, or the opinion where the statutory clock has run out.

    Reference: C-17; D-23.
    """
    return (
        case.stage not in ENDED
        and not case.opinion_delivered
        and (not case.result_reported or case.statutory_overdue)
    )


@decides("C-17", "D-23", "I-9", "T18")
def may_promise_be_recorded(case: OverdueCase, *, promised_on: date, on: date) -> Decision:
    """Decide whether a day may be promised: overdue, still owed, none running, 1 to 30 days ahead.

    Reference: C-17; D-23.
    """
    limit = PROMISE_LIMIT.find(on=on)
    return decide(
        condition("case_overdue", case.was_overdue, cites="C-17"),
        condition("still_owed", is_answer_owed(case), cites="D-23"),
        condition("no_promise_runs", not case.promise_runs, cites="D-23"),
        condition("promised_day_ahead", promised_on > on, cites="I-9"),
        condition(
            "at_most_thirty_days_ahead",
            None if limit is None else promised_on <= on + timedelta(days=limit.value.count),
            cites="D-23",
            facts=missing(promise_limit=limit),
        ),
    )


@decides("D-23")
def standing_of_promise(*, promised_on: date, done_on: date | None) -> PromiseStanding:
    """Tell what became of a promise: kept by a result or opinion up to its day, else broken.

    Keeping a promise does not cure the lateness before it.

    Reference: D-23.
    """
    if done_on is not None and done_on <= promised_on:
        return PromiseStanding.KEPT
    return PromiseStanding.BROKEN
