"""Where the rules index looks for rules: in functions, errors, tests and casebooks."""

from textwrap import dedent

import pytest

from tools.docs.mentions import (
    IllegibleCitation,
    Kind,
    mentions_in_casebook,
    mentions_in_code,
    mentions_in_test,
)


def decided_in(source: str) -> list[tuple[str, str]]:
    return [
        (mention.citation, mention.name)
        for mention in mentions_in_code(dedent(source), "services/x/rules.py")
        if mention.kind is Kind.DECIDES
    ]


def proven_in(source: str) -> list[tuple[str, str]]:
    return [
        (mention.citation, mention.name)
        for mention in mentions_in_test(dedent(source), "tests/unit/x/test_rules.py")
    ]


def test_function_decides_every_id_it_is_decorated_with() -> None:
    source = """
        @decides("C-12", "T11")
        def may_notify(facts): ...
    """

    assert decided_in(source) == [("C-12", "may_notify"), ("T11", "may_notify")]


def test_decorator_is_found_behind_its_module_and_on_a_method() -> None:
    source = """
        class Clock:
            @decisions.decides("D-22")
            def due(self): ...
    """

    assert decided_in(source) == [("D-22", "Clock.due")]


def test_ids_that_are_not_written_out_are_refused() -> None:
    source = """
        @decides(*RULES)
        def may_notify(facts): ...
    """

    with pytest.raises(IllegibleCitation, match=r"services/x/rules\.py:2"):
        decided_in(source)


def test_refusal_is_found_by_its_rule_and_label() -> None:
    source = """
        class OpinionMissing(Refusal):
            rule = "C-12"
            label = "尚无初步处理意见"

        class Figure:
            rule = "C-13"
    """

    refusals = [
        (mention.citation, mention.name)
        for mention in mentions_in_code(dedent(source), "shared/contracts/reception.py")
        if mention.kind is Kind.REFUSES
    ]

    assert refusals == [("C-12", "OpinionMissing")]


@pytest.mark.parametrize(
    ("text", "is_citation"),
    [
        pytest.param("L22-19¶3", True, id="a paragraph of an article"),
        pytest.param("L22-44(1)", True, id="an item of an article"),
        pytest.param("C-06a", True, id="a part of a county rule"),
        pytest.param("I-5", True, id="an invariant"),
        pytest.param("T11", False, id="a transition is too short to be told from other text"),
        pytest.param("see C-06", False, id="a sentence"),
        pytest.param("CA-1", False, id="a kind of document"),
    ],
)
def test_ids_anywhere_in_the_code_are_citations(text: str, is_citation: bool) -> None:
    source = f'reason = condition("in_order", True, cites="{text}")'

    cited = [mention.citation for mention in mentions_in_code(source, "services/x/rules.py")]

    assert cited == ([text] if is_citation else [])


def test_mark_counts_on_a_test_its_class_and_its_file() -> None:
    source = """
        pytestmark = [pytest.mark.proves("C-11"), pytest.mark.slow]

        @pytest.mark.proves("C-12")
        class TestNotice:
            pytestmark = pytest.mark.proves("T11")

            @pytest.mark.proves("D-10")
            def test_hour(self): ...

        def test_order(): ...

        def fixture_of_no_kind(): ...
    """

    assert proven_in(source) == [
        ("C-11", "TestNotice.test_hour"),
        ("D-10", "TestNotice.test_hour"),
        ("C-12", "TestNotice.test_hour"),
        ("T11", "TestNotice.test_hour"),
        ("C-11", "test_order"),
    ]


def test_mark_counts_in_parameters_and_in_a_table_of_cases() -> None:
    source = """
        TABLE = [pytest.param(1, marks=pytest.mark.proves("D-22"), id="at the limit")]

        @pytest.mark.parametrize("days", TABLE)
        def test_table(days): ...

        @pytest.mark.parametrize("days", [pytest.param(1, marks=proves("D-23"))])
        def test_row(days): ...
    """

    assert proven_in(source) == [("D-22", "test_table"), ("D-23", "test_row")]


def test_state_machine_is_a_test_of_its_file() -> None:
    source = """
        pytestmark = pytest.mark.proves("I-17")

        TestRegister = RegisterMachine.TestCase
    """

    assert proven_in(source) == [("I-17", "TestRegister")]


def test_casebook_proves_what_its_header_says() -> None:
    source = '{"casebook": 1, "proves": ["C-12", "T11"]}\n{"at": "2026-06-01T08:30:00+08:00"}\n'

    mentions = mentions_in_casebook(source, "tests/journeys/casebooks/notice.jsonl")

    assert [mention.citation for mention in mentions] == ["C-12", "T11"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('{"casebook": 1}\n', id="a header that claims nothing"),
        pytest.param("", id="an empty file"),
        pytest.param("not a casebook\n", id="a file that is no casebook"),
    ],
)
def test_casebook_without_a_claim_proves_nothing(source: str) -> None:
    assert list(mentions_in_casebook(source, "tests/journeys/casebooks/other.jsonl")) == []
