"""The day's share of faults, one after the other, under load: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.faults.declared import Passage, declared
from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.harness import Harness, harness_at
from tests.support.faults.reports import Report
from tests.support.faults.schedule import ROUNDS, Passed, Share, share_of, today
from tests.support.faults.township import EVERY_DEATH


@pytest.fixture(scope="module")
def harness(county: FaultyCounty, report: Report) -> Iterator[Harness]:
    with harness_at(county, seed=today().toordinal(), report=report) as harness:
        yield harness


@pytest.fixture(scope="module")
def passed(harness: Harness) -> Passed:
    """Give what the load comes by, once every life was led undisturbed and found to be whole."""
    passed = harness.lead_every_life_once()

    assert str(harness.verdict()) == "clean"
    assert harness.tally.failed == []
    return passed


@pytest.fixture(scope="module")
def share(passed: Passed) -> Share:
    return share_of(today(), passed)


def test_every_message_comes_by_every_crash_point_it_has(passed: Passed) -> None:
    deaths = (*passed.by_the_load, *passed.by_the_sweep, *EVERY_DEATH)

    assert {Passage.of(death) for death in deaths} == declared()


@pytest.mark.parametrize("name", ROUNDS)
def test_a_county_is_whole_again_after(name: str, harness: Harness, share: Share) -> None:
    row = harness.endure(share.of_round(name))

    assert row.findings == ()


def test_a_county_is_whole_again_after_deaths_at_crash_points(
    harness: Harness, share: Share
) -> None:
    row = harness.endure(share.crashes)

    assert row.findings == ()


def test_a_county_is_whole_again_after_deaths_while_deadlines_fire(
    harness: Harness, share: Share
) -> None:
    row = harness.pass_time_under(share.crashes_in_sweeps)

    assert row.findings == ()


def test_a_county_is_whole_again_after_deaths_in_the_life_of_a_township(
    harness: Harness, share: Share
) -> None:
    rows = list(harness.lead_a_township(share.in_a_township))

    assert [finding for row in rows for finding in row.findings] == []
