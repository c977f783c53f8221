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
from tools.observability.runbook import QUESTIONS, commands_in, commands_unknown, typed_in
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


def test_every_command_of_the_runbook_can_be_typed() -> None:
    page = RUNBOOK.read_text(encoding="utf-8")

    assert len(commands_in(page)) >= 50
    assert list(commands_unknown(page, typed_in(ROOT))) == []


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


def test_commands_stand_in_spans_and_blocks() -> None:
    page = (
        "See `deploy/compose ps` and `docker stats`; `pg_stat_activity` is no command.\n\n"
        "```sh\nmake up\ndocker ps\nbalian doctor\n```\n\n"
        "Then `make down`; a link: [make](Makefile).\n"
    )

    assert set(commands_in(page)) == {
        *("deploy/compose ps", "make up", "balian doctor", "make down")
    }


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        pytest.param("deploy/restart", "there is no deploy/restart", id="a script"),
        pytest.param("deploy/rabbitmq list", "is no script", id="a directory"),
        pytest.param("make upp", "no such target", id="a target"),
        pytest.param("balian parked lists", "has no command lists", id="a command"),
        pytest.param("balian republish", "does not take it", id="an argument left out"),
        pytest.param("balian trace PETITION_NO --al", "does not take it", id="an option"),
        pytest.param("deploy/balian migrate SERVICE", "does not take it", id="one that has no bus"),
        pytest.param("deploy/compose logs intakes", "no service intakes", id="a service"),
        pytest.param(
            "deploy/compose --township CODE restart reception",
            "no service reception",
            id="a service of the county at a node",
        ),
        pytest.param("deploy/compose run --rm", "names no service", id="no service"),
        pytest.param(
            "deploy/compose run --rm migrate republishing SERVICE | cat",
            "has no command republishing",
            id="a command in a container",
        ),
        pytest.param(
            "deploy/balian call triage.list_unsortd --as officer:NAME",
            "triage has no method 'list_unsortd'",
            id="a call",
        ),
        pytest.param(
            "deploy/balian call reception.list_sessions --as officer:NAME",
            "names its node",
            id="a call of no node",
        ),
        pytest.param(
            "deploy/balian call triage.list_unsorted --as leader:NAME",
            "triage.list_unsorted is not for leader",
            id="who may not",
        ),
        pytest.param(
            """deploy/balian call triage.list_due '{"til": "DAY"}' --as officer:NAME""",
            "til",
            id="a field",
        ),
        pytest.param("deploy/compose logs 'SERVICE", "no shell reads it", id="half a quotation"),
    ],
)
def test_command_that_nobody_can_type_is_found(command: str, fault: str) -> None:
    faults = list(commands_unknown(f"Run `{command}`.", typed_in(ROOT)))

    assert any(fault in one for one in faults), faults


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("deploy/rabbitmq", id="a directory that is named"),
        pytest.param("make township NODE=CODE", id="a target with a variable"),
        pytest.param("deploy/compose logs SERVICE | grep incident_id", id="a pipe"),
        pytest.param("deploy/balian parked replay NUMBER --service SERVICE", id="a number"),
        pytest.param(
            """deploy/balian call triage.list_due '{"until": "DAY"}' --as officer:NAME""",
            id="a day",
        ),
        pytest.param(
            "deploy/compose --township CODE run --rm -T migrate_node republish reception_CODE",
            id="a node",
        ),
    ],
)
def test_command_that_can_be_typed_is_let_through(command: str) -> None:
    assert list(commands_unknown(f"Run `{command}`.", typed_in(ROOT))) == []
