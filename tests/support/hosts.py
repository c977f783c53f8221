"""`balian up` in a process of its own, so that a test can kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_LIMIT = 60.0


@contextmanager
def host_up(
    directory: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run `balian up` in simulated time until the block ends; its talk goes to `talk` beside it."""
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
            ready = "".join(iter(process.stdout.readline, "}\n"))
            assert '"clock": "simulated"' in ready, directory.with_name("talk").read_text()
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a host without a chance to tidy up, and see that it is gone."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=START_LIMIT)
