"""The report of a run: a table in Markdown, and its place in docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bench.figures import Bound, Lap, Ratio
from bench.outcome import Outcome, summary

BEGIN: Final = "<!-- begin of what `make bench WRITE=1` writes -->"
END: Final = "<!-- end of what `make bench WRITE=1` writes -->"

_MILLI: Final = 1000
_HEAD: Final = (
    "| contender | per second | p50 ms | p95 ms | p99 ms | CPU ms per operation |",
    "| --- | ---: | ---: | ---: | ---: | --- |",
)


class MarkersMissing(RuntimeError):
    """Raised when a page does not say where the figures belong."""


def table(outcomes: Sequence[Outcome], ground: Mapping[str, Any]) -> str:
    """Write the figures of a run as Markdown."""
    return "\n".join(
        [*_ground(ground), *(line for outcome in outcomes for line in _section(outcome))]
    )


def put_into(page: str, figures: str) -> str:
    """Put figures into a page, in place of those between its markers.

    Raises:
        MarkersMissing: it does not have both, in this order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"the page needs the lines {BEGIN} and {END}"
        raise MarkersMissing(msg)
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def _ground(ground: Mapping[str, Any]) -> Iterator[str]:
    machine, versions = ground["machine"], ground["versions"]
    yield (
        f"Measured at {ground['measured_at']} on {machine['cores']} cores"
        f" ({machine['processor']}, {machine['memory_mebibytes']} MiB, {machine['system']}),"
        f" at commit {ground['commit']}."
    )
    yield f"Versions: {_listed(versions)}."
    if ground["versions_of_peers"]:
        yield f"Versions of the peers: {_listed(ground['versions_of_peers'])}."
    if ground.get("is_quick"):
        yield "A quick run: it shows that everything works, and its figures are rough."


def _section(outcome: Outcome) -> Iterator[str]:
    yield ""
    yield f"### {outcome.title}"
    yield ""
    yield f"One operation: {outcome.operation}."
    if outcome.conditions:
        yield f"Under these conditions: {_listed(outcome.conditions)}."
    yield ""
    yield from _HEAD
    for name, laps in outcome.laps.items():
        yield _row(name, laps)
    if any(lap.facts for laps in outcome.laps.values() for lap in laps):
        yield ""
        yield from _facts(outcome)
    if outcome.ratios:
        yield ""
        yield "| ratio of rates | median | lowest | highest | target |"
        yield "| --- | ---: | ---: | ---: | --- |"
        for ratio in outcome.ratios:
            yield _ratio(ratio)
    if outcome.bounds:
        yield ""
        yield "| figure | found | target |"
        yield "| --- | ---: | --- |"
        for bound in outcome.bounds:
            yield _bound(bound)


def _row(name: str, laps: Sequence[Lap]) -> str:
    figures = summary(laps)
    rate, latency = figures["per_second"], figures["latency_seconds"]
    cells = [
        name,
        f"{rate['median']:,.1f} ({rate['lowest']:,.1f} to {rate['highest']:,.1f})",
        *(_milliseconds(latency.get(f"p{percent}")) for percent in (50, 95, 99)),
        ", ".join(
            f"{process} {seconds * _MILLI:.2f}"
            for process, seconds in figures["cpu_seconds_per_operation"].items()
        ),
    ]
    return f"| {' | '.join(cells)} |"


def _facts(outcome: Outcome) -> Iterator[str]:
    yield "| contender | what | median | lowest | highest |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for name, laps in outcome.laps.items():
        for what, spread in summary(laps)["facts"].items():
            cells = (spread["median"], spread["lowest"], spread["highest"])
            figures = " | ".join(f"{figure:,.2f}" for figure in cells)
            yield f"| {name} | {what} | {figures} |"


def _ratio(ratio: Ratio) -> str:
    spread = ratio.spread
    figures = f"{spread.median:.2f} | {spread.lowest:.2f} | {spread.highest:.2f}"
    return f"| {ratio.of} to {ratio.to} | {figures} | {_target(ratio)} |"


def _bound(bound: Bound) -> str:
    found = "nothing" if bound.figure is None else f"{bound.figure:,.2f}"
    verdict = "met" if bound.is_met else "missed"
    return f"| {bound.what} | {found} | at most {bound.at_most:g}: {verdict} |"


def _target(ratio: Ratio) -> str:
    if ratio.target is None:
        return "none"
    return f"at least {ratio.target:g}: {'met' if ratio.is_met else 'missed'}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * _MILLI:.1f}"


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
