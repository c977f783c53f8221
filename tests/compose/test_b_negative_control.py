"""The same faults catch plain nameko handlers: a harness that finds nothing there finds nothing."""

from __future__ import annotations

from collections import Counter

from tests.support.faults.control import BACK, FRONT
from tests.support.faults.controlled import Controlled
from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.outages import Restarted, Signalled
from tests.support.faults.reports import Report


def test_plain_handlers_are_caught_losing_or_doubling(county: FaultyCounty, report: Report) -> None:
    control = Controlled(county)
    control.start()

    control.endure(
        [Signalled(FRONT, "KILL"), Restarted("postgres", seconds=6.0), Signalled(BACK, "KILL")]
    )

    control.stop()

    found = Counter(finding.harm.value for finding in control.findings())
    report.about["control"] = {"answered": control.answered, **found}
    assert control.answered
    assert found["lost"] + found["doubled"] > 0, "the harness has not caught the control"
    county.await_ready(within=60)
