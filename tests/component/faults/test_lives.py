"""Every life of the load can be led, on stores that nobody disturbs, and leaves them whole."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.support.casebooks import county_at
from tests.support.faults.checker import check
from tests.support.faults.county import let_time_pass, open_county
from tests.support.faults.desk import Desk, Gate, Tally
from tests.support.faults.findings import Expected
from tests.support.faults.lives import CANARIES, LIVES, MATTERS, at
from tests.support.faults.stores import read_stores

MONDAY = date(2026, 8, 3)


def test_every_life_can_be_led_to_its_end_and_leaves_the_stores_whole(tmp_path: Path) -> None:
    tally = Tally()
    until = at(MONDAY + timedelta(days=100), "09:00")
    with county_at(tmp_path) as host:
        desk = Desk(host, name="every-life", tally=tally, gate=Gate())
        open_county(desk, MONDAY)
        ends = [life(desk, MONDAY, MATTERS[0]) for life in LIVES.values()]
        let_time_pass(desk, host, until, within=30)
        for afterwards in ends:
            if afterwards is not None:
                afterwards(desk, until)
        until += timedelta(days=30)
        let_time_pass(desk, host, until, within=30)

    urls = {file.stem: f"sqlite:///{file}" for file in tmp_path.glob("*.sqlite3")}
    expected = Expected(accepted=frozenset(tally.accepted), swept_until=until, canaries=CANARIES)
    assert str(check(read_stores(urls), expected)) == "clean"
    assert tally.silences == 0
    assert set(tally.orders) > {"supervision.archive_case", "accountability.issue_circular"}
