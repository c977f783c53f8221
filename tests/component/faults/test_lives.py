"""Every life of the load, and a township's, can be led undisturbed, and leaves the stores whole."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from balian.node_setups import NodeSetup
from tests.support.casebooks import county_at
from tests.support.faults.checker import check
from tests.support.faults.county import come_to_rest, let_time_pass, open_county
from tests.support.faults.declared import Passage, come_by, declared
from tests.support.faults.desk import Desk, Gate, Tally
from tests.support.faults.findings import Expected
from tests.support.faults.lives import LIVES
from tests.support.faults.steps import CANARIES, MATTERS, at
from tests.support.faults.stores import read_stores
from tests.support.faults.township import EVERY_DEATH, REGIME, TOWN, TownshipLife

MONDAY = date(2026, 8, 3)
STARTED_ANEW = {Passage("reception", "deadline_claimed_before_commit", "begin_opening")}
"""What takes a node that is started for another opening, which an embedded host cannot do."""


def test_every_life_can_be_led_to_its_end_and_leaves_the_stores_whole(tmp_path: Path) -> None:
    tally = Tally()
    until = at(MONDAY + timedelta(days=100), "09:00")
    with county_at(tmp_path, setups={TOWN: NodeSetup(regime=REGIME)}) as host:
        desk = Desk(host, name="every-life", tally=tally, gate=Gate())
        open_county(desk, MONDAY)
        town = TownshipLife(
            MONDAY,
            start=lambda _opening: None,
            rest=lambda: come_to_rest(host, at(MONDAY, "08:00"), within=30),
        )
        for stage in town.stages():
            stage.act(desk)
        ends = [life(desk, MONDAY, MATTERS[0]) for life in LIVES.values()]
        let_time_pass(desk, host, until, within=30)
        for afterwards in ends:
            if afterwards is not None:
                afterwards(desk, until)
        until += timedelta(days=30)
        let_time_pass(desk, host, until, within=30)

    urls = {file.stem: f"sqlite:///{file}" for file in tmp_path.glob("*.sqlite3")}
    stores = read_stores(urls)
    expected = Expected(accepted=frozenset(tally.accepted), swept_until=until, canaries=CANARIES)
    assert str(check(stores, expected)) == "clean"
    assert tally.silences == 0
    passages = {Passage.of(crash) for crash in come_by(stores)}
    assert passages == declared() - STARTED_ANEW
    assert {Passage.of(crash) for crash in EVERY_DEATH} <= declared()
