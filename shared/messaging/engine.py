"""The engine: everything a service does with commands, messages, events and deadlines, but no bus.

One engine stands over one store.  The bus hands calls and messages in and takes rows out; a test
does the same without a bus.  Each promise is kept in one place of its own: `commands`, `inbox`,
`outbox`, `sweeping`, `parking`.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from shared.calendar import WorkingCalendar
from shared.clock import Clock, machine_now
from shared.contracts.base import Command, Event, Refusal, Reply, Request
from shared.contracts.envelope import Source
from shared.database import DeadlineState, Store
from shared.deadlines import AT_ONCE
from shared.messaging.commands import Ask, Commands, UseCase
from shared.messaging.context import Caller
from shared.messaging.counting import Counts, Subscribers
from shared.messaging.inbox import Handler, Handling, Inbox, Patience
from shared.messaging.outbox import Claim, Outbox, OutboxRow
from shared.messaging.parking import ParkedRow, Parking
from shared.messaging.sweeping import PARKED_TYPE, DeadlineHandler, Sweep
from shared.messaging.work import Cause, Work
from shared.messaging.workplace import Workplace
from shared.vault import Vault


def _no_subscribers(_wire_type: str, _node: str | None) -> Sequence[str]:
    return ()


class Engine:
    """The mechanism of one service or node.

    Args:
        owner: the service whose contracts it speaks, such as `reception`.
        source: the service and node as events name them, such as `reception_county` of `county`.
        store: its store.
        vault: its keys.
        calendar: the working calendar that use cases count with.
        clock: the clock of the deployment.
        deadline_handlers: what to do when a deadline of a kind fires.
        subscribers: who hears an event of a type, for one node or for all.
        patience: how often unforeseen failures are tried again.
    """

    def __init__(
        self,
        *,
        owner: str,
        source: Source,
        store: Store,
        vault: Vault,
        calendar: WorkingCalendar,
        clock: Clock,
        deadline_handlers: Mapping[str, DeadlineHandler],
        subscribers: Subscribers = _no_subscribers,
        patience: Patience | None = None,
    ) -> None:
        self.owner = owner
        self.source = source
        self.store = store
        self.clock = clock
        self._workplace = Workplace(
            owner=owner,
            source=source,
            store=store,
            vault=vault,
            calendar=calendar,
            clock=clock,
        )
        self._counts = Counts(service=source.service, store=store, subscribers=subscribers)
        self._parking = Parking(self._workplace)
        self._commands = Commands(self._workplace)
        self._inbox = Inbox(self._workplace, self._parking, patience or Patience())
        self._outbox = Outbox(self._workplace)
        self._sweep = Sweep(self._workplace, self._parking, deadline_handlers)
        self._in_flight = 0
        self._ahead: tuple[int, datetime | None] | None = None
        self._counting = threading.Lock()

    @property
    def when_recorded(self) -> list[Callable[[], None]]:
        """Give the list of those called after every commit that wrote events into the outbox."""
        return self._workplace.when_recorded

    @property
    def when_due(self) -> list[Callable[[], None]]:
        """Give the list of those called when a deadline waits for nothing but a sweep."""
        return self._workplace.when_due

    # --- Calls ---------------------------------------------------------------------------------

    def execute(
        self,
        request_type: type[Command[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        use_case: UseCase,
        *,
        ask: Ask | None = None,
        calls: object = None,
    ) -> dict[str, Any]:
        """Do what a command orders, once for its `request_id`, and answer it.

        Raises:
            Refusal: a rule, the policy or the contract refuses it; stored under the `request_id`.
            Fault: nothing was decided; the same `request_id` may be sent again.
        """
        with self._busy():
            return self._commands.execute(
                request_type, mapping, caller, use_case, ask=ask, calls=calls
            )

    def answer(
        self,
        request_type: type[Request[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        use_case: UseCase,
        *,
        ask: Ask | None = None,
        calls: object = None,
    ) -> dict[str, Any]:
        """Answer a question from one snapshot of the store.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            Fault: it could not be answered; ask again.
        """
        with self._busy():
            return self._commands.answer(
                request_type, mapping, caller, use_case, ask=ask, calls=calls
            )

    def answer_outside(
        self,
        request_type: type[Request[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        reply: Callable[[Any], Reply],
    ) -> dict[str, Any]:
        """Answer a call outside any transaction of a use case, once caller and request are checked.

        Raises:
            Refusal: the policy, the contract or the reply refuses it; who may not is recorded.
            Fault: it could not be answered; ask again.
        """
        return self._commands.answer_outside(request_type, mapping, caller, reply)

    def refuse(
        self,
        request_type: type[Request[Any]],
        mapping: object,
        caller: Caller,
        refusal: Refusal,
    ) -> None:
        """Record that a call was refused because its headers do not tell who calls and when."""
        self._commands.refuse(request_type, mapping, caller, refusal)

    def run(self, use_case: Callable[[Work], None], *, now: datetime | None = None) -> None:
        """Do something as the service itself, in a transaction of its own: what a start needs.

        Under the simulated clock nobody has told the time at a start; then it is the latest
        instant this store has been told, and `AT_ONCE` in a new one.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        moment = now or self._moment_of_start()
        itself = self._workplace.itself
        cause = Cause(
            actor_id=itself.id,
            correlation_id=str(uuid.uuid4()),
            causation_id=None,
            simulated=self._workplace.simulated,
        )

        def attempt() -> None:
            with self._workplace.transaction(now=moment, actor=itself, cause=cause) as work:
                use_case(work)

        with self._busy():
            self._workplace.repeating(attempt)

    def _moment_of_start(self) -> datetime:
        if not self._workplace.simulated:
            return machine_now()
        commands = self.store.tables.commands
        with self.store.reading() as session:
            latest: datetime | None = session.execute(select(func.max(commands.c.now))).scalar()
        return latest or AT_ONCE

    # --- Messages ------------------------------------------------------------------------------

    def register_handler(
        self, event_type: type[Event], use_case: Handler, *, consumer: str
    ) -> None:
        """Tell which use case takes an event, so that a stored message finds it again."""
        self._inbox.register(event_type, use_case, consumer)

    def handle(
        self,
        event_type: type[Event],
        body: Mapping[str, Any],
        use_case: Handler,
        *,
        consumer: str,
    ) -> Handling:
        """Handle a message as it came from the bus; whatever is returned may be acknowledged.

        Raises:
            StoreUnavailable: hold the message, probe, and hand it in again.
            HandlingFailed: hold the message for its `retry_after`, and hand it in again.
        """
        with self._busy():
            return self._inbox.handle(event_type, body, use_case, consumer=consumer)

    def park_unreadable(
        self,
        *,
        queue: str,
        reason: str,
        body: object,
        message_id: str | None = None,
        detail: str = "",
        type_: str | None = None,
    ) -> None:
        """Park what could not be read as a message of this system.

        Raises:
            StoreUnavailable: hold it, probe, and hand it in again.
        """
        self._inbox.park_unreadable(
            consumer=queue[:64],
            body=body,
            reason=reason,
            detail=detail,
            message_id=message_id,
            type_=type_,
        )

    def apply_early(self, petition_no: str | None = None) -> int:
        """Apply the messages that wait for a predecessor, of one petition or all of them.

        Returns:
            How many were settled.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        with self._busy():
            return self._inbox.apply_early(petition_no)

    # --- The relay's side ----------------------------------------------------------------------

    def claim_unsent(
        self, limit: int, *, excluding: Collection[int] = ()
    ) -> AbstractContextManager[Claim]:
        """Claim unsent rows for as long as the context lasts.

        Args:
            limit: the most rows to take.
            excluding: the numbers of rows that are under way already.
        """
        return self._outbox.claim(limit, excluding=excluding)

    def mark_sent(self, rows: Sequence[OutboxRow]) -> None:
        """Mark rows as sent outside a claim, where the bus confirms later.

        Raises:
            StoreUnavailable: they stay unsent.
        """
        self._outbox.mark_sent(rows)

    def postpone(self, rows: Sequence[OutboxRow], reason: str) -> None:
        """Leave rows unsent for a while, outside a claim.

        Raises:
            StoreUnavailable: they are due again at once.
        """
        self._outbox.postpone(rows, reason)

    # --- Deadlines -----------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Give the instant at which the next deadline fires; None when none is pending."""
        writes = self.store.writes
        if writes is None:
            return self._sweep.next_due()
        if self._ahead is None or self._ahead[0] != writes:
            self._ahead = (writes, self._sweep.next_due())
        return self._ahead[1]

    def sweep(self, now: datetime, limit: int | None = None) -> int:
        """Fire every deadline that has come by `now`, oldest first; tell how many.

        Raises:
            StoreUnavailable: the store cannot be used now; what is not fired stays pending.
        """
        with self._busy():
            return self._sweep.sweep(now, limit)

    # --- Rest, ledger and parking --------------------------------------------------------------

    @property
    def in_flight(self) -> int:
        """Count the calls and messages being worked on at this moment."""
        return self._in_flight

    def pending(self) -> dict[str, Any]:
        """Tell what is still to be done here, and what was published and handled so far.

        `published` and `handled` list counts: the former of sent rows by type and node with the
        number of `subscribers`, the latter of messages by type, whatever became of them.
        All replicas of a service give the same counts, from the store they share; `in_flight`
        alone is of this instance.
        """
        counted = self._counts.pending()
        return {**counted, "in_flight": self._in_flight, "next_due": self.next_due()}

    def standing(self) -> dict[str, int]:
        """Measure what waits in this store; see `Counts.standing`.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        return self._counts.standing()

    def published_page(self, after_seq: int, limit: int) -> list[OutboxRow]:
        """List recorded events by number after a number, sent or not: the ledger."""
        return self._outbox.page(after_seq, limit)

    def parked_list(self, *, settled_too: bool = False, limit: int = 200) -> list[ParkedRow]:
        """List the parked messages, oldest first."""
        return self._parking.list(settled_too=settled_too, limit=limit)

    def parked_show(self, parked_no: int) -> ParkedRow:
        """Show one parked message, redacted.

        Raises:
            ParkedMessageUnknown: there is none of this number.
        """
        return self._parking.show(parked_no)

    def parked_replay(self, parked_no: int) -> str:
        """Handle a parked message once more; tell what became of it.

        A deadline that was set aside is `pending` again and fires with the next sweep.

        Raises:
            ParkedMessageUnknown: there is none of this number.
            ReplayUnreadable: it can still not be read, or nobody here takes it.
            StoreUnavailable: the store cannot be used now.
        """
        with self._busy():
            parked = self._parking.show(parked_no)
            if not parked.type.startswith(PARKED_TYPE):
                return self._inbox.replay(parked_no).value
            self._sweep.revive(parked)
            for call in self.when_due:
                call()
            return DeadlineState.PENDING.value

    @contextmanager
    def _busy(self) -> Iterator[None]:
        with self._counting:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._counting:
                self._in_flight -= 1
