"""Scraping a listener as Prometheus does, and reading what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from tests.support.health import ask


@dataclass(frozen=True)
class Scrape:
    """What one scrape brought."""

    text: str
    values: Mapping[tuple[str, frozenset[tuple[str, str]]], float]

    def value(self, name: str, **labels: str) -> float | None:
        """Give the value of the series that has just these labels; None where there is none."""
        return self.values.get((name, frozenset(labels.items())))

    def series(self, name: str, **labels: str) -> dict[frozenset[tuple[str, str]], float]:
        """Give every series of a name that has these labels, and maybe others."""
        wanted = set(labels.items())
        return {
            key[1]: value
            for key, value in self.values.items()
            if key[0] == name and wanted <= key[1]
        }

    @property
    def names(self) -> set[str]:
        """Give the names that have any series."""
        return {name for name, _labels in self.values}


def scrape(port: int) -> Scrape:
    """Scrape once.

    Raises:
        OSError: nobody answers.
        AssertionError: a series comes twice, which Prometheus would refuse.
    """
    told = ask(port, "/metrics")
    assert told.status == 200
    return read(told.body.decode())


def read(text: str) -> Scrape:
    """Read what a scrape brought.

    Raises:
        AssertionError: a series comes twice, which Prometheus would refuse.
    """
    samples = [
        ((sample.name, frozenset(sample.labels.items())), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    assert len(dict(samples)) == len(samples), "a series comes twice"
    return Scrape(text, dict(samples))
