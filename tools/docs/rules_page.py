"""docs/rules.md: every rule, where it is decided, what refuses it, and which tests prove it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tools.docs.mentions import Kind, Mention
from tools.docs.rule_list import Rule, RuleList

_TESTS_NAMED_PER_FILE = 3

_INTRODUCTION = """\
# Rules

This page is made by `make docs` from the code; do not edit it.
Each line is one rule or article of the texts that Balian follows.
"Decided in" names the function that answers the question.
"Refused by" names the errors that cite the rule when it is broken.
"Proven by" names the tests and casebooks that show it.
A rule that is decided or refused and proven by no test fails the build.
"""


@dataclass(frozen=True, kw_only=True)
class RulesIndex:
    """The list of rules with everything in the code that speaks of them."""

    rules: RuleList
    mentions: tuple[Mention, ...]

    def mentions_of(self, rule_id: str, kind: Kind) -> list[Mention]:
        """List the places of one kind that belong to a rule's line."""
        return [
            mention
            for mention in self.mentions
            if mention.kind is kind and self.rules.line_for(mention.citation) == rule_id
        ]

    def faults(self) -> Iterator[str]:
        """Iterate over what is wrong, each with its place and what to do."""
        for mention in self.mentions:
            if self.rules.line_for(mention.citation) is None:
                yield (
                    f"{mention.path}:{mention.line}: {mention.citation} is no rule of "
                    "docs/rule-ids.yaml; correct the id or add its line there."
                )
        for group in self.rules.groups:
            for rule in group.rules:
                yield from self._unproven(rule)

    def _unproven(self, rule: Rule) -> Iterator[str]:
        places = [
            *self.mentions_of(rule.rule_id, Kind.DECIDES),
            *self.mentions_of(rule.rule_id, Kind.REFUSES),
        ]
        if places and not self.mentions_of(rule.rule_id, Kind.PROVES):
            named = ", ".join(f"{place.path}:{place.name}" for place in places)
            yield (
                f"{rule.rule_id} ({rule.title}) stands in {named} and no test proves it; mark the "
                f'test that does with @pytest.mark.proves("{rule.rule_id}").'
            )


def _by_file(mentions: Iterable[Mention], *, most_names: int | None = None) -> str:
    """Name the places of a cell, one line for each file."""
    names: dict[str, list[str]] = {}
    for mention in mentions:
        in_file = names.setdefault(mention.path, [])
        if mention.name and mention.name not in in_file:
            in_file.append(mention.name)
    lines = []
    for path, in_file in names.items():
        shown = in_file[:most_names]
        rest = len(in_file) - len(shown)
        listed = ", ".join(f"`{name}`" for name in shown) + (f" and {rest} more" if rest else "")
        link = f"[{path}](../{path})"
        lines.append(f"{link}: {listed}" if listed else link)
    return "<br>".join(lines)


def _row(index: RulesIndex, rule: Rule) -> str:
    decided = _by_file(index.mentions_of(rule.rule_id, Kind.DECIDES))
    refused = ", ".join(
        dict.fromkeys(f"`{place.name}`" for place in index.mentions_of(rule.rule_id, Kind.REFUSES))
    )
    proven = _by_file(
        index.mentions_of(rule.rule_id, Kind.PROVES), most_names=_TESTS_NAMED_PER_FILE
    )
    if not (decided or refused or proven):
        decided = "not yet"
    return f"| {rule.rule_id} | {rule.title} | {decided} | {refused} | {proven} |"


def render_rules(index: RulesIndex) -> str:
    """Write the page."""
    every = [rule for group in index.rules.groups for rule in group.rules]
    decided = sum(bool(index.mentions_of(rule.rule_id, Kind.DECIDES)) for rule in every)
    proven = sum(bool(index.mentions_of(rule.rule_id, Kind.PROVES)) for rule in every)
    parts = [
        _INTRODUCTION,
        f"{len(every)} rules and articles: {decided} decided in code, {proven} proven by tests.\n",
    ]
    for group in index.rules.groups:
        rows = "\n".join(_row(index, rule) for rule in group.rules)
        parts.append(
            f"## {group.title}\n\n{group.about}\n\n"
            "| id | rule | decided in | refused by | proven by |\n"
            f"| --- | --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(parts)
