"""The locks: hashes for everything, no registry, and what the lists of dependencies ask for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = [
    "requirements.lock",
    "requirements-image.lock",
    "requirements-dev.lock",
    "requirements-bench.lock",
]

_PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)", flags=re.MULTILINE)
_ASKED = re.compile(r"^(?P<name>[A-Za-z0-9-]+)(?:\[\w+\])?==(?P<version>\S+)", flags=re.MULTILINE)


def entries(lock: str) -> list[str]:
    """Part a lock into its requirements, each with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [entry for entry in re.split(r"\n(?=[a-z])", text) if _PINNED.match(entry)]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_hashes(lock: str) -> None:
    without = [entry for entry in entries(lock) if "--hash=sha256:" not in entry]

    assert entries(lock)
    assert without == []


@pytest.mark.parametrize(
    ("asked_in", "lock"),
    [
        pytest.param("requirements.in", "requirements.lock", id="for running"),
        pytest.param("requirements.in", "requirements-dev.lock", id="for running, among all"),
        pytest.param("requirements-image.in", "requirements-image.lock", id="for the image"),
        pytest.param("requirements-image.in", "requirements-dev.lock", id="the image, among all"),
        pytest.param("requirements-dev.in", "requirements-dev.lock", id="for the checks"),
        pytest.param("requirements-bench.in", "requirements-bench.lock", id="for the peers"),
    ],
)
def test_lock_holds_what_is_asked_for(asked_in: str, lock: str) -> None:
    asked = {
        name.lower(): version
        for name, version in _ASKED.findall((ROOT / asked_in).read_text(encoding="utf-8"))
    }

    assert asked
    assert asked.items() <= versions(lock).items()


def test_an_extra_is_in_the_image_and_checked_in_its_version_and_nowhere_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = [one for extra in project["optional-dependencies"].values() for one in extra]

    asked = dict(one.split("==") for one in brought)
    assert asked
    assert asked.items() <= versions("requirements-image.lock").items()
    assert asked.items() <= versions("requirements-dev.lock").items()
    assert not asked.keys() & versions("requirements.lock").keys()


def test_the_image_holds_what_is_run_elsewhere_and_an_extra() -> None:
    run, held = versions("requirements.lock"), versions("requirements-image.lock")

    assert run.items() < held.items()
    assert held.items() < versions("requirements-dev.lock").items()


def versions(lock: str) -> dict[str, str]:
    return dict(_PINNED.findall((ROOT / lock).read_text(encoding="utf-8")))
