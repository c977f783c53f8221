"""Prometheus itself takes the settings that tests of whole deployments make of ours."""

from pathlib import Path

import pytest

from tests.support.promtool import promtool
from tests.support.watching.county import SETTINGS
from tests.support.watching.quicker import write_quicker


@pytest.fixture
def quicker(tmp_path: Path) -> Path:
    write_quicker(SETTINGS, tmp_path / "quicker")
    return tmp_path / "quicker"


def test_settings_with_shorter_waits_hold_as_many_rules(quicker: Path) -> None:
    _, said = promtool("check", "config", SETTINGS / "prometheus.yml")

    code, said_of_quicker = promtool("check", "config", quicker / "prometheus.yml")

    assert code == 0, said_of_quicker
    assert said.count("rules found") > 0
    assert said_of_quicker.count("rules found") == said.count("rules found")


def test_whoever_is_named_as_alertmanager_is_found(quicker: Path) -> None:
    _, said_of_nobody = promtool("check", "config", quicker / "prometheus.yml")
    named = quicker / "alertmanagers" / "office.yml"
    named.write_text('- targets: ["alertmanager:9093"]\n', encoding="utf-8")

    code, said = promtool("check", "config", quicker / "prometheus.yml")

    assert code == 0, said
    assert "alertmanagers/*.yml" in said_of_nobody
    assert "alertmanagers/*.yml" not in said
