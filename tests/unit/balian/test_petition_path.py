"""A petition's path, put together from what services tell: causes, order, and what waits."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from balian.petition_path import PetitionPath, Step, Wait, path_of
from balian.petition_path_words import tree_of, waiting_lines
from shared.contracts.every_service import (
    PetitionTrace,
    TracedCall,
    TracedDeadline,
    TracedEvent,
    TracedMessage,
)

NO = "XF-20260601-0001"
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _call(request_id: str, *, at: float = 0, **more: Any) -> TracedCall:
    told = {"method": "intake.register_petition", "outcome": "replied", **more}
    return TracedCall(request_id=request_id, at=_at(at), done_at=_at(at), **told)


def _event(event_id: str, *, by: str | None = None, at: float = 0, **more: Any) -> TracedEvent:
    told = {"type": "petition_registered.v1", "relayed_at": _at(at + 0.02), "attempts": 0, **more}
    return TracedEvent(
        event_id=event_id,
        case_version=1,
        correlation_id="c-1",
        causation_id=by,
        occurred_at=_at(at),
        recorded_at=_at(at),
        **told,
    )


def _message(message_id: str, *, at: float = 0, **more: Any) -> TracedMessage:
    told = {"type": "petition_registered.v1", "outcome": "handled", **more}
    return TracedMessage(message_id=message_id, handled_at=_at(at), **told)


def _deadline(number: int, *, by: str | None = None, at: float = 0, **more: Any) -> TracedDeadline:
    told = {"state": "pending", **more}
    return TracedDeadline(
        deadline_no=number,
        kind="sorting_due",
        version=1,
        correlation_id="c-1",
        causation_id=by,
        scheduled_at=_at(at),
        fires_at=_at(at + 3600),
        **told,
    )


def _trace(service: str, **told: Sequence[Any]) -> PetitionTrace:
    kinds = ("calls", "events", "messages", "deadlines")
    return PetitionTrace(service=service, **{kind: tuple(told.get(kind, ())) for kind in kinds})  # type: ignore[arg-type]


def _path(*traces: PetitionTrace, missing: Sequence[str] = (), **hears: str) -> PetitionPath:
    """Put a path together; `hears` names who hears an event type, written with _ for the dot."""
    heard: Mapping[str, str] = {name.replace("__", "."): who for name, who in hears.items()}
    return path_of(
        NO,
        {trace.service: trace for trace in traces},
        missing=missing,
        subscribers=lambda wire_type, _node: [heard[wire_type]] if wire_type in heard else [],
    )


def _outline(steps: Sequence[Step]) -> list[Any]:
    return [(step.service, step.id, _outline(step.effects)) for step in steps]


def test_every_step_stands_under_what_caused_it_across_services() -> None:
    path = _path(
        _trace("triage", messages=[_message("e-1", at=1)], deadlines=[_deadline(7, by="e-1")]),
        _trace("intake", calls=[_call("r-1")], events=[_event("e-1", by="r-1")]),
    )

    assert _outline(path.steps) == [
        (
            "intake",
            "r-1",
            [("intake", "e-1", [("triage", "e-1", [("triage", "deadline:7", [])])])],
        )
    ]


def test_a_deadline_that_fired_stands_above_what_it_set_off_at_its_own_service() -> None:
    path = _path(
        _trace(
            "triage",
            deadlines=[_deadline(7, state="fired", settled_at=_at(3600))],
            events=[_event("e-2", by="deadline:7", at=3600, type="sorting_overdue.v1")],
        ),
        _trace("supervision", deadlines=[_deadline(7, state="met", settled_at=_at(5))]),
    )

    assert _outline(path.steps) == [
        ("supervision", "deadline:7", []),
        ("triage", "deadline:7", [("triage", "e-2", [])]),
    ]


def test_what_a_silent_service_caused_stands_at_the_top_and_names_its_cause() -> None:
    path = _path(
        _trace("triage", messages=[_message("e-1", at=1)]),
        _trace("supervision", events=[_event("e-9", by="e-8", at=2)]),
        missing=["intake"],
    )

    assert _outline(path.steps) == [("triage", "e-1", []), ("supervision", "e-9", [])]
    assert [step.caused_by for step in path.steps] == [None, "e-8"]
    assert path.missing == ("intake",)


def test_effects_of_one_cause_stand_in_order_of_time() -> None:
    path = _path(
        _trace(
            "intake",
            calls=[_call("r-2", at=9), _call("r-1")],
            events=[_event("e-3", by="r-1", at=3), _event("e-2", by="r-1", at=2)],
        )
    )

    assert _outline(path.steps) == [
        ("intake", "r-1", [("intake", "e-2", []), ("intake", "e-3", [])]),
        ("intake", "r-2", []),
    ]


def test_a_cause_that_names_itself_is_no_cause() -> None:
    path = _path(_trace("triage", deadlines=[_deadline(7, by="deadline:7")]))

    assert _outline(path.steps) == [("triage", "deadline:7", [])]


@pytest.mark.parametrize(
    ("trace", "wait", "detail"),
    [
        pytest.param(
            _trace("intake", events=[_event("e-1", relayed_at=None, last_failure="unroutable")]),
            Wait.UNSENT,
            "unroutable",
            id="in the outbox",
        ),
        pytest.param(
            _trace("intake", messages=[_message("e-1", outcome="early", waits_for="a.v1")]),
            Wait.EARLY,
            "a.v1",
            id="came early",
        ),
        pytest.param(
            _trace("intake", messages=[_message("e-1", outcome="parked", parked_no=3)]),
            Wait.PARKED,
            "3",
            id="a parked message",
        ),
        pytest.param(
            _trace("intake", deadlines=[_deadline(7)]),
            Wait.DEADLINE,
            _at(3600).isoformat(),
            id="a deadline ahead",
        ),
        pytest.param(
            _trace(
                "intake",
                deadlines=[_deadline(7, state="failed", settled_at=_at(3600), parked_no=4)],
            ),
            Wait.PARKED,
            "4",
            id="a parked deadline",
        ),
    ],
)
def test_what_waits_is_told_with_what_for(trace: PetitionTrace, wait: Wait, detail: str) -> None:
    (waiting,) = _path(trace).waiting

    assert (waiting.service, waiting.wait, waiting.detail) == ("intake", wait, detail)


def test_an_event_that_a_hearer_has_no_record_of_is_on_the_way_until_it_has() -> None:
    sent = _trace("intake", events=[_event("e-1")])
    hears = {"petition_registered__v1": "triage"}

    (waiting,) = _path(sent, _trace("triage"), **hears).waiting

    assert (waiting.service, waiting.wait, waiting.detail) == ("triage", Wait.ON_THE_WAY, "intake")
    assert _path(sent, _trace("triage", messages=[_message("e-1")]), **hears).waiting == ()
    assert _path(sent, missing=["triage"], **hears).waiting == (), "of a silent one nobody knows"


def test_what_was_settled_does_not_wait() -> None:
    settled = _deadline(7, state="met", settled_at=_at(5))

    assert _path(_trace("triage", deadlines=[settled])).waiting == ()


def test_the_words_name_service_time_outcome_and_what_to_do() -> None:
    path = _path(
        _trace(
            "intake",
            calls=[_call("r-1"), _call("r-2", at=5, outcome="refused", error="OpinionMissing")],
            events=[_event("e-1", by="r-1", node="sanchakou")],
        ),
        _trace("triage", messages=[_message("e-1", at=0.5, outcome="parked", parked_no=3)]),
    )
    console = Console(file=io.StringIO(), width=200)
    console.print(tree_of(path))
    drawn = console.file.getvalue()  # type: ignore[attr-defined]

    assert "2026-06-01 12:00:00 intake 请求 intake.register_petition 已办" in drawn
    assert "不予办理（OpinionMissing）" in drawn
    assert "发出 petition_registered.v1 → sanchakou 已发出 +0.020 s" in drawn
    assert "triage 收到 petition_registered.v1 已搁置" in drawn
    assert waiting_lines(path) == [
        (
            "triage：petition_registered.v1 已搁置，自 2026-06-01 12:00:00；"
            "查看：balian parked show 3 --service triage"
        )
    ]


def test_nobody_who_has_heard_of_it_makes_an_empty_path() -> None:
    path = _path(_trace("intake"), _trace("triage"))

    assert path.is_empty
    assert path.dump()["waiting"] == []
