"""Messages: each is handled once, whatever the bus delivers, and however often.

The record that a message was handled is the first row its handling writes, in the transaction of
its effect.  A second delivery meets the record and changes nothing.  What cannot be handled has
one of four ends, none of which loses it: held (the store is down), early (its predecessor has not
come), refused (a rule says no), parked (nothing but a person can help).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared import metrics
from shared.clock import machine_now
from shared.contracts.base import Event, MalformedRequest, Refusal
from shared.contracts.envelope import Envelope, MalformedMessage
from shared.contracts.every_service import ReplayUnreadable
from shared.database import InboxOutcome, StoreUnavailable
from shared.documents import can_be_stored, canonical_json
from shared.logs import Log
from shared.messaging.crashpoints import crashpoint
from shared.messaging.dead_letters import DeadLetter, consumer_of
from shared.messaging.parking import UNREADABLE, Parking
from shared.messaging.work import NO_PETITION, Cause, TooEarly, Work
from shared.messaging.workplace import Workplace

log: Final = Log(__name__)

Handler = Callable[[Work, Any, Envelope], None]


class Handling(StrEnum):
    """What became of a message; each of them may be acknowledged."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    EARLY = "early"
    REFUSED = "refused"
    PARKED = "parked"


class HandlingFailed(Exception):
    """The handler met a condition nobody foresaw: deliver the message again after a while.

    Hold it un-acknowledged for `retry_after` seconds and hand it in again; never requeue it.
    After a few failures the message is parked instead.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"try again after {retry_after} s")
        self.retry_after = retry_after


class _Duplicate(Exception):
    """The record of this message is there already."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often an unforeseen failure is tried again before parking, and how long between."""

    attempts: int = 6
    first_delay: float = 0.5

    def delay_after(self, attempts: int) -> float:
        """Give the pause after so many failures, in seconds: each twice the one before."""
        return float(self.first_delay * 2 ** (attempts - 1))


@dataclass(frozen=True, kw_only=True)
class _Delivery:
    """One readable message on its way to its handler; `again` when its record is there already."""

    envelope: Envelope
    event: Event
    handler: Handler
    consumer: str
    again: bool = False


def read(event_type: type[Event], body: object) -> tuple[Envelope, Event]:
    """Read an event of a type from a body.

    Raises:
        MalformedMessage: it is none, or of another type; names the bad fields, quotes no value.
    """
    envelope = Envelope.load(body)
    if not can_be_stored(envelope.data):
        msg = "data: holds characters that no document can hold"
        raise MalformedMessage(msg)
    if envelope.type != event_type.wire_type:
        msg = f"the type is not {event_type.wire_type}"
        raise MalformedMessage(msg)
    try:
        return envelope, event_type.load(envelope.data)
    except MalformedRequest as malformed:
        raise MalformedMessage(malformed.message) from None


class Inbox:
    """The messages of one store."""

    def __init__(self, workplace: Workplace, parking: Parking, patience: Patience) -> None:
        self._workplace = workplace
        self._parking = parking
        self._patience = patience
        self._tables = workplace.store.tables
        self._handlers: dict[tuple[str, str], tuple[type[Event], Handler]] = {}
        self._wanted: set[str] = set()
        self._applying: set[str] = set()
        workplace.after_commit.append(self._apply_moved_on)

    def register(self, event_type: type[Event], handler: Handler, consumer: str) -> None:
        """Tell which handler takes an event, so that a stored message finds it again."""
        self._handlers[event_type.wire_type, consumer] = (event_type, handler)

    def handle(
        self,
        event_type: type[Event],
        body: Mapping[str, Any],
        handler: Handler,
        *,
        consumer: str,
    ) -> Handling:
        """Handle a message as it came from the bus.

        Raises:
            StoreUnavailable: hold the message, probe, and hand it in again.
            HandlingFailed: hold the message for a while, and hand it in again.
        """
        started = time.monotonic()
        outcome = "failed"
        try:
            handling = self._handle(event_type, body, handler, consumer)
            outcome = handling.value
        finally:
            self._tell(event_type.wire_type, outcome, time.monotonic() - started)
        crashpoint("event_committed_before_ack", *_names(event_type.wire_type, consumer))
        return handling

    def _handle(
        self, event_type: type[Event], body: Mapping[str, Any], handler: Handler, consumer: str
    ) -> Handling:
        try:
            envelope, event = read(event_type, body)
        except MalformedMessage as malformed:
            self.park_unreadable(
                consumer=consumer,
                body=body,
                reason="malformed",
                detail=str(malformed),
                message_id=_id_in(body),
            )
            return Handling.PARKED
        delivery = _Delivery(envelope=envelope, event=event, handler=handler, consumer=consumer)
        return self._deliver(delivery)

    def park_unreadable(
        self,
        *,
        consumer: str,
        body: object,
        reason: str,
        detail: str = "",
        message_id: str | None = None,
        type_: str | None = None,
    ) -> None:
        """Park what is no message of this system, or cannot be looked at.

        A claimed type is told only if the consumer listens to it.

        Raises:
            StoreUnavailable: hold it, probe, and hand it in again.
        """
        listener = consumer_of(consumer) or consumer

        def park() -> None:
            with self._workplace.store.writing() as session:
                self._parking.park(
                    session,
                    message_id=message_id,
                    consumer=consumer,
                    body=body,
                    reason=reason,
                    detail=detail,
                    type_=type_ if type_ and (type_, listener) in self._handlers else UNREADABLE,
                )

        self._workplace.repeating(park)

    def replay(self, parked_no: int) -> Handling:
        """Handle a parked message once more, as if it came now.

        Raises:
            ParkedMessageUnknown: there is none of this number.
            ReplayUnreadable: it can still not be read, or nobody here takes it.
            StoreUnavailable: the store cannot be used now.
        """
        parked, body = self._parking.take(parked_no)
        whose = consumer_of(parked.consumer)
        if whose is None:
            return self._deliver(self._replayable(parked_no, body, parked.consumer))
        letter = DeadLetter.opened(body)
        delivery = self._replayable(parked_no, letter.read(), whose)
        if not letter.is_proven_to_be_from(delivery.envelope.source.service):
            msg = f"message {parked_no} was not sent by the service it names; it stays parked"
            raise ReplayUnreadable(msg)
        handling = self._deliver(delivery)
        # Whatever became of it now is recorded under its consumer; as a dead letter it is done.
        with self._workplace.store.writing() as session:
            self._parking.settle(session, message_id=parked.message_id, consumer=parked.consumer)
        return handling

    def _replayable(self, parked_no: int, body: object, consumer: str) -> _Delivery:
        wire_type = body.get("type") if isinstance(body, Mapping) else None
        registered = self._handlers.get((str(wire_type), consumer))
        if registered is None:
            msg = f"message {parked_no} cannot be read, or {consumer} does not take it"
            raise ReplayUnreadable(msg)
        event_type, handler = registered
        try:
            envelope, event = read(event_type, body)
        except MalformedMessage as malformed:
            msg = f"message {parked_no} cannot be read: {malformed}"
            raise ReplayUnreadable(msg) from None
        return _Delivery(
            envelope=envelope, event=event, handler=handler, consumer=consumer, again=True
        )

    # --- One delivery --------------------------------------------------------------------------

    def _deliver(self, delivery: _Delivery) -> Handling:
        try:
            self._workplace.repeating(lambda: self._attempt(delivery))
        except _Duplicate:
            return Handling.DUPLICATE
        except TooEarly as early:
            return self._store_early(delivery, str(early))
        except Refusal as refusal:
            return self._store_refused(delivery, refusal)
        except StoreUnavailable:
            raise
        except Exception as unexpected:  # noqa: BLE001 - it is counted, and parked in the end.
            return self._fail(delivery, unexpected)
        return Handling.HANDLED

    def _attempt(self, delivery: _Delivery) -> None:
        envelope = delivery.envelope
        with self._workplace.transaction(
            now=envelope.occurred_at,
            actor=self._workplace.itself,
            cause=Cause(
                actor_id=envelope.actor,
                correlation_id=envelope.correlation_id,
                causation_id=envelope.event_id,
                simulated=self._workplace.simulated,
            ),
            petition_no=envelope.petition_no,
        ) as work:
            self._enter(work.session, delivery, InboxOutcome.HANDLED)
            self._settle_stored(work.session, delivery)
            delivery.handler(work, delivery.event, envelope)
            work.session.flush()
            crashpoint("event_handled_before_commit", *_names(envelope.type, delivery.consumer))

    def _enter(
        self,
        session: Session,
        delivery: _Delivery,
        outcome: InboxOutcome,
        refusal: Refusal | None = None,
    ) -> None:
        """Write the record of a message, or what now becomes of it where it was stored before.

        Raises:
            _Duplicate: the record is there, and nothing is left to be done for it.
        """
        table = self._tables.processed_messages
        envelope = delivery.envelope
        what = {
            "outcome": outcome.value,
            "error": type(refusal).__name__ if refusal else None,
            "message": refusal.message if refusal else None,
            "processed_at": machine_now(),
        }
        if delivery.again:
            stored = (InboxOutcome.EARLY.value, InboxOutcome.PARKED.value)
            changed = session.execute(
                update(table)
                .where(
                    table.c.message_id == envelope.event_id,
                    table.c.consumer == delivery.consumer,
                    table.c.outcome.in_(stored),
                )
                .values(**what)
                .returning(table.c.message_id)
            ).first()
            if changed is not None:
                return
        dialect = sqlite if self._workplace.store.is_sqlite else postgresql
        entered = session.execute(
            dialect.insert(table)
            .values(
                message_id=envelope.event_id,
                consumer=delivery.consumer,
                type=envelope.type,
                petition_no=envelope.petition_no,
                **what,
            )
            .on_conflict_do_nothing(index_elements=["message_id", "consumer"])
            .returning(table.c.message_id)
        ).first()
        if entered is None:
            raise _Duplicate

    def _settle_stored(self, session: Session, delivery: _Delivery) -> None:
        """Close the row in which a message waited: as early, or parked."""
        if not delivery.again:
            return
        early = self._tables.early_messages
        session.execute(
            update(early)
            .where(
                early.c.message_id == delivery.envelope.event_id,
                early.c.consumer == delivery.consumer,
            )
            .values(settled_at=machine_now())
        )
        self._parking.settle(
            session, message_id=delivery.envelope.event_id, consumer=delivery.consumer
        )

    # --- Its ends other than handled -----------------------------------------------------------

    def _end(self, store: Callable[[Session], None]) -> bool:
        """Write another end of a message; tell whether its record was not there already."""

        def end() -> bool:
            try:
                with self._workplace.store.writing() as session:
                    store(session)
            except _Duplicate:
                return False
            return True

        return self._workplace.repeating(end)

    def _store_early(self, delivery: _Delivery, waits_for: str) -> Handling:
        envelope = delivery.envelope
        early = self._tables.early_messages

        def store(session: Session) -> None:
            self._enter(session, delivery, InboxOutcome.EARLY)
            self._settle_stored(session, delivery)
            dialect = sqlite if self._workplace.store.is_sqlite else postgresql
            session.execute(
                dialect.insert(early)
                .values(
                    message_id=envelope.event_id,
                    consumer=delivery.consumer,
                    type=envelope.type,
                    petition_no=envelope.petition_no,
                    waits_for=waits_for,
                    envelope=canonical_json(envelope.dump()),
                    received_at=machine_now(),
                )
                .on_conflict_do_update(
                    index_elements=["message_id", "consumer"],
                    set_={"settled_at": None, "waits_for": waits_for},
                )
            )

        if not self._end(store):
            return Handling.DUPLICATE
        # The predecessor may have been committed between the attempt and this.
        self.apply_early(envelope.petition_no)
        return Handling.EARLY

    def _store_refused(self, delivery: _Delivery, refusal: Refusal) -> Handling:
        def store(session: Session) -> None:
            self._enter(session, delivery, InboxOutcome.REFUSED, refusal)
            self._settle_stored(session, delivery)

        if not self._end(store):
            return Handling.DUPLICATE
        log.warning(
            "event refused",
            service=self._workplace.service,
            consumer=delivery.consumer,
            message_id=delivery.envelope.event_id,
            message_type=delivery.envelope.type,
            petition_no=delivery.envelope.petition_no,
            error=type(refusal).__name__,
        )
        return Handling.REFUSED

    def _fail(self, delivery: _Delivery, unexpected: Exception) -> Handling:
        """Count an unforeseen failure of a message from the bus, and park it in the end.

        Raises:
            HandlingFailed: it may be tried again.
        """
        limit = 1 if delivery.again else self._patience.attempts
        attempts = self._count_or_park(delivery, unexpected, limit=limit)
        if attempts < limit:
            raise HandlingFailed(self._patience.delay_after(attempts))
        return Handling.PARKED

    def _count_or_park(self, delivery: _Delivery, unexpected: Exception, *, limit: int) -> int:
        """Count an unforeseen failure; with the last one allowed, park the message.

        Returns:
            How often the message has failed.
        """
        envelope = delivery.envelope
        incident_id = self._workplace.incident(
            "a message could not be handled",
            unexpected,
            consumer=delivery.consumer,
            message_id=envelope.event_id,
            message_type=envelope.type,
        )
        attempts = 0

        def store(session: Session) -> None:
            nonlocal attempts
            attempts = self._count_failure(session, delivery, unexpected, incident_id)
            if attempts < limit:
                return
            self._enter(session, delivery, InboxOutcome.PARKED)
            self._settle_stored(session, delivery)
            self._parking.park(
                session,
                message_id=envelope.event_id,
                consumer=delivery.consumer,
                body=envelope.dump(),
                reason="handling_failed",
                detail=type(unexpected).__name__,
                type_=envelope.type,
                petition_no=envelope.petition_no,
                incident_id=incident_id,
            )

        self._end(store)
        return attempts

    def _count_failure(
        self, session: Session, delivery: _Delivery, unexpected: Exception, incident_id: str
    ) -> int:
        table = self._tables.handling_attempts
        now = machine_now()
        key = (table.c.message_id == delivery.envelope.event_id) & (
            table.c.consumer == delivery.consumer
        )
        last = {
            "last_error": type(unexpected).__name__[:100],
            "incident_id": incident_id,
            "last_failed_at": now,
        }
        counted = session.execute(
            update(table)
            .where(key)
            .values(attempts=table.c.attempts + 1, **last)
            .returning(table.c.attempts)
        ).first()
        if counted is not None:
            return int(counted.attempts)
        session.execute(
            insert(table).values(
                message_id=delivery.envelope.event_id,
                consumer=delivery.consumer,
                attempts=1,
                first_failed_at=now,
                **last,
            )
        )
        return 1

    # --- Messages that came early --------------------------------------------------------------

    def apply_early(self, petition_no: str | None = None) -> int:
        """Apply the messages that waited, of one petition or all, until none of them can be.

        Returns:
            How many were settled.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        key = petition_no or NO_PETITION
        self._wanted.add(key)
        if key in self._applying:
            # Whoever applies them now looks once more; so neither waits for the other, and a
            # message that moves the petition on does not lead deeper and deeper.
            return 0
        self._applying.add(key)
        settled = 0
        try:
            while key in self._wanted:
                self._wanted.discard(key)
                settled += sum(1 for row in self._waiting(petition_no) if self._apply(row))
        finally:
            self._applying.discard(key)
        return settled

    def _apply_moved_on(self, petition_nos: Iterable[str]) -> None:
        """Apply what waited for a commit, now that it is done; never fail the one who committed."""
        for petition_no in sorted(petition_nos):
            try:
                self.apply_early(petition_no if petition_no != NO_PETITION else None)
            except StoreUnavailable:
                return  # The poll comes by again.
            except Exception as unexpected:  # noqa: BLE001 - the commit stands, whatever this is.
                self._workplace.incident("waiting messages could not be applied", unexpected)

    def _waiting(self, petition_no: str | None) -> list[Row[Any]]:
        early = self._tables.early_messages
        query = select(early).where(early.c.settled_at.is_(None)).order_by(early.c.early_no)
        if petition_no is not None:
            query = query.where(early.c.petition_no == petition_no)
        with self._workplace.store.reading() as session:
            return [row for row in session.execute(query) if not self._rests(session, row)]

    def _rests(self, session: Session, row: Row[Any]) -> bool:
        """Tell whether a message that failed unforeseen is still to be left alone."""
        table = self._tables.handling_attempts
        failed = session.execute(
            select(table).where(
                table.c.message_id == row.message_id, table.c.consumer == row.consumer
            )
        ).first()
        if failed is None:
            return False
        rest = timedelta(seconds=self._patience.delay_after(failed.attempts))
        return bool(failed.last_failed_at + rest > machine_now())

    def _apply(self, row: Row[Any]) -> bool:
        """Try a waiting message once more; tell whether it waits no longer."""
        registered = self._handlers.get((row.type, row.consumer))
        if registered is None:
            return False
        event_type, handler = registered
        try:
            envelope, event = read(event_type, json.loads(row.envelope))
        except MalformedMessage as malformed:
            self._park_stored(row, str(malformed))
            return True
        delivery = _Delivery(
            envelope=envelope,
            event=event,
            handler=handler,
            consumer=row.consumer,
            again=True,
        )
        try:
            self._workplace.repeating(lambda: self._attempt(delivery))
        except TooEarly:
            return False
        except _Duplicate:
            return True
        except Refusal as refusal:
            self._store_refused(delivery, refusal)
        except StoreUnavailable:
            raise
        except Exception as unexpected:  # noqa: BLE001 - it is counted, and parked in the end.
            limit = self._patience.attempts
            return self._count_or_park(delivery, unexpected, limit=limit) >= limit
        else:
            self._tell(row.type, "applied", 0.0)
        return True

    def _park_stored(self, row: Row[Any], detail: str) -> None:
        """Park a waiting message that a newer contract cannot read any more."""
        tables = self._tables
        inbox, early = tables.processed_messages, tables.early_messages

        def park() -> None:
            with self._workplace.store.writing() as session:
                session.execute(
                    update(inbox)
                    .where(inbox.c.message_id == row.message_id, inbox.c.consumer == row.consumer)
                    .values(outcome=InboxOutcome.PARKED.value)
                )
                session.execute(
                    update(early)
                    .where(early.c.early_no == row.early_no)
                    .values(settled_at=machine_now())
                )
                self._parking.park(
                    session,
                    message_id=row.message_id,
                    consumer=row.consumer,
                    body=json.loads(row.envelope),
                    reason="malformed",
                    detail=detail,
                    type_=row.type,
                    petition_no=row.petition_no,
                )

        self._workplace.repeating(park)

    def _tell(self, wire_type: str, outcome: str, seconds: float) -> None:
        service = self._workplace.service
        metrics.MESSAGES.labels(service=service, message=wire_type, outcome=outcome).inc()
        metrics.MESSAGE_SECONDS.labels(service=service, message=wire_type).observe(seconds)


def _names(wire_type: str, consumer: str) -> tuple[str, str]:
    return wire_type, f"{consumer}/{wire_type}"


def _id_in(body: object) -> str | None:
    event_id = body.get("event_id") if isinstance(body, Mapping) else None
    return event_id if isinstance(event_id, str) and event_id else None
