"""`balian up` in a process of its own, so that a test can kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

START_LIMIT = 60.0


class HostDied(RuntimeError):
    """Raised when a host ended before it took calls; says how, and its last words."""

    def __init__(self, exit_code: int, talk: str) -> None:
        super().__init__(f"the host ended with {exit_code} before it took calls: {talk[-2000:]}")
        self.exit_code = exit_code


@contextmanager
def host_up(
    directory: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run `balian up` in simulated time until the block ends; its talk goes to `talk` beside it.

    Raises:
        HostDied: it ended before it took calls.
    """
    command = [sys.executable, "-m", "balian", "up", "--clock", "simulated", "--json"]
    with directory.with_name("talk").open("a", encoding="utf-8") as talk:
        process = subprocess.Popen(
            [*command, "--dir", str(directory)],
            stdout=subprocess.PIPE,
            stderr=talk,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            assert process.stdout is not None
            ready = _until_ready(process.stdout)
            if not ready:
                raise HostDied(process.wait(timeout=START_LIMIT), _read(directory))
            assert '"clock": "simulated"' in ready, _read(directory)
            yield process
        finally:
            kill(process)


def _until_ready(stdout: IO[str]) -> str:
    """Read what the host says of itself once it takes calls; nothing where it ends before."""
    said = ""
    for line in stdout:
        said += line
        if line == "}\n":
            return said
    return ""


def _read(directory: Path) -> str:
    return directory.with_name("talk").read_text(encoding="utf-8")


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a host without a chance to tidy up, and see that it is gone."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=START_LIMIT)
