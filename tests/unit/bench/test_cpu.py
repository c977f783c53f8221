"""CPU time as the kernel counts it."""

import os
import time

from bench.cpu import cpu_seconds, taken_since


def test_what_this_process_takes_is_counted_and_nobody_elses() -> None:
    processes = {"this": os.getpid(), "nobody": 2**31 - 1}
    enough = 0.05
    before = cpu_seconds(processes)
    begun = time.process_time()

    while time.process_time() - begun < enough:
        sum(range(10_000))
    taken = taken_since(before, cpu_seconds(processes))

    # The kernel counts in hundredths of a second, and either end of it may be cut off.
    assert taken["this"] >= enough - 0.02
    assert taken["nobody"] == 0.0
