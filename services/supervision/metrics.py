"""What supervision counts, after commit, and what stands in its store; labels are closed sets.

The units of a gauge are those of the office's own directory, which it keeps and which ends.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from services.supervision.rules.promises import PromiseStanding
from shared.contracts.common import SlipPost
from shared.contracts.supervision import CaseRoute, OpinionOutcome, OverdueClock
from shared.metrics import StandingGauge, closed_counter

_OWNER: Final = "supervision"

SERVED_POSTS: Final = tuple(post for post in SlipPost if post is not SlipPost.PETITION_OFFICE_STUB)
"""The posts whose slip goes out; the stub is kept (D-18)."""


class PromiseDue(StrEnum):
    """How a promised day lies to now, while what was promised is still owed."""

    AHEAD = "ahead"
    LAPSED = "lapsed"


SLIPS_OUT: Final = StandingGauge(
    name="balian_slips_out",
    documentation=(
        "Slips and copies of slips that are served and not back at the office, by post; the"
        " oldest by the day its set was issued."
    ),
    labels=("post",),
)
CASES_OVERDUE: Final = StandingGauge(
    name="balian_cases_overdue",
    documentation=(
        "Cases a day of which has passed and that still owe the result or opinion, by their"
        " responsible unit; the oldest by the end of the day that passed."
    ),
    labels=("unit",),
)
PROMISES_DUE: Final = StandingGauge(
    name="balian_promises_due",
    documentation=(
        "Cases whose last promise to the petitioner lies ahead, or has lapsed with nothing"
        " promised since, while the result or opinion is owed; the oldest by the end of the"
        " promised day, which lies ahead for those ahead."
    ),
    labels=("state",),
)

CASES_OPENED: Final = closed_counter(
    "balian_cases_opened_total",
    "Cases accepted, by route.",
    owner=_OWNER,
    labels={"route": CaseRoute},
)
TRANSFERS_ANSWERED: Final = closed_counter(
    "balian_transfers_answered_total",
    "Transfers that their unit answered: accepted, or objected to.",
    owner=_OWNER,
    labels={"answer": ("accepted", "objected")},
)
ACCEPTANCES_OVERDUE: Final = closed_counter(
    "balian_acceptances_overdue_total",
    "Transfers whose unit let the 15 days pass without an answer.",
    owner=_OWNER,
)
SLIP_SETS_ISSUED: Final = closed_counter(
    "balian_slip_sets_issued_total", "Sets of eight slips issued.", owner=_OWNER
)
SLIPS_ACKNOWLEDGED: Final = closed_counter(
    "balian_slips_acknowledged_total",
    "Served slips that their addressee signed for, by post.",
    owner=_OWNER,
    labels={"post": SERVED_POSTS},
)
SLIPS_RETURNED: Final = closed_counter(
    "balian_slips_returned_total",
    "Served slips that came back, by post.",
    owner=_OWNER,
    labels={"post": SERVED_POSTS},
)
EXTENSIONS_GRANTED: Final = closed_counter(
    "balian_extensions_granted_total", "Time limits of cases that were extended.", owner=_OWNER
)
RESULTS_REPORTED: Final = closed_counter(
    "balian_results_reported_total",
    "Results reported, in time or late.",
    owner=_OWNER,
    labels={"on_time": ("yes", "no")},
)
CLOCKS_RUN_OUT: Final = closed_counter(
    "balian_case_clocks_run_out_total",
    "Clocks of cases that ran out, by clock.",
    owner=_OWNER,
    labels={"clock": OverdueClock},
)
EXPLANATIONS_OVERDUE: Final = closed_counter(
    "balian_explanations_overdue_total",
    "Overdue cases that nobody explained to the petitioner within 5 working days.",
    owner=_OWNER,
)
PROMISES: Final = closed_counter(
    "balian_promises_total",
    "Promises made with an explanation, kept and broken.",
    owner=_OWNER,
    labels={"standing": ("made", PromiseStanding.KEPT, PromiseStanding.BROKEN)},
)
OPINIONS_DELIVERED: Final = closed_counter(
    "balian_opinions_delivered_total",
    "Handling opinions delivered.",
    owner=_OWNER,
    labels={"outcome": OpinionOutcome},
)
CASES_CLOSED: Final = closed_counter(
    "balian_cases_closed_total",
    "Cases closed, by route.",
    owner=_OWNER,
    labels={"route": CaseRoute},
)
CASES_ARCHIVED: Final = closed_counter(
    "balian_cases_archived_total", "Files sealed and struck off.", owner=_OWNER
)
