"""A process with a health listener and green threads that do as the argument says.

``python -m tests.support.health_process PORT idle|compute|count``: nothing; compute without giving
way; or count in the metrics while giving way all the time.
It says ``begun`` once it does so.  SIGUSR1 ends it; then it says how far it counted.
"""

from shared.messaging.patching import make_green

make_green()

import signal  # noqa: E402 - everything else is imported green.
import sys  # noqa: E402
from typing import Final  # noqa: E402

import eventlet  # noqa: E402
from prometheus_client import Counter, Histogram  # noqa: E402

from shared.health import Findings, listener_at  # noqa: E402

COUNTED = Counter("balian_test_counted_total", "Counted.", ("thread",))
TIMED = Histogram("balian_test_seconds", "Timed.", ("thread",))

ENDED: Final[list[int]] = []
"""Filled by the signal: Python runs its handler between two steps of whatever computes."""


def say(word: object) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def idle() -> None:
    """Leave everything to the others."""
    say("begun")
    while not ENDED:
        eventlet.sleep(0.05)


def compute() -> None:
    """Hold the interpreter in plain bytecode, as a long computation does."""
    say("begun")
    number = 0
    while not ENDED:
        number = (number * 31 + 7) % 1_000_003


def count() -> None:
    """Move metrics in several green threads, each letting the others have their turns."""
    counting = [eventlet.spawn(_count, f"green_{number}") for number in range(8)]
    say("begun")
    for thread in counting:
        thread.wait()


def _count(name: str) -> None:
    while not ENDED:
        for _ in range(50):
            COUNTED.labels(thread=name).inc()
            TIMED.labels(thread=name).observe(0.1)
        eventlet.sleep(0)


def main() -> None:
    """Do as told."""
    port, what = int(sys.argv[1]), sys.argv[2]
    signal.signal(signal.SIGUSR1, lambda number, _frame: ENDED.append(number))
    told = listener_at("127.0.0.1", port, Findings("intake"))
    eventlet.spawn({"idle": idle, "compute": compute, "count": count}[what]).wait()
    told.leave()
    (family,) = COUNTED.collect()
    say(f"{sum(one.value for one in family.samples if one.name.endswith('_total')):.0f}")


if __name__ == "__main__":
    main()
