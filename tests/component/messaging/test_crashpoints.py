"""A process dies at the crash point that was armed, with the message it was armed for, once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.messaging.crashpoints import ARMED, CrashSpecification, UnknownCrashPoint, arm

PASSES = """
from pathlib import Path
import sys
from shared.messaging.crashpoints import arm, arm_from, crashpoint
setting, directory = sys.argv[1:]
arm(setting)
arm_from(Path(directory) if directory else None)
for message in ("a.v1", "b.v1", "b.v1"):
    crashpoint("published_before_mark", message, "other.v1")
    print(message, flush=True)
crashpoint("event_committed_before_ack", "c.v1", "intake/c.v1")
print("c.v1", flush=True)
"""


def _passes(setting: str = "", directory: Path | str = "") -> tuple[int, list[str]]:
    """Let a process pass four points; give how it ended and which it outlived."""
    done = subprocess.run(
        [sys.executable, "-c", PASSES, setting, str(directory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("setting", "outlived"),
    [
        ("", ["a.v1", "b.v1", "b.v1", "c.v1"]),
        ("published_before_mark", []),
        ("published_before_mark:3", ["a.v1", "b.v1"]),
        ("published_before_mark@b.v1", ["a.v1"]),
        ("published_before_mark@b.v1:2", ["a.v1", "b.v1"]),
        ("published_before_mark@other.v1:2", ["a.v1"]),
        ("published_before_mark@c.v1", ["a.v1", "b.v1", "b.v1", "c.v1"]),
        ("event_committed_before_ack@intake/c.v1", ["a.v1", "b.v1", "b.v1"]),
        ("event_committed_before_ack@triage/c.v1", ["a.v1", "b.v1", "b.v1", "c.v1"]),
    ],
)
def test_a_process_dies_where_it_was_armed(setting: str, outlived: list[str]) -> None:
    code, passed = _passes(setting)

    assert passed == outlived
    assert code == (0 if len(outlived) == 4 else -signal.SIGKILL)


def test_a_file_arms_a_running_process_and_is_gone_when_it_dies(tmp_path: Path) -> None:
    (tmp_path / ARMED).write_text("published_before_mark@b.v1:2\n", encoding="utf-8")

    code, passed = _passes(directory=tmp_path)

    assert (code, passed) == (-signal.SIGKILL, ["a.v1", "b.v1"])
    assert not (tmp_path / ARMED).exists()
    assert _passes(directory=tmp_path)[0] == 0


def test_each_of_several_files_kills_once(tmp_path: Path) -> None:
    (tmp_path / f"{ARMED}.1").write_text("event_committed_before_ack@intake/c.v1", encoding="utf-8")
    (tmp_path / f"{ARMED}.2").write_text("published_before_mark@b.v1", encoding="utf-8")

    deaths = [_passes(directory=tmp_path) for _ in range(3)]

    assert deaths == [
        (-signal.SIGKILL, ["a.v1"]),
        (-signal.SIGKILL, ["a.v1", "b.v1", "b.v1"]),
        (0, ["a.v1", "b.v1", "b.v1", "c.v1"]),
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "no_such_point", "published_before_mark:0", "\udcff"])
def test_a_file_that_names_no_point_kills_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / ARMED).write_bytes(text.encode("utf-8", "surrogateescape"))

    assert _passes(directory=tmp_path)[0] == 0
    assert (tmp_path / ARMED).exists()


@pytest.mark.parametrize(
    "text", ["no_such_point", "published_before_mark:0", "published_before_mark@", "@a.v1"]
)
def test_a_point_that_does_not_exist_cannot_be_armed(text: str) -> None:
    with pytest.raises(UnknownCrashPoint):
        arm(text)


def test_a_specification_is_written_as_it_is_read() -> None:
    specification = CrashSpecification.read("command_written_before_commit@intake.record_visit:3")

    assert specification.message == "intake.record_visit"
    assert CrashSpecification.read(str(specification)) == specification
