"""Counters whose labels are closed: every series is there with 0 before anything has happened.

A series that first appears with its first event hides that event: a rate needs the value before.
And a label from an open set, such as a petition's number, would be a new series for each of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prometheus_client import Counter

Values = type[StrEnum] | Iterable[str]
"""What a label can say: an enum, or a list of words."""

SERVICE: Final = "service"
"""The label that every metric has."""


class LabelUndeclared(ValueError):
    """Raised when something is counted under a label or a value that its counter does not have."""


@dataclass(frozen=True, kw_only=True)
class _Declaration:
    owner: str
    labels: Mapping[str, tuple[str, ...]]

    def combinations(self) -> Iterator[dict[str, str]]:
        for values in itertools.product(*self.labels.values()):
            yield dict(zip(self.labels, values, strict=True))


_declarations: Final[dict[Counter, _Declaration]] = {}


def closed_counter(
    name: str, documentation: str, *, owner: str, labels: Mapping[str, Values] | None = None
) -> Counter:
    """Declare what a service counts, with every value that each label can take.

    Args:
        name: as it is exported, with `_total` at its end.
        documentation: one sentence of what is counted.
        owner: the service whose counter it is, such as `reception` for every node of it.
        labels: their values; the label `service` comes by itself.
    """
    closed = {label: tuple(map(str, values)) for label, values in (labels or {}).items()}
    counter = Counter(name, documentation, (SERVICE, *closed))
    _declarations[counter] = _Declaration(owner=owner, labels=closed)
    return counter


def begin_counting(service: str, *, owner: str) -> None:
    """Show every series of the counters of an owner for one of its services, with 0 at first."""
    for counter, declaration in _declarations.items():
        if declaration.owner == owner:
            for labels in declaration.combinations():
                counter.labels(service=service, **labels)


def require_labels(counter: Counter, labels: Mapping[str, str]) -> None:
    """Check that a counter is declared for these labels; one that is not closed takes any.

    Raises:
        LabelUndeclared: names the counter and its label, not the value.
    """
    declaration = _declarations.get(counter)
    if declaration is None:
        return
    if labels.keys() != declaration.labels.keys():
        msg = f"{_name(counter)} has the labels {', '.join(declaration.labels)}"
        raise LabelUndeclared(msg)
    for label, values in declaration.labels.items():
        if labels[label] not in values:
            msg = f"{_name(counter)} is not declared for this value of {label}"
            raise LabelUndeclared(msg)


def _name(counter: Counter) -> str:
    return ", ".join(metric.name for metric in counter.describe())
