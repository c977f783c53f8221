"""The embedded host is killed at twenty moments, and nothing is lost and nothing done twice.

Twelve times it dies at a point of the mechanism where the books are half written, eight times
at any instant in the middle of a call.
Each time it starts again on what it left, the casebook is played again from line 1, and goes on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import eventlet
import pytest

from balian.deployments import RunningHost
from balian.faults import HostUnreachable
from tests.support.casebooks import CASEBOOKS, Play, county_at, play, query, rows_in
from tests.support.hosts import START_LIMIT, HostDied, host_up

BUSY_WEEK = CASEBOOKS / "busy_week.jsonl"

KILLED = -signal.SIGKILL
READ_NOT_RECORDED = frozenset({"access_log", "refused_calls", "handling_attempts"})
"""What may differ after a crash: a call made once more reads once more, and asks once more."""


@dataclass(frozen=True)
class AtPoint:
    """Die at a point of the mechanism, at its n-th pass in this life."""

    name: str
    nth: int


@dataclass(frozen=True)
class InMidCall:
    """Die some milliseconds after the n-th order of this life that was not answered before."""

    nth: int
    milliseconds: int


MOMENTS = (
    AtPoint("deadline_claimed_before_commit", 1),
    AtPoint("published_before_mark", 1),
    AtPoint("command_written_before_commit", 1),
    InMidCall(2, 0),
    AtPoint("command_committed_before_reply", 2),
    AtPoint("event_handled_before_commit", 2),
    InMidCall(2, 4),
    AtPoint("event_committed_before_ack", 3),
    AtPoint("published_before_mark", 2),
    InMidCall(2, 15),
    AtPoint("event_handled_before_commit", 7),
    InMidCall(2, 8),
    AtPoint("command_written_before_commit", 2),
    InMidCall(3, 30),
    AtPoint("event_committed_before_ack", 5),
    InMidCall(3, 2),
    AtPoint("command_committed_before_reply", 2),
    InMidCall(2, 20),
    AtPoint("deadline_claimed_before_commit", 1),
    InMidCall(7, 60),
)


class Deadly:
    """A running host that is killed in the middle of one of its orders."""

    def __init__(self, host: RunningHost, process: Popen[str], moment: InMidCall) -> None:
        self._host = host
        self._process = process
        self._left = moment.nth
        self._delay = moment.milliseconds / 1000
        self._known = _answered(host.directory)
        self.services = host.services
        self.topology = host.topology
        self.pending = host.pending

    def call_raw(
        self, service: str, method: str, mapping: Any, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        request_id = mapping.get("request_id")
        if request_id is not None and method != "sweep" and request_id not in self._known:
            self._left -= 1
            if self._left == 0:
                eventlet.spawn_after(self._delay, os.kill, self._process.pid, signal.SIGKILL)
        return self._host.call_raw(service, method, mapping, headers)


def _answered(directory: Path) -> set[str]:
    found = [
        query(directory, store.stem, "SELECT request_id FROM commands")
        for store in directory.glob("*.sqlite3")
    ]
    return {str(request_id) for rows in found for (request_id,) in rows}


def _live_until(moment: AtPoint | InMidCall, directory: Path) -> None:
    """Start the host, play from line 1, and see the host die at the moment.

    What the life before left to do is done at the start, and may reach the point already there.
    """
    armed = {}
    if isinstance(moment, AtPoint):
        armed["BALIAN_CRASHPOINT"] = f"{moment.name}:{moment.nth}"
    died_at_start = _play_until(moment, directory, armed)
    assert died_at_start is None or (armed and died_at_start.exit_code == KILLED), died_at_start


def _play_until(
    moment: AtPoint | InMidCall, directory: Path, armed: Mapping[str, str]
) -> HostDied | None:
    """Play until the host dies; give how it died where it did so at its start."""
    try:
        with host_up(directory, environment=armed) as process:
            _play_on(process, moment, directory)
            assert process.wait(timeout=START_LIMIT) == KILLED, f"the host outlived {moment}"
    except HostDied as died:
        return died
    return None


def _play_on(process: Popen[str], moment: AtPoint | InMidCall, directory: Path) -> None:
    with closing(RunningHost(directory)) as host:
        deployment = host if isinstance(moment, AtPoint) else Deadly(host, process, moment)
        try:
            play(BUSY_WEEK, deployment, directory=directory)
        except HostUnreachable:
            pass
        else:
            # What it was to die in was the last thing it did: dead all the same.
            eventlet.sleep(0.2)


def _undisturbed(directory: Path) -> Play:
    with county_at(directory) as county:
        return play(BUSY_WEEK, county)


@pytest.mark.proves("P-6", "I-16", "I-17")
def test_killed_at_twenty_moments_nothing_is_lost_and_nothing_done_twice(tmp_path: Path) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy" / "store"
    stormy.parent.mkdir()
    expected = _undisturbed(calm)

    for moment in MOMENTS:
        _live_until(moment, stormy)
    with host_up(stormy), closing(RunningHost(stormy)) as host:
        survived = play(BUSY_WEEK, host, directory=stormy)

    assert survived.ledger.without_random_ids() == expected.ledger.without_random_ids()
    assert survived.summary == expected.summary
    assert _counts(stormy) == _counts(calm)
    assert _faults_of_files(stormy) == []


def _counts(directory: Path) -> dict[str, int]:
    rows = rows_in(directory, besides=READ_NOT_RECORDED)
    return {table: len(found) for table, found in rows.items()}


def _faults_of_files(directory: Path) -> list[str]:
    checks = ("PRAGMA integrity_check", "PRAGMA foreign_key_check")
    return [
        f"{store.stem}: {row}"
        for store in directory.glob("*.sqlite3")
        for check in checks
        for row in query(directory, store.stem, check)
        if row != ("ok",)
    ]


def test_the_moments_are_twenty_and_of_every_kind() -> None:
    points = {moment.name for moment in MOMENTS if isinstance(moment, AtPoint)}

    assert len(MOMENTS) == 20
    assert len(points) == 6
