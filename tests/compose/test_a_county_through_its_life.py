"""One county, as the files say it, plays the sample week through all that its operator does to it.

Each test plays a further part of the week, and after each the ledger is that of the undisturbed
embedded host.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from balian.casebook import read_casebook
from balian.deployment import Deployment
from balian.ledger import Ledger
from tests.support.casebooks import SAMPLE, county_at, play
from tests.support.faults.deployment import CONTAINER_OF, DockerFailed, run
from tests.support.plain_county import PlainCounty, plain_county

PARTS = 4


class Week:
    """The sample week, played part by part on both deployments."""

    def __init__(self, county: PlainCounty, embedded: Deployment, directory: Path) -> None:
        self.county = county
        self._embedded = embedded
        self._directory = directory
        self._played = 0
        self._last = read_casebook(SAMPLE).lines[-1].number

    def next_part(self) -> tuple[Sequence[str], Ledger]:
        """Play a part on the embedded host; give what `balian play` is told, and the ledger due."""
        self._played += 1
        line = self._last * self._played // PARTS
        undisturbed = play(SAMPLE, self._embedded, directory=self._directory, until_line=line)
        return ("--until-line", str(line)), undisturbed.ledger


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    directory = tmp_path_factory.mktemp("county")
    asked = tmp_path_factory.mktemp("asked")
    with county_at(directory / "embedded") as embedded:
        with plain_county(directory) as county:
            yield Week(county, embedded, asked)
        run("docker", "rmi", newer_image(county), check=False)


def test_the_week_is_the_same_on_compose(week: Week) -> None:
    until, undisturbed = week.next_part()

    ledger = week.county.play(SAMPLE, *until)

    assert ledger.without_random_ids() == undisturbed.without_random_ids()


def test_a_rolling_upgrade_while_the_week_goes_on_loses_nothing(week: Week) -> None:
    county = week.county
    until, undisturbed = week.next_part()
    newer = newer_image(county)
    run("docker", "tag", image_of(county, "intake"), newer)

    going_on = county.begin_play(SAMPLE, *until)
    county.version = county.project
    county.compose("run", "--rm", "--no-deps", "-T", "migrate")
    for container in CONTAINER_OF.values():
        county.compose("up", "-d", "--no-deps", container)
        county.wait_until_healthy()
    images = {image_of(county, container) for container in CONTAINER_OF.values()}
    ledger = county.end_play(going_on)

    assert images == {newer}
    assert ledger.without_random_ids() == undisturbed.without_random_ids()
    assert county.parked() == 0


def test_the_week_goes_on_after_everything_was_lost_and_restored(week: Week) -> None:
    county = week.county
    backup = county.directory / "backup"
    until, undisturbed = week.next_part()

    county.deploy("backup", str(backup))
    overwrites_a_backup = not refuses(county, "backup", str(backup))
    overwrites_a_county = not refuses(county, "restore", str(backup))
    county.down()
    shutil.rmtree(county.secrets_directory)
    left = run(
        *("docker", "volume", "ls", "--quiet"),
        *("--filter", f"label=com.docker.compose.project={county.project}"),
    )
    county.deploy("restore", str(backup))
    ledger = county.play(SAMPLE, *until)

    assert left == ""
    assert not overwrites_a_backup
    assert not overwrites_a_county
    assert ledger.without_random_ids() == undisturbed.without_random_ids()
    assert county.parked() == 0


def test_two_of_every_service_change_nothing_in_the_outcome(week: Week) -> None:
    county = week.county
    until, undisturbed = week.next_part()

    county.scale(list(CONTAINER_OF.values()), 2)
    listeners = county.listeners(list(CONTAINER_OF))
    ledger = county.play(SAMPLE, *until)

    assert listeners == dict.fromkeys(CONTAINER_OF, 2)
    assert ledger.without_random_ids() == undisturbed.without_random_ids()
    assert county.parked() == 0


def refuses(county: PlainCounty, *command: str) -> bool:
    try:
        county.deploy(*command)
    except DockerFailed:
        return True
    return False


def newer_image(county: PlainCounty) -> str:
    return f"balian:{county.project}"


def image_of(county: PlainCounty, container: str) -> str:
    return run(
        *("docker", "inspect", "--format", "{{.Config.Image}}"),
        county.compose("ps", "-q", container).strip(),
    ).strip()
