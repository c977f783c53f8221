"""Two containers of every service share the work, and change nothing in the outcome."""

from __future__ import annotations

from pathlib import Path

from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.faults.deployment import CONTAINER_OF
from tests.support.plain_county import plain_county

STORY = CASEBOOKS / "overdue_and_promise.jsonl"


def test_a_story_is_the_same_with_two_of_each(tmp_path: Path) -> None:
    with county_at(tmp_path / "embedded") as host:
        embedded = play(STORY, host)

    with plain_county(tmp_path) as county:
        county.scale(list(CONTAINER_OF.values()), 2)
        listeners = county.listeners(list(CONTAINER_OF))
        ledger = county.play(STORY)
        parked = county.parked()

    assert listeners == dict.fromkeys(CONTAINER_OF, 2)
    assert ledger.without_random_ids() == embedded.ledger.without_random_ids()
    assert parked == 0
