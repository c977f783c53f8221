"""A store directory from outside: whether it is ours, what it was used with, and emptying it.

What a directory was first used with, its clock and its nodes, stays with it in `balian.json`;
a node keeps its setup until it is told another:
a store that has lived in simulated time must not wake up under the system's clock, where every
deadline of the played weeks would fire at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from balian.faults import BadInput, DirectoryInUse, NotOurDirectory
from balian.host import LOCK_NAME
from balian.ledger import write_whole
from balian.node_setups import NodeSetup, read_setups
from balian.socket import SOCKET_NAME
from shared.clock import ClockKind

MEMORY_NAME: Final = "balian.json"

_OURS: Final = re.compile(
    rf"{re.escape(LOCK_NAME)}|{re.escape(SOCKET_NAME)}|{re.escape(MEMORY_NAME)}|keys"
    r"|[a-z0-9_]+\.(?:db|sqlite3)(?:-wal|-shm|-journal)?|cb-[0-9a-f]{16}\.jsonl"
)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a store directory is used with, from its first host on."""

    clock: ClockKind
    nodes: tuple[str, ...]
    setups: Mapping[str, NodeSetup] = field(default_factory=dict)


def usage_of(directory: Path) -> Usage | None:
    """Tell what a directory was used with before; None when it never was.

    Raises:
        BadInput: the file that says so cannot be read.
    """
    path = directory / MEMORY_NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Usage(
            clock=ClockKind(told["clock"]),
            nodes=tuple(told["nodes"]),
            setups=read_setups(told.get("setups", {})),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        what = f"{path} cannot be read"
        todo = 'Write it again, such as {"clock": "system", "nodes": ["county"]}.'
        raise BadInput(what=what, todo=todo) from None


def remember(directory: Path, usage: Usage) -> None:
    """Keep in a directory what it is used with; a node once there stays."""
    before = usage_of(directory)
    nodes = dict.fromkeys((*(before.nodes if before else ()), *usage.nodes))
    setups = {**(before.setups if before else {}), **usage.setups}
    told: dict[str, Any] = {"clock": usage.clock.value, "nodes": list(nodes)}
    if setups:
        told["setups"] = {node: setup.as_mapping() for node, setup in setups.items()}
    write_whole(directory / MEMORY_NAME, json.dumps(told) + "\n")


def require_ours(directory: Path) -> None:
    """Make sure that a directory is new, empty, or one that balian has made.

    Raises:
        NotOurDirectory: it is no directory, or holds things balian did not make.
    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise NotOurDirectory(what=f"{directory} is no directory", todo="Name another with --dir.")
    strange = _strangers(directory)
    if strange and not (directory / LOCK_NAME).exists():
        raise NotOurDirectory(
            what=f"{directory} is no store directory of balian",
            why=f"It holds {strange[0]}" + (" and more." if len(strange) > 1 else "."),
            todo="Name an empty or a new directory with --dir.",
        )


def make_empty(directory: Path) -> None:
    """Empty a store directory, and nothing but a store directory.

    Everything is looked at before anything is removed: one file that is not ours, and all stays.

    Raises:
        NotOurDirectory: it holds something balian did not make.
        DirectoryInUse: a host runs there.
    """
    require_ours(directory)
    if not directory.exists():
        return
    strange = _strangers(directory)
    if strange:
        raise NotOurDirectory(
            what=f"{directory} is not emptied",
            why=f"It holds {strange[0]}, which balian did not make.",
            todo="Move that away, or name another directory with --dir.",
        )
    lock = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, directory)
        for entry in directory.iterdir():
            if entry.name == LOCK_NAME:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    finally:
        os.close(lock)


def nodes_for(directory: Path, wanted: Sequence[str], *, default: Sequence[str]) -> tuple[str, ...]:
    """Give the nodes of a host: those asked for or usual, and those the directory already has."""
    before = usage_of(directory)
    return tuple(dict.fromkeys((*(before.nodes if before else ()), *(wanted or default))))


def setups_for(directory: Path, wanted: Mapping[str, NodeSetup]) -> dict[str, NodeSetup]:
    """Give the setups of a host's nodes: those told now, else as the directory keeps them."""
    before = usage_of(directory)
    return {**(before.setups if before else {}), **wanted}


def _take(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DirectoryInUse(
            what=f"{directory} is in use by another host",
            why="A running host's stores are not emptied.",
            todo="Stop that host first, or name another directory with --dir.",
        ) from None


def _strangers(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir() if not _OURS.fullmatch(entry.name))
