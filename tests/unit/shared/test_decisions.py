"""Decisions: how reasons combine, what they cite, and which figure a date chooses."""

import json
import operator
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decisions import (
    Citation,
    DatedFigures,
    Decided,
    Decision,
    FigureNotInForce,
    MalformedCitation,
    MalformedReason,
    NotDecided,
    Reason,
    Verdict,
    condition,
    dated,
    decide,
    decided,
    decides,
    known,
    missing,
    rule_ids_of,
)

YES = condition("opinion_recorded", True, cites="C-11")
NO = condition("slot_published", False, cites="M-06")
UNKNOWN = condition("unit_present", None, cites="C-13")


@pytest.mark.parametrize(
    "rule_id",
    [
        pytest.param("C-12", id="a county rule"),
        pytest.param("C-06a", id="one outcome of a county rule"),
        pytest.param("D-22", id="a settled reading"),
        pytest.param("T12b", id="a transition of the state machine"),
        pytest.param("I-7", id="an invariant"),
        pytest.param("L22-34", id="an article"),
        pytest.param("L22-19¶3", id="a paragraph of an article"),
        pytest.param("L22-44(1)", id="an item of an article"),
        pytest.param("SD-42", id="a provincial article"),
    ],
)
def test_a_rule_id_of_the_procedure_is_a_citation(rule_id: str) -> None:
    citation = Citation(rule_id)

    assert str(citation) == rule_id


@pytest.mark.parametrize(
    "rule_id",
    [
        pytest.param("", id="nothing"),
        pytest.param("34", id="a bare number"),
        pytest.param("L22", id="an instrument without an article"),
        pytest.param("L2-22", id="an instrument that does not exist"),
        pytest.param("c-12", id="lower case"),
        pytest.param("C-12 ", id="a trailing blank"),
        pytest.param("T-12", id="a transition with a hyphen"),
        pytest.param("C12", id="a county rule without one"),
        pytest.param("K-1", id="a tag that marks what is not verified"),
        pytest.param("L22-34, L22-35", id="two at once"),
    ],
)
def test_what_names_no_rule_is_refused(rule_id: str) -> None:
    with pytest.raises(MalformedCitation, match="is no rule id"):
        Citation(rule_id)


@pytest.mark.parametrize(
    ("rule_id", "printed"),
    [
        ("L22-34", "《信访工作条例》第34条"),
        ("L05-21¶2", "《信访条例》第21条第2款"),
        ("L22-44(1)", "《信访工作条例》第44条第1项"),
        ("CC-203", "《民法典》第203条"),
        ("D-22", "规则D-22"),
        ("T11", "规则T11"),
    ],
)
def test_a_citation_prints_as_a_chinese_document_cites(rule_id: str, printed: str) -> None:
    assert Citation(rule_id).zh == printed


@pytest.mark.parametrize(
    ("reasons", "verdict"),
    [
        pytest.param((YES,), Verdict.YES, id="a condition that holds allows"),
        pytest.param((YES, YES), Verdict.YES, id="conditions that all hold allow"),
        pytest.param((YES, UNKNOWN), Verdict.UNKNOWN, id="a missing fact leaves it unknown"),
        pytest.param((YES, NO), Verdict.NO, id="a condition that fails refuses"),
        pytest.param((UNKNOWN, NO), Verdict.NO, id="a failure outweighs a missing fact"),
        pytest.param((NO, UNKNOWN, YES), Verdict.NO, id="in whatever order"),
    ],
)
def test_reasons_combine_into_a_verdict(reasons: tuple[Reason, ...], verdict: Verdict) -> None:
    decision = decide(*reasons)

    assert decision.verdict is verdict
    assert decision.allowed is (verdict is Verdict.YES)


def test_a_decision_without_a_reason_is_refused() -> None:
    with pytest.raises(MalformedReason, match="at least one reason"):
        decide()


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param((YES,), None, id="a yes has no refusal"),
        pytest.param((YES, NO), NO, id="the failed condition"),
        pytest.param((UNKNOWN, NO), NO, id="a failure before a missing fact"),
        pytest.param((YES, UNKNOWN), UNKNOWN, id="a missing fact where nothing failed"),
    ],
)
def test_the_first_refusal_is_what_the_caller_is_told(
    reasons: tuple[Reason, ...], expected: Reason | None
) -> None:
    assert decide(*reasons).first_refusal() == expected


def test_citations_and_missing_facts_are_each_named_once_in_order() -> None:
    decision = decide(
        condition("leader_present", None, cites="C-13", facts=("attendance", "leader")),
        condition("unit_present", None, cites="C-13", facts=("attendance",)),
        condition("opinion_recorded", True, cites="C-11"),
    )

    assert decision.citations == (Citation("C-13"), Citation("C-11"))
    assert decision.missing_facts == ("attendance", "leader")


def test_a_decision_dumps_to_json() -> None:
    decision = decide(YES, condition("in_time", None, cites="L22-34", facts=("due_on",)))

    assert json.loads(json.dumps(decision.dump())) == {
        "verdict": "unknown",
        "reasons": [
            {"code": "opinion_recorded", "verdict": "yes", "citation": "C-11", "facts": []},
            {"code": "in_time", "verdict": "unknown", "citation": "L22-34", "facts": ["due_on"]},
        ],
    }


def test_decisions_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        decide(YES).reasons = ()  # type: ignore[misc]  # That it is refused is the point.


def test_an_unknown_condition_names_itself_where_it_is_the_fact() -> None:
    assert UNKNOWN.facts == ("unit_present",)


def test_a_known_condition_names_no_missing_fact() -> None:
    in_time = condition("in_time", False, cites="L22-34", facts=("due_on",))

    assert in_time.facts == ()


@pytest.mark.parametrize(
    ("code", "verdict", "facts"),
    [
        pytest.param("In-Time", Verdict.YES, (), id="a code that is not snake_case"),
        pytest.param("in_time", Verdict.UNKNOWN, (), id="an unknown that names no fact"),
        pytest.param("in_time", Verdict.NO, ("due_on",), id="a no that names a missing fact"),
    ],
)
def test_a_reason_nobody_could_read_is_refused(
    code: str, verdict: Verdict, facts: tuple[str, ...]
) -> None:
    with pytest.raises(MalformedReason):
        Reason(code=code, verdict=verdict, citation=Citation("L22-34"), facts=facts)


def test_missing_names_the_facts_that_are_none() -> None:
    assert missing(due_on=None, extended=False, granted_on=None) == ("due_on", "granted_on")


def test_known_asks_only_where_every_fact_is_there() -> None:
    due_on = date(2026, 7, 31)

    assert known(operator.le, due_on, due_on) is True
    assert known(operator.lt, due_on, due_on) is False
    assert known(operator.le, due_on, None) is None
    assert known(operator.not_, None) is None


def test_a_yes_carries_its_value() -> None:
    route = decided("principal_leader", YES)

    assert route.allowed
    assert route.verdict is Verdict.YES
    assert route.value == "principal_leader"


@pytest.mark.parametrize("reason", [NO, UNKNOWN], ids=["a no", "an unknown"])
def test_what_is_no_yes_carries_no_value(reason: Reason) -> None:
    route = decided("principal_leader", reason)

    assert not route.allowed
    assert route.answer is None
    with pytest.raises(NotDecided, match=reason.verdict):
        _ = route.value


def test_an_answer_stands_with_a_yes_and_only_there() -> None:
    with pytest.raises(MalformedReason):
        decided(None, YES)
    with pytest.raises(MalformedReason):
        Decided("principal_leader", Decision((NO,)))


def test_decides_records_the_rules_on_the_function_and_leaves_it_as_it_was() -> None:
    @decides("L22-34", "D-22")
    def is_in_time(*, reported_on: date, due_on: date) -> bool:
        return reported_on <= due_on

    assert rule_ids_of(is_in_time) == ("L22-34", "D-22")
    assert is_in_time.__name__ == "is_in_time"
    assert is_in_time(reported_on=date(2026, 7, 31), due_on=date(2026, 7, 31))


def test_a_function_that_was_not_marked_decides_no_rule() -> None:
    assert rule_ids_of(len) == ()


@pytest.mark.parametrize("rule_ids", [(), ("L22-34", "article 34")], ids=["none", "a wrong one"])
def test_decides_refuses_what_names_no_rule(rule_ids: tuple[str, ...]) -> None:
    with pytest.raises(MalformedCitation):
        decides(*rule_ids)


FEEDBACK_DAYS = dated(("2005-05-01", 30, "L05-36"), ("2022-05-01", 20, "L22-40"))


@pytest.mark.parametrize(
    ("on", "value", "rule_id"),
    [
        pytest.param(date(2005, 5, 1), 30, "L05-36", id="the first day of the first text"),
        pytest.param(date(2022, 4, 30), 30, "L05-36", id="the day before the change"),
        pytest.param(date(2022, 5, 1), 20, "L22-40", id="the day of the change"),
        pytest.param(date(2040, 1, 1), 20, "L22-40", id="long after"),
    ],
)
def test_the_date_of_the_facts_chooses_the_figure(on: date, value: int, rule_id: str) -> None:
    figure = FEEDBACK_DAYS.in_force(on=on)

    assert figure.value == value
    assert figure.citation == Citation(rule_id)
    assert FEEDBACK_DAYS.value(on=on) == value


def test_before_the_first_text_there_is_no_figure() -> None:
    day_before = date(2005, 4, 30)

    assert FEEDBACK_DAYS.find(on=day_before) is None
    with pytest.raises(FigureNotInForce, match="L05-36"):
        FEEDBACK_DAYS.in_force(on=day_before)


@pytest.mark.parametrize(
    "first_days",
    [
        pytest.param((), id="no figure"),
        pytest.param(("2022-05-01", "2005-05-01"), id="the later first"),
        pytest.param(("2022-05-01", "2022-05-01"), id="two from one day"),
    ],
)
def test_figures_out_of_order_are_refused(first_days: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="later than the one before"):
        dated(*((first_day, 15, "L22-22") for first_day in first_days))


@given(
    starts=st.lists(
        st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 1, 1)), min_size=1, unique=True
    ),
    offset=st.integers(min_value=0, max_value=20_000),
)
def test_the_figure_chosen_is_the_latest_that_had_begun(starts: list[date], offset: int) -> None:
    starts.sort()
    figures: DatedFigures[int] = dated(
        *((start.isoformat(), position, "L22-22") for position, start in enumerate(starts))
    )
    on = starts[0] + timedelta(days=offset)

    figure = figures.in_force(on=on)

    assert figure.in_force_from == max(start for start in starts if start <= on)
