"""The county week of the samples: it goes as written, twice alike, and tells nothing of anyone.

It is played once in this process, where every log line and metric can be read, and once by the
command that `make demo` runs.
"""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prometheus_client
import pytest

from balian.ledger import read_ledger
from shared.logs import JsonLines
from tests.support.casebooks import SAMPLE, Play, county_at, play
from tests.support.secrets import hits, secrets_of, words_in

OUR_LOGGERS = ("balian", "services", "shared")


@dataclass(frozen=True, kw_only=True)
class Week:
    """The sample as it was played in this process, with all that it said."""

    directory: Path
    played: Play
    log: str
    metrics: str


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    directory = tmp_path_factory.mktemp("week") / "store"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        with county_at(directory) as county:
            played = play(SAMPLE, county, directory=directory)
            for service in county.services:
                county.call_raw(
                    service,
                    "service_status",
                    {},
                    {"actor": "operator:test", "now": "2026-12-31T00:00:00+08:00"},
                )
            metrics = prometheus_client.generate_latest().decode()
        yield Week(directory=directory, played=played, log=written.getvalue(), metrics=metrics)
    finally:
        root.removeHandler(handler)
        for name in OUR_LOGGERS:
            logging.getLogger(name).setLevel(logging.NOTSET)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the command of `make demo` left."""

    code: int
    talk: str
    summary: dict[str, Any]
    ledger: list[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("demo")
    ledger, summary = out / "ledger.jsonl", out / "summary.json"
    command = [sys.executable, "-m", "balian", "play", str(SAMPLE), "--fresh"]
    files = ["--dir", str(out / "store"), "--ledger", str(ledger), "--summary", str(summary)]
    ended = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return Demo(
        code=ended.returncode,
        talk=ended.stderr,
        summary=json.loads(summary.read_text(encoding="utf-8")),
        ledger=read_ledger(ledger).without_random_ids(),
    )


@pytest.mark.proves("C-08", "C-14", "C-16", "C-17", "C-25")
def test_the_demo_counts_what_a_reception_week_must_show(demo: Demo) -> None:
    summary = demo.summary

    assert summary["petitions"] >= 40
    assert summary["card_sets_of_four"] == summary["card_sets"] >= 8
    assert summary["slip_sets_of_eight_posts"] == summary["slip_sets"] >= 1
    assert summary["meetings"] >= 8
    assert summary["overdue_cases"] >= 2
    assert summary["promises_broken"] >= 1
    assert summary["circulars_issued"] >= 1
    assert summary["circulars_rejected"] >= 1
    assert summary["cases_archived"] >= 5
    assert summary["extensions"] >= 1
    assert summary["messages_parked"] == summary["outbox_unsent"] == summary["early_waiting"] == 0
    assert "逾期" in demo.talk


def test_the_same_casebook_played_twice_gives_the_same_ledger(week: Week, demo: Demo) -> None:
    assert week.played.ledger.without_random_ids() == demo.ledger


@pytest.mark.proves("P-1", "P-2", "X-1")
def test_no_event_tells_of_a_person_or_of_a_petition(week: Week) -> None:
    events = "\n".join(week.played.ledger.lines())

    assert hits(secrets_of(SAMPLE), events) == set()


@pytest.mark.proves("P-1", "P-2")
def test_no_log_line_tells_of_a_person_or_of_a_petition(week: Week) -> None:
    assert hits(secrets_of(SAMPLE), week.log) == set()


@pytest.mark.proves("P-1", "P-2")
def test_no_metric_tells_of_a_person_or_of_a_petition(week: Week) -> None:
    assert "balian_" in week.metrics
    assert hits(secrets_of(SAMPLE), week.metrics) == set()


@pytest.mark.proves("P-1", "P-2")
def test_nothing_lies_readable_in_any_store(week: Week) -> None:
    secrets = secrets_of(SAMPLE)
    readable = {
        file.name: found
        for file in sorted(week.directory.glob("*.sqlite3*"))
        if (found := hits(secrets, words_in(file.read_bytes())))
    }

    assert readable == {}


@pytest.mark.proves("P-1", "P-2")
def test_what_the_demo_says_on_the_screen_names_nobody(demo: Demo) -> None:
    assert hits(secrets_of(SAMPLE), demo.talk) == set()


@pytest.mark.proves("I-3", "C-14", "C-16")
def test_every_archived_slip_case_had_seven_slips_back(week: Week) -> None:
    ledger = week.played.ledger
    decided = {data["petition_no"] for data in ledger.of_type("decision_made.v1")}
    archived = {data["petition_no"] for data in ledger.of_type("case_archived.v1")}
    recalled = {data["petition_no"] for data in ledger.of_type("slips_recalled.v1")}
    assert archived & decided
    assert archived & decided <= recalled


def test_the_search_for_secrets_finds_what_there_is() -> None:
    secrets = secrets_of(SAMPLE)
    text = SAMPLE.read_text(encoding="utf-8")

    assert len(secrets) > 200
    assert any(len(secret) == 11 and secret.isdigit() for secret in secrets)
    assert any(len(secret) == 18 for secret in secrets)
    assert len(hits(secrets, text)) > 200
    assert len(hits(secrets, words_in(SAMPLE.read_bytes()))) > 200
