"""Two processes of every service over one store each share the work, and change nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from balian.deployments import OnBroker
from shared.messaging.client import BusClient
from tests.support.casebooks import CASEBOOKS, Play, county_at, play
from tests.support.postgres import session_postgres
from tests.support.processes import CountyProcesses, county_processes
from tests.support.rabbitmq import running_rabbitmq

STORY: Final = CASEBOOKS / "overdue_and_promise.jsonl"
AFTER: Final = "2027-06-01T09:00:00+08:00"
WINDOW: Final = {"actor": "clerk:window_1", "roles": "clerk", "now": AFTER}
OPERATOR: Final = {"actor": "operator:test", "roles": "operator", "now": AFTER}
EFFECTS_OF_ONE_DEADLINE_TWICE: Final = """
SELECT type, petition_no FROM outbox_messages
WHERE envelope::json ->> 'causation_id' LIKE 'deadline:%'
GROUP BY type, petition_no, envelope::json ->> 'causation_id' HAVING count(*) > 1
"""
REQUEST: Final = {
    "request_id": "sent-to-both-at-once",
    "form": "letter",
    "territory": "county",
    "petitioners": [{"name": "虚构人", "phone": "19900000000", "address": "云岭县某处"}],
    "summary": "反映虚构的拖欠工资问题",
    "text": "虚构的信件全文",
}


@dataclass(frozen=True, kw_only=True)
class Replicated:
    """A county of two processes for each service, in which the story has been played."""

    county: CountyProcesses
    played: Play

    def count(self, rows: str) -> int:
        ((count,),) = self.query("supervision", f"SELECT count(*) FROM {rows}")  # noqa: S608
        return int(count)

    def query(self, service: str, sql: str) -> list[tuple[Any, ...]]:
        dsn = self.county.stores[service].replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(dsn) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicated]:
    directory = tmp_path_factory.mktemp("replicas")
    with (
        running_rabbitmq() as rabbitmq,
        session_postgres() as postgres,
        county_processes(
            uri=rabbitmq.uri(rabbitmq.vhost()), postgres=postgres, directory=directory, replicas=2
        ) as county,
        closing(OnBroker(county.uri, places=["sanchakou"])) as deployment,
    ):
        yield Replicated(county=county, played=play(STORY, deployment))


def test_a_story_is_the_same_with_two_of_each(replicated: Replicated, tmp_path: Path) -> None:
    with county_at(tmp_path / "embedded") as county:
        embedded = play(STORY, county)

    ledger = replicated.played.ledger
    assert ledger.without_random_ids() == embedded.ledger.without_random_ids()
    assert replicated.played.summary == embedded.summary


def test_both_processes_took_part(replicated: Replicated) -> None:
    running = replicated.county.running

    assert all(len(processes) == 2 for processes in running.values())
    assert all(process.poll() is None for both in running.values() for process in both)
    with closing(BusClient(replicated.county.uri)) as client:
        assert client.listeners(running) == dict.fromkeys(running, 2)


def test_an_order_sent_to_both_at_once_is_carried_out_once(replicated: Replicated) -> None:
    def register(_copy: int) -> dict[str, Any]:
        with closing(BusClient(replicated.county.uri)) as client:
            return client.call_raw("intake", "register_petition", REQUEST, WINDOW)

    with ThreadPoolExecutor(max_workers=6) as copies:
        answers = list(copies.map(register, range(6)))

    registered = answers[0]["petition_no"]
    assert all(answer == answers[0] for answer in answers)
    assert replicated.query(
        "intake",
        "SELECT count(*) FROM outbox_messages WHERE type = 'petition_registered.v1'"  # noqa: S608
        f" AND petition_no = '{registered}'",
    ) == [(1,)]


def test_a_deadline_swept_by_both_at_once_fires_once(replicated: Replicated) -> None:
    fired_before = replicated.count("deadlines WHERE state = 'fired'")
    due = replicated.count(f"deadlines WHERE state = 'pending' AND fires_at <= '{AFTER}'")

    def sweep(copy: int) -> int:
        with closing(BusClient(replicated.county.uri, timeout=30.0)) as client:
            request = {"request_id": f"sweep-by-both-{copy}"}
            return int(client.call_raw("supervision", "sweep", request, OPERATOR)["fired"])

    with ThreadPoolExecutor(max_workers=6) as copies:
        told = sum(copies.map(sweep, range(6)))

    assert due > 0
    assert told == replicated.count("deadlines WHERE state = 'fired'") - fired_before >= due
    assert replicated.query("supervision", EFFECTS_OF_ONE_DEADLINE_TWICE) == []
