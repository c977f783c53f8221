"""What the tests of whole deployments change in the rules: durations, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.watching.quicker import quicker, quicker_expression

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = sorted((ROOT / "deploy" / "prometheus").glob("*.yml"))
DURATION = r"(\d+(ms|[smhdw]))+"


def without_durations(text: str) -> str:
    """Take out what stands for a duration, as the value of a key or as a window."""
    text = re.sub(rf"\[{DURATION}(:({DURATION})?)?\]", "[]", text)
    return re.sub(rf"\b(for|\w*interval|scrape_timeout): {DURATION}(?=\n)", r"\1:", text)


def dumped(document: Any) -> str:
    return yaml.safe_dump(document, allow_unicode=True, width=10_000)


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.name)
def test_everything_but_durations_stays_as_it_is_written(path: Path) -> None:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))

    shortened = quicker(written)

    assert without_durations(dumped(shortened)) == without_durations(dumped(written))


@pytest.mark.parametrize(
    ("written", "shortened"),
    [
        pytest.param("rate(a[10m])", "rate(a[20000ms])", id="a minute is two seconds"),
        pytest.param("rate(a[1m])", "rate(a[12000ms])", id="never too short for a rate"),
        pytest.param("rate(a[1h30m])", "rate(a[180000ms])", id="a duration of two parts"),
        pytest.param("max_over_time(a[1h:5m])", "max_over_time(a[120000ms:10000ms])", id="a step"),
        pytest.param("max_over_time(a[1h:])", "max_over_time(a[120000ms:])", id="no step"),
        pytest.param("a > 60", "a > 60", id="a threshold"),
        pytest.param('a{b="[10m]"} > 1', 'a{b="[10m]"} > 1', id="what stands in quotes"),
        pytest.param(r'a{b="\"[10m]"}', r'a{b="\"[10m]"}', id="quotes within quotes"),
    ],
)
def test_windows_of_an_expression_are_shortened(written: str, shortened: str) -> None:
    assert quicker_expression(written) == shortened


@pytest.mark.parametrize(
    ("written", "shortened"),
    [
        pytest.param({"alert": "A", "for": "15m"}, {"alert": "A", "for": "30000ms"}, id="a wait"),
        pytest.param({"for": "10s"}, {"for": "1000ms"}, id="never shorter than a second"),
        pytest.param({"scrape_interval": "15s"}, {"scrape_interval": "3s"}, id="an interval"),
        pytest.param({"labels": {"severity": "5m"}}, {"labels": {"severity": "5m"}}, id="a label"),
        pytest.param([{"for": "1h"}], [{"for": "120000ms"}], id="within a list"),
    ],
)
def test_waits_and_intervals_are_shortened(written: Any, shortened: Any) -> None:
    assert quicker(written) == shortened
