"""The way in: runs the chosen benchmarks, prints the table, and keeps every figure as JSON."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import amqp
import psycopg

from bench.catalogue import Benchmark, BenchmarkUnknown, chosen
from bench.ground import Ground, Scale, prepared_ground, say
from bench.load import CallFailed
from bench.machine import described
from bench.outcome import Outcome
from bench.processes import ROOT, ProcessFailed
from bench.report import put_into, table
from bench.servers import ServerMissing

_RESULTS: Final = ROOT / "out" / "bench"
_PAGE: Final = ROOT / "docs" / "performance.md"
_ENDED: Final = 128 + signal.SIGTERM


def main() -> int:
    """Run benchmarks; gives 1 where one of them could not be run, 2 where none could."""
    told = _arguments()
    # Ended from outside, it still takes down what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    try:
        benchmarks = chosen([name.strip() for name in told.only.split(",") if name.strip()])
        scale = Scale(is_quick=told.quick)
        with prepared_ground(scale) as ground:
            about = {**described(ground.server_versions()), "is_quick": scale.is_quick}
            outcomes = _run(benchmarks, ground, about)
    except (BenchmarkUnknown, ServerMissing) as fault:
        say(f"bench: {fault}")
        return 2
    figures = table(outcomes, about)
    sys.stdout.write(f"{figures}\n")
    say(f"Every figure: {_keep(outcomes, about)}")
    if len(outcomes) < len(benchmarks):
        return 1
    if told.write:
        _PAGE.write_text(put_into(_PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")
        say(f"Written into {_PAGE.relative_to(ROOT)}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures, within minutes")
    parser.add_argument("--only", default="", help="names of benchmarks, parted by commas")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md too")
    told = parser.parse_args()
    if told.write and (told.quick or told.only):
        parser.error("WRITE=1 replaces every table, so it takes a full run: no QUICK and no ONLY")
    return told


def _run(
    benchmarks: Mapping[str, Benchmark], ground: Ground, about: Mapping[str, Any]
) -> list[Outcome]:
    """Run one after the other; what goes wrong with one is told, and the others still run.

    What was measured is kept at once: a run of hours that is broken off has not been for nothing.
    """
    outcomes: list[Outcome] = []
    for name, run in benchmarks.items():
        say(f"{name}:")
        begun = time.monotonic()
        try:
            outcomes.append(run(ground))
        except (CallFailed, ProcessFailed, psycopg.Error, amqp.AMQPError, OSError) as fault:
            say(f"  FAILED: {type(fault).__name__}: {fault}")
        else:
            _keep(outcomes, about)
        say(f"  took {time.monotonic() - begun:.0f} s")
    return outcomes


def _keep(outcomes: Sequence[Outcome], about: Mapping[str, Any]) -> Path:
    _RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = str(about["measured_at"]).replace(":", "").partition("+")[0]
    path = _RESULTS / f"{stamp}.json"
    result = {**about, "benchmarks": [outcome.as_json() for outcome in outcomes]}
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path.relative_to(ROOT)


if __name__ == "__main__":
    sys.exit(main())
