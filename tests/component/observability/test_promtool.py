"""Prometheus' own tool takes the rules, fires each alert where it should, reads each query."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.support.promtool import promtool
from tools.observability.dashboards import asked_by
from tools.observability.rules import rule_files

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))


def test_rules_are_taken() -> None:
    code, said = promtool("check", "rules", *rule_files(PROMETHEUS))

    assert code == 0, said
    assert said.count("SUCCESS") == len(rule_files(PROMETHEUS))


def test_configuration_is_taken_with_the_rules_it_names() -> None:
    code, said = promtool("check", "config", PROMETHEUS / "prometheus.yml")

    assert code == 0, said
    assert all(path.name in said for path in rule_files(PROMETHEUS))


@pytest.mark.parametrize(
    "path", sorted((PROMETHEUS / "tests").glob("*.yml")), ids=lambda path: path.stem
)
def test_rules_do_what_their_tests_say(path: Path) -> None:
    code, said = promtool("test", "rules", path)

    assert code == 0, said
    assert "SUCCESS" in said


def test_a_rule_that_does_something_else_is_told(tmp_path: Path) -> None:
    """Otherwise a tool that says yes to everything would show nothing."""
    (tmp_path / "tests").mkdir()
    for path in rule_files(PROMETHEUS):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("> 600", "> 60"), encoding="utf-8")
    trial = tmp_path / "tests" / "messages.yml"
    trial.write_text((PROMETHEUS / "tests" / "messages.yml").read_text(encoding="utf-8"))

    code, said = promtool("test", "rules", trial)

    assert code != 0
    assert "EarlyWaiting" in said


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_prometheus_reads_every_query_of_a_dashboard(path: Path, tmp_path: Path) -> None:
    asked = list(asked_by(json.loads(path.read_text(encoding="utf-8"))))
    rules = [
        {"record": f"asked:number_{number}:once", "expr": one.expression}
        for number, one in enumerate(asked)
    ]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))

    code, said = promtool("check", "rules", tmp_path / "rules.yml")

    assert code == 0, said
    assert f"{len(asked)} rules found" in said
