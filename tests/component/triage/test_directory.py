"""The directory is put whole, kept in versions and announced by codes (C-07)."""

from __future__ import annotations

import json

import pytest

from services.triage import usecases
from services.triage.models import Base, DirectoryVersion
from shared.contracts.common import DirectoryMissing
from shared.contracts.triage import (
    DirectoryChangedV1,
    DirectoryInconsistent,
    GetDirectory,
    ListNodes,
)
from tests.support.bench import ServiceBench, at
from tests.support.triage import Triage

pytestmark = pytest.mark.proves("C-07")


def test_a_directory_becomes_a_version_and_its_codes_an_event(triage: Triage) -> None:
    (event,) = triage.bench.recorded_of(DirectoryChangedV1)

    view = triage.bench.query(usecases.get_directory, GetDirectory())
    assert event.version == view.version == 1
    assert [leader.code for leader in event.leaders] == [leader.code for leader in view.leaders]
    announced = json.dumps(event.dump(), ensure_ascii=False)
    assert not [leader.name for leader in view.leaders if leader.name in announced]


def test_the_same_directory_again_makes_no_new_version(triage: Triage) -> None:
    again = triage.put_directory()

    assert again.version == 1
    assert len(triage.bench.recorded_of(DirectoryChangedV1)) == 1


def test_a_changed_directory_is_the_next_version_and_the_old_one_is_kept(triage: Triage) -> None:
    changed = triage.put_directory(authorisations=[])

    assert changed.version == 2
    assert [row.version for row in triage.bench.rows(DirectoryVersion)] == [1, 2]
    assert [event.version for event in triage.bench.recorded_of(DirectoryChangedV1)] == [1, 2]
    assert triage.bench.query(usecases.get_directory, GetDirectory()).authorisations == ()


def test_an_inconsistent_directory_is_refused_with_every_fault(triage: Triage) -> None:
    with pytest.raises(DirectoryInconsistent) as refused:
        triage.put_directory(
            territories=[{"code": "county", "name": "云岭县"}],
            leaders=[{"code": "l_new", "name": "甲", "title": "乙", "organ": "nowhere"}],
        )

    message = str(refused.value)
    assert "leader l_new has unknown organ nowhere" in message
    assert "nobody in the county holds the post party_secretary" in message
    assert "nobody in the county holds the post county_head" in message
    assert "unit township_baihe has unknown organ baihe" in message
    assert len(triage.bench.rows(DirectoryVersion)) == 1


def test_without_a_directory_there_is_none_to_show() -> None:
    bench = ServiceBench("triage", Base)

    with pytest.raises(DirectoryMissing):
        bench.query(usecases.get_directory, GetDirectory())


@pytest.mark.proves("D-30")
def test_nodes_announce_themselves_and_the_later_word_counts(triage: Triage) -> None:
    triage.bench.now = at("2026-06-02 09:00")
    triage.open_node("sanchakou", "sanchakou")
    triage.open_node("county", "county")
    triage.bench.now = at("2026-06-01 09:00")
    triage.open_node("sanchakou", "baihe")

    nodes = triage.bench.query(usecases.list_nodes, ListNodes()).nodes
    assert [(node.node, node.service, node.territory) for node in nodes] == [
        ("county", "reception_county", "county"),
        ("sanchakou", "reception_sanchakou", "sanchakou"),
    ]
