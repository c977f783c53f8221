"""What supervision counts, after commit; labels come from closed sets."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

CASES_OPENED: Final = Counter(
    "balian_cases_opened_total", "Cases accepted, by route.", ("service", "route")
)
SLIP_SETS_ISSUED: Final = Counter(
    "balian_slip_sets_issued_total", "Sets of eight slips issued.", ("service",)
)
SLIPS_RETURNED: Final = Counter(
    "balian_slips_returned_total", "Served slips that came back, by post.", ("service", "post")
)
RESULTS_REPORTED: Final = Counter(
    "balian_results_reported_total", "Results reported, in time or late.", ("service", "on_time")
)
CASES_OVERDUE: Final = Counter(
    "balian_cases_overdue_total", "Clocks of cases that ran out, by clock.", ("service", "clock")
)
PROMISES: Final = Counter(
    "balian_promises_total", "Promises made, kept and broken.", ("service", "standing")
)
OPINIONS_DELIVERED: Final = Counter(
    "balian_opinions_delivered_total", "Handling opinions delivered.", ("service", "outcome")
)
CASES_CLOSED: Final = Counter(
    "balian_cases_closed_total", "Cases closed, by route.", ("service", "route")
)
CASES_ARCHIVED: Final = Counter(
    "balian_cases_archived_total", "Files sealed and struck off.", ("service",)
)
