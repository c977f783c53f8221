"""Calls through the engine: done once, answered again, refused aloud, and never half kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.base import MalformedRequest
from shared.contracts.common import PetitionNotFound
from shared.contracts.fields import Document
from shared.contracts.intake import (
    FindPetitions,
    IntakeForm,
    PetitionList,
    PetitionReceipt,
    RecordVisit,
    RegisterPetition,
    VisitReceipt,
)
from shared.contracts.mechanism import NotAllowed, RequestIdReused, UnexpectedFault
from shared.messaging import Work
from shared.messaging.crashpoints import watching
from shared.messaging.work import ForeignEvent
from tests.support.bench import ServiceBench
from tests.support.small_service import (
    NO,
    OTHER_NO,
    UNREGISTERED,
    Visit,
    case_opened,
    find_petitions,
    record_visit,
    visit,
)


class Killed(BaseException):
    """Stands for the death of the process."""


def test_a_command_writes_its_effect_its_event_and_its_answer(bench: ServiceBench) -> None:
    receipt = bench.command(record_visit, visit("request-1"))

    assert receipt.visit_no == f"{NO}-RC-1"
    assert [row.visit_no for row in bench.rows(Visit)] == [f"{NO}-RC-1"]
    (envelope,) = bench.recorded
    (command,) = bench.table_rows("commands")
    assert envelope.type == "visit_recorded.v1"
    assert envelope.causation_id == "request-1"
    assert envelope.actor == "clerk:window_1"
    assert envelope.occurred_at == bench.now
    assert (command["outcome"], command["method"]) == ("replied", "intake.record_visit")


@pytest.mark.proves("P-6")
def test_the_same_request_gets_its_first_answer_and_no_second_effect(bench: ServiceBench) -> None:
    first = bench.command(record_visit, visit("request-1"))

    bench.start_engine()
    again = bench.command(record_visit, visit("request-1"))

    assert again == first
    assert len(bench.rows(Visit)) == 1
    assert len(bench.recorded) == 1


def test_a_request_id_is_not_good_for_another_request(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))

    with pytest.raises(RequestIdReused, match="request-1"):
        bench.command(record_visit, visit("request-1", OTHER_NO))

    assert len(bench.rows(Visit)) == 1
    assert [row["error"] for row in bench.table_rows("refused_calls")] == ["RequestIdReused"]


def test_a_request_id_gives_nobody_else_the_answer(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"), actor="clerk:window_1")

    with pytest.raises(RequestIdReused):
        bench.command(record_visit, visit("request-1"), actor="clerk:window_2")


def test_a_refused_command_leaves_nothing_but_its_refusal(bench: ServiceBench) -> None:
    with pytest.raises(PetitionNotFound):
        bench.command(record_visit, visit("request-1", UNREGISTERED))

    (command,) = bench.table_rows("commands")
    assert (command["outcome"], command["error"]) == ("refused", "PetitionNotFound")
    assert bench.rows(Visit) == []
    assert bench.recorded == []
    assert bench.table_rows("deadlines") == []
    assert bench.table_rows("document_counters") == []
    assert bench.table_rows("case_versions") == []


def test_a_refusal_is_repeated_in_the_same_words(bench: ServiceBench) -> None:
    with pytest.raises(PetitionNotFound) as first:
        bench.command(record_visit, visit("request-1", UNREGISTERED))

    def accept(_work: Work, _request: RecordVisit) -> VisitReceipt:
        pytest.fail("a stored refusal must be answered without asking the use case")

    with pytest.raises(PetitionNotFound) as again:
        bench.command(accept, visit("request-1", UNREGISTERED))

    assert again.value.message == first.value.message


@pytest.mark.proves("P-1")
def test_a_call_without_a_fitting_role_is_refused_and_recorded(bench: ServiceBench) -> None:
    with pytest.raises(NotAllowed, match="leader"):
        bench.command(record_visit, visit("request-1"), actor="leader:county_head")

    (refused,) = bench.table_rows("refused_calls")
    assert refused["method"] == "intake.record_visit"
    assert refused["actor"] == "leader:county_head"
    assert refused["request_id"] == "request-1"
    assert refused["error"] == "NotAllowed"
    assert bench.table_rows("commands") == []
    assert bench.rows(Visit) == []


def test_a_malformed_call_names_every_bad_field_and_is_recorded(bench: ServiceBench) -> None:
    mapping = {"request_id": "request-1", "petition_no": "the flooded field", "headcount": 0}

    with pytest.raises(MalformedRequest) as refused:
        bench.engine.execute(RecordVisit, mapping, bench.caller("clerk:window_1"), record_visit)

    for field in ("petition_no", "form", "headcount"):
        assert field in refused.value.message
    assert "flooded" not in refused.value.message
    (recorded,) = bench.table_rows("refused_calls")
    assert recorded["error"] == "MalformedRequest"
    assert bench.table_rows("commands") == []


def test_an_unforeseen_error_tells_the_caller_a_code_and_leaves_nothing(
    bench: ServiceBench, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(work: Work, request: RecordVisit) -> VisitReceipt:
        record_visit(work, request)
        msg = "the petitioner's own words"
        raise KeyError(msg)

    with pytest.raises(UnexpectedFault) as fault:
        bench.command(stumble, visit("request-1"))

    assert "words" not in str(fault.value)
    assert "words" not in caplog.text
    (incident,) = (
        fields["incident_id"]
        for record in caplog.records
        if "incident_id" in (fields := getattr(record, "balian", {}))
    )
    assert incident in str(fault.value)
    assert bench.rows(Visit) == []
    assert bench.table_rows("commands") == []
    assert bench.command(record_visit, visit("request-1")).visit_no == f"{NO}-RC-1"


def _receipt(_work: Work, _request: RegisterPetition) -> PetitionReceipt:
    document = Document(no=f"{NO}-RC-1", sha256="0" * 64)
    return PetitionReceipt(
        petition_no=NO,
        visit_no=f"{NO}-VI-1",
        repeat=False,
        receipt_no=document.no,
        receipt_code="1234567890123456",
        registered_on=date(2026, 6, 1),
        sorting_due_on=None,
        group=False,
        document=document,
        text="示例回执",
    )


@pytest.mark.proves("P-2")
def test_an_answer_with_personal_data_is_sealed_in_the_store_and_repeated_whole(
    bench: ServiceBench,
) -> None:
    request = RegisterPetition(
        request_id="request-1",
        form=IntakeForm.LETTER,
        territory="shuangqiao",
        summary="示例",
        text="示例正文",
    )

    first = bench.command(_receipt, request)
    again = bench.command(_receipt, request)

    assert again == first
    (command,) = bench.table_rows("commands")
    assert command["reply_sealed"]
    assert "1234567890123456" not in command["reply"]


def test_facts_are_asked_for_before_the_transaction_opens(bench: ServiceBench) -> None:
    asked: list[str] = []

    def ask(calls: str, request: RecordVisit, _caller: Any) -> str:
        with bench.store.writing() as session:  # It would wait for itself inside a transaction.
            session.execute(text("SELECT 1"))
        asked.append(f"{calls} {request.petition_no}")
        return "facts"

    def use(work: Work, request: RecordVisit, facts: str) -> VisitReceipt:
        assert facts == "facts"
        return record_visit(work, request)

    mapping = visit("request-1").dump()
    caller = bench.caller("clerk:window_1")
    for _ in range(2):
        bench.engine.execute(RecordVisit, mapping, caller, use, ask=ask, calls="calls")

    assert asked == [f"calls {NO}"]


def test_a_query_sees_what_is_there_and_can_change_nothing(bench: ServiceBench) -> None:
    bench.command(record_visit, visit("request-1"))

    def write(work: Work, _request: FindPetitions) -> PetitionList:
        work.session.add(Visit(petition_no=NO, visit_no="", recorded_by=""))
        work.session.flush()
        return PetitionList(petitions=(), next_after=None)

    def record(work: Work, _request: FindPetitions) -> PetitionList:
        work.number(NO, "RC")
        return PetitionList(petitions=(), next_after=None)

    assert bench.query(find_petitions, FindPetitions()).next_after == NO
    for attempt in (write, record):
        with pytest.raises(UnexpectedFault):
            bench.query(attempt, FindPetitions())
    assert len(bench.rows(Visit)) == 1


def test_a_service_cannot_announce_what_another_owns(bench: ServiceBench) -> None:
    def forge(work: Work, _request: RecordVisit) -> VisitReceipt:
        with pytest.raises(ForeignEvent):
            work.record(case_opened())
        return record_visit(work, _request)

    bench.command(forge, visit("request-1"))

    assert [envelope.type for envelope in bench.recorded] == ["visit_recorded.v1"]


@pytest.mark.parametrize(
    ("point", "visits_at_once"),
    [("command_written_before_commit", 0), ("command_committed_before_reply", 1)],
)
def test_a_death_around_the_commit_loses_and_doubles_nothing(
    bench: ServiceBench, point: str, visits_at_once: int
) -> None:
    def kill(passed: str) -> None:
        if passed == point:
            raise Killed

    with watching(kill), pytest.raises(Killed):
        bench.command(record_visit, visit("request-1"))

    assert len(bench.rows(Visit)) == visits_at_once
    assert len(bench.recorded) == visits_at_once
    assert bench.command(record_visit, visit("request-1")).visit_no == f"{NO}-RC-1"
    assert len(bench.rows(Visit)) == 1
    assert len(bench.recorded) == 1
