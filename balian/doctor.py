"""What this machine has, what it lacks, what that is needed for, and how to get it.

Only what the embedded host needs is required; a broker, PostgreSQL and Docker serve a deployment.
Nothing here is changed or installed.
"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

LEAST_PYTHON: Final = (3, 11)
LEAST_SQLITE: Final = (3, 35, 0)
LEAST_DISK_MIB: Final = 200
LOCAL_ZONE_NAME: Final = "Asia/Shanghai"
_OTHERS: Final = 0o077
_MEBIBYTE: Final = 1024 * 1024
_REQUIREMENT: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?P<version>.*)")


class State(StrEnum):
    """What a look came to."""

    OK = "ok"
    LACKING = "lacking"
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `lacking` stops the embedded host, `absent` something beyond it."""

    subject: str
    state: State
    found: str
    needed_for: str
    remedy: str = ""


def examine(directory: Path) -> list[Finding]:
    """Look at everything, for stores in a directory."""
    return [
        _python(),
        _packages(),
        _sqlite(),
        _zone(),
        _encoding(),
        _disk(directory),
        _keys(directory),
        _rabbitmq(),
        _postgresql(),
        _docker(),
    ]


def is_enough(findings: list[Finding]) -> bool:
    """Tell whether the embedded host runs on this machine."""
    return all(finding.state is not State.LACKING for finding in findings)


def _required(subject: str, *, sound: bool, found: str, remedy: str) -> Finding:
    return Finding(
        subject=subject,
        state=State.OK if sound else State.LACKING,
        found=found,
        needed_for="everything",
        remedy="" if sound else remedy,
    )


def _useful(subject: str, *, found: str | None, needed_for: str, remedy: str) -> Finding:
    return Finding(
        subject=subject,
        state=State.OK if found else State.ABSENT,
        found=found or "not found",
        needed_for=needed_for,
        remedy="" if found else remedy,
    )


def _python() -> Finding:
    least = ".".join(map(str, LEAST_PYTHON))
    return _required(
        "Python",
        sound=sys.version_info >= LEAST_PYTHON,
        found=platform.python_version(),
        remedy=f"install Python {least} or newer; Debian 12, Ubuntu 24.04: apt install python3",
    )


def _packages() -> Finding:
    wanted = list(_requirements())
    wrong = [fault for requirement in wanted if (fault := _fault_of_package(requirement))]
    return _required(
        "Python packages",
        sound=bool(wanted) and not wrong,
        found="; ".join(wrong) or f"{len(wanted)} as pinned",
        remedy="make env",
    )


def _requirements() -> Iterator[str]:
    """Iterate over what balian is declared to run on."""
    try:
        declared = importlib.metadata.requires("balian") or []
    except importlib.metadata.PackageNotFoundError:
        listing = Path(__file__).resolve().parent.parent / "requirements.in"
        declared = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
    for line in declared:
        requirement = line.partition("#")[0].partition(";")[0].replace(" ", "")
        if requirement:
            yield requirement


def _fault_of_package(requirement: str) -> str:
    read = _REQUIREMENT.fullmatch(requirement)
    if read is None:
        return f"{requirement} cannot be read"
    try:
        found = importlib.metadata.version(read["name"])
    except importlib.metadata.PackageNotFoundError:
        return f"{read['name']} is missing"
    exact = read["version"].removeprefix("==")
    pinned = read["version"].startswith("==")
    return f"{read['name']} is {found}, not {exact}" if pinned and found != exact else ""


def _sqlite() -> Finding:
    return _required(
        "SQLite",
        sound=sqlite3.sqlite_version_info >= LEAST_SQLITE,
        found=sqlite3.sqlite_version,
        remedy=f"use a Python built with SQLite {'.'.join(map(str, LEAST_SQLITE))} or newer",
    )


def _zone() -> Finding:
    try:
        zoneinfo.ZoneInfo(LOCAL_ZONE_NAME)
    except zoneinfo.ZoneInfoNotFoundError:
        sound = False
    else:
        sound = True
    return _required(
        "time zone data",
        sound=sound,
        found=LOCAL_ZONE_NAME if sound else f"no {LOCAL_ZONE_NAME}",
        remedy="apt install tzdata, or: pip install tzdata",
    )


def _encoding() -> Finding:
    found = sys.stdout.encoding or "none"
    sound = found.lower().replace("-", "") == "utf8"
    return Finding(
        subject="Chinese on the screen",
        state=State.OK if sound else State.ABSENT,
        found=found,
        needed_for="reading what the commands say",
        remedy="" if sound else "export LANG=C.UTF-8, or: export PYTHONUTF8=1",
    )


def _disk(directory: Path) -> Finding:
    place = directory.resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // _MEBIBYTE
    return _required(
        "disk",
        sound=free >= LEAST_DISK_MIB,
        found=f"{free} MiB free at {place}",
        remedy=f"free {LEAST_DISK_MIB} MiB, or name another directory with --dir",
    )


def _keys(directory: Path) -> Finding:
    files = sorted((directory / "keys").glob("*.key"))
    open_to_others = [file.name for file in files if file.stat().st_mode & _OTHERS]
    found = f"{len(files)} keys, only yours" if files else "none yet; the first start makes them"
    return _required(
        "keys",
        sound=not open_to_others,
        found=f"others can read {', '.join(open_to_others)}" if open_to_others else found,
        remedy=f"chmod 700 {directory / 'keys'} && chmod 600 {directory / 'keys'}/*.key",
    )


def _rabbitmq() -> Finding:
    server = _first_of(
        "/usr/lib/rabbitmq/lib", "rabbitmq_server-*/sbin/rabbitmq-server", "rabbitmq-server"
    )
    return _useful(
        "RabbitMQ",
        found=server,
        needed_for="services on a broker",
        remedy="apt install rabbitmq-server",
    )


def _postgresql() -> Finding:
    return _useful(
        "PostgreSQL",
        found=_first_of("/usr/lib/postgresql", "*/bin/postgres", "postgres"),
        needed_for="stores of a deployment",
        remedy="apt install postgresql",
    )


def _docker() -> Finding:
    docker = shutil.which("docker")
    composes = shutil.which("docker-compose") or (docker and _answers(docker, "compose", "version"))
    found = " and ".join(filter(None, (docker, "compose" if composes else "")))
    return _useful(
        "Docker with compose",
        found=found if docker and composes else None,
        needed_for="a deployment in containers",
        remedy="apt install docker.io docker-compose",
    )


def _first_of(folder: str, pattern: str, program: str) -> str | None:
    installed = sorted(Path(folder).glob(pattern))
    return str(installed[-1]) if installed else shutil.which(program)


def _answers(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
