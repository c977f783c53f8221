"""The path of a petition through one service: all of it, nothing of another, and by indexes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from shared.contracts.common import PetitionNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.every_service import MOST_TRACED, PetitionTrace
from shared.contracts.intake import RecordVisit, VisitReceipt
from shared.contracts.supervision import CaseOpenedV1
from shared.deadlines import Deadline
from shared.messaging import Work
from shared.messaging.inbox import Patience
from shared.messaging.petition_trace import PetitionTraces
from tests.support.bench import ServiceBench, at
from tests.support.small_service import (
    NO,
    OTHER_NO,
    case_opened,
    case_overdue,
    on_case_opened,
    on_case_overdue,
    record_visit,
    remind,
    visit,
)


def _trace(bench: ServiceBench, petition_no: str = NO) -> PetitionTrace:
    return PetitionTraces(store=bench.store, source=bench.source).trace(petition_no)


def _refuse(_work: Work, request: RecordVisit) -> VisitReceipt:
    msg = f"no petition {request.petition_no} is registered; check the number"
    raise PetitionNotFound(msg)


def _park(bench: ServiceBench, event_id: str) -> None:
    bench.patience = Patience(attempts=1, first_delay=0.0)
    bench.start_engine()
    bench.event(_fail, case_opened(), event_id=event_id)


def _fail(_work: Work, _event: CaseOpenedV1, _envelope: Envelope) -> None:
    msg = "nobody foresaw this"
    raise RuntimeError(msg)


def test_a_command_its_event_and_its_deadline_are_told_with_their_cause(
    bench: ServiceBench,
) -> None:
    bench.command(record_visit, visit("window-1-000001"))

    trace = _trace(bench)

    (call,), (recorded,), (deadline,) = trace.calls, trace.events, trace.deadlines
    assert (call.request_id, call.method, call.outcome, call.at) == (
        "window-1-000001",
        "intake.record_visit",
        "replied",
        bench.now,
    )
    assert recorded.type == "visit_recorded.v1"
    assert recorded.occurred_at == bench.now
    assert recorded.relayed_at is None
    assert recorded.causation_id == deadline.causation_id == call.request_id
    assert recorded.correlation_id == deadline.correlation_id == call.correlation_id
    assert (deadline.kind, deadline.state, deadline.settled_at) == ("remind", "pending", None)
    assert (trace.service, trace.is_cut) == ("intake", False)


def test_a_refused_command_is_of_the_path_too(bench: ServiceBench) -> None:
    with pytest.raises(PetitionNotFound):
        bench.command(_refuse, visit("window-1-000002"))

    (call,) = _trace(bench).calls
    assert (call.outcome, call.error) == ("refused", "PetitionNotFound")


def test_the_command_that_made_a_petition_is_found_by_what_it_caused(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("window-1-000003"))
    with bench.store.writing() as session:
        # As one that did not name the petition, or that a version before this one has stored.
        session.execute(text("UPDATE commands SET petition_no = NULL"))

    (call,) = _trace(bench).calls
    assert call.request_id == "window-1-000003"


def test_a_message_is_told_with_what_became_of_it_and_what_it_caused(bench: ServiceBench) -> None:
    bench.event(on_case_opened, case_opened(), event_id="event-1")

    trace = _trace(bench)

    (message,), (caused,) = trace.messages, trace.events
    assert (message.message_id, message.type, message.outcome) == (
        "event-1",
        "case_opened.v1",
        "handled",
    )
    assert caused.causation_id == "event-1"
    assert trace.calls == ()


def test_a_message_that_waits_tells_what_for_until_it_has_come(bench: ServiceBench) -> None:
    bench.engine.register_handler(CaseOpenedV1, on_case_opened, consumer="intake")
    bench.event(on_case_overdue, case_overdue(), event_id="event-2")
    (waiting,) = _trace(bench).messages

    bench.event(on_case_opened, case_opened(), event_id="event-1")

    assert (waiting.outcome, waiting.waits_for) == ("early", "case_opened.v1")
    assert {(one.message_id, one.outcome, one.waits_for) for one in _trace(bench).messages} == {
        ("event-1", "handled", None),
        ("event-2", "handled", None),
    }


def test_a_parked_message_tells_its_number_and_why(bench: ServiceBench) -> None:
    _park(bench, "event-3")

    (message,) = _trace(bench).messages
    (parked,) = bench.engine.parked_list()
    assert (message.outcome, message.reason, message.parked_no) == (
        "parked",
        "handling_failed",
        parked.parked_no,
    )


def test_a_deadline_is_told_when_it_fired_and_what_that_caused(bench: ServiceBench) -> None:
    def remind_and_tell(work: Work, deadline: Deadline) -> None:
        remind(work, deadline)
        on_case_opened(work, case_opened(), bench.envelope(case_opened()))

    bench.command(record_visit, visit("window-1-000004"))
    bench.sweep(at("2026-06-03 00:00"), {"remind": remind_and_tell})

    trace = _trace(bench)
    (deadline,) = trace.deadlines
    assert (deadline.state, deadline.settled_at) == ("fired", deadline.fires_at)
    assert [one.causation_id for one in trace.events] == [
        "window-1-000004",
        f"deadline:{deadline.deadline_no}",
    ]


def test_a_deadline_that_keeps_failing_tells_the_number_it_is_parked_under(
    bench: ServiceBench,
) -> None:
    def fail(_work: Work, _deadline: Deadline) -> None:
        raise RuntimeError

    bench.command(record_visit, visit("window-1-000005"))
    bench.sweep(at("2026-06-03 00:00"), {"remind": fail})

    (deadline,) = _trace(bench).deadlines
    (parked,) = bench.engine.parked_list()
    assert (deadline.state, deadline.error, deadline.parked_no) == (
        "failed",
        "RuntimeError",
        parked.parked_no,
    )


def test_nothing_of_another_petition_is_told(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("window-1-000006", OTHER_NO))
    bench.event(on_case_opened, case_opened(OTHER_NO), event_id="event-4")

    trace = _trace(bench)
    assert (trace.calls, trace.events, trace.messages, trace.deadlines) == ((), (), (), ())


def test_a_path_longer_than_an_answer_is_told_from_its_beginning(bench: ServiceBench) -> None:
    with bench.store.writing() as session:
        session.execute(
            bench.store.tables.processed_messages.insert(),
            [
                {
                    "message_id": f"event-{number:06d}",
                    "consumer": "intake",
                    "type": "case_opened.v1",
                    "petition_no": NO,
                    "outcome": "handled",
                    "processed_at": bench.now,
                }
                for number in range(MOST_TRACED + 1)
            ],
        )

    trace = _trace(bench)
    assert trace.is_cut
    assert len(trace.messages) == MOST_TRACED
    assert trace.messages[0].message_id == "event-000000"


def test_no_table_is_read_from_end_to_end(shared_bench: ServiceBench) -> None:
    """However many petitions there are, a trace reads the rows of one."""
    bench = shared_bench
    bench.command(record_visit, visit("window-1-000007"))
    _park(bench, "event-5")
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        _trace(bench)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    plans = [plan for one in asked for plan in _plan(bench, *one)]

    tables = ("commands", "outbox_messages", "processed_messages", "early_messages", "deadlines")
    assert {table for table in tables if any(table in plan for plan in plans)} == set(tables)
    read_whole = "Seq Scan" if not bench.store.is_sqlite else "SCAN "
    assert [plan for plan in plans if read_whole in plan] == []


def _plan(bench: ServiceBench, statement: str, parameters: Any) -> list[str]:
    explain = "EXPLAIN QUERY PLAN " if bench.store.is_sqlite else "EXPLAIN "
    with bench.store.reading() as session:
        connection = session.connection()
        if not bench.store.is_sqlite:
            # A table of three rows is read whole because that is cheapest; one of millions is not.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = connection.exec_driver_sql(explain + statement, parameters)
        return [str(row[-1]) for row in rows]
