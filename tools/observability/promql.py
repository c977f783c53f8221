"""Whether an expression asks for what there is: metrics, labels and label values.

The parser is Prometheus' own grammar; what is added here is one walk over its tree, which works out
the labels of every part of it.  Prometheus takes a label that is not there for an empty one and
answers with nothing, so a misspelt one makes no error anywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import promql_parser as promql

from tools.observability.series import Catalogue

_SETS: Final = frozenset({"and", "or", "unless"})
_KEEP_THEIR_LABELS: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_BUCKET: Final = "le"

Labels = frozenset[str] | None
"""The labels of an expression; None of a number, which has none and matches everything."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of looking at an expression: the labels of its result, and what is wrong."""

    labels: frozenset[str]
    faults: tuple[str, ...]
    names: frozenset[str]


def examine(expression: str, catalogue: Catalogue) -> Finding:
    """Work out the labels of an expression's result, the names it asks for and its faults."""
    try:
        tree = promql.parse(expression)
    except ValueError as error:
        return Finding(labels=frozenset(), faults=(f"is no PromQL: {error}",), names=frozenset())
    walk = _Walk(catalogue)
    labels = walk.labels_of(tree)
    return Finding(
        labels=labels or frozenset(), faults=tuple(walk.faults), names=frozenset(walk.names)
    )


@dataclass
class _Walk:
    """One walk over a tree."""

    catalogue: Catalogue
    faults: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def labels_of(self, part: Any) -> Labels:
        labels: Labels = None
        match part:
            case promql.VectorSelector():
                labels = self._selected(part)
            case promql.MatrixSelector():
                labels = self._selected(part.vector_selector)
            case promql.SubqueryExpr() | promql.ParenExpr() | promql.UnaryExpr():
                labels = self.labels_of(part.expr)
            case promql.Call():
                labels = self._called(part)
            case promql.AggregateExpr():
                labels = self._aggregated(part)
            case promql.BinaryExpr():
                labels = self._combined(part)
        return labels

    def _selected(self, selector: promql.VectorSelector) -> Labels:
        series = self.catalogue.get(selector.name or "")
        if series is None:
            self.faults.append(
                f"asks for {selector.name or 'a series without a name'}, which nobody exports"
            )
            return frozenset()
        self.names.add(str(selector.name))
        for matcher in selector.matchers.matchers:
            if matcher.name not in series.labels:
                self.faults.append(f"{selector.name} has no label {matcher.name}")
            elif not _can_match(matcher, series.values.get(matcher.name)):
                self.faults.append(f"{selector.name} never has {matcher}")
        return series.labels

    def _called(self, call: promql.Call) -> Labels:
        name = call.func.name
        arguments = [self.labels_of(argument) for argument in call.args]
        vectors = [labels for labels in arguments if labels is not None]
        if not vectors:
            return None
        labels = vectors[0]
        if name == "histogram_quantile":
            if _BUCKET not in labels:
                self.faults.append("histogram_quantile is given no buckets: `le` is gone")
            return labels - {_BUCKET}
        if name in ("absent", "absent_over_time"):
            return _told_by(call.args[0])
        if name in ("label_replace", "label_join"):
            return labels | {str(call.args[1].val)}
        return None if name == "scalar" else labels

    def _aggregated(self, aggregate: promql.AggregateExpr) -> Labels:
        labels = self.labels_of(aggregate.expr) or frozenset()
        modifier = aggregate.modifier
        if modifier is None:
            return labels if str(aggregate.op) in _KEEP_THEIR_LABELS else frozenset()
        named = frozenset(modifier.labels)
        self._require(named, labels, "is put together by")
        if modifier.type == promql.AggModifierType.By:
            return named
        return labels - named

    def _combined(self, both: promql.BinaryExpr) -> Labels:
        left, right = self.labels_of(both.lhs), self.labels_of(both.rhs)
        if left is None or right is None:
            return left if right is None else right
        operator = str(both.op)
        if operator == "or":
            return left | right
        matching = both.modifier.matching if both.modifier else None
        compared = self._compared(left, right, matching)
        if operator in _SETS:
            return left
        further = frozenset(both.modifier.group_labels or ()) if both.modifier else frozenset()
        match both.modifier.card if both.modifier else None:
            case promql.VectorMatchCardinality.ManyToOne:
                self._require(further, right, "takes over")
                return left | further
            case promql.VectorMatchCardinality.OneToMany:
                self._require(further, left, "takes over")
                return right | further
            case _:
                return compared

    def _compared(
        self, left: frozenset[str], right: frozenset[str], matching: Any
    ) -> frozenset[str]:
        """Give the labels by which two sides are matched; sides that differ match nothing."""
        if matching is None:
            if left != right:
                self.faults.append(
                    f"{sorted(left ^ right)} stand on one side only, so nothing matches"
                )
            return left
        named = frozenset(matching.labels)
        if matching.type == promql.LabelModifierType.Include:
            for side in (left, right):
                self._require(named, side, "is matched on")
            return named
        if left - named != right - named:
            self.faults.append(
                f"{sorted((left ^ right) - named)} stand on one side only, so nothing matches"
            )
        return left - named

    def _require(self, named: frozenset[str], present: frozenset[str], how: str) -> None:
        for label in sorted(named - present):
            self.faults.append(f"{how} {label}, which is not a label of {sorted(present)}")


def _can_match(matcher: promql.Matcher, values: frozenset[str] | None) -> bool:
    """Tell whether a label's known values hold one that fits; an unknown set may hold any."""
    if values is None:
        return True
    if matcher.op == promql.MatchOp.Equal:
        return matcher.value in values or not matcher.value
    if matcher.op == promql.MatchOp.NotEqual:
        return matcher.value in values
    parts = _alternatives(matcher.value)
    return all(any(re.fullmatch(part, value) for value in values) for part in parts)


def _alternatives(pattern: str) -> list[str]:
    """Part a pattern such as ``error|timeout`` so that each of the words has to be a value."""
    return pattern.split("|") if re.fullmatch(r"[\w|]+", pattern) else [pattern]


def _told_by(selector: Any) -> frozenset[str]:
    """Give the labels that `absent` can tell: those that were asked for by equality."""
    if not isinstance(selector, promql.VectorSelector):
        return frozenset()
    return frozenset(
        matcher.name for matcher in selector.matchers.matchers if matcher.op == promql.MatchOp.Equal
    )
