"""Two services and a bus that repeats, delays and reorders, while both of them keep dying.

Whatever happens on the way: in the end each accepted command was done once, each event was
handled once and in an order that makes sense, each deadline fired once, and nothing is parked.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.contracts.common import PetitionNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.intake import VisitRecordedV1
from shared.messaging import TooEarly, Work
from shared.messaging.crashpoints import CRASH_POINTS
from shared.messaging.inbox import HandlingFailed, Patience
from tests.support.bench import ServiceBench
from tests.support.dying import Killed, dying_at, dying_before_statement, quick_directory
from tests.support.small_service import (
    HANDLERS,
    NO,
    OTHER_NO,
    UNREGISTERED,
    Base,
    Reminder,
    SeenCase,
    Visit,
    record_visit,
    visit,
)

PETITIONS = (NO, OTHER_NO, UNREGISTERED)
POINTS = st.none() | st.sampled_from(CRASH_POINTS)
STATEMENTS = st.none() | st.integers(1, 30)


class Passing(Exception):
    """A condition nobody foresaw, that is gone the next time."""


def on_visit_recorded(work: Work, event: VisitRecordedV1, envelope: Envelope) -> None:
    """See a visit, after the one numbered before it."""
    base, _, number = event.visit_no.rpartition("-")
    before = f"{base}-{int(number) - 1}"
    seen = {row.what for row in work.session.query(SeenCase)}
    if int(number) > 1 and before not in seen:
        raise TooEarly(envelope.type)
    work.session.add(
        SeenCase(petition_no=event.petition_no, what=event.visit_no, event_id=envelope.event_id)
    )
    work.session.flush()


class UnreliableBus(RuleBasedStateMachine):
    """The sender, the receiver, and what is on the wire between them."""

    @initialize()
    def start(self) -> None:
        patience = Patience(attempts=1000, first_delay=0.0)
        self.directory = quick_directory()
        self.sender = self._service("sender", patience)
        self.sender.deadline_handlers.update(HANDLERS)
        self.receiver = self._service("receiver", patience)
        self._register()
        self.wire: list[Envelope] = []
        self.requests: dict[str, str] = {}
        self.answers: dict[str, Any] = {}
        self.numbers = itertools.count(1)

    @rule(petition_no=st.sampled_from(PETITIONS), point=POINTS, statement=STATEMENTS)
    def order(self, petition_no: str, point: str | None, statement: int | None) -> None:
        request_id = f"request-{next(self.numbers)}"
        self.requests[request_id] = petition_no
        self._give(request_id, point, statement)

    @rule(data=st.data(), point=POINTS, statement=STATEMENTS)
    def order_again(self, data: st.DataObject, point: str | None, statement: int | None) -> None:
        if self.requests:
            request_id = data.draw(st.sampled_from(sorted(self.requests)))
            self._give(request_id, point, statement)

    @rule(limit=st.integers(1, 5), point=POINTS, statement=STATEMENTS)
    def relay(self, limit: int, point: str | None, statement: int | None) -> None:
        try:
            with (
                dying_at(point),
                dying_before_statement(self.sender.store, statement),
                self.sender.engine.claim_unsent(limit) as claim,
            ):
                self.wire.extend(Envelope.load(row.envelope) for row in claim.rows)
                claim.mark_sent(claim.rows)
        except Killed:
            self.sender.start_engine()

    @rule(
        data=st.data(),
        again=st.booleans(),
        stumbles=st.booleans(),
        point=POINTS,
        statement=STATEMENTS,
    )
    def deliver(
        self,
        data: st.DataObject,
        again: bool,
        stumbles: bool,
        point: str | None,
        statement: int | None,
    ) -> None:
        if not self.wire:
            return
        envelope = self.wire.pop(data.draw(st.integers(0, len(self.wire) - 1)))
        settled = self._deliver(envelope, point, statement, stumbles=stumbles)
        if again or not settled:
            self.wire.append(envelope)

    @rule(days=st.integers(0, 3), point=POINTS, statement=STATEMENTS)
    def let_time_pass(self, days: int, point: str | None, statement: int | None) -> None:
        try:
            with dying_at(point), dying_before_statement(self.sender.store, statement):
                self.sender.sweep(self.sender.now + timedelta(days=days))
        except Killed:
            self.sender.start_engine()

    @rule()
    def restart_the_receiver(self) -> None:
        self.receiver.start_engine()
        self._register()
        self.receiver.engine.apply_early()

    @invariant()
    def nothing_is_done_twice(self) -> None:
        if not hasattr(self, "sender"):
            return
        _once([row.what for row in self.receiver.rows(SeenCase)])
        _once([row.subject for row in self.sender.rows(Reminder)])
        done = [row for row in self.sender.table_rows("commands") if row["outcome"] == "replied"]
        assert len(self.sender.rows(Visit)) == len(done) == len(self.sender.recorded)

    def teardown(self) -> None:
        if not hasattr(self, "sender"):
            return
        for request_id in self.requests:
            self._give(request_id, None, None)
        self.sender.sweep(self.sender.now + timedelta(days=30))
        with self.sender.engine.claim_unsent(1000) as claim:
            self.wire.extend(Envelope.load(row.envelope) for row in claim.rows)
            claim.mark_sent(claim.rows)
        for envelope in reversed(self.wire):
            assert self._deliver(envelope, None, None)
        self.receiver.engine.apply_early()
        self._nothing_is_lost()
        self.sender.close()
        self.receiver.close()
        self.directory.cleanup()

    def _nothing_is_lost(self) -> None:
        accepted = [number for number in self.requests.values() if number != UNREGISTERED]
        visits = [row.visit_no for row in self.sender.rows(Visit)]
        assert Counter(visit_no.rsplit("-", 2)[0] for visit_no in visits) == Counter(accepted)
        assert {row.what for row in self.receiver.rows(SeenCase)} == set(visits)
        assert {row.subject for row in self.sender.rows(Reminder)} == set(visits)
        assert self.sender.engine.standing()["unsent"] == 0
        standing = self.receiver.engine.standing()
        assert (standing["early"], standing["parked"]) == (0, 0)
        assert self.sender.engine.standing()["parked"] == 0
        self.nothing_is_done_twice()

    def _service(self, name: str, patience: Patience) -> ServiceBench:
        url = f"sqlite:///{self.directory.name}/{name}.sqlite3"
        return ServiceBench("intake", Base, url=url, patience=patience)

    def _register(self) -> None:
        self.receiver.engine.register_handler(VisitRecordedV1, on_visit_recorded, consumer="intake")

    def _give(self, request_id: str, point: str | None, statement: int | None) -> None:
        petition_no = self.requests[request_id]
        answer: object
        try:
            with dying_at(point), dying_before_statement(self.sender.store, statement):
                answer = self.sender.command(record_visit, visit(request_id, petition_no))
        except PetitionNotFound as refusal:
            answer = refusal.message
        except Killed:
            self.sender.start_engine()
            return
        assert self.answers.setdefault(request_id, answer) == answer

    def _deliver(
        self,
        envelope: Envelope,
        point: str | None,
        statement: int | None,
        *,
        stumbles: bool = False,
    ) -> bool:
        def stumble(work: Work, event: VisitRecordedV1, envelope: Envelope) -> None:
            on_visit_recorded(work, event, envelope)
            raise Passing

        handler = stumble if stumbles else on_visit_recorded
        try:
            with dying_at(point), dying_before_statement(self.receiver.store, statement):
                self.receiver.engine.handle(
                    VisitRecordedV1, envelope.dump(), handler, consumer="intake"
                )
        except HandlingFailed:
            return False
        except Killed:
            self.receiver.start_engine()
            self._register()
            return False
        return True


def _once(things: list[str]) -> None:
    assert len(things) == len(set(things)), Counter(things).most_common(1)


UnreliableBus.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestUnreliableBus = UnreliableBus.TestCase
