"""A real Prometheus finds what it reads as `deploy/prometheus` says, and tells whose each is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import yaml

from tests.support.bus.harness import eventually
from tests.support.health import ask
from tests.support.promtool import running_prometheus

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
JOBS = {job["job_name"]: job for job in SETTINGS["scrape_configs"]}

TOWNSHIP: Final = "sanchakou"
METRICS: Final = b"""\
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1.0
# TYPE balian_ready gauge
balian_ready{service="as_it_says_itself"} 1.0
"""
OF_EVERY_SCRAPE: Final = {
    "up",
    "scrape_duration_seconds",
    "scrape_samples_post_metric_relabeling",
    "scrape_samples_scraped",
    "scrape_series_added",
}

Known = frozenset[tuple[str, str]]
"""The labels of a series, without its name and its job."""


class Service(BaseHTTPRequestHandler):
    """A service that tells its metrics, and which nodes there are, the county's own among them."""

    def do_GET(self) -> None:
        """Answer for either page."""
        here = self.headers["Host"]
        nodes = [
            {"targets": [here], "labels": {"node": node, "territory": node}}
            for node in ("county", TOWNSHIP)
        ]
        is_metrics = self.path == "/metrics"
        body = METRICS if is_metrics else json.dumps(nodes).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if is_metrics else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running_service() -> Iterator[str]:
    """Run one for the block; give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def named(one: str, other: str) -> list[dict[str, Any]]:
    """Give what a look-up of each name finds: two addresses for intake, one for the others."""
    (looked_up,) = JOBS["balian"]["dns_sd_configs"]
    return [
        {
            "targets": [one, other] if name == "intake" else [one],
            "labels": {"__meta_dns_name": name},
        }
        for name in looked_up["names"]
    ]


def settings(one: str, other: str) -> str:
    """Write the two jobs as they are, but for where they look."""
    balian = {key: value for key, value in JOBS["balian"].items() if key != "dns_sd_configs"}
    (directory,) = balian["http_sd_configs"]
    presence = JOBS["presence"]
    there = {"targets": [one], "labels": {"service": "intake"}}
    away = [
        {**target, "targets": ["127.0.0.1:1"]}
        for target in presence["static_configs"]
        if target["labels"]["service"] != "intake"
    ]
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [
                {**presence, "static_configs": [there, *away]},
                {
                    **balian,
                    "static_configs": named(one, other),
                    "http_sd_configs": [
                        {**directory, "url": f"http://{one}/targets", "refresh_interval": "1s"}
                    ],
                },
            ],
        }
    )


@dataclass(frozen=True)
class Watched:
    """Two instances that are read, and the port of who reads them."""

    one: str
    other: str
    port: int

    def told(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Ask Prometheus; give each series of the answer."""
        answer = ask(self.port, f"/api/v1/query?query={quote(expression)}").content
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def labels(self, expression: str) -> list[Known]:
        """Give the labels of each series, in an order of their own."""
        return sorted(
            (
                frozenset((key, labels[key]) for key in labels.keys() - {"__name__", "job"})
                for labels, _ in self.told(expression)
            ),
            key=sorted,
        )


def ever(expression: str) -> str:
    """Ask for what was told at any time, though an answer failed to come in time since."""
    return f"max_over_time({expression}[10m])"


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with ExitStack() as running:
        one, other = (running.enter_context(running_service()) for _ in range(2))
        port = running.enter_context(running_prometheus(settings(one, other)))
        watched = Watched(one, other, port)
        # Each is read for the first time at a moment of its own.
        assert eventually(
            lambda: len(watched.told(ever("process_start_time_seconds"))) >= 7, within=60.0
        )
        assert eventually(lambda: len(watched.told('up{job="presence"}')) == 5, within=60.0)
        yield watched


def known(instance: str, service: str, **further: str) -> Known:
    return frozenset({"instance": instance, "service": service, **further}.items())


def everybody(watched: Watched) -> list[Known]:
    return sorted(
        [
            known(watched.one, "intake"),
            known(watched.other, "intake"),
            known(watched.one, "triage"),
            known(watched.one, "supervision"),
            known(watched.one, "accountability"),
            known(watched.one, "reception_county", node="county"),
            known(watched.one, f"reception_{TOWNSHIP}", node=TOWNSHIP),
        ],
        key=sorted,
    )


def test_every_instance_is_read_once_and_known_by_its_service(watched: Watched) -> None:
    assert watched.labels('up{job="balian"}') == everybody(watched)


def test_what_names_no_service_itself_is_given_that_of_its_target(watched: Watched) -> None:
    assert watched.labels(ever("process_start_time_seconds")) == everybody(watched)


def test_what_names_its_service_itself_keeps_it(watched: Watched) -> None:
    names = {labels["service"] for labels, _ in watched.told(ever("balian_ready"))}

    assert names == {"as_it_says_itself"}


def test_of_who_is_there_nothing_is_kept_but_whether_it_answers(watched: Watched) -> None:
    names = {labels["__name__"] for labels, _ in watched.told('{job="presence"}')}
    answers = {
        labels["service"]: value for labels, value in watched.told(ever('up{job="presence"}'))
    }

    assert "up" in names
    assert names <= OF_EVERY_SCRAPE
    away = ("triage", "reception_county", "supervision", "accountability")
    assert answers == {"intake": 1, **dict.fromkeys(away, 0)}


def test_who_is_missed_by_name_is_who_is_looked_up_and_is_called_alike() -> None:
    (looked_up,) = JOBS["balian"]["dns_sd_configs"]
    present = {
        target: entry["labels"]
        for entry in JOBS["presence"]["static_configs"]
        for target in entry["targets"]
    }

    assert present.keys() == {f"{name}:{looked_up['port']}" for name in looked_up["names"]}
    assert present["reception:9464"] == {"service": "reception_county", "node": "county"}
    assert {labels["service"] for labels in present.values()} == {
        *("intake", "triage", "reception_county", "supervision", "accountability")
    }
