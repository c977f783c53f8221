"""The compose files are taken by every compose command that is here, old or new."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def is_there(command: str) -> bool:
    words = command.split()
    if shutil.which(words[0]) is None:
        return False
    return not subprocess.run([*words, "version"], capture_output=True, check=False).returncode


@pytest.mark.parametrize("command", ["docker-compose", "docker compose"])
@pytest.mark.parametrize(
    ("files", "profile"),
    [
        pytest.param([], "", id="the county"),
        pytest.param(["--cluster"], "", id="the county on three brokers"),
        pytest.param(["--township", "sanchakou"], "", id="a township"),
        pytest.param([], "observability", id="the county and what watches it"),
        pytest.param(["--cluster"], "observability", id="three brokers and what watches them"),
    ],
)
def test_compose_command_takes_the_files(
    command: str, files: list[str], profile: str, tmp_path: Path
) -> None:
    if not is_there(command):
        pytest.skip(f"{command} is not on this machine")
    environment = {**os.environ, "COMPOSE": command, "SECRETS_DIR": str(tmp_path)}
    if profile:
        environment["COMPOSE_PROFILES"] = profile

    checked = subprocess.run(
        [ROOT / "deploy" / "compose", *files, "config"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "amqp://{service}@rabbitmq:5672/balian" in checked.stdout
    # Without the profile the older command shows them all the same.
    assert not profile or "/run/secrets/grafana_admin" in checked.stdout


def test_waiting_for_what_is_not_there_ends_and_fails() -> None:
    waited = subprocess.run(
        [ROOT / "deploy" / "wait", "balian_test_nowhere", "1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert waited.returncode == 1
    assert "there is nothing in balian_test_nowhere" in waited.stderr
