"""Day after day the short schedule comes by every fault, and by every crash point."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.messaging.crashpoints import CrashSpecification
from tests.support.faults.crashes import CrashAt
from tests.support.faults.declared import declared
from tests.support.faults.deployment import SERVICES
from tests.support.faults.outages import Disturbed
from tests.support.faults.reports import Report, ReportRow
from tests.support.faults.schedule import (
    AT_ONCE,
    DAYS_OF_A_TOWNSHIP,
    ROUNDS,
    Passed,
    Share,
    at_once,
    everything,
    families,
    share_of,
    spread,
    today,
)
from tests.support.faults.store_faults import DiskFull, LockHeld
from tests.support.faults.township import EVERY_DEATH

FIRST = date(2026, 11, 23)
THREE_WEEKS = 21
CRASHES = [
    CrashAt("reception_county" if passage.owner == "reception" else passage.owner, *rest)
    for passage in sorted(declared())
    for rest in [(passage.point, passage.message)]
]
"""More than the load comes by: what happens in the life of a township is among them."""

PASSED = Passed(
    by_the_load=spread(CRASHES, random.Random(1)),  # noqa: S311 - no secret.
    by_the_sweep=CRASHES[::3],
)
MOST_DEATHS = 6
"""How often one service may die in a round, before it is started again too late for its limit."""


def _shares() -> list[Share]:
    return [share_of(FIRST + timedelta(days=number), PASSED) for number in range(THREE_WEEKS)]


def test_within_three_weeks_every_fault_of_every_family_comes_round() -> None:
    taken = {
        (family, fault.name)
        for share in _shares()
        for family, faults in share.faults.items()
        for fault in faults
    }

    assert taken == {
        (family, fault.name) for family, listed in families().items() for fault in listed
    }


def test_within_three_weeks_every_crash_point_comes_round_with_every_message() -> None:
    shares = _shares()

    assert {crash for share in shares for crash in share.crashes.crashes} == set(CRASHES)
    swept = {crash for share in shares for crash in share.crashes_in_sweeps.crashes}
    assert swept == set(PASSED.by_the_sweep)


def test_three_days_take_every_crash_point_of_a_township() -> None:
    taken = [crash for share in _shares()[:DAYS_OF_A_TOWNSHIP] for crash in share.in_a_township]

    assert sorted(taken) == sorted(EVERY_DEATH)


def test_no_service_dies_too_often_in_one_round() -> None:
    for share in _shares():
        deaths = Counter(crash.service for crash in share.crashes.crashes)
        assert max(deaths.values()) <= MOST_DEATHS


def test_no_day_breaks_one_line_or_one_store_in_two_ways() -> None:
    for share in _shares():
        broken = [
            fault.service
            for fault in (*share.faults["hole"], *share.faults["line"])
            if isinstance(fault, Disturbed)
        ]
        assert len(broken) == len(set(broken)) == len(SERVICES)
        locked, full = (*share.faults["lock"], *share.faults["disk"])
        assert isinstance(locked, LockHeld)
        assert isinstance(full, DiskFull)
        assert locked.service != full.service


def test_a_round_takes_its_families_at_once_and_all_have_a_round() -> None:
    share = share_of(FIRST, PASSED)

    together = share.of_round("kill+twice").name

    assert together == f"{share.faults['kill'][0].name} + {share.faults['twice'][0].name}"
    assert sorted(itertools.chain.from_iterable(ROUNDS.values())) == sorted(families())


def test_deaths_of_a_soak_come_in_groups_and_none_is_left_out() -> None:
    groups = list(at_once(CRASHES))

    assert [crash for group in groups for crash in group.crashes] == CRASHES
    assert max(len(group.crashes) for group in groups) == AT_ONCE


def test_a_day_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTS_DATE", "2026-06-01")

    assert today() == date(2026, 6, 1)
    assert _names(share_of(today(), PASSED)) == _names(share_of(date(2026, 6, 1), PASSED))


def _names(share: Share) -> list[str]:
    return [*(share.of_round(name).name for name in ROUNDS), share.crashes.name]


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
