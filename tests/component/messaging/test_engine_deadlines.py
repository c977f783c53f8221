"""Deadlines through the engine: each fires once, oldest first, and not after it was settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.calendar import fixed_due
from shared.contracts.common import PetitionNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.intake import RecordVisit, VisitReceipt
from shared.contracts.supervision import CaseOpenedV1
from shared.deadlines import AT_ONCE, Deadline, DeadlineState
from shared.messaging import Work
from shared.messaging.crashpoints import watching
from tests.support.bench import ServiceBench, at
from tests.support.small_service import (
    NO,
    OTHER_NO,
    Reminder,
    case_opened,
    record_visit,
    remind,
    visit,
)

DUE = fixed_due(on=date(2026, 6, 30), article="C-15")
OVERDUE_FROM = at("2026-07-01 00:00")


class Killed(BaseException):
    """Stands for the death of the process."""


def _with_deadlines(bench: ServiceBench, *steps: str) -> None:
    """Give one command that takes some steps with the deadline `remind` of subject `case`."""

    def use(work: Work, request: RecordVisit) -> VisitReceipt:
        receipt = record_visit(work, request)
        work.deadlines.cancel(kind="remind", subject=receipt.visit_no)
        for step in steps:
            _take(work, step)
        return receipt

    bench.command(use, visit(bench.request_id()))


def _take(work: Work, step: str) -> None:
    match step:
        case "schedule":
            work.deadlines.schedule(kind="remind", subject="case", due=DUE, petition_no=NO)
        case "extend":
            work.deadlines.schedule(
                kind="remind", subject="case", due=fixed_due(on=date(2026, 7, 30), article="C-15")
            )
        case "meet":
            assert work.deadlines.meet(kind="remind", subject="case")
        case "cancel":
            assert work.deadlines.cancel(kind="remind", subject="case")


def _subjects(bench: ServiceBench) -> list[str]:
    return [reminder.subject for reminder in bench.rows(Reminder)]


def _find(bench: ServiceBench) -> Deadline:
    found: list[Deadline | None] = []

    def look(work: Work) -> None:
        found.append(work.deadlines.find(kind="remind", subject="case"))

    bench.engine.run(look, now=bench.now)
    assert found[0] is not None
    return found[0]


@pytest.mark.proves("D-23")
@pytest.mark.parametrize(
    ("now", "fired"),
    [
        pytest.param("2026-06-30 00:00", 0, id="on the due date it is not overdue"),
        pytest.param("2026-06-30 23:59", 0, id="in its last minute it is not overdue"),
        pytest.param("2026-07-01 00:00", 1, id="at midnight after it, it is"),
        pytest.param("2026-07-09 12:00", 1, id="long after it, it is, once"),
    ],
)
def test_a_due_date_fires_when_the_next_day_begins(
    bench: ServiceBench, now: str, fired: int
) -> None:
    _with_deadlines(bench, "schedule")

    assert bench.engine.next_due() == OVERDUE_FROM
    assert bench.sweep(at(now)) == fired
    assert bench.sweep(at(now)) == 0
    assert _subjects(bench) == ["case"] * fired


def test_a_deadline_explains_itself_from_its_row(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule")

    deadline = _find(bench)

    assert deadline.due == DUE
    assert (deadline.due_on, deadline.version, deadline.petition_no) == (DUE.due_on, 1, NO)


@pytest.mark.parametrize("step", ["meet", "cancel"])
def test_a_settled_deadline_does_not_fire(bench: ServiceBench, step: str) -> None:
    _with_deadlines(bench, "schedule", step)

    assert bench.sweep(at("2026-12-31 00:00")) == 0
    assert _find(bench).state is (DeadlineState.MET if step == "meet" else DeadlineState.CANCELLED)


def test_a_new_schedule_takes_the_place_of_the_older(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule", "extend")

    assert bench.sweep(OVERDUE_FROM) == 0
    assert bench.sweep(at("2026-07-31 00:00")) == 1
    assert _find(bench).version == 2
    states = [row["state"] for row in bench.table_rows("deadlines") if row["subject"] == "case"]
    assert states == ["superseded", "fired"]


def test_the_handler_is_told_the_instant_it_was_set_for_however_late(bench: ServiceBench) -> None:
    told: list[object] = []

    def note(work: Work, deadline: Deadline) -> None:
        told.extend([work.now, work.today, work.actor.id, deadline.kind])

    _with_deadlines(bench, "schedule")

    bench.sweep(at("2026-09-01 12:00"), {"remind": note})

    assert told == [OVERDUE_FROM, date(2026, 7, 1), "service:intake", "remind"]


@pytest.mark.parametrize(
    ("fires_at", "looks"),
    [
        pytest.param(AT_ONCE, 1, id="only waits for a sweep"),
        pytest.param(at("2026-06-01 08:59"), 1, id="had come before"),
        pytest.param(at("2026-06-01 09:00"), 1, id="comes now"),
        pytest.param(at("2026-06-01 09:01"), 0, id="comes later"),
    ],
)
def test_the_sweeper_is_woken_only_for_what_has_come(
    bench: ServiceBench, fires_at: datetime, looks: int
) -> None:
    woken: list[str] = []
    bench.engine.when_due.append(lambda: woken.append("woken"))

    def schedule(work: Work) -> None:
        work.deadlines.schedule_at(kind="remind", subject="case", fires_at=fires_at)

    bench.engine.run(schedule, now=at("2026-06-01 09:00"))

    assert len(woken) == looks


def test_the_sweeper_is_woken_where_one_of_several_has_come(bench: ServiceBench) -> None:
    woken: list[str] = []
    bench.engine.when_due.append(lambda: woken.append("woken"))

    def schedule(work: Work) -> None:
        for subject, fires_at in (("first", AT_ONCE), ("second", OVERDUE_FROM)):
            work.deadlines.schedule_at(kind="remind", subject=subject, fires_at=fires_at)

    bench.engine.run(schedule, now=at("2026-06-01 09:00"))

    assert woken == ["woken"]


def test_what_only_waits_for_a_sweep_fires_at_the_instant_of_the_sweep(bench: ServiceBench) -> None:
    def start(work: Work) -> None:
        work.deadlines.schedule_at(kind="note", subject="start", fires_at=AT_ONCE)

    bench.engine.run(start)
    told: list[datetime] = []

    bench.sweep(at("2026-06-01 08:30"), {"note": lambda work, _deadline: told.append(work.now)})

    assert told == [at("2026-06-01 08:30")]


def test_a_sweep_that_comes_late_tells_nothing_to_have_been_before_it_was_scheduled(
    bench: ServiceBench,
) -> None:
    """Another replica was asked to sweep, fell asleep, and goes on after later calls."""

    def start(work: Work) -> None:
        work.deadlines.schedule_at(kind="note", subject="start", fires_at=AT_ONCE)

    bench.engine.run(start, now=at("2026-06-02 09:00"))
    told: list[datetime] = []

    bench.sweep(at("2026-06-01 08:30"), {"note": lambda work, _deadline: told.append(work.now)})

    assert told == [at("2026-06-02 09:00")]


def test_deadlines_fire_oldest_first_and_those_they_set_off_in_their_turn(
    bench: ServiceBench,
) -> None:
    start = bench.now

    def chain(work: Work, deadline: Deadline) -> None:
        remind(work, deadline)
        if deadline.subject == "first":
            work.deadlines.schedule_at(
                kind="remind", subject="between", fires_at=start + timedelta(hours=2)
            )

    def schedule(work: Work) -> None:
        for subject, hours in (("last", 3), ("first", 1), ("beyond", 30)):
            work.deadlines.schedule_at(
                kind="remind", subject=subject, fires_at=start + timedelta(hours=hours)
            )

    bench.engine.run(schedule, now=start)

    assert bench.sweep(start + timedelta(hours=24), {"remind": chain}) == 3
    assert _subjects(bench) == ["first", "between", "last"]


def test_a_death_while_firing_leaves_the_deadline_pending(bench: ServiceBench) -> None:
    def kill(passed: str) -> None:
        if passed == "deadline_claimed_before_commit":
            raise Killed

    _with_deadlines(bench, "schedule")
    with watching(kill), pytest.raises(Killed):
        bench.sweep(OVERDUE_FROM)

    assert _subjects(bench) == []
    assert bench.sweep(OVERDUE_FROM) == 1
    assert _subjects(bench) == ["case"]


def test_a_deadline_whose_handler_a_rule_refuses_is_settled(bench: ServiceBench) -> None:
    def refuse(work: Work, deadline: Deadline) -> None:
        remind(work, deadline)
        msg = "no such petition"
        raise PetitionNotFound(msg)

    _with_deadlines(bench, "schedule")

    assert bench.sweep(OVERDUE_FROM, {"remind": refuse}) == 1
    assert _subjects(bench) == []
    assert bench.engine.next_due() is None


def test_a_deadline_that_keeps_failing_is_set_aside_and_can_be_revived(
    bench: ServiceBench,
) -> None:
    def stumble(_work: Work, _deadline: Deadline) -> None:
        msg = "what a person wrote"
        raise ValueError(msg)

    _with_deadlines(bench, "schedule")
    bench.sweep(OVERDUE_FROM, {"remind": stumble})

    (parked,) = bench.engine.parked_list()
    assert (parked.type, parked.reason, parked.detail) == (
        "deadline.remind",
        "deadline_failed",
        "ValueError",
    )
    assert bench.engine.next_due() is None
    assert bench.engine.parked_replay(parked.parked_no) == "pending"
    assert bench.sweep(OVERDUE_FROM, {"remind": remind}) == 1
    assert _subjects(bench) == ["case"]
    assert bench.engine.parked_list() == []


def test_a_kind_without_a_handler_is_set_aside_and_not_lost(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule")
    bench.deadline_handlers.clear()

    bench.sweep(OVERDUE_FROM)

    assert [parked.detail for parked in bench.engine.parked_list()] == ["NoDeadlineHandler"]


def test_a_sweep_can_be_limited(bench: ServiceBench) -> None:
    for _ in range(3):
        bench.command(record_visit, visit(bench.request_id()))

    later = bench.now + timedelta(days=2)

    assert bench.engine.sweep(later, limit=2) == 2
    assert bench.engine.sweep(later, limit=2) == 1


@pytest.mark.proves("D-23", "I-7")
@pytest.mark.parametrize(
    ("now", "fired"),
    [
        pytest.param("2026-06-30 23:59", [], id="in the last minute nothing has happened"),
        pytest.param("2026-07-01 00:00", ["case"], id="at midnight it has"),
        pytest.param("2026-07-09 12:00", ["case"], id="long after it, it has, once"),
    ],
)
@pytest.mark.parametrize("step", ["meet", "cancel", "extend"])
def test_a_call_finds_done_what_had_come_by_its_instant(
    bench: ServiceBench, step: str, now: str, fired: list[str]
) -> None:
    _with_deadlines(bench, "schedule")
    bench.deadline_handlers["remind"] = remind
    found: list[list[str]] = []

    def act(work: Work, request: RecordVisit) -> VisitReceipt:
        found.append([row.subject for row in work.session.scalars(select(Reminder))])
        if step == "extend":
            _take(work, step)
        else:
            getattr(work.deadlines, step)(kind="remind", subject="case")
        return record_visit(work, request)

    bench.command(act, visit(bench.request_id()), now=at(now))
    bench.sweep(at("2026-07-09 12:00"))

    assert found == [fired]
    assert _subjects(bench).count("case") == len(fired)


def test_a_message_finds_done_what_had_come_when_it_happened(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule")
    bench.deadline_handlers["remind"] = remind
    found: list[list[str]] = []

    def note(work: Work, _event: CaseOpenedV1, _envelope: Envelope) -> None:
        found.append([row.subject for row in work.session.scalars(select(Reminder))])

    bench.event(note, case_opened(), now=at("2026-06-30 23:59"))
    bench.event(note, case_opened(), now=OVERDUE_FROM)

    assert found == [[], ["case"]]


def test_a_call_about_one_petition_leaves_the_others_to_the_sweep(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule")
    bench.deadline_handlers["remind"] = remind

    bench.command(record_visit, visit(bench.request_id(), OTHER_NO), now=at("2026-07-09 12:00"))

    assert _subjects(bench) == []
    assert bench.sweep(at("2026-07-09 12:00")) == 1


def test_a_call_leaves_what_only_waits_for_a_sweep_to_the_sweep(bench: ServiceBench) -> None:
    def start(work: Work) -> None:
        work.deadlines.schedule_at(kind="remind", subject="start", petition_no=NO, fires_at=AT_ONCE)

    bench.engine.run(start)
    bench.deadline_handlers["remind"] = remind

    bench.command(record_visit, visit(bench.request_id()))

    assert _subjects(bench) == []


def test_a_deadline_that_keeps_failing_holds_no_call_up(bench: ServiceBench) -> None:
    _with_deadlines(bench, "schedule")

    def fail(_work: Work, _deadline: Deadline) -> None:
        msg = "nobody foresaw this"
        raise LookupError(msg)

    bench.deadline_handlers["remind"] = fail

    bench.command(record_visit, visit(bench.request_id()), now=OVERDUE_FROM)

    assert _find(bench).state is DeadlineState.FAILED
    assert [row.type for row in bench.engine.parked_list()] == ["deadline.remind"]
