"""The rules of `deploy/prometheus`, as they are written, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tools.observability.promql import Finding, examine
from tools.observability.series import Catalogue, Series

RUNBOOK: Final = "docs/runbook.md"
SEVERITIES: Final = frozenset({"page", "ticket"})
AUDIENCES: Final = frozenset({"operator", "office"})

_ALERT_NAME: Final = re.compile(r"([A-Z][a-z]+)+")
_RECORD_NAME: Final = re.compile(r"[a-z_]+:[a-z_]+:[a-z0-9_]+")
_LABEL_IN_TEXT: Final = re.compile(r"\$labels\.(\w+)")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_BEGINS_AN_ALERT: Final = re.compile(r"\s*- alert: (\w+)")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A recording rule or an alert."""

    name: str
    expression: str
    is_alert: bool
    waits: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """Every rule of a deployment, with what its expressions ask for."""

    rules: tuple[Rule, ...]
    catalogue: Catalogue
    """What is exported, and what the rules record of it."""
    findings: Mapping[str, Finding]
    """What became of looking at the expression of each rule, by its name."""

    @property
    def alerts(self) -> tuple[Rule, ...]:
        """Give the alerts alone."""
        return tuple(rule for rule in self.rules if rule.is_alert)

    @property
    def records(self) -> tuple[Rule, ...]:
        """Give the recording rules alone."""
        return tuple(rule for rule in self.rules if not rule.is_alert)

    def leaves_of(self, names: Iterable[str]) -> frozenset[str]:
        """Give the exported metrics that some names come from in the end."""
        recorded = {rule.name for rule in self.records}
        leaves: set[str] = set()
        pending = set(names)
        while pending:
            name = pending.pop()
            if name in recorded:
                pending |= self.findings[name].names
            else:
                leaves.add(name)
        return frozenset(leaves)


def rule_files(directory: Path) -> list[Path]:
    """List the files that Prometheus reads its rules from."""
    return sorted([*directory.glob("recording*.yml"), *directory.glob("alerts*.yml")])


def read_rules(paths: Iterable[Path]) -> tuple[Rule, ...]:
    """Read every rule, in the order they stand."""
    return tuple(
        _rule(entry)
        for path in paths
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for entry in group["rules"]
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        name=str(entry.get("alert") or entry["record"]),
        expression=str(entry["expr"]),
        is_alert="alert" in entry,
        waits=entry.get("for"),
        labels=entry.get("labels") or {},
        annotations=entry.get("annotations") or {},
    )


def examined(rules: Iterable[Rule], exported: Catalogue) -> RuleBook:
    """Look at every expression, those first that others stand on."""
    rules = tuple(rules)
    catalogue = dict(exported)
    findings: dict[str, Finding] = {}
    pending = [rule for rule in rules if not rule.is_alert]
    while pending:
        sound = [
            (rule, found)
            for rule in pending
            if not (found := examine(rule.expression, catalogue)).faults
        ]
        for rule, found in sound:
            findings[rule.name] = found
            catalogue[rule.name] = _recorded(rule, found, catalogue)
        pending = [rule for rule in pending if rule.name not in findings]
        if not sound:
            break
    for rule in (*pending, *(rule for rule in rules if rule.is_alert)):
        findings[rule.name] = examine(rule.expression, catalogue)
    return RuleBook(rules=rules, catalogue=catalogue, findings=findings)


def _recorded(rule: Rule, found: Finding, catalogue: Catalogue) -> Series:
    """Give what a rule records; a label keeps the values that it has where it comes from."""
    labels = found.labels | set(rule.labels)
    values: dict[str, frozenset[str]] = {}
    for label in found.labels:
        known = [
            catalogue[name].values.get(label)
            for name in found.names
            if label in catalogue[name].labels
        ]
        if known and all(one is not None for one in known):
            values[label] = frozenset().union(*(one for one in known if one is not None))
    return Series(labels=labels, values=values)


def faults_in(book: RuleBook) -> Iterator[str]:
    """Iterate over what is wrong with the rules."""
    names = [rule.name for rule in book.rules]
    for rule in book.rules:
        if names.count(rule.name) > 1:
            yield f"{rule.name}: stands there more than once"
        for fault in book.findings[rule.name].faults:
            yield f"{rule.name}: {fault}"
        for fault in _faults_of_alert(rule, book) if rule.is_alert else _faults_of_record(rule):
            yield f"{rule.name}: {fault}"


def _faults_of_record(rule: Rule) -> Iterator[str]:
    if _RECORD_NAME.fullmatch(rule.name) is None:
        yield "is not named level:metric:operation"


def _faults_of_alert(rule: Rule, book: RuleBook) -> Iterator[str]:
    if _ALERT_NAME.fullmatch(rule.name) is None:
        yield "is not named in words that begin with a capital"
    if not rule.waits:
        yield "does not wait: `for` is missing"
    if rule.labels.get("severity") not in SEVERITIES:
        yield f"is of no severity of {sorted(SEVERITIES)}"
    if rule.labels.get("audience") not in AUDIENCES:
        yield f"is for none of {sorted(AUDIENCES)}"
    yield from _faults_of_annotations(rule)
    told = book.findings[rule.name].labels | set(rule.labels)
    for text in rule.annotations.values():
        for label in _LABEL_IN_TEXT.findall(text):
            if label not in told:
                yield f"tells of a label {label}, which its result has not"


def _faults_of_annotations(rule: Rule) -> Iterator[str]:
    for annotation in ("summary", "description"):
        if not rule.annotations.get(annotation):
            yield f"has no {annotation}"
    if rule.annotations.get("runbook_url") != f"{RUNBOOK}#{rule.name.lower()}":
        yield f"does not lead to {RUNBOOK}#{rule.name.lower()}"
    is_for_office = rule.labels.get("audience") == "office"
    if is_for_office and not _HAN.search(rule.annotations.get("notice_zh", "")):
        yield "is for the office and does not say in Chinese what to do"


def unexplained(path: Path) -> list[str]:
    """List the alerts of a file that have no comment above them with their figures' reason."""
    missing, above = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        begins = _BEGINS_AN_ALERT.match(line)
        if begins and not above.lstrip().startswith("#"):
            missing.append(begins[1])
        above = line
    return missing
