"""Health is judged by the age of what was found, and by nothing else."""

from __future__ import annotations

import pytest

from shared.health import Board, Findings, Part
from shared.health.board import ALIVE_WITHIN, READY_WITHIN

NOW = 1000.0


def working(service: str = "intake", *, at: float = NOW) -> Findings:
    findings = Findings(service, has_started=True)
    for part in Part:
        findings.found_good(part, at)
    return findings


@pytest.mark.parametrize(
    ("silent_for", "is_alive"),
    [
        pytest.param(0.0, True, id="just now"),
        pytest.param(ALIVE_WITHIN, True, id="at the limit"),
        pytest.param(ALIVE_WITHIN + 0.1, False, id="above the limit"),
    ],
)
def test_a_process_is_alive_while_its_green_threads_have_their_turns(
    silent_for: float, is_alive: bool
) -> None:
    board = Board(0.0)

    board.beat(NOW)

    assert board.is_alive(NOW + silent_for) is is_alive


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize(
    ("beyond", "fails"),
    [pytest.param(0.0, False, id="at the limit"), pytest.param(0.1, True, id="above the limit")],
)
def test_a_part_fails_when_it_was_not_seen_to_work_of_late(
    part: Part, beyond: float, fails: bool
) -> None:
    now = NOW + READY_WITHIN[part] + beyond
    findings = working(at=now)

    findings.found_good(part, NOW)

    assert findings.failing(now) == ((part.value,) if fails else ())


@pytest.mark.parametrize("part", list(Part))
def test_a_part_found_bad_fails_at_once_and_until_it_works_again(part: Part) -> None:
    findings = working()

    findings.found_bad(part)
    bad = findings.failing(NOW)
    findings.found_good(part, NOW)

    assert bad == (part.value,)
    assert findings.failing(NOW) == ()


def test_a_service_that_has_not_started_is_not_ready_whatever_works() -> None:
    findings = working()
    findings.has_started = False

    assert findings.failing(NOW) == ("start",)
    assert Findings("intake").failing(NOW) == ("start", "bus", "store", "relay")


def test_a_stop_makes_every_service_unready_at_once() -> None:
    board = Board(NOW)
    board.add(working("intake"))
    board.add(working("triage"))

    board.begin_stop()

    assert board.failing(NOW) == {"intake": ("stop",), "triage": ("stop",)}


def test_a_process_of_several_services_names_the_one_that_fails() -> None:
    board = Board(NOW)
    failing = working("triage")
    board.add(working("intake"))
    board.add(failing)

    failing.found_bad(Part.STORE)

    assert board.failing(NOW) == {"triage": ("store",)}


def test_a_service_that_has_gone_is_not_judged() -> None:
    board = Board(NOW)
    gone = Findings("triage")
    board.add(gone)
    was_empty = board.is_empty

    board.remove(gone)

    assert not was_empty
    assert board.is_empty
    assert board.failing(NOW) == {}
