"""Three brokers: whichever leads may be lost under load, and nothing is; `make test-cluster`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compose.conftest import HOW_TO_GET_IT
from tests.support.faults.cluster import BROKERS, ClusterCounty, LeaderKilled, cluster_county
from tests.support.faults.deployment import has_docker
from tests.support.faults.harness import harness_at
from tests.support.faults.reports import Report
from tests.support.faults.schedule import today

pytestmark = pytest.mark.cluster

DEATHS = 3


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterCounty]:
    if not has_docker():
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    directory = Path(tempfile.mkdtemp(prefix="balian-cluster-"))
    try:
        with cluster_county(directory) as cluster:
            yield cluster
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def test_every_queue_has_a_replica_on_each_broker(cluster: ClusterCounty) -> None:
    members = cluster.members(told_by=BROKERS[0])

    assert {queue for queue in members if queue.startswith("intake.")}
    assert set(members.values()) == {len(BROKERS)}


def test_nothing_is_lost_when_the_broker_that_leads_is_killed(
    cluster: ClusterCounty, report: Report
) -> None:
    with harness_at(cluster, seed=today().toordinal(), report=report) as harness:
        harness.lead_every_life_once()
        assert str(harness.verdict()) == "clean"

        rows = [harness.endure(LeaderKilled()) for _ in range(DEATHS)]

    assert [finding for row in rows for finding in row.findings] == []
