"""Which benchmarks there are, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from bench import burst, embedded, full_case, lifecycle, registration, relay
from bench.ground import Ground
from bench.growth import benchmark as growth
from bench.outcome import Outcome

Benchmark = Callable[[Ground], Outcome]

BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    "registration": registration.run,
    "relay": relay.run,
    "lifecycle": lifecycle.run,
    "growth": growth.run,
    "burst": burst.run,
    "case": full_case.run,
    "embedded": embedded.run,
}


class BenchmarkUnknown(ValueError):
    """Raised when a benchmark is chosen that does not exist; names those that do."""


def chosen(names: Collection[str]) -> dict[str, Benchmark]:
    """Give the benchmarks of these names, or all of them where none is named.

    Raises:
        BenchmarkUnknown: one does not exist.
    """
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        msg = f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}"
        raise BenchmarkUnknown(msg)
    return {name: run for name, run in BENCHMARKS.items() if not names or name in names}
