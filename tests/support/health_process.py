"""A process with a health listener and one green thread that does as the arguments say.

``python -m tests.support.health_process PORT compute|count SECONDS``: compute without giving way,
or count in the metrics while giving way all the time.  It says ``listening`` when it is asked to
begin, and at the end how far it counted.
"""

from shared.messaging.patching import make_green

make_green()

import sys  # noqa: E402 - everything else is imported green.
from time import monotonic  # noqa: E402

import eventlet  # noqa: E402
from prometheus_client import Counter, Histogram  # noqa: E402

from shared.health import Findings, listener_at  # noqa: E402

COUNTED = Counter("balian_test_counted_total", "Counted.", ("thread",))
TIMED = Histogram("balian_test_seconds", "Timed.", ("thread",))


def compute(seconds: float) -> None:
    """Hold the interpreter in plain bytecode, as a long computation does."""
    ends = monotonic() + seconds
    number = 0
    while monotonic() < ends:
        number = (number * 31 + 7) % 1_000_003


def count(name: str, ends: float) -> None:
    """Move metrics, letting others have their turns."""
    while monotonic() < ends:
        for _ in range(50):
            COUNTED.labels(thread=name).inc()
            TIMED.labels(thread=name).observe(0.1)
        eventlet.sleep(0)


def main() -> None:
    """Do as told."""
    port, what, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    told = listener_at("127.0.0.1", port, Findings("intake"))
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    # The first answers come while the process has something else to do already.
    if what == "compute":
        eventlet.spawn(compute, seconds).wait()
    else:
        ends = monotonic() + seconds
        counting = [eventlet.spawn(count, f"green_{number}", ends) for number in range(8)]
        for thread in counting:
            thread.wait()
    told.leave()
    (family,) = COUNTED.collect()
    total = sum(sample.value for sample in family.samples if sample.name.endswith("_total"))
    sys.stdout.write(f"{total:.0f}\n")


if __name__ == "__main__":
    main()
