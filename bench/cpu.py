"""The CPU time of processes, as Linux counts it in ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PARENT: Final = 1
_TIMES: Final = slice(11, 15)
"""Where these stand behind the name in ``stat``: the time of a process and of its dead children."""


def cpu_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """Give the CPU seconds that each process and everything it started have taken so far.

    What a child took counts for its parent once it has ended, so a sum never shrinks.

    Args:
        processes: the process id at the top of each tree, by any name.
    """
    ticks, children = _all_processes()
    return {name: _sum(pid, ticks, children) / _TICKS for name, pid in processes.items()}


def taken_since(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Give what was taken between two looks."""
    return {name: after[name] - before[name] for name in after}


def memory_mebibytes(pid: int, name: str) -> float:
    """Give a line of memory of a process, such as ``VmHWM`` (its peak) or ``VmRSS``, in MiB.

    Raises:
        OSError: there is no such process.
        LookupError: there is no such line.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) / 1024
    raise LookupError(name)


def _all_processes() -> tuple[dict[int, int], dict[int, list[int]]]:
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # A process may end between being listed and being read.
        with suppress(OSError):
            # What stands in brackets is a name, which may hold anything.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            pid = int(stat.parent.name)
            ticks[pid] = sum(int(value) for value in fields[_TIMES])
            children.setdefault(int(fields[_PARENT]), []).append(pid)
    return ticks, children


def _sum(pid: int, ticks: Mapping[int, int], children: Mapping[int, list[int]]) -> int:
    return ticks.get(pid, 0) + sum(_sum(child, ticks, children) for child in children.get(pid, ()))
