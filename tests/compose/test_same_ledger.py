"""The sample week gives the ledger on compose that it gives on the embedded host."""

from __future__ import annotations

from pathlib import Path

from tests.support.casebooks import SAMPLE, county_at, play
from tests.support.plain_county import plain_county


def test_the_sample_week_is_the_same_on_compose(tmp_path: Path) -> None:
    with county_at(tmp_path / "embedded") as host:
        embedded = play(SAMPLE, host)

    with plain_county(tmp_path) as county:
        ledger = county.play(SAMPLE)

    assert ledger.without_random_ids() == embedded.ledger.without_random_ids()
