"""When a case is closed (C-16, C-18, T21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.supervision.rules.terms import Stage
from shared.decisions import Decision, condition, decide, decides

_NOT_YET_HANDLED: Final = frozenset({Stage.ROUTED, Stage.TRANSFERRED, Stage.OBJECTED})
_GONE: Final = frozenset({Stage.RETURNED, Stage.CLOSED, Stage.ARCHIVED})


@dataclass(frozen=True, kw_only=True)
class ClosableCase:
    """A case as closing finds it."""

    stage: Stage
    owes_result: bool
    result_reported: bool
    slips_outstanding: int
    owes_opinion: bool
    opinion_delivered: bool


@decides("C-16", "C-18", "T21")
def may_case_be_closed(case: ClosableCase, *, evaluation_invited: bool) -> Decision:
    """Decide whether a case is closed: reported, slips back, opinion delivered, evaluation invited.

    So the leaders have seen it done, the unit has answered for it, and the petitioner has the
    answer and a say.

    Reference: C-16; C-18; T21.
    """
    return decide(
        condition("accepted_and_open", case.stage not in _NOT_YET_HANDLED | _GONE, cites="T21"),
        condition("result_reported", not case.owes_result or case.result_reported, cites="C-16"),
        condition("slips_back", case.slips_outstanding == 0, cites="C-16"),
        condition(
            "opinion_delivered", not case.owes_opinion or case.opinion_delivered, cites="T20"
        ),
        condition("evaluation_invited", evaluation_invited, cites="T21"),
    )
