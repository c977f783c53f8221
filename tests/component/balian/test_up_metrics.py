"""`balian up` with a health port: one scrape tells how the business of every service stands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from balian.exit_codes import ExitCode
from tests.support.bus.harness import ROOT, eventually
from tests.support.health import ask, free_port, is_ready

STATE_UP = "balian_business_state_up"
TOLD_BY = {
    "balian_petitions_sorting_overdue": {"triage"},
    "balian_petitions": {"intake"},
    "balian_slips_out": {"supervision"},
    "balian_promises_due": {"supervision"},
    "balian_sessions_without_leader": {"reception_county", "reception_sanchakou"},
    "balian_dockets_unplaced": {"reception_county", "reception_sanchakou"},
    "balian_circulars_pending": {"accountability"},
}


def scraped(port: int) -> dict[str, dict[str, set[float]]]:
    """Scrape, and give the values of each metric by service."""
    found: dict[str, dict[str, set[float]]] = {}
    for family in text_string_to_metric_families(ask(port, "/metrics").body.decode()):
        for sample in family.samples:
            service = sample.labels.get("service", "")
            found.setdefault(sample.name, {}).setdefault(service, set()).add(sample.value)
    return found


def test_one_scrape_tells_how_the_business_of_every_service_stands(tmp_path: Path) -> None:
    port = free_port()
    host = subprocess.Popen(
        [
            *(sys.executable, "-m", "balian", "up", "--dir", str(tmp_path / "county")),
            *("--node", "county", "--node", "sanchakou"),
        ],
        cwd=ROOT,
        env={**os.environ, "HEALTH_PORT": str(port)},
        stderr=subprocess.PIPE,
        text=True,
    )
    tellers = set.union(*TOLD_BY.values())
    try:
        was_ready = eventually(lambda: is_ready(port), within=60.0)
        # A scrape never waits for a store, so the first ones are there before the first look.
        was_told = eventually(
            lambda: scraped(port).get(STATE_UP, {}) == {each: {1.0} for each in tellers},
            within=60.0,
        )
        told = scraped(port)
        targets = ask(port, "/targets")
        host.send_signal(signal.SIGTERM)
        host.communicate(timeout=40)
    finally:
        host.kill()

    assert was_ready
    assert was_told, told.get(STATE_UP)
    assert {gauge: set(told.get(gauge, {})) for gauge in TOLD_BY} == TOLD_BY
    assert {value for gauge in TOLD_BY for by in told[gauge].values() for value in by} == {0.0}
    assert told["balian_petitions_registered_total"] == {"intake": {0.0}}
    assert set(told["balian_receptions_total"]) == {"reception_county", "reception_sanchakou"}
    # These nodes were told no address of their metrics: all of a host are at one port.
    assert (targets.status, json.loads(targets.body)) == (200, [])
    assert host.returncode == ExitCode.OK
