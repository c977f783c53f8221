"""Places at which a test may kill the process, to prove that nothing is lost and nothing doubled.

Each point is passed with the names of what is in hand there, so that a death can be ordered for
one kind of message alone.
Nothing happens at a crash point unless a setting armed one for this process: `BALIAN_CRASHPOINT`
once at its start, or `CRASHPOINT_DIR`, in which files may arm some at any time.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

CRASH_POINTS: Final = (
    "command_written_before_commit",
    "command_committed_before_reply",
    "event_handled_before_commit",
    "event_committed_before_ack",
    "published_before_mark",
    "deadline_claimed_before_commit",
)

ARMED: Final = "armed"
"""How the name of a file begins that arms a point at run time; each file arms one."""

Watcher = Callable[[str], None]
_Killer = Callable[[str, Collection[str]], None]

_SPECIFICATION: Final = re.compile(r"(?P<name>\w+)(@(?P<message>[\w./-]+))?(:(?P<nth>[1-9]\d*))?")

_watchers: list[Watcher] = []
_killers: list[_Killer] = []


class UnknownCrashPoint(ValueError):
    """Raised when a crash point is armed that is not on the list."""


@dataclass(frozen=True)
class CrashSpecification:
    """Where to die: at a point, with one kind of message in hand or with any, at the n-th pass."""

    name: str
    message: str = ""
    nth: int = 1

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `name[@message][:n]`.

        Raises:
            UnknownCrashPoint: there is no such point, or n is no positive number.
        """
        found = _SPECIFICATION.fullmatch(text)
        if found is None or found["name"] not in CRASH_POINTS:
            msg = (
                f"a crash point is one of {', '.join(CRASH_POINTS)}, "
                "with @message for one kind of message and :n for its n-th pass"
            )
            raise UnknownCrashPoint(msg)
        return cls(found["name"], found["message"] or "", int(found["nth"] or "1"))

    def __str__(self) -> str:
        message = f"@{self.message}" if self.message else ""
        return f"{self.name}{message}:{self.nth}"

    def is_passed(self, name: str, messages: Collection[str]) -> bool:
        """Tell whether passing this point, with these messages in hand, counts as a pass."""
        return name == self.name and (not self.message or self.message in messages)


def arm(setting: str) -> None:
    """Arm one crash point, as `name[@message][:n]`; empty text arms none.

    Raises:
        UnknownCrashPoint: there is no such point, or n is no positive number.
    """
    if setting:
        _killers.append(_killer(CrashSpecification.read(setting)))


def arm_from(directory: Path | None) -> None:
    """Let files in a directory, named `armed...`, arm points at any time; no directory, never.

    The process removes the file before it dies of it, so that it dies once of each.  Of several
    processes that share the directory, the one that removes it is the one that dies.
    """
    if directory is not None:
        _killers.append(_killer_by_files(directory))


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher of every crash point passed; one that raises stands for a crash."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def crashpoint(name: str, *messages: str) -> None:
    """Pass a crash point; an armed process dies here, without a chance to tidy up.

    Args:
        name: one of `CRASH_POINTS`.
        messages: what is in hand: the wire name of a call, the wire type of an event, by itself
            and as `consumer/type`, the kind of a deadline; a relayed batch has several.
    """
    for watcher in _watchers:
        watcher(name)
    for killer in _killers:
        killer(name, messages)


def _killer(specification: CrashSpecification) -> _Killer:
    passes = itertools.count(1)

    def kill(name: str, messages: Collection[str]) -> None:
        if specification.is_passed(name, messages) and next(passes) == specification.nth:
            _die()

    return kill


def _killer_by_files(directory: Path) -> _Killer:
    by_file: dict[Path, _Killer] = {}

    def kill(name: str, messages: Collection[str]) -> None:
        for file in sorted(directory.glob(f"{ARMED}*")):
            by_file.setdefault(file, _killer_by_file(file))(name, messages)

    return kill


def _killer_by_file(file: Path) -> _Killer:
    seen = ""
    passed = 0

    def kill(name: str, messages: Collection[str]) -> None:
        nonlocal seen, passed
        text = ""
        with suppress(OSError, UnicodeDecodeError):
            text = file.read_text(encoding="utf-8").strip()
        if text != seen:
            seen, passed = text, 0
        if not text or not _is_passed(text, name, messages):
            return
        passed += 1
        if passed >= CrashSpecification.read(text).nth and _removed(file):
            _die()

    return kill


def _is_passed(text: str, name: str, messages: Collection[str]) -> bool:
    # A service must not stumble over what somebody wrote into a file of its test.
    try:
        return CrashSpecification.read(text).is_passed(name, messages)
    except UnknownCrashPoint:
        return False


def _removed(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:
        return False
    return True


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
