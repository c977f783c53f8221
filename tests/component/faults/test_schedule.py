"""Day after day the short schedule comes by every fault, and by every crash point."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.messaging.crashpoints import CRASH_POINTS, CrashSpecification
from tests.support.faults.deployment import SERVICES
from tests.support.faults.injections import CrashAt
from tests.support.faults.reports import Report, ReportRow
from tests.support.faults.schedule import (
    A_DAY,
    AT_ONCE,
    ROUNDS,
    Passed,
    at_once,
    everything,
    families,
    share_of,
    today,
)

FIRST = date(2026, 11, 23)
CRASHES = [
    CrashAt(service, point, f"message_{number}.v1")
    for service, point, number in itertools.product(SERVICES, CRASH_POINTS, range(7))
]
PASSED = Passed(by_the_load=CRASHES, by_the_sweep=CRASHES[:20])


def _days(count: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(count)]


def test_within_seven_weeks_every_fault_of_every_family_comes_round() -> None:
    taken = {
        (family, fault.name)
        for day in _days(49)
        for family, fault in share_of(day, PASSED).faults.items()
    }

    assert taken == {
        (family, fault.name) for family, listed in families().items() for fault in listed
    }


def test_within_four_weeks_every_crash_point_comes_round_with_every_message() -> None:
    days = _days(-(-len(CRASHES) // A_DAY))

    shares = [share_of(day, PASSED) for day in days]

    assert len(days) <= 28
    taken = {crash for share in shares for crashed in share.crashes for crash in crashed.crashes}
    assert taken == set(CRASHES)
    swept = {
        crash
        for share in shares
        for crashed in share.crashes_in_sweeps
        for crash in crashed.crashes
    }
    assert swept == set(PASSED.by_the_sweep)


def test_a_round_takes_one_fault_of_each_of_its_families_and_all_have_a_round() -> None:
    share = share_of(FIRST, PASSED)

    together = share.of_round("kill+twice").name

    assert together == f"{share.faults['kill'].name} + {share.faults['twice'].name}"
    assert sorted(itertools.chain.from_iterable(ROUNDS.values())) == sorted(families())


def test_services_that_die_at_once_are_different_ones() -> None:
    groups = list(at_once(CRASHES))

    assert sum(len(group.crashes) for group in groups) == len(CRASHES)
    for group in groups:
        services = [crash.service for crash in group.crashes]
        assert len(services) == len(set(services)) <= AT_ONCE


def test_a_day_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTS_DATE", "2026-06-01")

    names = [fault.name for fault in share_of(today(), PASSED).faults.values()]

    assert today() == date(2026, 6, 1)
    assert names == [fault.name for fault in share_of(date(2026, 6, 1), PASSED).faults.values()]


def test_a_soak_takes_everything_once_before_it_takes_anything_twice() -> None:
    small = Passed(by_the_load=CRASHES[::15], by_the_sweep=CRASHES[1::40])
    single = sum(len(listed) for listed in families().values())
    crashed = len(list(at_once(small.by_the_load))), len(list(at_once(small.by_the_sweep)))

    chance = random.Random(1)  # noqa: S311 - a repeatable order, no secret.
    taken = list(itertools.islice(everything(small, chance), single + sum(crashed)))

    names = [fault.name for fault, _ in taken]
    assert {fault.name for listed in families().values() for fault in listed} <= set(names)
    assert sum(in_sweeps for _, in_sweeps in taken) >= 1


def test_what_arms_a_crash_point_is_read_as_it_is_meant() -> None:
    for crash in CRASHES:
        specification = CrashSpecification.read(crash.specification)
        assert (specification.name, specification.message) == (crash.point, crash.message)


def test_a_report_is_written_row_by_row(tmp_path: Path) -> None:
    report = Report(path=tmp_path / "report.json")
    row = ReportRow(
        fault="nothing",
        attempted=3,
        accepted=2,
        refused=1,
        lost=0,
        doubled=0,
        absorbed=4,
        parked=0,
        recovery_seconds=1.234,
        slowest_call_seconds=5.0,
    )

    report.add(row)
    report.add(row)

    assert '"attempted": 6' in report.path.read_text(encoding="utf-8")
    assert report.totals()["recovery_seconds"] == 1.23
    assert row.is_clean
