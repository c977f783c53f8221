"""What supervision counts of what happened: each thing once, and only once it is committed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.supervision import metrics, usecases
from shared.contracts.common import WrongStage
from shared.contracts.supervision import AcceptTransfer, CaseSummary
from shared.messaging import Work
from tests.support.bench import at
from tests.support.measuring import counted
from tests.support.supervision import NO, UNIT, County, directory

POSTS = tuple(post.value for post in metrics.SERVED_POSTS)


def case_of_leader(county: County) -> None:
    county.stands_decided()


def case_in_handling(county: County) -> None:
    county.hears(directory())
    county.forwards()
    county.accepts()


def case_forwarded(county: County) -> None:
    county.hears(directory())
    county.forwards()


def case_overdue(county: County) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")


def case_promised(county: County) -> None:
    case_overdue(county)
    county.promises(date(2026, 7, 10))


def case_reported(county: County) -> None:
    county.stands_decided()
    county.reports()


def case_settled(county: County) -> None:
    case_reported(county)
    county.returns_all()
    county.delivers_opinion()


def case_closed(county: County) -> None:
    case_settled(county)
    county.closes()


@pytest.mark.parametrize(
    ("stands", "happens", "counts"),
    [
        pytest.param(
            case_forwarded,
            County.accepts,
            {
                'balian_transfers_answered_total{answer="accepted"}': 1,
                'balian_cases_opened_total{route="forwarded"}': 1,
            },
            id="a unit accepts",
        ),
        pytest.param(
            case_forwarded,
            County.objects,
            {'balian_transfers_answered_total{answer="objected"}': 1},
            id="a unit objects",
        ),
        pytest.param(
            case_forwarded,
            lambda county: county.passes_to("2026-06-20 09:00"),
            {"balian_acceptances_overdue_total": 1},
            id="a unit does not answer in 15 days",
        ),
        pytest.param(
            County.registers,
            case_of_leader,
            {
                'balian_cases_opened_total{route="leader"}': 1,
                "balian_slip_sets_issued_total": 1,
            },
            id="a decision is taken and its slips go out",
        ),
        pytest.param(
            case_of_leader,
            lambda county: county.acknowledges(1, "leader:l_secretary"),
            {'balian_slips_acknowledged_total{post="party_secretary"}': 1},
            id="a slip is signed for",
        ),
        pytest.param(
            case_reported,
            County.returns_all,
            {f'balian_slips_returned_total{{post="{post}"}}': 1 for post in POSTS},
            id="every slip comes back",
        ),
        pytest.param(
            case_in_handling,
            County.extends,
            {"balian_extensions_granted_total": 1},
            id="the time limit is extended",
        ),
        pytest.param(
            case_of_leader,
            County.reports,
            {'balian_results_reported_total{on_time="yes"}': 1},
            id="a result comes in time",
        ),
        pytest.param(
            case_overdue,
            County.reports,
            {'balian_results_reported_total{on_time="no"}': 1},
            id="a result comes late",
        ),
        pytest.param(
            case_of_leader,
            lambda county: county.passes_to("2026-07-06 09:00"),
            {'balian_case_clocks_run_out_total{clock="slip"}': 1},
            id="a clock runs out",
        ),
        pytest.param(
            case_overdue,
            lambda county: county.promises(date(2026, 7, 10)),
            {'balian_promises_total{standing="made"}': 1},
            id="an explanation with a promise",
        ),
        pytest.param(
            case_promised,
            County.reports,
            {
                'balian_promises_total{standing="kept"}': 1,
                'balian_results_reported_total{on_time="no"}': 1,
            },
            id="a promise is kept",
        ),
        pytest.param(
            case_promised,
            lambda county: county.passes_to("2026-07-11 09:00"),
            {'balian_promises_total{standing="broken"}': 1},
            id="a promise is broken",
        ),
        pytest.param(
            case_overdue,
            lambda county: county.passes_to("2026-07-14 09:00"),
            {"balian_explanations_overdue_total": 1},
            id="nobody explains in time",
        ),
        pytest.param(
            case_reported,
            County.delivers_opinion,
            {'balian_opinions_delivered_total{outcome="supported"}': 1},
            id="an opinion is delivered",
        ),
        pytest.param(
            case_settled,
            County.closes,
            {'balian_cases_closed_total{route="leader"}': 1},
            id="a case is closed",
        ),
        pytest.param(
            case_closed,
            County.archives,
            {"balian_cases_archived_total": 1},
            id="a file is archived",
        ),
    ],
)
def test_what_happens_is_counted(
    county: County,
    stands: Callable[[County], None],
    happens: Callable[[County], Any],
    counts: dict[str, float],
) -> None:
    stands(county)

    assert counted(metrics, lambda: happens(county)) == counts


def accepts_and_fails(work: Work, request: AcceptTransfer) -> CaseSummary:
    usecases.accept_transfer(work, request)
    msg = "the transaction does not come to its end"
    raise WrongStage(msg)


def test_what_is_not_committed_is_not_counted(county: County) -> None:
    case_forwarded(county)
    request = AcceptTransfer(request_id=county.bench.request_id(), petition_no=NO)

    def fails() -> None:
        with pytest.raises(WrongStage):
            county.bench.command(accepts_and_fails, request, actor=f"unit:{UNIT}")

    assert counted(metrics, fails) == {}


def test_a_repeated_command_is_counted_once(county: County) -> None:
    case_forwarded(county)
    request = AcceptTransfer(request_id=county.bench.request_id(), petition_no=NO)

    def accept() -> None:
        county.bench.command(usecases.accept_transfer, request, actor=f"unit:{UNIT}")

    assert counted(metrics, accept)
    assert counted(metrics, accept) == {}
    assert county.bench.now == at("2026-06-01 09:00")
