"""A death before every statement in turn: whatever was begun is either whole or not there."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.bench import ServiceBench, bench_in
from tests.support.dying import Killed, dying_before_statement, quick_directory
from tests.support.small_service import (
    UNREGISTERED,
    Base,
    Reminder,
    SeenCase,
    Visit,
    case_opened,
    case_overdue,
    on_case_opened,
    on_case_overdue,
    record_visit,
    remind,
    visit,
)

LONGEST = 200


def _command(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))


def _refused_command(bench: ServiceBench) -> None:
    with pytest.raises(Exception, match="P-5"):
        bench.command(record_visit, visit("request-2", UNREGISTERED))


def _event(bench: ServiceBench) -> None:
    bench.event(on_case_opened, case_opened(), event_id="event-1")


def _early_event_and_its_predecessor(bench: ServiceBench) -> None:
    bench.event(on_case_overdue, case_overdue(), event_id="event-2")
    bench.event(on_case_opened, case_opened(), event_id="event-1")
    bench.engine.apply_early()


def _relay(bench: ServiceBench) -> None:
    with bench.engine.claim_unsent(10) as claim:
        claim.mark_sent(claim.rows)


def _sweep(bench: ServiceBench) -> None:
    bench.sweep(bench.now + timedelta(days=3), {"remind": remind})


def _state(bench: ServiceBench) -> dict[str, Any]:
    return {
        "visits": [row.visit_no for row in bench.rows(Visit)],
        "seen": [row.what for row in bench.rows(SeenCase)],
        "reminders": [row.subject for row in bench.rows(Reminder)],
        "events": sorted(
            (row.envelope["type"], row.envelope["data"]["visit_no"], row.sent)
            for row in bench.engine.published_page(0, 100)
        ),
        "commands": [(row["request_id"], row["outcome"]) for row in bench.table_rows("commands")],
        "deadlines": [(row["subject"], row["state"]) for row in bench.table_rows("deadlines")],
        "early": bench.engine.standing()["early"],
        "parked": bench.engine.parked_list(),
    }


@pytest.mark.parametrize(
    ("before", "step"),
    [
        pytest.param([], _command, id="a command"),
        pytest.param([], _refused_command, id="a refused command"),
        pytest.param([], _event, id="an event"),
        pytest.param([], _early_event_and_its_predecessor, id="an early event"),
        pytest.param([_command], _relay, id="the relay"),
        pytest.param([_command], _sweep, id="a sweep"),
    ],
)
def test_a_death_before_any_statement_changes_nothing_in_the_end(
    before: list[Callable[[ServiceBench], None]], step: Callable[[ServiceBench], None]
) -> None:
    undisturbed = ServiceBench("intake", Base)
    for earlier in (*before, step):
        earlier(undisturbed)
    expected = _state(undisturbed)
    undisturbed.close()

    for number in itertools.count(1):
        assert number < LONGEST
        with quick_directory() as directory:
            bench = bench_in(Path(directory), "intake", Base)
            for earlier in before:
                earlier(bench)
            died = _dies(bench, step, number)
            bench.start_engine()
            step(bench)
            assert _state(bench) == expected, f"after a death before statement {number}"
            bench.close()
        if not died:
            break


def _dies(bench: ServiceBench, step: Callable[[ServiceBench], None], number: int) -> bool:
    try:
        with dying_before_statement(bench.store, number):
            step(bench)
    except Killed:
        return True
    return False
