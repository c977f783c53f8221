"""How circulars stand, as whoever watches is told: by state, from when the oldest is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.accountability.standing import how_it_stands
from shared.contracts.supervision import CaseRoute
from tests.support.accountability import LEADER, PROPOSED_AT, Accountability
from tests.support.bench import at
from tests.support.measuring import above_zero, oldest, plans_of, standing_of

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

NO, OTHER_NO, THIRD_NO = (f"XF-20260601-000{number}" for number in (4, 5, 6))
PENDING = ("proposed", "approved", "answered")


@pytest.fixture(params=("sqlite_file", "postgresql"))
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Accountability]:
    """Accountability on each kind of store that lasts."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    made = Accountability.at(url)
    yield made
    made.bench.close()


def stands(office: Accountability) -> dict[str, float]:
    return standing_of(office.bench, how_it_stands)


def pending(state: str) -> str:
    return f'balian_circulars_pending{{state="{state}"}}'


def test_without_circulars_each_state_of_waiting_is_zero(office: Accountability) -> None:
    office.proposes(NO, route=CaseRoute.FORWARDED)

    assert stands(office) == {pending(state): 0 for state in PENDING}


def test_a_circular_waits_from_step_to_step_until_it_is_issued(office: Accountability) -> None:
    circular = office.proposes(NO)
    proposed = stands(office)
    office.bench.now = at("2026-07-01 10:00")
    office.decides(circular)
    approved = stands(office)
    office.bench.now = at("2026-07-02 11:00")
    office.answers(circular)
    answered = stands(office)
    office.bench.now = at("2026-07-03 12:00")
    office.issues(circular)

    assert (above_zero(proposed), oldest(proposed)) == (
        {pending("proposed"): 1},
        {pending("proposed"): PROPOSED_AT.timestamp()},
    )
    assert (above_zero(approved), oldest(approved)) == (
        {pending("approved"): 1},
        {pending("approved"): at("2026-07-01 10:00").timestamp()},
    )
    assert (above_zero(answered), oldest(answered)) == (
        {pending("answered"): 1},
        {pending("answered"): at("2026-07-02 11:00").timestamp()},
    )
    assert above_zero(stands(office)) == {}
    assert oldest(stands(office)) == {}


def test_of_several_the_one_that_waits_longest_is_the_oldest(office: Accountability) -> None:
    first, _second, third = (office.proposes(number) for number in (NO, OTHER_NO, THIRD_NO))
    office.bench.now = at("2026-07-01 10:00")
    office.decides(third)

    office.bench.now = at("2026-07-02 10:00")
    office.decides(first, approved=False)

    standing = stands(office)
    assert above_zero(standing) == {pending("proposed"): 1, pending("approved"): 1}
    assert oldest(standing)[pending("proposed")] == PROPOSED_AT.timestamp()


def test_an_answer_of_one_of_two_leaves_it_waiting_since_its_approval(
    office: Accountability,
) -> None:
    circular = office.proposes(NO)
    office.bench.now = at("2026-07-01 10:00")
    office.decides(circular, person=LEADER)
    office.bench.now = at("2026-07-02 11:00")

    office.answers(circular)

    standing = stands(office)
    assert above_zero(standing) == {pending("approved"): 1}
    assert oldest(standing)[pending("approved")] == at("2026-07-01 10:00").timestamp()


def test_the_look_finds_what_is_pending_by_an_index_of_its_own(postgres: Postgres) -> None:
    office = Accountability.at(postgres.database())

    plans = plans_of(office.bench, how_it_stands)

    office.bench.close()
    assert "ix_circulars_pending" in plans
    assert "Seq Scan" not in plans
