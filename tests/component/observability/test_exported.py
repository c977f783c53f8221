"""A real host is scraped: it exports what is declared, with values that the rules can find."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.bus.harness import ROOT, eventually
from tests.support.health import ask, free_port, is_ready
from tools.observability.exported import SERVICE, catalogue, of_the_services
from tools.observability.rules import examined, faults_in, read_rules, rule_files
from tools.observability.series import Series

OLDEST = "_oldest_timestamp_seconds"
SERVICES = {"intake", "triage", "reception_county", "supervision", "accountability"}
KEPT_BY_THE_OFFICE = {"balian_cases_overdue"}
"""Its units are those of the directory, of which a new host has none."""

Scrape = dict[str, dict[str, set[str]]]
"""The names that were told, with their labels and the values of those."""


def scrape(port: int) -> Scrape:
    told: Scrape = {}
    for family in text_string_to_metric_families(ask(port, "/metrics").body.decode("utf-8")):
        for sample in family.samples:
            labels = told.setdefault(sample.name, defaultdict(set))
            for label, value in sample.labels.items():
                labels[label].add(value)
    return told


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrape]:
    port = free_port()
    directory = tmp_path_factory.mktemp("host") / "county"
    with (directory.parent / "said").open("wb") as said:
        host = subprocess.Popen(
            [sys.executable, "-m", "balian", "up", "--dir", str(directory), "--node", "county"],
            cwd=ROOT,
            env={**os.environ, "HEALTH_PORT": str(port)},
            stderr=said,
        )
    try:
        assert eventually(lambda: is_ready(port), within=60.0)
        # What stands in the stores is looked up once somebody has asked.
        assert eventually(
            lambda: (
                {
                    service
                    for name in (
                        "balian_outbox_unsent_messages",
                        "balian_business_state_timestamp_seconds",
                    )
                    for service in scrape(port).get(name, {}).get(SERVICE, ())
                }
                >= SERVICES
            ),
            within=60.0,
        )
        assert eventually(lambda: "balian_petitions" in scrape(port), within=60.0)
        yield scrape(port)
    finally:
        host.kill()
        host.wait(timeout=30)


def declared() -> dict[str, frozenset[str]]:
    return {
        name: labels
        for metric in of_the_services()
        for name, labels in metric.series()
        if not name.endswith(OLDEST) and metric.name not in KEPT_BY_THE_OFFICE
    }


def test_host_exports_everything_that_is_declared_and_nothing_else(scraped: Scrape) -> None:
    told = {name: frozenset(labels) for name, labels in scraped.items() if "balian_" in name}

    assert told == declared()


def test_no_series_tells_when_it_was_created(scraped: Scrape) -> None:
    assert [name for name in scraped if name.endswith("_created")] == []


def test_every_service_tells_of_itself(scraped: Scrape) -> None:
    for name in ("balian_ready", "balian_build_info", "balian_calls_total", "balian_workers"):
        assert scraped[name][SERVICE] == SERVICES


def test_values_that_rules_ask_for_are_told_from_the_start(scraped: Scrape) -> None:
    known = dict(catalogue())
    for name, labels in scraped.items():
        for one in (name, f"{name}{OLDEST}"):
            if one in known:
                values = {label: frozenset(seen) for label, seen in labels.items()}
                known[one] = Series(labels=known[one].labels, values=values)
    book = examined(read_rules(rule_files(ROOT / "deploy" / "prometheus")), known)

    assert list(faults_in(book)) == []


def test_a_value_that_is_never_told_would_be_found(scraped: Scrape) -> None:
    states: frozenset[str] = frozenset(scraped["balian_petitions"]["state"])

    assert "registered" in states
    assert not states & {"closed", "archived"}
