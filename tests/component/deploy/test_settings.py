"""The commands in `deploy` and compose take a deployment's own names from the same places."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ASKED = 'printf "%s\\n" "$project" "$secrets" "$nodes" "$image"'


def settings_in(directory: Path, **environment: str) -> list[str]:
    """Give project, secrets, nodes and image as a command would see them in a directory."""
    script = f'set -eu; . "{ROOT}/deploy/settings"; {ASKED}'
    told = {"PATH": os.environ["PATH"], **environment}
    shown = subprocess.run(
        ["sh", "-c", script], cwd=directory, env=told, capture_output=True, text=True, check=True
    )
    return shown.stdout.splitlines()


def test_without_a_word_the_usual_names_hold(tmp_path: Path) -> None:
    assert settings_in(tmp_path) == ["balian", "./deploy/secrets", "./deploy/nodes", "balian:local"]


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_file_that_compose_reads_is_read(quote: str, tmp_path: Path) -> None:
    lines = {"COMPOSE_PROJECT_NAME": "linhe", "SECRETS_DIR": "/srv/secrets", "BALIAN_VERSION": "2"}
    written = "".join(f"{name}={quote}{value}{quote}\n" for name, value in lines.items())
    (tmp_path / ".env").write_text(f"# of this machine\n{written}", encoding="utf-8")

    found = settings_in(tmp_path)

    assert found == ["linhe", "/srv/secrets", "./deploy/nodes", "balian:2"]


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BALIAN_VERSION=1\n", encoding="utf-8")

    found = settings_in(tmp_path, BALIAN_VERSION="2")

    assert found[-1] == "balian:2"


def test_bare_name_of_a_directory_is_not_taken_for_a_volume(tmp_path: Path) -> None:
    found = settings_in(tmp_path, NODES_DIR="nodes", SECRETS_DIR="../secrets")

    assert found[1:3] == ["../secrets", "./nodes"]
