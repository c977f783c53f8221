"""Messages: each is handled once, whatever the bus delivers, and however often.

The record that a message was handled is looked for before its handling, and written in the
transaction of its effect.  A second delivery meets the record and changes nothing.  What cannot be
handled has one of four ends, none of which loses it: held (the store is down), early (its
predecessor has not come), refused (a rule says no), parked (nothing but a person can help).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.contracts.base import Event, Refusal
from shared.contracts.envelope import MalformedMessage
from shared.contracts.every_service import ReplayUnreadable
from shared.database import InboxOutcome, StoreUnavailable
from shared.logs import Log
from shared.messaging.crashpoints import crashpoint
from shared.messaging.dead_letters import DeadLetter, consumer_of
from shared.messaging.early import EarlyMessages
from shared.messaging.handling import (
    Delivery,
    Duplicate,
    Handler,
    Handling,
    HandlingFailed,
    Patience,
    read,
)
from shared.messaging.parking import UNREADABLE, ParkedRow, Parking
from shared.messaging.records import Records
from shared.messaging.work import Cause, TooEarly
from shared.messaging.workplace import Workplace
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import Outcome, series_of

__all__ = ["Handler", "Handling", "HandlingFailed", "Inbox", "Patience"]

log: Final = Log(__name__)

_MEASURED_AS: Final[Mapping[Handling, Outcome]] = {
    Handling.HANDLED: Outcome.OK,
    Handling.DUPLICATE: Outcome.OK,
    Handling.EARLY: Outcome.OK,
    Handling.REFUSED: Outcome.REJECTED,
    Handling.PARKED: Outcome.ERROR,
}


class Inbox:
    """The messages of one store."""

    def __init__(self, workplace: Workplace, parking: Parking, patience: Patience) -> None:
        self._workplace = workplace
        self._parking = parking
        self._patience = patience
        self._records = Records(workplace.store, parking)
        self._early = EarlyMessages(workplace, self._records, patience, self._apply)
        self._handlers: dict[tuple[str, str], tuple[type[Event], Handler]] = {}

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
        outcome = Outcome.ERROR
        try:
            handling = self._handle(event_type, body, handler, consumer)
            outcome = _MEASURED_AS[handling]
        except StoreUnavailable:
            outcome = Outcome.TIMEOUT
            raise
        finally:
            seconds = time.monotonic() - started
            metrics.message_ended(self._workplace.service, event_type.wire_type, outcome, seconds)
        self._count_absorbed(event_type.wire_type, handling)
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
        delivery = Delivery(envelope=envelope, event=event, handler=handler, consumer=consumer)
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
        self._workplace.repeating(lambda: self._settle(parked))
        return handling

    def _settle(self, parked: ParkedRow) -> None:
        with self._workplace.store.writing() as session:
            self._parking.settle(session, message_id=parked.message_id, consumer=parked.consumer)

    def _replayable(self, parked_no: int, body: object, consumer: str) -> Delivery:
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
        return Delivery(
            envelope=envelope, event=event, handler=handler, consumer=consumer, again=True
        )

    # --- One delivery --------------------------------------------------------------------------

    def _deliver(self, delivery: Delivery) -> Handling:
        try:
            self._try(delivery)
        except Duplicate:
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

    def _try(self, delivery: Delivery) -> None:
        envelope = delivery.envelope
        self._workplace.in_order(
            lambda: self._attempt(delivery),
            now=envelope.occurred_at,
            petition_no=envelope.petition_no,
        )

    def _attempt(self, delivery: Delivery) -> None:
        envelope = delivery.envelope
        with (
            self._records.coming(delivery),
            self._workplace.transaction(
                now=envelope.occurred_at,
                actor=self._workplace.itself,
                cause=Cause(
                    actor_id=envelope.actor,
                    correlation_id=envelope.correlation_id,
                    causation_id=envelope.event_id,
                    simulated=self._workplace.simulated,
                ),
                petition_no=envelope.petition_no,
            ) as work,
        ):
            self._records.enter(work.session, delivery, InboxOutcome.HANDLED)
            self._records.settle_stored(work.session, delivery)
            self._workplace.require_order(work, envelope.petition_no)
            delivery.handler(work, delivery.event, envelope)
            work.session.flush()
            crashpoint("event_handled_before_commit", *_names(envelope.type, delivery.consumer))

    # --- Its ends other than handled -----------------------------------------------------------

    def _end(self, store: Callable[[Session], None]) -> bool:
        """Write another end of a message; tell whether its record was not there already."""

        def end() -> bool:
            try:
                with self._workplace.store.writing() as session:
                    store(session)
            except Duplicate:
                return False
            return True

        return self._workplace.repeating(end)

    def _store_early(self, delivery: Delivery, waits_for: str) -> Handling:
        def store(session: Session) -> None:
            self._records.enter(session, delivery, InboxOutcome.EARLY)
            self._records.settle_stored(session, delivery)
            self._records.store_early(session, delivery, waits_for)

        if not self._end(store):
            return Handling.DUPLICATE
        # The predecessor may have been committed between the attempt and this.
        self._early.apply(delivery.envelope.petition_no)
        return Handling.EARLY

    def _store_refused(self, delivery: Delivery, refusal: Refusal) -> Handling:
        def store(session: Session) -> None:
            self._records.enter(session, delivery, InboxOutcome.REFUSED, refusal)
            self._records.settle_stored(session, delivery)

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

    def _fail(self, delivery: Delivery, unexpected: Exception) -> Handling:
        """Count an unforeseen failure of a message from the bus, and park it in the end.

        Raises:
            HandlingFailed: it may be tried again.
        """
        limit = 1 if delivery.again else self._patience.attempts
        attempts = self._count_or_park(delivery, unexpected, limit=limit)
        if attempts < limit:
            raise HandlingFailed(self._patience.delay_after(attempts))
        return Handling.PARKED

    def _count_or_park(self, delivery: Delivery, unexpected: Exception, *, limit: int) -> int:
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
            attempts = self._records.count_failure(session, delivery, unexpected, incident_id)
            if attempts < limit:
                return
            self._records.enter(session, delivery, InboxOutcome.PARKED)
            self._records.settle_stored(session, delivery)
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

    # --- Messages that came early --------------------------------------------------------------

    def apply_early(self, petition_no: str | None = None) -> int:
        """Apply the messages that waited, of one petition or all, until none of them can be.

        Returns:
            How many were settled.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        return self._early.apply(petition_no)

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
            self._count_early(row.type, Outcome.ERROR)
            return True
        delivery = Delivery(
            envelope=envelope,
            event=event,
            handler=handler,
            consumer=row.consumer,
            again=True,
        )
        try:
            self._try(delivery)
        except TooEarly:
            return False
        except Duplicate:
            return True
        except Refusal as refusal:
            self._store_refused(delivery, refusal)
            self._count_early(row.type, Outcome.REJECTED)
        except StoreUnavailable:
            raise
        except Exception as unexpected:  # noqa: BLE001 - it is counted, and parked in the end.
            limit = self._patience.attempts
            is_parked = self._count_or_park(delivery, unexpected, limit=limit) >= limit
            if is_parked:
                self._count_early(row.type, Outcome.ERROR)
            return is_parked
        else:
            self._count_early(row.type, Outcome.OK)
        return True

    def _park_stored(self, row: Row[Any], detail: str) -> None:
        """Park a waiting message that a newer contract cannot read any more."""

        def park() -> None:
            with self._workplace.store.writing() as session:
                self._records.give_up_early(session, row)
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

    def _count_absorbed(self, wire_type: str, handling: Handling) -> None:
        service = self._workplace.service
        if handling is Handling.DUPLICATE:
            series_of(metrics.DUPLICATES, service, wire_type).inc()
        elif handling is Handling.EARLY:
            series_of(metrics.EARLY, service, wire_type).inc()

    def _count_early(self, wire_type: str, outcome: Outcome) -> None:
        """Count how a message that came early ended; its coming was counted when it came."""
        series = (self._workplace.service, wire_type, outcome.value)
        series_of(metrics.EARLY_SETTLED, *series).inc()


def _names(wire_type: str, consumer: str) -> tuple[str, str]:
    return wire_type, f"{consumer}/{wire_type}"


def _id_in(body: object) -> str | None:
    event_id = body.get("event_id") if isinstance(body, Mapping) else None
    return event_id if isinstance(event_id, str) and event_id else None
