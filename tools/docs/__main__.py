"""`python -m tools.docs write` makes the three pages, `... check` tells where they fall short."""

import argparse
import sys
from pathlib import Path

from tools.docs.contracts_page import faults as contract_faults
from tools.docs.contracts_page import read_owners, render_contracts
from tools.docs.mentions import IllegibleCitation, find_mentions
from tools.docs.rule_list import MalformedRuleList, read_rule_list
from tools.docs.rules_page import RulesIndex, render_rules
from tools.observability.exported import catalogue
from tools.observability.metrics_page import render_metrics
from tools.observability.rules import examined, read_rules, rule_files

ROOT = Path(__file__).resolve().parents[2]


def make_pages(root: Path) -> tuple[dict[Path, str], list[str]]:
    """Make the pages, by path, and list what is wrong with the code they are made from.

    Raises:
        IllegibleCitation: a citation is not written out where it stands.
        MalformedRuleList: the list of rule ids cannot be read.
    """
    owners = read_owners()
    index = RulesIndex(
        rules=read_rule_list(root / "docs" / "rule-ids.yaml"),
        mentions=tuple(find_mentions(root)),
    )
    watched = examined(read_rules(rule_files(root / "deploy" / "prometheus")), catalogue())
    wrong = [*contract_faults(owners), *index.faults()]
    pages = {
        root / "docs" / "rules.md": render_rules(index),
        root / "docs" / "contracts.md": render_contracts(
            owners, samples=root / "tests" / "contracts" / "samples"
        ),
        root / "docs" / "metrics.md": render_metrics(watched),
    }
    return pages, wrong


def stale_pages(pages: dict[Path, str], *, root: Path) -> list[str]:
    """List the pages on disk that differ from what the code says."""
    return [
        f"{path.relative_to(root)} does not say what the code says; run `make docs` and commit it."
        for path, text in pages.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def write(root: Path) -> int:
    """Write the pages; what is wrong with the code is told, but left to `check` to refuse."""
    pages, wrong = make_pages(root)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    _tell(wrong)
    return 0


def check(root: Path) -> int:
    """Tell what is wrong and which pages are stale; the exit code is 1 if anything is."""
    pages, wrong = make_pages(root)
    wrong += stale_pages(pages, root=root)
    _tell(wrong)
    return 1 if wrong else 0


def _tell(wrong: list[str]) -> None:
    for fault in wrong:
        sys.stderr.write(f"docs: {fault}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("command", choices=("write", "check"))
    command = parser.parse_args(arguments).command
    try:
        return write(ROOT) if command == "write" else check(ROOT)
    except (IllegibleCitation, MalformedRuleList) as unreadable:
        _tell([str(unreadable)])
        return 1


if __name__ == "__main__":
    sys.exit(main())
