"""What can be asked of Prometheus here: each metric, its labels, and who tells it.

A name in a rule that nobody exports is an alert that never fires, and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

OF_EVERY_TARGET: Final = frozenset({"job", "instance"})
"""The labels that Prometheus itself puts on whatever it scrapes."""

_OF_A_HISTOGRAM: Final = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric as its exporter declares it; a histogram is one metric, of three series."""

    name: str
    kind: str
    labels: frozenset[str]
    meaning: str = ""
    owner: str = ""
    """Who exports it."""
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The values that a label can take, for those labels whose values are known beforehand."""

    def series(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Iterate over the names under which it is stored, each with its labels."""
        if self.kind != "histogram":
            yield self.name, self.labels
            return
        for suffix in _OF_A_HISTOGRAM:
            further = {"le"} if suffix == "_bucket" else set()
            yield self.name + suffix, self.labels | further


@dataclass(frozen=True, kw_only=True)
class Series:
    """One name that can be asked for: its labels, and the values known of some of them."""

    labels: frozenset[str]
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)


Catalogue = Mapping[str, Series]
"""Everything that can be asked for, by its name."""


def catalogue_of(metrics: Iterable[Metric]) -> dict[str, Series]:
    """List every series of these metrics, with the labels of their targets."""
    return {
        name: Series(labels=labels | OF_EVERY_TARGET, values=metric.values)
        for metric in metrics
        for name, labels in metric.series()
    }
