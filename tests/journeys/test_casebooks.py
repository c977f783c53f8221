"""Every casebook of the journeys is played as written on the embedded host.

Each stands for one story and names in its header the rules it shows; `docs/rules.md` lists them
from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from balian.casebook import read_casebook
from balian.faults import BadInput
from balian.node_setups import NodeSetup
from tests.support.casebooks import CASEBOOKS, county_at, play

HEADERS: Final = {
    "actor": "officer:desk",
    "roles": "officer",
    "now": "2026-06-01T09:00:00+08:00",
}
STORIES = sorted(CASEBOOKS.glob("*.jsonl"))


@pytest.mark.parametrize("casebook", [pytest.param(story, id=story.stem) for story in STORIES])
def test_a_story_goes_as_written(casebook: Path, tmp_path: Path) -> None:
    setups = read_casebook(casebook).header.nodes
    with county_at(tmp_path / "store", setups=setups) as county:
        told = play(casebook, county).summary

    assert (told.messages_parked, told.outbox_unsent, told.early_waiting) == (0, 0, 0)
    assert told.card_sets_of_four == told.card_sets
    assert told.slip_sets_of_eight_posts == told.slip_sets == told.decisions
    assert told.nodes == ["county", "sanchakou"]


@pytest.mark.proves("D-30", "C-22")
def test_a_node_keeps_its_regime_until_it_is_told_another(tmp_path: Path) -> None:
    casebook = CASEBOOKS / "township_rota.jsonl"
    directory = tmp_path / "store"

    def regimes(setups: Mapping[str, NodeSetup] | None) -> tuple[list[str], int]:
        with county_at(directory, setups=setups) as county:
            ledger = play(casebook, county, directory=directory, until_line=2).ledger
            nodes = county.call_raw("triage", "list_nodes", {}, HEADERS)["nodes"]
        return [node["regime"] for node in nodes], len(ledger.of_type("node_opened.v1"))

    told = regimes(read_casebook(casebook).header.nodes)
    kept = regimes(None)

    assert told == kept == (["county", "weekly_rota"], 2)


@pytest.mark.parametrize(
    ("node", "regime"),
    [
        pytest.param("sanchakou", "of_the_moon", id="no such regime"),
        pytest.param("county", "weekly_rota", id="a rota for the county's own node"),
    ],
)
def test_a_host_does_not_start_with_a_regime_that_cannot_be_used(
    tmp_path: Path, node: str, regime: str
) -> None:
    setups = {node: NodeSetup(regime=regime)}

    with pytest.raises(BadInput), county_at(tmp_path / "store", setups=setups):
        pass


@pytest.mark.proves("P-6", "I-17")
def test_a_story_played_again_does_nothing_again(tmp_path: Path) -> None:
    casebook = CASEBOOKS / "main_path.jsonl"
    directory = tmp_path / "store"
    with county_at(directory) as county:
        first = play(casebook, county, directory=directory)
        again = play(casebook, county, directory=directory)

    assert list(again.ledger.lines()) == list(first.ledger.lines())
    assert again.summary == first.summary


def test_a_story_cut_at_any_line_and_played_later_whole_is_the_same_story(tmp_path: Path) -> None:
    casebook = CASEBOOKS / "busy_week.jsonl"
    with county_at(tmp_path / "whole") as county:
        whole = play(casebook, county)

    directory = tmp_path / "cut"
    for until_line in (1, 9, 20, 33):
        with county_at(directory) as county:
            play(casebook, county, directory=directory, until_line=until_line)
    with county_at(directory) as county:
        continued = play(casebook, county, directory=directory)

    assert continued.ledger.without_random_ids() == whole.ledger.without_random_ids()
    assert continued.summary == whole.summary


def test_another_run_does_everything_once_more(tmp_path: Path) -> None:
    casebook = CASEBOOKS / "main_path.jsonl"
    with county_at(tmp_path / "store") as county:
        once = play(casebook, county, until_line=4)
        twice = play(casebook, county, until_line=4, run="again")

    assert (once.summary.petitions, twice.summary.petitions) == (1, 2)
