"""Every service is replaced by one from another image while a story is played; nothing is lost."""

from __future__ import annotations

from pathlib import Path

from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.faults.deployment import CONTAINER_OF, run
from tests.support.plain_county import PlainCounty, plain_county

STORY = CASEBOOKS / "busy_week.jsonl"


def image_of(county: PlainCounty, container: str) -> str:
    return run(
        *("docker", "inspect", "--format", "{{.Config.Image}}"),
        county.compose("ps", "-q", container).strip(),
    ).strip()


def test_a_rolling_upgrade_during_a_story_loses_nothing(tmp_path: Path) -> None:
    with county_at(tmp_path / "embedded") as host:
        undisturbed = play(STORY, host)

    with plain_county(tmp_path) as county:
        newer = f"balian:{county.project}"
        run("docker", "tag", image_of(county, "intake"), newer)
        try:
            going_on = county.begin_play(STORY)
            county.version = county.project
            county.compose("run", "--rm", "--no-deps", "-T", "migrate")
            for container in CONTAINER_OF.values():
                county.compose("up", "-d", "--no-deps", container)
                county.wait_until_healthy()
            images = {image_of(county, container) for container in CONTAINER_OF.values()}
            ledger = county.end_play(going_on)
            parked = county.parked()
        finally:
            county.down()
            run("docker", "rmi", newer, check=False)

    assert images == {newer}
    assert ledger.without_random_ids() == undisturbed.ledger.without_random_ids()
    assert parked == 0
