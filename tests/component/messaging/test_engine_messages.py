"""Messages through the engine: handled once, whatever order and however often they come."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from shared.contracts.common import PetitionNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.every_service import ParkedMessageUnknown, ReplayUnreadable
from shared.contracts.supervision import CaseOpenedV1, CaseOverdueV1
from shared.messaging import Work
from shared.messaging.crashpoints import watching
from shared.messaging.inbox import Handling, HandlingFailed
from tests.support.bench import ServiceBench
from tests.support.small_service import (
    NO,
    OTHER_NO,
    SeenCase,
    case_opened,
    case_overdue,
    on_case_opened,
    on_case_overdue,
    record_visit,
    visit,
)


class Killed(BaseException):
    """Stands for the death of the process."""


def _seen(bench: ServiceBench) -> list[str]:
    return [seen.what for seen in bench.rows(SeenCase)]


def _outcomes(bench: ServiceBench) -> list[str]:
    return [row["outcome"] for row in bench.table_rows("processed_messages")]


def test_a_message_is_handled_and_what_it_causes_names_it(bench: ServiceBench) -> None:
    handling = bench.event(on_case_opened, case_opened(), event_id="event-1")

    assert handling is Handling.HANDLED
    assert _seen(bench) == ["opened"]
    (caused,) = bench.recorded
    assert caused.causation_id == "event-1"
    assert caused.actor == "officer:desk_1"
    assert _outcomes(bench) == ["handled"]


@pytest.mark.proves("P-6")
def test_a_second_delivery_changes_nothing(bench: ServiceBench) -> None:
    bench.event(on_case_opened, case_opened(), event_id="event-1")

    bench.start_engine()
    handling = bench.event(on_case_opened, case_opened(), event_id="event-1")

    assert handling is Handling.DUPLICATE
    assert _seen(bench) == ["opened"]
    assert len(bench.recorded) == 1


def test_a_message_that_came_early_is_kept_and_applied_after_its_predecessor(
    bench: ServiceBench,
) -> None:
    bench.engine.register_handler(CaseOpenedV1, on_case_opened, consumer="intake")

    early = bench.event(on_case_overdue, case_overdue(), event_id="event-2")
    again = bench.event(on_case_overdue, case_overdue(), event_id="event-2")
    waiting = bench.engine.standing()["early"]
    predecessor = bench.event(on_case_opened, case_opened(), event_id="event-1")

    assert (early, again, predecessor) == (Handling.EARLY, Handling.DUPLICATE, Handling.HANDLED)
    assert waiting == 1
    assert _seen(bench) == ["opened", "overdue"]
    assert bench.engine.standing()["early"] == 0
    assert _outcomes(bench) == ["handled", "handled"]


def test_another_petitions_message_does_not_release_one_that_waits(bench: ServiceBench) -> None:
    bench.event(on_case_overdue, case_overdue())

    bench.event(on_case_opened, case_opened(OTHER_NO))

    assert _seen(bench) == ["opened"]
    assert bench.engine.standing()["early"] == 1


def test_a_command_too_releases_a_message_that_waits_for_it(bench: ServiceBench) -> None:
    def on_overdue(work: Work, event: CaseOverdueV1, envelope: Envelope) -> None:
        if not work.session.execute(text("SELECT visit_id FROM visits")).first():
            on_case_overdue(work, event, envelope)
        on_case_opened(work, case_opened(event.petition_no), envelope)

    bench.event(on_overdue, case_overdue())

    bench.command(record_visit, visit("request-1"))

    assert _seen(bench) == ["opened"]
    assert bench.engine.standing()["early"] == 0


def test_a_chain_of_early_messages_is_applied_in_one_go(bench: ServiceBench) -> None:
    for number in range(30):
        bench.event(on_case_overdue, case_overdue(), event_id=f"event-{number}")

    bench.event(on_case_opened, case_opened())

    assert _seen(bench) == ["opened", *["overdue"] * 30]
    assert bench.engine.standing()["early"] == 0


def test_an_early_message_survives_a_restart_and_is_found_by_the_poll(
    bench: ServiceBench,
) -> None:
    bench.event(on_case_overdue, case_overdue())
    with bench.store.writing() as session:
        session.add(SeenCase(petition_no=NO, what="opened", event_id=""))

    engine = bench.start_engine()
    engine.register_handler(CaseOverdueV1, on_case_overdue, consumer="intake")

    assert engine.apply_early() == 1
    assert _seen(bench) == ["opened", "overdue"]


def test_a_waiting_message_that_can_no_longer_be_read_is_parked(bench: ServiceBench) -> None:
    bench.event(on_case_overdue, case_overdue(), event_id="event-2")
    early = bench.store.tables.early_messages
    with bench.store.writing() as session:
        session.execute(update(early).values(envelope='{"event_id": "event-2"}'))

    released_by = bench.event(on_case_opened, case_opened())

    assert released_by is Handling.HANDLED
    assert [parked.message_id for parked in bench.engine.parked_list()] == ["event-2"]
    assert bench.engine.standing()["early"] == 0


def test_a_message_that_a_rule_refuses_is_recorded_and_done_with(bench: ServiceBench) -> None:
    def refuse(work: Work, event: CaseOpenedV1, envelope: Envelope) -> None:
        on_case_opened(work, event, envelope)
        msg = f"no petition {event.petition_no}"
        raise PetitionNotFound(msg)

    first = bench.event(refuse, case_opened(), event_id="event-1")
    again = bench.event(refuse, case_opened(), event_id="event-1")

    assert (first, again) == (Handling.REFUSED, Handling.DUPLICATE)
    assert _seen(bench) == []
    assert bench.recorded == []
    (row,) = bench.table_rows("processed_messages")
    assert (row["outcome"], row["error"]) == ("refused", "PetitionNotFound")


def _stumble(work: Work, event: CaseOpenedV1, envelope: Envelope) -> None:
    on_case_opened(work, event, envelope)
    msg = "what a person wrote"
    raise ValueError(msg)


def _fail_until_parked(bench: ServiceBench) -> Handling:
    for _ in range(bench.patience.attempts - 1):
        with pytest.raises(HandlingFailed):
            bench.event(_stumble, case_opened(), event_id="event-1")
    return bench.event(_stumble, case_opened(), event_id="event-1")


def test_an_unforeseen_failure_is_tried_again_and_then_parked(
    bench: ServiceBench, caplog: pytest.LogCaptureFixture
) -> None:
    handling = _fail_until_parked(bench)

    assert handling is Handling.PARKED
    assert _seen(bench) == []
    (parked,) = bench.engine.parked_list()
    assert (parked.reason, parked.detail, parked.type) == (
        "handling_failed",
        "ValueError",
        "case_opened.v1",
    )
    assert _outcomes(bench) == ["parked"]
    assert "what a person wrote" not in caplog.text
    assert bench.event(_stumble, case_opened(), event_id="event-1") is Handling.DUPLICATE


def test_a_parked_message_is_handled_once_when_it_is_replayed(bench: ServiceBench) -> None:
    _fail_until_parked(bench)
    (parked,) = bench.engine.parked_list()

    still_broken = bench.engine.parked_replay(parked.parked_no)
    bench.engine.register_handler(CaseOpenedV1, on_case_opened, consumer="intake")
    repaired = bench.engine.parked_replay(parked.parked_no)
    once_more = bench.engine.parked_replay(parked.parked_no)

    assert (still_broken, repaired, once_more) == ("parked", "handled", "duplicate")
    assert _seen(bench) == ["opened"]
    assert bench.engine.parked_list() == []
    (settled,) = bench.engine.parked_list(settled_too=True)
    assert settled.replays == 3
    assert _outcomes(bench) == ["handled"]


def test_a_waiting_message_that_fails_is_parked_in_the_end(bench: ServiceBench) -> None:
    bench.event(on_case_overdue, case_overdue())

    bench.engine.register_handler(CaseOverdueV1, _stumble, consumer="intake")
    for _ in range(bench.patience.attempts):
        bench.engine.apply_early()

    assert bench.engine.standing()["early"] == 0
    assert [parked.reason for parked in bench.engine.parked_list()] == ["handling_failed"]


@pytest.mark.parametrize(
    "change",
    [
        {"petition_no": "刘某某"},
        {"data": "text"},
        {"data": {}},
        {"occurred_at": "2026-06-01T09:00:00"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": 7},
        {"source": {"service": "Supervision; drop"}},
        {"case_version": -1},
        {"case_version": True},
        {"actor": "nobody"},
        {"type": "case_opened.v2"},
        {"type": None},
        {"correlation_id": ["x"]},
    ],
)
def test_a_malformed_message_is_parked_with_its_reason_and_its_content_sealed(
    bench: ServiceBench, change: dict[str, object]
) -> None:
    body = bench.envelope(case_opened(), event_id="event-1").dump() | change

    first = bench.engine.handle(CaseOpenedV1, body, on_case_opened, consumer="intake")
    again = bench.engine.handle(CaseOpenedV1, body, on_case_opened, consumer="intake")

    assert (first, again) == (Handling.PARKED, Handling.PARKED)
    (parked,) = bench.engine.parked_list()
    assert (parked.reason, parked.times_seen, parked.message_id) == ("malformed", 2, "event-1")
    assert parked.detail
    (row,) = bench.table_rows("parked_messages")
    shown = f"{row['detail']} {row['preview']} {row['sealed_body']}"
    assert "刘某某" not in shown
    assert "drop" not in shown
    with pytest.raises(ReplayUnreadable):
        bench.engine.parked_replay(parked.parked_no)


def test_what_is_no_json_is_parked_too(bench: ServiceBench) -> None:
    for body in (b"\xff\xfe{", "[[[["):
        bench.engine.park_unreadable(queue="intake.case_opened.v1", reason="not_json", body=body)

    assert [parked.reason for parked in bench.engine.parked_list()] == ["not_json"] * 2
    with pytest.raises(ParkedMessageUnknown):
        bench.engine.parked_show(99)


@pytest.mark.parametrize(
    ("point", "seen_at_once"),
    [("event_handled_before_commit", 0), ("event_committed_before_ack", 1)],
)
def test_a_death_around_the_commit_loses_and_doubles_no_message(
    bench: ServiceBench, point: str, seen_at_once: int
) -> None:
    def kill(passed: str) -> None:
        if passed == point:
            raise Killed

    with watching(kill), pytest.raises(Killed):
        bench.event(on_case_opened, case_opened(), event_id="event-1")

    assert len(bench.rows(SeenCase)) == seen_at_once
    bench.event(on_case_opened, case_opened(), event_id="event-1")
    assert _seen(bench) == ["opened"]
    assert len(bench.recorded) == 1


def test_counts_tell_what_was_published_and_what_was_handled(bench: ServiceBench) -> None:
    bench.event(on_case_opened, case_opened())
    bench.event(on_case_overdue, case_overdue(OTHER_NO))
    with bench.engine.claim_unsent(10) as claim:
        claim.mark_sent(claim.rows)

    pending = bench.engine.pending()

    assert pending["unsent"] == 0
    assert pending["early"] == 1
    assert pending["in_flight"] == 0
    assert [(row["type"], row["count"]) for row in pending["published"]] == [
        ("visit_recorded.v1", 1)
    ]
    assert [(row["type"], row["count"]) for row in pending["handled"]] == [
        ("case_opened.v1", 1),
        ("case_overdue.v1", 1),
    ]
