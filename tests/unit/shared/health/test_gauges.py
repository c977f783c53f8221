"""The gauges of health say what the pages say."""

from __future__ import annotations

import pytest

from shared.health import Board, Findings, Part
from shared.health.gauges import HEALTH, READY, health_told

NOW = 1000.0


def told(findings: Findings, board: Board) -> dict[str, float]:
    return {
        one.labels.get("part", "ready"): float(one.value)
        for one in health_told(findings, board, NOW)
    }


def working() -> tuple[Findings, Board]:
    findings, board = Findings("intake", has_started=True), Board(NOW)
    for part in Part:
        findings.found_good(part, NOW)
    board.add(findings)
    return findings, board


def test_a_service_that_works_is_ready_in_every_part() -> None:
    assert told(*working()) == {"ready": 1.0, "bus": 1.0, "store": 1.0, "relay": 1.0}


@pytest.mark.parametrize("part", list(Part))
def test_a_part_that_fails_is_named_and_the_service_is_not_ready(part: Part) -> None:
    findings, board = working()

    findings.found_bad(part)

    assert told(findings, board) == {
        "ready": 0.0,
        **{one.value: float(one is not part) for one in Part},
    }


def test_a_service_that_stops_is_not_ready_though_its_parts_work() -> None:
    findings, board = working()

    board.begin_stop()

    assert told(findings, board) == {"ready": 0.0, "bus": 1.0, "store": 1.0, "relay": 1.0}


def test_a_service_whose_hub_stands_still_is_not_ready() -> None:
    findings, _ = working()

    assert told(findings, Board(NOW - 100))["ready"] == 0.0


def test_the_gauges_have_the_names_that_alerts_ask_for() -> None:
    assert (READY.name, HEALTH.name, HEALTH.labels) == ("balian_ready", "balian_health", ("part",))
