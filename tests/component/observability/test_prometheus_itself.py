"""What the rules ask of Prometheus about itself, a real one tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.bus.harness import eventually
from tests.support.health import ask, free_port
from tests.support.promtool import running_prometheus
from tools.observability.exported import PROMETHEUS

CONFIGURATION = """\
global: {scrape_interval: 1s, evaluation_interval: 1s}
scrape_configs:
  - job_name: prometheus
    static_configs: [{targets: ["127.0.0.1:{port}"]}]
  - job_name: balian
    static_configs: [{targets: ["127.0.0.1:NOBODY"], labels: {service: intake, node: county}}]
    http_sd_configs: [{url: "http://127.0.0.1:NOBODY/targets", refresh_interval: 1s}]
rule_files: [RULES]
"""
RULES = """\
groups:
  - name: one
    rules:
      - alert: ServiceDown
        expr: up{job="balian"} == 0
        labels: {severity: page, audience: operator}
"""


def query(port: int, expression: str) -> list[dict[str, Any]]:
    """Ask a Prometheus; give the series of its answer."""
    told = ask(port, f"/api/v1/query?query={quote(expression)}")
    result: list[dict[str, Any]] = told.content["data"]["result"]
    return result


def test_prometheus_tells_everything_that_is_asked_of_it(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES)
    configuration = CONFIGURATION.replace("NOBODY", str(free_port())).replace("RULES", str(rules))

    with running_prometheus(configuration) as port:
        failing = 'prometheus_sd_refresh_failures_total{mechanism="http"} > 0'
        is_told = eventually(
            lambda: bool(query(port, failing)) and bool(query(port, "ALERTS")), within=60.0
        )
        told = {metric.name: query(port, metric.name) for metric in PROMETHEUS}

    assert is_told
    for metric in PROMETHEUS:
        labels = {label for series in told[metric.name] for label in series["metric"]}
        assert metric.labels <= labels, metric.name
    assert {series["metric"]["alertstate"] for series in told["ALERTS"]} <= {"pending", "firing"}
