"""Where work is done: everything that every unit of work of one service has around it.

The three ways in (a command, a message, a deadline) differ in what they write first and in what a
failure means.  What they share stands here: making the `Work`, committing it, repeating it where
another transaction was in the way, and telling those who wait that there is something new.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.calendar import WorkingCalendar
from shared.clock import Clock, ClockKind
from shared.contracts.envelope import Source
from shared.database import Store, StoreConflict, StoreUnavailable
from shared.database.gathering import gathered_in
from shared.logs import Log, trace_of
from shared.messaging.context import Actor, service_actor
from shared.messaging.work import Cause, Work
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import series_of
from shared.vault import Vault

T = TypeVar("T")


class Precedence(Protocol):
    """What may have to happen before a call or message of an instant is taken up."""

    def is_owed(self, work: Work, petition_no: str | None) -> bool:
        """Tell whether something of a petition, or of none, has to happen first."""
        ...

    def catch_up(self, now: datetime, petition_no: str | None) -> None:
        """Let it happen.

        Raises:
            StoreUnavailable: it could not.
        """


class OutOfOrder(Exception):
    """Something else has to happen before this work, in a transaction of its own."""


_REPEATS: Final = 5
_LONGEST_PAUSE: Final = 0.4

log: Final = Log(__name__)


@dataclass(kw_only=True)
class Workplace:
    """What surrounds every unit of work of one service or node."""

    owner: str
    source: Source
    store: Store
    vault: Vault
    calendar: WorkingCalendar
    clock: Clock
    when_recorded: list[Callable[[], None]] = field(default_factory=list)
    """Called after every commit that wrote events into the outbox."""
    when_due: list[Callable[[], None]] = field(default_factory=list)
    """Called after every commit that scheduled a deadline which has come already.

    Most of them are days away, and a look for each at once would find nothing.
    """
    before_work: list[Precedence] = field(default_factory=list)
    """Asked, with the instant and the petition of a call or message, what has to come first."""
    after_commit: list[Callable[[set[str]], None]] = field(default_factory=list)
    """Told the petitions a commit has moved on, when messages wait for such."""

    def __post_init__(self) -> None:
        # Built once: making a statement costs as much as sending it.
        self._waiting = select(self.store.tables.someone_waits())

    @property
    def service(self) -> str:
        """Name the service as metrics and logs do."""
        return self.source.service

    @property
    def simulated(self) -> bool:
        """Tell whether every outgoing message must carry its instant."""
        return self.clock.kind is ClockKind.SIMULATED

    @property
    def itself(self) -> Actor:
        """Give the actor that stands for this service."""
        return service_actor(self.source.service)

    def in_order(self, attempt: Callable[[], T], *, now: datetime, petition_no: str | None) -> T:
        """Do a piece of work that calls `require_order`, and before it whatever comes before it.

        Raises:
            StoreUnavailable: what comes first could not be done; the call or message has to wait.
        """
        while True:
            try:
                return self.repeating(attempt)
            except OutOfOrder:
                for first in self.before_work:
                    first.catch_up(now, petition_no)

    def require_order(self, work: Work, petition_no: str | None) -> None:
        """Go on only where nothing is left to be done that comes before this work.

        Raises:
            OutOfOrder: something is; `in_order` does it.
        """
        for first in self.before_work:
            if first.is_owed(work, petition_no):
                raise OutOfOrder

    @contextmanager
    def transaction(
        self, *, now: datetime, actor: Actor, cause: Cause, petition_no: str | None = None
    ) -> Iterator[Work]:
        """Open one unit of work; it commits at the end and rolls back on any exception.

        After the commit the waiting are told.

        Raises:
            StoreConflict, StoreUnavailable: as their docstrings say.
        """
        with self.store.writing() as session:
            work = self._work(session, now=now, actor=actor, cause=cause)
            yield work
            someone_waits = self._someone_waits(session)
        for counter, labels in work.counted:
            counter.labels(service=self.service, **labels).inc()
        if work.recorded_on:
            for call in self.when_recorded:
                call()
        if work.deadlines.has_come:
            for call in self.when_due:
                call()
        if someone_waits:
            moved_on = {petition_no or "", *work.recorded_on}
            for tell in self.after_commit:
                tell(moved_on)

    @contextmanager
    def looking(self, *, now: datetime, actor: Actor, cause: Cause) -> Iterator[Work]:
        """Open a read-only unit of work.

        Raises:
            StoreConflict, StoreUnavailable: as their docstrings say.
        """
        with self.store.reading() as session:
            yield self._work(session, now=now, actor=actor, cause=cause, read_only=True)

    def repeating(self, attempt: Callable[[], T]) -> T:
        """Do something, again where another transaction was in the way, a few times.

        Raises:
            StoreUnavailable: it was in the way each time, or the store cannot be used.
        """
        for repeat in range(1, _REPEATS + 1):
            try:
                return attempt()
            except StoreConflict as conflict:
                series_of(metrics.CONFLICTS, self.service).inc()
                if repeat == _REPEATS:
                    msg = f"another transaction was in the way {_REPEATS} times"
                    raise StoreUnavailable(msg) from conflict
                # Sleeps green, outside any transaction; the jitter parts those who collided.
                time.sleep(random.uniform(0, _LONGEST_PAUSE * repeat / _REPEATS))  # noqa: S311
        msg = "unreachable: the last repeat returns or raises"
        raise AssertionError(msg)

    def incident(self, text: str, error: BaseException, **fields: object) -> str:
        """Log an exception nobody foresaw, without its words, and give the incident's id."""
        incident_id = str(uuid.uuid4())
        log.error(
            text,
            service=self.service,
            incident_id=incident_id,
            error=type(error).__name__,
            trace=trace_of(error),
            **fields,
        )
        return incident_id

    def _work(
        self,
        session: Session,
        *,
        now: datetime,
        actor: Actor,
        cause: Cause,
        read_only: bool = False,
    ) -> Work:
        return Work(
            session=session,
            now=now,
            actor=actor,
            source=self.source,
            vault=self.vault,
            calendar=self.calendar,
            owner=self.owner,
            tables=self.store.tables,
            cause=cause,
            read_only=read_only,
        )

    def _someone_waits(self, session: Session) -> bool:
        def find() -> bool:
            return bool(session.connection().execute(self._waiting).scalar_one())

        return gathered_in(session).remember(self.store.tables.early_messages, find)
