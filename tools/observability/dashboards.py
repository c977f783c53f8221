"""What the dashboards hold to: Grafana's model of one, and what can be asked of Prometheus.

The model is that of ``kinds/dashboard/dashboard_kind.cue`` in Grafana's sources, narrowed to what
these dashboards use: what Grafana would repair, guess or leave empty in silence is a fault here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools.observability.promql import examine
from tools.observability.series import Catalogue

SCHEMA_VERSION: Final = 41
"""Of Grafana 12; what is older it would convert at each load, and show changed."""

DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
PANELS: Final = frozenset({"bargauge", "stat", "table", "timeseries"})
UNITS: Final = frozenset(
    {"bytes", "cps", "dateTimeAsIso", "dtdurations", "none", "percentunit", "reqps", "s", "short"}
)
"""Those of Grafana's units that are used here; it shows an unknown one as text behind a figure."""

_COLUMNS: Final = 24
_UID: Final = re.compile(r"[a-z0-9-]{8,40}")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_BUILT_IN: Final = {"__rate_interval": "5m", "__range": "6h", "__interval": "30s"}
_LEGEND: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LABEL_VALUES: Final = re.compile(r"label_values\((?P<expression>.+),\s*(?P<label>\w+)\)")
_KEYS: Final = frozenset(
    {
        "annotations",
        "description",
        "editable",
        "graphTooltip",
        "links",
        "panels",
        "refresh",
        "schemaVersion",
        "tags",
        "templating",
        "time",
        "timezone",
        "title",
        "uid",
    }
)

Dashboard = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One expression of a dashboard, as Prometheus is asked it."""

    where: str
    expression: str
    legend: str = ""


def asked_by(dashboard: Dashboard) -> Iterator[Asked]:
    """Iterate over what a dashboard asks Prometheus, its variables filled in."""
    for panel in _charts(dashboard):
        for target in panel.get("targets", []):
            yield Asked(
                where=f"panel {panel.get('id')} {target.get('refId')}",
                expression=_filled(str(target.get("expr", ""))),
                legend=str(target.get("legendFormat", "")),
            )


def faults_in(dashboard: Dashboard, catalogue: Catalogue) -> Iterator[str]:
    """Iterate over what is wrong with a dashboard."""
    yield from _faults_of_head(dashboard)
    yield from _faults_of_variables(dashboard, catalogue)
    yield from _faults_of_grid(dashboard)
    for panel in _charts(dashboard):
        for fault in itertools.chain(_faults_of_panel(panel), _faults_of_field(panel)):
            yield f"panel {panel.get('id')} {panel.get('title')!r}: {fault}"
    for asked in asked_by(dashboard):
        finding = examine(asked.expression, catalogue)
        for fault in finding.faults:
            yield f"{asked.where}: {fault}"
        for label in _LEGEND.findall(asked.legend):
            if label not in finding.labels:
                yield f"{asked.where}: its legend names {label}, which its result has not"


def alike(dashboards: Iterable[Dashboard]) -> Iterator[str]:
    """Iterate over what two dashboards have in common and may not: only one would be kept."""
    dashboards = tuple(dashboards)
    for key in ("uid", "title"):
        values = [dashboard.get(key) for dashboard in dashboards]
        for value in sorted({str(value) for value in values if values.count(value) > 1}):
            yield f"{key} {value} is that of two dashboards"


def _charts(dashboard: Dashboard) -> Iterator[Mapping[str, Any]]:
    return (panel for panel in dashboard.get("panels", []) if panel.get("type") != "row")


def _filled(expression: str) -> str:
    return _VARIABLE.sub(lambda found: _BUILT_IN.get(found[1] or found[2], "x"), expression)


def _faults_of_head(dashboard: Dashboard) -> Iterator[str]:
    for key in sorted(_KEYS - dashboard.keys()):
        yield f"{key} is missing"
    for key in sorted(dashboard.keys() - _KEYS):
        yield f"{key} is not among what a dashboard here may have"
    if dashboard.get("schemaVersion") != SCHEMA_VERSION:
        yield f"schemaVersion is not {SCHEMA_VERSION}"
    if not _UID.fullmatch(str(dashboard.get("uid"))):
        yield "uid is not 8 to 40 small letters, digits and dashes"
    if set(dashboard.get("time", {})) != {"from", "to"}:
        yield "time does not say from when to when"
    if dashboard.get("graphTooltip") not in (0, 1, 2):
        yield "graphTooltip is none of 0, 1 and 2"


def _faults_of_variables(dashboard: Dashboard, catalogue: Catalogue) -> Iterator[str]:
    variables = {one["name"]: one for one in dashboard.get("templating", {}).get("list", [])}
    source = variables.get("datasource", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        yield "no variable `datasource` chooses the Prometheus"
    for name, variable in variables.items():
        if variable.get("type") == "query":
            yield from _faults_of_query(name, variable, catalogue)
    texts = [str(target.get("expr")) for panel in _charts(dashboard) for target in panel["targets"]]
    used = {found[1] or found[2] for text in texts for found in _VARIABLE.finditer(text)}
    for name in sorted(used - variables.keys() - _BUILT_IN.keys()):
        yield f"${name} is asked for and is no variable"
    for name in sorted(variables.keys() - used - {"datasource"}):
        yield f"${name} is a variable and is never asked for"


def _faults_of_query(name: str, variable: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    query = variable.get("query", {})
    asks = _LABEL_VALUES.fullmatch(str(query.get("query")))
    if asks is None or variable.get("definition") != query.get("query"):
        yield f"${name} is not defined by one label_values(...)"
        return
    finding = examine(asks["expression"], catalogue)
    for fault in finding.faults:
        yield f"${name}: {fault}"
    if asks["label"] not in finding.labels:
        yield f"${name} lists {asks['label']}, which is not a label of what it asks"
    if variable.get("datasource") != DATASOURCE:
        yield f"${name} asks another datasource than ${{datasource}}"


def _faults_of_grid(dashboard: Dashboard) -> Iterator[str]:
    panels = dashboard.get("panels", [])
    numbers = [panel.get("id") for panel in panels]
    for number in sorted({str(number) for number in numbers if numbers.count(number) > 1}):
        yield f"panel {number} stands there more than once"
    taken: dict[tuple[int, int], object] = {}
    for panel in panels:
        place = panel.get("gridPos", {})
        if set(place) != {"x", "y", "w", "h"}:
            yield f"panel {panel.get('id')} has no place"
            continue
        if place["x"] < 0 or place["x"] + place["w"] > _COLUMNS or min(place["w"], place["h"]) < 1:
            yield f"panel {panel.get('id')} reaches over the edge"
        cells = itertools.product(
            range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        )
        over = {taken.setdefault(cell, panel.get("id")) for cell in cells} - {panel.get("id")}
        for other in sorted(map(str, over)):
            yield f"panel {panel.get('id')} lies over panel {other}"


def _faults_of_panel(panel: Mapping[str, Any]) -> Iterator[str]:
    if panel.get("type") not in PANELS:
        yield f"is of type {panel.get('type')}"
    for key in ("title", "description"):
        if not panel.get(key):
            yield f"has no {key}"
    if panel.get("datasource") != DATASOURCE:
        yield "asks another datasource than ${datasource}"
    targets = panel.get("targets", [])
    if not targets:
        yield "asks nothing"
    names = [target.get("refId") for target in targets]
    if not all(names) or len(set(names)) < len(names):
        yield "has queries without a refId of their own"
    for target in targets:
        if target.get("datasource") != DATASOURCE:
            yield f"query {target.get('refId')} asks another datasource than ${{datasource}}"
        if panel.get("type") == "table" and target.get("format") != "table":
            yield f"query {target.get('refId')} of a table is not answered as one"


def _faults_of_field(panel: Mapping[str, Any]) -> Iterator[str]:
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    if defaults.get("unit") not in UNITS:
        yield f"has the unit {defaults.get('unit')}"
    thresholds = defaults.get("thresholds", {})
    steps = [step.get("value") for step in thresholds.get("steps", [])]
    if thresholds.get("mode") != "absolute" or not steps or steps[0] is not None:
        yield "has no absolute thresholds that begin at nothing"
    elif steps[1:] != sorted(steps[1:]) or len(set(steps)) < len(steps):
        yield "has thresholds out of order"
    if not all(step.get("color") for step in thresholds.get("steps", [])):
        yield "has thresholds without a colour"
