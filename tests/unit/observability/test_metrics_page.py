"""docs/metrics.md tells of every metric, and which alerts look at it."""

import re
from pathlib import Path

import pytest

from tools.observability.exported import (
    PROMETHEUS,
    RABBITMQ,
    catalogue,
    of_the_services,
    of_their_process,
)
from tools.observability.metrics_page import render_metrics
from tools.observability.rules import RuleBook, examined, read_rules, rule_files

DIRECTORY = Path(__file__).resolve().parents[3] / "deploy" / "prometheus"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return examined(read_rules(rule_files(DIRECTORY)), catalogue())


def test_page_has_a_row_for_every_metric_with_its_meaning(book: RuleBook) -> None:
    page = render_metrics(book)
    rows = re.findall(r"^\| `(\w+)` \| \w+ \| [^|]* \| (.+) \| [^|]*\|$", page, re.MULTILINE)

    assert {name for name, _meaning in rows} == {
        metric.name for metric in (*of_the_services(), *RABBITMQ, *PROMETHEUS)
    }
    assert len(rows) == len(dict(rows))
    assert [name for name, meaning in rows if not meaning.strip()] == []


def test_page_names_the_alert_that_looks_at_a_metric_through_a_record(book: RuleBook) -> None:
    page = render_metrics(book)
    (row,) = re.findall(r"^\| `balian_parked_messages` .*$", page, re.MULTILINE)

    assert "[MessagesParked](runbook.md#messagesparked)" in row


def test_every_service_has_business_of_its_own() -> None:
    owners = {metric.owner for metric in of_the_services()}

    assert owners == {
        *("intake", "triage", "reception", "supervision", "accountability"),
        "every service",
    }


def test_metrics_are_named_as_the_house_names_them() -> None:
    for metric in of_the_services():
        assert metric.name.startswith("balian_")
        assert (metric.kind == "counter") is metric.name.endswith("_total")
        assert "service" in metric.labels
        assert not metric.labels & {"petition_no", "person", "name", "user"}


def test_memory_and_start_of_a_process_are_told_beside_them() -> None:
    told = {metric.name for metric in of_their_process()}

    assert {"process_start_time_seconds", "process_resident_memory_bytes"} <= told
