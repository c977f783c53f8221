"""Severity and the route it leads to: three exclusive outcomes (C-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.triage.rules.terms import LEADER_ROUTES, Category, Channel, Outcome, Severity
from shared.decisions import Decision, condition, decide, decides

_OFFICE_HANDLES: Final = frozenset({Outcome.FORWARD, Outcome.ASSIGN, Outcome.REPLY})

WAYS_BY_SEVERITY: Final[Mapping[Severity, frozenset[Outcome]]] = {
    Severity.ORDINARY: _OFFICE_HANDLES,
    Severity.COMPLEX: frozenset({Outcome.LEADER_IN_CHARGE}),
    Severity.DIFFICULT: frozenset({Outcome.PRINCIPAL_LEADER}),
    Severity.MAJOR: frozenset({Outcome.PRINCIPAL_LEADER}),
}
"""C-06 as a table: the one set of outcomes of each severity; no outcome stands in two of them
but those that difficult and major share."""


def is_severity_needed(*, category: Category, outcome: Outcome, channel: Channel) -> bool:
    """Tell whether a person must state a severity: for every leader, and for a claim.

    An answer to a suggestion routes nothing, so none is asked for.
    """
    if outcome in LEADER_ROUTES:
        return True
    return category is Category.CLAIM and depends_on_severity(outcome=outcome, channel=channel)


def depends_on_severity(*, outcome: Outcome, channel: Channel) -> bool:
    """Tell whether C-06 chooses between the outcomes.

    Where the law itself fixes the way (another channel of L22-31, a decline, a sealed transfer)
    how hard the matter is does not move it.
    """
    if outcome in LEADER_ROUTES:
        return True
    return outcome in _OFFICE_HANDLES and channel is Channel.PETITION_PROCEDURE


@decides("C-06", "T8", "P-9", "C-01")
def does_route_fit_severity(
    *,
    category: Category,
    outcome: Outcome,
    channel: Channel,
    severity: Severity | None,
    reason_stated: bool,
) -> Decision:
    """Decide whether the outcome is the one that the severity, found by a person, leads to.

    Difficult or major: a principal leader.  Complex: the leader in charge.  Otherwise the
    office handles it.  A severity without its reason is none.  Where none is needed and one is
    stated all the same, it must not contradict the outcome.

    Reference: C-06.
    """
    if not depends_on_severity(outcome=outcome, channel=channel):
        return decide(
            condition("severity_has_reason", severity is None or reason_stated, cites="P-9")
        )
    needed = is_severity_needed(category=category, outcome=outcome, channel=channel)
    unstated = None if needed else True
    fits = unstated if severity is None else outcome in WAYS_BY_SEVERITY[severity]
    return decide(
        condition(
            "severity_has_reason",
            reason_stated if severity else unstated,
            cites="T8",
            facts=("severity",),
        ),
        condition("outcome_fits_severity", fits, cites="C-06", facts=("severity",)),
    )
