"""How long the answers of a health listener take: ``python -m tests.support.health_latency``.

Run it on a machine that does nothing else.  It asks a process that idles, one that computes
without giving way and one that counts in its metrics, and prints milliseconds for each page.
"""

from __future__ import annotations

import contextlib
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.health import PAGES, ask, free_port

ROOT: Final = Path(__file__).resolve().parents[2]
ROUNDS: Final = 300
WHAT: Final = ("idle", "compute", "count")


@contextlib.contextmanager
def process(port: int, what: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process of `tests.support.health_process`; it does as told when this returns."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.support.health_process", str(port), what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert started.stdout is not None
    try:
        assert started.stdout.readline() == "begun\n"
        yield started
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


def ended(running: subprocess.Popen[str]) -> int:
    """End such a process and give how far it counted."""
    running.send_signal(signal.SIGUSR1)
    assert running.stdout is not None
    return int(running.stdout.readline())


def main() -> None:
    """Measure and print."""
    sys.stdout.write("process  page       median    p99    max  (ms)\n")
    for what in WHAT:
        port = free_port()
        with process(port, what):
            for page in PAGES:
                times = []
                for _ in range(ROUNDS):
                    times.append(ask(port, page).seconds * 1000)
                    time.sleep(0.01)
                times.sort()
                middle, late = statistics.median(times), times[int(len(times) * 0.99)]
                row = f"{what:8} {page:10} {middle:6.1f} {late:6.1f} {times[-1]:6.1f}\n"
                sys.stdout.write(row)


if __name__ == "__main__":
    main()
