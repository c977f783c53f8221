"""How triage stands, as whoever watches is told: what waits for sorting beyond its limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.triage import usecases
from services.triage.models import Base, TriagedPetition
from services.triage.standing import how_it_stands
from shared.contracts.fields import Document
from shared.contracts.supervision import TransferObjectedV1
from shared.contracts.triage import DecideObjection
from tests.support.bench import ServiceBench, at
from tests.support.measuring import above_zero, oldest, plans_of, standing_of
from tests.support.triage import NO, OFFICER, Triage

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

OTHER_NO = "XF-20260601-0002"
LAST_MOMENT = at("2026-06-16 23:59")
"""Received on 1 June: sorting is due on the fifteenth day after."""
PASSED_AT = at("2026-06-17 00:00")
OVERDUE = "balian_petitions_sorting_overdue"


@pytest.fixture(params=("sqlite_file", "postgresql"))
def triage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Triage]:
    """Triage with one petition that waits, on each kind of store that lasts."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    made = Triage(ServiceBench("triage", Base, url=url))
    made.put_directory()
    made.register()
    yield made
    made.bench.close()


def stands(triage: Triage, now: str) -> dict[str, float]:
    return standing_of(triage.bench, how_it_stands, now=at(now))


def test_until_the_end_of_its_day_a_petition_is_in_time(triage: Triage) -> None:
    standing = standing_of(triage.bench, how_it_stands, now=LAST_MOMENT)

    assert standing == {OVERDUE: 0}


def test_from_midnight_on_it_is_told_whether_a_sweep_has_come_or_not(triage: Triage) -> None:
    unswept = standing_of(triage.bench, how_it_stands, now=PASSED_AT)
    triage.bench.sweep(PASSED_AT, usecases.DEADLINES)

    swept = standing_of(triage.bench, how_it_stands, now=PASSED_AT)

    assert unswept == swept
    assert above_zero(swept) == {OVERDUE: 1}
    assert oldest(swept) == {OVERDUE: PASSED_AT.timestamp()}


def test_the_one_that_waits_longest_is_the_oldest(triage: Triage) -> None:
    triage.register(OTHER_NO, received_on=date(2026, 5, 25), registered_on=date(2026, 5, 25))

    standing = stands(triage, "2026-06-20 09:00")

    assert above_zero(standing) == {OVERDUE: 2}
    assert oldest(standing) == {OVERDUE: at("2026-06-10 00:00").timestamp()}


def test_what_is_sorted_late_is_told_no_longer(triage: Triage) -> None:
    triage.bench.sweep(PASSED_AT, usecases.DEADLINES)
    triage.bench.now = at("2026-06-18 09:00")

    triage.forward()

    assert stands(triage, "2026-06-18 10:00") == {OVERDUE: 0}


def test_one_that_came_back_is_told_beyond_its_own_limit(triage: Triage) -> None:
    triage.forward()
    comes_back(triage)
    (petition,) = triage.bench.rows(TriagedPetition)

    in_time = standing_of(triage.bench, how_it_stands, now=at(f"{petition.due_on} 23:59"))
    late = standing_of(triage.bench, how_it_stands, now=at("2027-01-04 09:00"))

    assert in_time == {OVERDUE: 0}
    assert above_zero(late) == {OVERDUE: 1}


def comes_back(triage: Triage) -> None:
    """Let the unit object to the transfer, and the office agree."""
    triage.bench.event(
        usecases.on_transfer_objected,
        TransferObjectedV1(
            petition_no=NO,
            transfer_no=f"{NO}-TR-1",
            unit="labour_bureau",
            document=Document(no=f"{NO}-OB-1", sha256="0" * 64),
        ),
    )
    triage.bench.command(
        usecases.decide_objection,
        DecideObjection(
            request_id=triage.bench.request_id(),
            petition_no=NO,
            agreed=True,
            reason="经核实，不属于该单位职责。",
        ),
        actor=OFFICER,
    )


def test_the_look_finds_what_waits_by_the_index_of_what_waits(postgres: Postgres) -> None:
    triage = Triage(ServiceBench("triage", Base, url=postgres.database()))

    plans = plans_of(triage.bench, how_it_stands)

    triage.bench.close()
    assert "ix_triaged_petitions_waiting" in plans
    assert "Seq Scan" not in plans
