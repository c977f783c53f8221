"""When a result counts as reported (C-15, C-16, D-19, T19)."""

from __future__ import annotations

from dataclasses import dataclass

from services.supervision.rules.terms import LEADER_POSTS, Post, Route, Stage
from shared.decisions import Decision, condition, decide, decides


@dataclass(frozen=True, kw_only=True)
class Report:
    """A unit's report: to which posts, and for which standards (from 1) it shows evidence."""

    reported_to: frozenset[Post]
    evidenced: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class ReportedCase:
    """The case a report belongs to; `standards` is how many the decision set."""

    route: Route
    stage: Stage
    already_reported: bool
    standards: int


@decides("D-19")
def owes_result(*, route: Route, answered_on_spot: bool) -> bool:
    """Tell whether a result must be reported: of a decision and of an assignment.

    A forwarded matter owes none, and what was answered on the spot has nothing left to report.

    Reference: D-19; D-14.
    """
    return route is Route.ASSIGNED or (route is Route.LEADER and not answered_on_spot)


@decides("C-15", "C-16", "D-19", "T19")
def may_result_be_reported(case: ReportedCase, report: Report) -> Decision:
    """Decide whether a result counts: once, in handling, to all six leaders, every standard shown.

    The six leaders hear of slip cases only.  Evidence of a standard that the case does not have
    proves nothing, and would stand in the file as if it did.

    Reference: C-15; C-16; D-19.
    """
    standards = range(1, case.standards + 1)
    return decide(
        condition("not_reported_yet", not case.already_reported, cites="T19"),
        condition("in_handling", case.stage is Stage.IN_HANDLING, cites="T19"),
        condition(
            "six_leaders_told",
            case.route is not Route.LEADER or report.reported_to.issuperset(LEADER_POSTS),
            cites="C-16",
        ),
        condition(
            "every_standard_evidenced",
            report.evidenced.issuperset(standards),
            cites="C-15",
        ),
        condition("no_other_standard", report.evidenced.issubset(standards), cites="C-15"),
    )
