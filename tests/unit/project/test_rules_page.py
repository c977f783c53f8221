"""The rules index: which lines it finds, what it calls a fault, and how it reads."""

from pathlib import Path

import pytest

from tools.docs.mentions import Kind, Mention
from tools.docs.rule_list import MalformedRuleList, Rule, RuleGroup, RuleList, read_rule_list
from tools.docs.rules_page import RulesIndex, render_rules

NOTICE = Rule(rule_id="C-12", title="No notice without an opinion")
ARTICLE = Rule(rule_id="L22-19", title="What a petition contains")
RESCHEDULED = Rule(rule_id="T12b", title="Appointed to rescheduled")
RECEIVED = Rule(rule_id="T12", title="Appointed to received")
RULES = RuleList(
    groups=(
        RuleGroup(
            title="County", about="Of the county.", rules=(NOTICE, ARTICLE, RECEIVED, RESCHEDULED)
        ),
    )
)


def mention(kind: Kind, citation: str, *, name: str = "may_notify", path: str = "") -> Mention:
    return Mention(
        kind=kind, citation=citation, path=path or "services/x/rules.py", name=name, line=7
    )


def index_of(*mentions: Mention) -> RulesIndex:
    return RulesIndex(rules=RULES, mentions=mentions)


@pytest.mark.parametrize(
    ("citation", "line"),
    [
        pytest.param("C-12", "C-12", id="the rule itself"),
        pytest.param("C-12a", "C-12", id="a part of a rule"),
        pytest.param("L22-19¶3", "L22-19", id="a paragraph of an article"),
        pytest.param("L22-19(1)", "L22-19", id="an item of an article"),
        pytest.param("T12b", "T12b", id="a transition with a line of its own"),
        pytest.param("L22-190", None, id="a longer number is another article"),
        pytest.param("C-99", None, id="a rule that nobody wrote"),
    ],
)
def test_citation_belongs_to_its_line(citation: str, line: str | None) -> None:
    assert RULES.line_for(citation) == line


def test_decided_and_proven_rule_is_no_fault() -> None:
    index = index_of(
        mention(Kind.DECIDES, "C-12"),
        mention(Kind.PROVES, "C-12", path="tests/unit/x/test_rules.py", name="test_notice"),
    )

    assert list(index.faults()) == []


@pytest.mark.parametrize("kind", [Kind.DECIDES, Kind.REFUSES])
def test_rule_without_proof_is_a_fault(kind: Kind) -> None:
    (fault,) = index_of(mention(kind, "C-12")).faults()

    assert fault.startswith("C-12 (No notice without an opinion) stands in services/x/rules.py")
    assert '@pytest.mark.proves("C-12")' in fault


def test_proof_of_a_paragraph_is_proof_of_its_article() -> None:
    index = index_of(mention(Kind.DECIDES, "L22-19"), mention(Kind.PROVES, "L22-19¶3"))

    assert list(index.faults()) == []


def test_rule_that_is_only_cited_needs_no_proof() -> None:
    assert list(index_of(mention(Kind.CITES, "C-12")).faults()) == []


@pytest.mark.parametrize("kind", list(Kind))
def test_unknown_id_is_a_fault_wherever_it_stands(kind: Kind) -> None:
    (fault,) = index_of(mention(kind, "C-99")).faults()

    assert fault.startswith("services/x/rules.py:7: C-99 is no rule")


def test_page_names_places_and_says_not_yet() -> None:
    page = render_rules(
        index_of(
            mention(Kind.DECIDES, "C-12"),
            mention(Kind.REFUSES, "C-12", name="OpinionMissing"),
            *(
                mention(
                    Kind.PROVES, "C-12", path="tests/unit/x/test_rules.py", name=f"test_{which}"
                )
                for which in ("below", "at", "above", "unknown")
            ),
        )
    )

    assert (
        "| C-12 | No notice without an opinion "
        "| [services/x/rules.py](../services/x/rules.py): `may_notify` | `OpinionMissing` "
        "| [tests/unit/x/test_rules.py](../tests/unit/x/test_rules.py): "
        "`test_below`, `test_at`, `test_above` and 1 more |"
    ) in page
    assert "| T12 | Appointed to received | not yet |  |  |" in page
    assert "4 rules and articles: 1 decided in code, 1 proven by tests." in page


def test_list_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "rule-ids.yaml"
    path.write_text(
        "- group: County\n  about: Of the county.\n  rules:\n    C-12: No notice\n",
        encoding="utf-8",
    )

    rules = read_rule_list(path)

    assert rules.rule_ids == {"C-12"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("C-12: No notice\n", "must be a list", id="no groups"),
        pytest.param("- group: County\n", "needs `group`, `about` and `rules`", id="half a group"),
        pytest.param(
            "- {group: A, about: a, rules: {C-12: x}}\n- {group: B, about: b, rules: {C-12: y}}\n",
            "names C-12 twice",
            id="an id in two groups",
        ),
    ],
)
def test_malformed_list_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "rule-ids.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MalformedRuleList, match=complaint):
        read_rule_list(path)
