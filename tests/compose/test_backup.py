"""A county that is gone, with every volume and secret, comes back from its backup."""

from __future__ import annotations

import shutil
from pathlib import Path

from balian.casebook import read_casebook
from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.faults.deployment import DockerFailed, run
from tests.support.plain_county import PlainCounty, plain_county

STORY = CASEBOOKS / "overdue_and_promise.jsonl"


def refuses(county: PlainCounty, *command: str) -> bool:
    try:
        county.deploy(*command)
    except DockerFailed:
        return True
    return False


def test_a_story_goes_on_after_everything_was_lost_and_restored(tmp_path: Path) -> None:
    lines = read_casebook(STORY).lines
    half_way = lines[len(lines) // 2].number
    backup = tmp_path / "backup"
    with county_at(tmp_path / "embedded") as host:
        undisturbed = play(STORY, host)

    with plain_county(tmp_path) as county:
        county.play(STORY, "--until-line", str(half_way))
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
        ledger = county.play(STORY)
        parked = county.parked()

    assert left == ""
    assert not overwrites_a_backup
    assert not overwrites_a_county
    assert ledger.without_random_ids() == undisturbed.ledger.without_random_ids()
    assert parked == 0
