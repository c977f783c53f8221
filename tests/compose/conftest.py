"""One county on compose for the whole session, broken on purpose, and taken down at the end."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.faults.deployment import FaultyCounty
    from tests.support.faults.reports import Report

# What reaches a database driver is imported within the fixtures: this file is read before the
# session is made green, and psycopg settles how it waits when it is first imported.

HOW_TO_GET_IT = (
    "no Docker engine answers; docs/deploy.md says what it takes (apt-get install docker.io "
    "docker-compose, and a running dockerd)"
)


@pytest.fixture(scope="session")
def county() -> Iterator[FaultyCounty]:
    """Give the county; its evidence is kept beside the report where a test fails."""
    from tests.support.faults.deployment import faulty_county, has_docker  # noqa: PLC0415

    if not has_docker():
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    directory = Path(tempfile.mkdtemp(prefix="balian-compose-"))
    try:
        with faulty_county(directory) as county:
            yield county
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Give the report of the session, which is written after each fault and shown at the end."""
    from tests.support.faults.reports import Report  # noqa: PLC0415
    from tests.support.faults.schedule import today  # noqa: PLC0415

    day = today().isoformat()
    report = Report(
        Path("out/compose/report.json"),
        about={"day": day, "repeat": f"FAULTS_DATE={day} make test-compose"},
    )
    yield report
    report.write()
    if report.rows:
        report.show(title=f"faults of {day}")
        sys.stderr.write(f"To repeat: FAULTS_DATE={day} make test-compose\n")
