"""The dashboards hold to Grafana's model and ask for what is exported, and the check can tell."""

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.messaging.relay import BATCH
from tools.observability.dashboards import DATASOURCE, alike, asked_by, faults_in
from tools.observability.exported import catalogue
from tools.observability.rules import examined, read_rules, rule_files
from tools.observability.series import Metric, catalogue_of

ROOT = Path(__file__).resolve().parents[3]
GRAFANA = ROOT / "deploy" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
PROMETHEUS = ROOT / "deploy" / "prometheus" / "prometheus.yml"
JOB = re.compile(r'\bjob=~?"([^"]+)"')
UP = re.compile(r"\bup\{[^}]+\}")

READY = catalogue_of([Metric(name="ready", kind="gauge", labels=frozenset({"service"}))])


def read(path: Path) -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return dashboard


def named_in(texts: Iterable[str], jobs: Iterable[str]) -> dict[str, set[str]]:
    """Give what some expressions call a job, each with those of the jobs that it fits."""
    patterns = {pattern for text in texts for pattern in JOB.findall(text)}
    return {pattern: {job for job in jobs if re.fullmatch(pattern, job)} for pattern in patterns}


def titled(dashboard: str, title: str) -> dict[str, Any]:
    """Give the one panel of a dashboard that has a title."""
    panels = read(GRAFANA / "dashboards" / f"{dashboard}.json")["panels"]
    (found,) = [one for one in panels if one["title"] == title]
    return dict(found)


def panel(number: int, **place: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": "Ready",
        "description": "Whether each service can work.",
        "datasource": DATASOURCE,
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8, **place},
        "fieldConfig": {
            "defaults": {
                "unit": "none",
                "thresholds": {
                    "mode": "absolute",
                    "steps": [{"color": "green", "value": None}, {"color": "red", "value": 1}],
                },
            },
            "overrides": [],
        },
        "options": {},
        "targets": [
            {
                "refId": "A",
                "datasource": DATASOURCE,
                "expr": 'ready{service=~"$service"}',
                "legendFormat": "{{service}}",
            }
        ],
    }


def sound() -> dict[str, Any]:
    """Make a dashboard with nothing wrong."""
    listed = "label_values(ready, service)"
    return {
        "uid": "balian-here",
        "title": "Here",
        "description": "What is here.",
        "tags": ["balian"],
        "schemaVersion": 41,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "Asia/Shanghai",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "annotations": {"list": []},
        "links": [],
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus"},
                {
                    "name": "service",
                    "type": "query",
                    "datasource": DATASOURCE,
                    "definition": listed,
                    "query": {"query": listed, "refId": "service"},
                },
            ]
        },
        "panels": [panel(1), panel(2, x=12)],
    }


def test_the_three_dashboards_are_there() -> None:
    assert [path.stem for path in FILES] == ["bus-and-stores", "reception-day", "services"]
    assert list(alike(read(path) for path in FILES)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dashboard_holds_to_the_model_and_asks_for_what_is_exported(path: Path) -> None:
    book = examined(read_rules(rule_files(ROOT / "deploy" / "prometheus")), catalogue())
    dashboard = read(path)

    assert len(list(asked_by(dashboard))) >= 15
    assert list(faults_in(dashboard, book.catalogue)) == []


def test_reception_day_is_read_by_the_office_in_chinese() -> None:
    dashboard = read(GRAFANA / "dashboards" / "reception-day.json")
    titles = [dashboard["title"], *(panel["title"] for panel in dashboard["panels"])]

    assert [title for title in titles if not any(sign >= "\u4e00" for sign in title)] == []


def test_events_a_batch_tells_the_most_that_the_relay_takes_at_once() -> None:
    batch = titled("bus-and-stores", "Events a batch")
    *_, full = batch["fieldConfig"]["defaults"]["thresholds"]["steps"]

    assert re.findall(r"\d+", batch["description"]) == [str(BATCH)]
    assert full["value"] == BATCH


def test_jobs_that_are_asked_for_are_scraped_and_each_is_shown_to_answer() -> None:
    scraped = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))["scrape_configs"]
    jobs = {job["job_name"] for job in scraped}
    asked = [one.expression for path in FILES for one in asked_by(read(path))]
    answering = [selector for expression in asked for selector in UP.findall(expression)]

    unknown = [pattern for pattern, found in named_in(asked, jobs).items() if not found]
    shown = {job for found in named_in(answering, jobs).values() for job in found}

    assert unknown == []
    # A Prometheus that does not answer shows nothing at all.
    assert shown == jobs - {"prometheus"}


def test_alerts_that_fire_keep_what_tells_them_apart() -> None:
    firing = titled("services", "Firing")
    (target,) = firing["targets"]
    (organized,) = firing["transformations"]

    assert target["expr"] == 'ALERTS{alertstate="firing"}'
    hidden = {"Time", "Value", "__name__", "alertstate", "job"}
    assert organized["options"]["excludeByName"] == dict.fromkeys(hidden, True)


def test_provisioning_names_the_dashboards_and_one_prometheus() -> None:
    provisioning = GRAFANA / "provisioning"
    source = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())
    provider = yaml.safe_load((provisioning / "dashboards" / "balian.yml").read_text())
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    mounted = [volume.split(":") for volume in compose["services"]["grafana"]["volumes"]]

    (datasource,) = source["datasources"]
    (folder,) = provider["providers"]
    assert (datasource["type"], datasource["isDefault"]) == ("prometheus", True)
    assert datasource["url"] == "http://prometheus:9090"
    assert folder["type"] == "file"
    assert ["./deploy/grafana/dashboards", folder["options"]["path"], "ro"] in mounted
    assert ["./deploy/grafana/provisioning", "/etc/grafana/provisioning", "ro"] in mounted


def test_sound_dashboard_has_no_fault() -> None:
    assert list(faults_in(sound(), READY)) == []


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        pytest.param("uid", "Here", "uid is not", id="a uid with capitals"),
        pytest.param("uid", None, "uid is missing", id="no uid"),
        pytest.param("schemaVersion", 16, "schemaVersion", id="an old model"),
        pytest.param("id", 7, "id is not among", id="what only one Grafana knows"),
        pytest.param("time", {"from": "now-6h"}, "time does not", id="half a time"),
        pytest.param("graphTooltip", 3, "graphTooltip", id="a tooltip of no kind"),
        pytest.param("panels.1.id", 1, "panel 1 stands there more than once", id="a number twice"),
        pytest.param("panels.1.gridPos.x", 8, "panel 2 lies over panel 1", id="one over another"),
        pytest.param("panels.1.gridPos.x", 13, "reaches over the edge", id="one over the edge"),
        pytest.param("panels.1.gridPos", {"x": 0}, "has no place", id="one nowhere"),
        pytest.param("panels.0.type", "graph", "is of type graph", id="a type that is gone"),
        pytest.param("panels.0.title", "", "has no title", id="no title"),
        pytest.param("panels.0.description", None, "has no description", id="no description"),
        pytest.param(
            "panels.0.datasource", {"uid": "x"}, "another datasource", id="one of its own"
        ),
        pytest.param("panels.0.targets", [], "asks nothing", id="nothing asked"),
        pytest.param("panels.0.targets.0.refId", "", "without a refId", id="a nameless query"),
        pytest.param(
            "panels.0.targets.0.datasource", None, "query A asks another", id="a query elsewhere"
        ),
        pytest.param("panels.0.type", "table", "not answered as one", id="a table of curves"),
        pytest.param("panels.0.targets.0.expr", "redy", "nobody exports", id="a name misspelt"),
        pytest.param(
            "panels.0.targets.0.legendFormat",
            "{{node}}",
            "legend names node",
            id="a legend's label",
        ),
        pytest.param(
            "panels.0.targets.0.expr", 'ready{job="$job"}', "$job is asked for", id="no variable"
        ),
        pytest.param("panels.0.fieldConfig.defaults.unit", "sec", "has the unit sec", id="a unit"),
        pytest.param(
            "panels.0.fieldConfig.defaults.thresholds.mode",
            "percentage",
            "no absolute thresholds",
            id="thresholds of a share",
        ),
        pytest.param(
            "panels.0.fieldConfig.defaults.thresholds.steps.0.value",
            0,
            "no absolute thresholds that begin",
            id="thresholds that begin at 0",
        ),
        pytest.param(
            "panels.0.fieldConfig.defaults.thresholds.steps.1.color",
            "",
            "without a colour",
            id="a threshold without a colour",
        ),
        pytest.param(
            "templating.list.0.query", "loki", "no variable `datasource`", id="another source"
        ),
        pytest.param(
            "templating.list.1.definition", "all", "not defined by one", id="two definitions"
        ),
        pytest.param(
            "templating.list.1.datasource", {}, "another datasource", id="asked elsewhere"
        ),
        pytest.param(
            "templating.list.1.name", "node", "$node is a variable and is never", id="one unused"
        ),
    ],
)
def test_fault_of_a_dashboard_is_found(place: str, value: object, fault: str) -> None:
    dashboard = deepcopy(sound())
    *way, last = [int(step) if step.isdecimal() else step for step in place.split(".")]
    inside: Any = dashboard
    for step in way:
        inside = inside[step]
    if value is None:
        del inside[last]
    else:
        inside[last] = value

    faults = list(faults_in(dashboard, READY))

    assert any(fault in one for one in faults), faults


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        pytest.param("label_values(redy, service)", "nobody exports", id="of a metric misspelt"),
        pytest.param("label_values(ready, node)", "lists node", id="of a label it has not"),
    ],
)
def test_fault_of_a_variable_is_found(query: str, fault: str) -> None:
    dashboard = sound()
    dashboard["templating"]["list"][1] |= {"definition": query, "query": {"query": query}}

    faults = list(faults_in(dashboard, READY))

    assert any(fault in one for one in faults), faults


def test_thresholds_out_of_order_are_found() -> None:
    dashboard = sound()
    defaults = dashboard["panels"][0]["fieldConfig"]["defaults"]
    defaults["thresholds"]["steps"] += [{"color": "red", "value": 0.5}]

    assert any("out of order" in fault for fault in faults_in(dashboard, READY))


def test_dashboards_that_would_replace_one_another_are_found() -> None:
    assert list(alike([sound(), sound()])) == [
        "uid balian-here is that of two dashboards",
        "title Here is that of two dashboards",
    ]
