"""Every fault and every crash point in an order of chance, for hours: `make soak HOURS=n`."""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.harness import harness_at
from tests.support.faults.reports import Report
from tests.support.faults.schedule import everything

pytestmark = pytest.mark.soak


def test_nothing_is_lost_in_hours_of_faults(county: FaultyCounty, report: Report) -> None:
    seed = int(os.environ.get("SOAK_SEED") or time.time())
    hours = float(os.environ.get("SOAK_HOURS") or 1)
    report.about["repeat"] = f"SOAK_SEED={seed} make soak HOURS={hours:g}"
    ends = time.monotonic() + hours * 3600
    with harness_at(county, seed=seed, report=report) as harness:
        passed = harness.lead_every_life_once()
        assert str(harness.verdict()) == "clean"
        for row in harness.lead_a_township():
            assert row.findings == ()

        chance = random.Random(seed)  # noqa: S311 - repeatable chance, no secret.
        for fault, in_sweeps in everything(passed, chance):
            row = harness.pass_time_under(fault) if in_sweeps else harness.endure(fault)
            assert row.findings == (), f"{report.about['repeat']} comes to this again"
            if time.monotonic() > ends:
                break
