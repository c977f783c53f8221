"""The project's own list of rule ids, docs/rule-ids.yaml, and the line a citation belongs to."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

_LINE_OF_CITATION = re.compile(r"(?P<line>T\d+|[A-Z][A-Z0-9]*-\d+)(?:[a-z]|¶|\(|$)")


class MalformedRuleList(ValueError):
    """Raised when docs/rule-ids.yaml is no list of groups of ids and titles; correct the file."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule or article and its title."""

    rule_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class RuleGroup:
    """Rules that stand together in one text."""

    title: str
    about: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class RuleList:
    """Every rule that may be cited, in the order of the texts."""

    groups: tuple[RuleGroup, ...]

    @property
    def rule_ids(self) -> frozenset[str]:
        """Give every id of the list."""
        return frozenset(rule.rule_id for group in self.groups for rule in group.rules)

    def line_for(self, citation: str) -> str | None:
        """Find the line a citation belongs to; ``L22-19¶3`` belongs to ``L22-19``.

        Returns None where the list has no such rule.
        """
        if citation in self.rule_ids:
            return citation
        parts = _LINE_OF_CITATION.match(citation)
        if parts is not None and parts["line"] in self.rule_ids:
            return parts["line"]
        return None


def _read_group(entry: object) -> RuleGroup:
    match entry:
        case {"group": str(title), "about": str(about), "rules": dict(titles)}:
            rules = tuple(
                Rule(rule_id=str(rule_id), title=str(text)) for rule_id, text in titles.items()
            )
            return RuleGroup(title=title, about=about, rules=rules)
    message = f"a group of rules needs `group`, `about` and `rules`; this one is {entry!r:.80}"
    raise MalformedRuleList(message)


def read_rule_list(path: Path) -> RuleList:
    """Read the list of rule ids.

    Raises:
        MalformedRuleList: the file has another form, or names an id twice.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        message = f"{path} must be a list of groups."
        raise MalformedRuleList(message)
    groups = tuple(_read_group(entry) for entry in entries)
    rule_ids = [rule.rule_id for group in groups for rule in group.rules]
    twice = sorted({rule_id for rule_id in rule_ids if rule_ids.count(rule_id) > 1})
    if twice:
        message = f"{path} names {', '.join(twice)} twice; each rule has one line."
        raise MalformedRuleList(message)
    return RuleList(groups=groups)
