"""What promtool is given to try the rules with, and which rules that leaves untried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import promql_parser as promql
import yaml

from tools.observability.promql import examine
from tools.observability.rules import RuleBook
from tools.observability.series import Catalogue


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One test: the series that are there, and what is expected of alerts and expressions."""

    where: str
    series: tuple[str, ...]
    firing: frozenset[str]
    silent: frozenset[str]
    expressions: tuple[str, ...]
    """Those whose result is expected to hold something."""

    @property
    def names(self) -> frozenset[str]:
        """Give the names of the series that are there."""
        return frozenset(series.partition("{")[0] for series in self.series)


def read_trials(paths: Iterable[Path]) -> tuple[Trial, ...]:
    """Read the tests of every file."""
    return tuple(_trials(paths))


def _trials(paths: Iterable[Path]) -> Iterator[Trial]:
    for path in paths:
        for number, test in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["tests"], 1):
            alerts = test.get("alert_rule_test") or []
            yield Trial(
                where=f"{path.name}, test {number} ({test.get('name', 'without a name')})",
                series=tuple(str(one["series"]) for one in test["input_series"]),
                firing=frozenset(one["alertname"] for one in alerts if one.get("exp_alerts")),
                silent=frozenset(one["alertname"] for one in alerts if not one.get("exp_alerts")),
                expressions=tuple(
                    str(one["expr"])
                    for one in test.get("promql_expr_test") or []
                    if one.get("exp_samples")
                ),
            )


def faults_in(trials: Iterable[Trial], book: RuleBook, exported: Catalogue) -> Iterator[str]:
    """Iterate over rules that are not tried both ways, and over series nobody exports."""
    trials = tuple(trials)
    for trial in trials:
        for series in trial.series:
            for fault in _faults_of(series, exported):
                yield f"{trial.where}: {series} {fault}"
    for alert in book.alerts:
        asked = book.leaves_of(book.findings[alert.name].names)
        if not any(alert.name in trial.firing for trial in trials):
            yield f"{alert.name}: no test makes it fire"
        # With none of its metrics there an alert is silent whatever it says.
        if not any(alert.name in trial.silent and asked & trial.names for trial in trials):
            yield f"{alert.name}: no test keeps it silent while its metrics are there"
    expected = {
        name
        for trial in trials
        for expression in trial.expressions
        for name in examine(expression, book.catalogue).names
    }
    for record in book.records:
        if record.name not in expected:
            yield f"{record.name}: no test expects a value of it"


def _faults_of(series: str, exported: Catalogue) -> Iterator[str]:
    """Iterate over what is wrong with a series that is made up for a test."""
    tree = promql.parse(series)
    if not isinstance(tree, promql.VectorSelector):
        yield "is no series"
        return
    yield from examine(series, exported).faults
    if any(matcher.op != promql.MatchOp.Equal for matcher in tree.matchers.matchers):
        yield "gives a label no value"
