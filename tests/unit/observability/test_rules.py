"""The recording rules and alerts of the deployment, and that the check of them can tell."""

from dataclasses import replace
from pathlib import Path

import pytest

from tools.observability.alert_tests import Trial, read_trials
from tools.observability.alert_tests import faults_in as untried_in
from tools.observability.exported import catalogue
from tools.observability.rules import (
    Rule,
    RuleBook,
    examined,
    faults_in,
    read_rules,
    rule_files,
    unexplained,
)
from tools.observability.runbook import QUESTIONS
from tools.observability.runbook import faults_in as open_in
from tools.observability.series import Metric, catalogue_of

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = ROOT / "deploy" / "prometheus"
RUNBOOK = ROOT / "docs" / "runbook.md"

READY = catalogue_of([Metric(name="ready", kind="gauge", labels=frozenset({"service"}))])
RECORD = Rule(
    name="service:ready:min",
    expression="min by (service) (ready)",
    is_alert=False,
    waits=None,
    labels={},
    annotations={},
)
ALERT = Rule(
    name="NotReady",
    expression="service:ready:min == 0",
    is_alert=True,
    waits="3m",
    labels={"severity": "page", "audience": "operator"},
    annotations={
        "summary": "{{ $labels.service }} cannot work.",
        "description": "Nobody is answered; look at its log.",
        "runbook_url": "docs/runbook.md#notready",
    },
)
FIRING = Trial(
    where="here",
    series=('ready{service="intake"}',),
    firing=frozenset({"NotReady"}),
    silent=frozenset(),
    expressions=("service:ready:min",),
)
SILENT = replace(FIRING, firing=frozenset(), silent=frozenset({"NotReady"}))


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return examined(read_rules(rule_files(DIRECTORY)), catalogue())


def test_every_rule_asks_for_what_is_exported_and_every_alert_is_complete(book: RuleBook) -> None:
    assert len(book.alerts) >= 30
    assert list(faults_in(book)) == []


def test_every_figure_of_an_alert_has_its_reason_above_it() -> None:
    assert [name for path in rule_files(DIRECTORY) for name in unexplained(path)] == []


def test_every_alert_is_tried_firing_and_silent_and_every_record_is_worked_out(
    book: RuleBook,
) -> None:
    trials = read_trials(sorted((DIRECTORY / "tests").glob("*.yml")))

    assert list(untried_in(trials, book, catalogue())) == []


def test_every_alert_has_its_section_in_the_runbook(book: RuleBook) -> None:
    page = RUNBOOK.read_text(encoding="utf-8")

    assert list(open_in(page, [alert.name for alert in book.alerts])) == []


def test_sound_rules_have_no_fault_in_whatever_order_they_stand() -> None:
    book = examined([ALERT, RECORD], READY)

    assert list(faults_in(book)) == []
    assert book.catalogue["service:ready:min"].labels == {"service"}
    assert book.leaves_of({"service:ready:min"}) == {"ready"}


@pytest.mark.parametrize(
    ("alert", "fault"),
    [
        pytest.param(replace(ALERT, name="not_ready"), "is not named in words", id="its name"),
        pytest.param(replace(ALERT, waits=None), "does not wait", id="no `for`"),
        pytest.param(
            replace(ALERT, labels={"severity": "high", "audience": "operator"}),
            "is of no severity",
            id="a severity nobody knows",
        ),
        pytest.param(
            replace(ALERT, labels={"severity": "page"}), "is for none of", id="for nobody"
        ),
        pytest.param(
            replace(ALERT, annotations={**ALERT.annotations, "description": ""}),
            "has no description",
            id="no description",
        ),
        pytest.param(
            replace(ALERT, annotations={**ALERT.annotations, "runbook_url": "docs/runbook.md"}),
            "does not lead to docs/runbook.md#notready",
            id="the runbook and no section",
        ),
        pytest.param(
            replace(ALERT, labels={"severity": "page", "audience": "office"}),
            "does not say in Chinese",
            id="for the office and in English only",
        ),
        pytest.param(
            replace(ALERT, annotations={**ALERT.annotations, "summary": "{{ $labels.instance }}"}),
            "tells of a label instance",
            id="a label that is gone",
        ),
        pytest.param(
            replace(ALERT, expression="service:redy:min == 0"),
            "which nobody exports",
            id="a record that is not there",
        ),
    ],
)
def test_fault_of_an_alert_is_found(alert: Rule, fault: str) -> None:
    faults = list(faults_in(examined([RECORD, alert], READY)))

    assert any(fault in one for one in faults), faults


def test_records_that_lead_nowhere_or_stand_twice_are_found() -> None:
    lost = replace(RECORD, expression="min by (service) (redy)")
    misnamed = replace(RECORD, name="ready_min")

    assert any("nobody exports" in fault for fault in faults_in(examined([lost], READY)))
    assert any("level:metric" in fault for fault in faults_in(examined([misnamed], READY)))
    assert any("more than once" in fault for fault in faults_in(examined([RECORD, RECORD], READY)))


def test_value_that_a_recorded_label_never_has_is_found() -> None:
    outcomes = frozenset({"ok", "error"})
    calls = Metric(
        name="calls_total",
        kind="counter",
        labels=frozenset({"outcome"}),
        values={"outcome": outcomes},
    )
    record = replace(RECORD, name="outcome:calls:sum", expression="sum by (outcome) (calls_total)")
    alert = replace(
        ALERT,
        expression='outcome:calls:sum{outcome="eror"} > 0',
        annotations={**ALERT.annotations, "summary": "Calls fail."},
    )

    faults = list(faults_in(examined([alert, record], catalogue_of([calls]))))

    assert len(faults) == 1
    assert "never has outcome" in faults[0]


@pytest.mark.parametrize(
    ("trials", "fault"),
    [
        pytest.param([SILENT], "no test makes it fire", id="never fired"),
        pytest.param([FIRING], "no test keeps it silent", id="never silent"),
        pytest.param(
            [FIRING, replace(SILENT, series=("up",))],
            "no test keeps it silent while its metrics are there",
            id="silent with nothing there",
        ),
        pytest.param(
            [replace(FIRING, expressions=()), replace(SILENT, expressions=())],
            "service:ready:min: no test expects a value",
            id="a record that is never worked out",
        ),
        pytest.param(
            [FIRING, SILENT, replace(SILENT, series=('ready{node="x"}',))],
            "ready has no label node",
            id="a series that nobody exports",
        ),
        pytest.param(
            [FIRING, SILENT, replace(SILENT, series=('ready{service=~"x"}',))],
            "gives a label no value",
            id="a pattern in place of a value",
        ),
    ],
)
def test_rule_that_is_not_tried_both_ways_is_found(trials: list[Trial], fault: str) -> None:
    exported = {**READY, **catalogue_of([Metric(name="up", kind="gauge", labels=frozenset())])}
    book = examined([RECORD, ALERT], exported)

    faults = list(untried_in(trials, book, exported))

    assert any(fault in one for one in faults), faults


def test_rules_tried_both_ways_are_in_order() -> None:
    book = examined([RECORD, ALERT], READY)

    assert list(untried_in([FIRING, SILENT], book, READY)) == []


def test_alert_without_a_comment_above_it_is_found(tmp_path: Path) -> None:
    rules = tmp_path / "alerts.yml"
    rules.write_text(
        "groups:\n  - rules:\n"
        "      # It is back within a minute.\n      - alert: ServiceDown\n"
        "        for: 2m\n\n      - alert: NodeDown\n"
    )

    assert unexplained(rules) == ["NodeDown"]


def test_what_the_runbook_leaves_open_is_found() -> None:
    whole = "\n".join(f"{question} Something." for question in QUESTIONS)
    page = f"# Runbook\n\n## Services\n\n### NotReady\n\n{whole}\n\n### Forgotten\n\n{whole}\n"
    turned = page.replace("**Do.**", "**Done.**").replace("**Who decides.**", "**Do.**")

    assert list(open_in(page, ["NotReady", "Forgotten"])) == []
    assert list(open_in(page, ["NotReady"])) == [
        "Forgotten: the runbook has a section for it, and there is no such alert"
    ]
    assert list(open_in(page, ["NotReady", "Forgotten", "NodeDown"])) == [
        "NodeDown: the runbook has no section for it"
    ]
    assert "NotReady: the runbook does not answer **Who decides.**" in list(
        open_in(turned, ["NotReady", "Forgotten"])
    )
