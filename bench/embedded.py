"""Benchmark 7, embedded: what the one-process host costs on an office's own machine.

A host with all five services and two nodes is started on new stores, and the sample county's week
is played on it, in simulated time, from the first visitor to the archived slips.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.cpu import memory_mebibytes
from bench.figures import Lap
from bench.ground import Ground, say
from bench.outcome import Outcome
from bench.processes import PYTHON, ROOT, ProcessFailed, clean_environment
from bench.turns import Contender, in_turns

START: Final = "start of the host"
WEEK: Final = "the county's week"

_WEEK: Final = ROOT / "samples" / "county-week.jsonl"
_BALIAN: Final = (PYTHON, "-m", "balian")
_KIBI: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A host of one process, each time on new stores."""

    ground: Ground

    def start(self) -> Lap:
        """Start a host and stop it again; an operation is one start."""
        with_stores = self._new_directory()
        begun = time.perf_counter()
        self.ground.processes.start(
            "up",
            (*_BALIAN, "up", "--dir", with_stores),
            environment={},
            when="balian is up",
        )
        seconds = time.perf_counter() - begun
        memory = memory_mebibytes(self.ground.processes.pid("up"), "VmRSS")
        self.ground.processes.stop("up")
        return Lap(operations=1, seconds=seconds, facts={"start s": seconds, "memory MiB": memory})

    def week(self) -> Lap:
        """Play the week in a process of its own; an operation is one line of the casebook.

        Raises:
            ProcessFailed: it did not go as written.
        """
        with_stores = self._new_directory()
        lines = len(_WEEK.read_text(encoding="utf-8").splitlines()) - 1
        begun = time.perf_counter()
        said = self.ground.directory / "play.log"
        with said.open("wb") as opened:
            process = subprocess.Popen(
                [*_BALIAN, "play", _WEEK, "--dir", with_stores],
                cwd=ROOT,
                env=clean_environment({}),
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=opened,
            )
            _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            msg = f"the county's week did not go as written:\n{said.read_text(errors='replace')}"
            raise ProcessFailed(msg)
        return Lap(
            operations=lines,
            seconds=seconds,
            cpu={"host": used.ru_utime + used.ru_stime},
            facts={"whole week s": seconds, "most memory MiB": used.ru_maxrss / _KIBI},
        )

    def _new_directory(self) -> Path:
        directory = self.ground.directory / "embedded"
        shutil.rmtree(directory, ignore_errors=True)
        return directory


def run(ground: Ground) -> Outcome:
    """Measure the start of a host and the county's week on it."""
    embedded = Embedded(ground=ground)
    rounds = ground.scale.choose(quick=1, full=5)
    ground.filled.run_only()
    # The first start of all reads the modules from the disk.
    laps = in_turns(
        [
            Contender(
                name=START,
                run=embedded.start,
                warm_up=ground.scale.choose(quick=None, full=embedded.start),
            ),
            Contender(name=WEEK, run=embedded.week),
        ],
        rounds=rounds,
        say=say,
    )
    return Outcome(
        name="embedded",
        title="Embedded",
        operation="one start until calls are taken, or one line of the casebook of a week",
        laps=laps,
        conditions={"rounds": rounds},
    )
