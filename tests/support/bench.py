"""A service without its bus: use cases driven through the real engine, on a real store.

    bench = ServiceBench("supervision", Base)
    bench.command(usecases.accept_transfer, AcceptTransfer(...), actor="unit:water_affairs")
    bench.event(usecases.on_petition_routed, PetitionRoutedV1(...), petition_no=NO)
    bench.sweep(at("2026-08-01 00:00"), usecases.DEADLINES)
    assert [envelope.type for envelope in bench.recorded] == ["case_opened.v1"]
    assert bench.rows(Case)[0].stage == "open"

Nothing here decides anything: policy, validation, idempotency, transactions and the outbox are the
engine's own.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import DeclarativeBase

from shared.calendar import LOCAL_ZONE, WorkingCalendar, standard_calendar
from shared.clock import SimulatedClock
from shared.contracts.base import Command, Event, Query, Reply, Request
from shared.contracts.envelope import Envelope, Source
from shared.database import Store
from shared.messaging.context import Caller, actor_named
from shared.messaging.engine import Engine
from shared.messaging.inbox import Handling, Patience
from shared.messaging.sweeping import DeadlineHandler
from shared.vault import Vault

R = TypeVar("R", bound=Reply)
M = TypeVar("M", bound=DeclarativeBase)

_NO_FACTS: Any = object()


def at(local: str) -> datetime:
    """Read a local time such as `2026-06-01 09:00` as the instant it stands for in Shanghai."""
    return datetime.fromisoformat(local).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


MONDAY_MORNING = at("2026-06-01 09:00")


@dataclass
class ServiceBench:
    """One service on a bench.

    Args:
        owner: the service, such as `reception`.
        base: the base of its models.
        node: the node, where the service has several; "" otherwise.
        url: the store: in memory unless told otherwise; `sqlite:///file` or a PostgreSQL URL.
        now: the instant of whatever names none; `bench.now = ...` moves on.
    """

    owner: str
    base: type[DeclarativeBase]
    node: str = ""
    url: str = "sqlite://"
    now: datetime = MONDAY_MORNING
    calendar: WorkingCalendar = field(default_factory=standard_calendar)
    vault: Vault = field(default_factory=Vault.throwaway)
    patience: Patience = field(default_factory=lambda: Patience(attempts=3, first_delay=0.0))

    def __post_init__(self) -> None:
        self.store = Store(base=self.base, url=self.url)
        self.store.create_tables()
        self.deadline_handlers: dict[str, DeadlineHandler] = {}
        service = f"{self.owner}_{self.node}" if self.node else self.owner
        self.source = Source(service=service, node=self.node)
        self._request_ids = itertools.count(1)
        self.engine = self.start_engine()

    def start_engine(self) -> Engine:
        """Start an engine over the same store, as a restart does; it becomes `engine`."""
        self.engine = Engine(
            owner=self.owner,
            source=self.source,
            store=self.store,
            vault=self.vault,
            calendar=self.calendar,
            clock=SimulatedClock(),
            deadline_handlers=self.deadline_handlers,
            patience=self.patience,
        )
        return self.engine

    def close(self) -> None:
        """Close the store."""
        self.store.dispose()

    def request_id(self) -> str:
        """Make the next request id; the same in every run."""
        return f"bench-{next(self._request_ids):06d}"

    def command(
        self,
        use_case: Callable[..., R],
        request: Command[R],
        *,
        actor: str = "clerk:window_1",
        roles: str | None = None,
        now: datetime | None = None,
        facts: Any = _NO_FACTS,
    ) -> R:
        """Give a command and load its reply, as the caller on the wire would.

        Args:
            use_case: called with the work and the request, and `facts` where given.
            request: as the contract declares it; `request_id=bench.request_id()`.
            actor: who gives it; the role is what stands before the colon, unless `roles` tells.
            roles: role names parted by commas.
            now: the instant; the bench's own unless told.
            facts: what the service would have asked others before its transaction.

        Raises:
            Refusal, Fault: as the engine raises them.
        """
        reply = self.engine.execute(
            type(request),
            request.dump(),
            self.caller(actor, roles, now),
            use_case,
            ask=_asking(facts),
        )
        return _load(request, reply)

    def query(
        self,
        use_case: Callable[..., R],
        request: Query[R],
        *,
        actor: str = "officer:desk_1",
        roles: str | None = None,
        now: datetime | None = None,
        facts: Any = _NO_FACTS,
    ) -> R:
        """Ask a question and load its reply; as `command`."""
        reply = self.engine.answer(
            type(request),
            request.dump(),
            self.caller(actor, roles, now),
            use_case,
            ask=_asking(facts),
        )
        return _load(request, reply)

    def event(
        self,
        use_case: Callable[..., None],
        event: Event,
        *,
        petition_no: str | None = None,
        now: datetime | None = None,
        source: Source | None = None,
        event_id: str | None = None,
        case_version: int = 1,
    ) -> Handling:
        """Deliver an event of another service, and tell what became of it.

        The same `event_id` again is a second delivery of the same message.
        """
        envelope = self.envelope(
            event,
            petition_no=petition_no,
            now=now,
            source=source,
            event_id=event_id,
            case_version=case_version,
        )
        return self.deliver(use_case, type(event), envelope)

    def deliver(
        self, use_case: Callable[..., None], event_type: type[Event], envelope: Envelope
    ) -> Handling:
        """Deliver an envelope, also one that another bench recorded."""
        self.engine.register_handler(event_type, use_case, consumer=self.source.service)
        return self.engine.handle(
            event_type, envelope.dump(), use_case, consumer=self.source.service
        )

    def envelope(
        self,
        event: Event,
        *,
        petition_no: str | None = None,
        now: datetime | None = None,
        source: Source | None = None,
        event_id: str | None = None,
        case_version: int = 1,
    ) -> Envelope:
        """Put an event of another service into its envelope."""
        return Envelope(
            event_id=event_id or str(uuid.uuid4()),
            type=event.wire_type,
            occurred_at=now or self.now,
            source=source or Source(service=event.owner),
            petition_no=petition_no or getattr(event, "petition_no", None),
            case_version=case_version,
            correlation_id=str(uuid.uuid4()),
            causation_id=None,
            actor="officer:desk_1",
            data=event.dump(),
        )

    def sweep(self, now: datetime, handlers: Mapping[str, DeadlineHandler] | None = None) -> int:
        """Fire every deadline that has come by `now`; tell how many. `bench.now` moves there."""
        self.deadline_handlers.update(handlers or {})
        self.now = max(self.now, now)
        return self.engine.sweep(now)

    @property
    def recorded(self) -> list[Envelope]:
        """Read every event recorded so far, in order."""
        return [Envelope.load(row.envelope) for row in self.engine.published_page(0, 100_000)]

    def recorded_of(self, event_type: type[Event]) -> list[Any]:
        """Read the events of one type recorded so far, loaded."""
        return [
            event_type.load(envelope.data)
            for envelope in self.recorded
            if envelope.type == event_type.wire_type
        ]

    def rows(self, model: type[M]) -> Sequence[M]:
        """Read every row of a model, by primary key, detached."""
        with self.store.reading() as session:
            query = select(model).order_by(*inspect(model).primary_key)
            found = list(session.execute(query).scalars().unique())
            session.expunge_all()
        return found

    def table_rows(self, name: str) -> list[dict[str, Any]]:
        """Read every row of a table of the mechanism, such as `commands`."""
        table = self.base.metadata.tables[name]
        with self.store.reading() as session:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in session.execute(query)]

    def caller(self, actor: str, roles: str | None = None, now: datetime | None = None) -> Caller:
        """Make the circumstances of a call."""
        return Caller(
            actor=actor_named(actor, roles),
            now=now or self.now,
            correlation_id=str(uuid.uuid4()),
            simulated=True,
        )


def bench_in(directory: Path, owner: str, base: type[DeclarativeBase], **rest: Any) -> ServiceBench:
    """Set up a bench on a SQLite file, as a service on one machine has it."""
    return ServiceBench(owner, base, url=f"sqlite:///{directory / 'store.sqlite3'}", **rest)


def _asking(facts: Any) -> Callable[..., Any] | None:
    return None if facts is _NO_FACTS else lambda _calls, _request, _caller: facts


def _load(request: Request[R], reply: Mapping[str, Any]) -> R:
    return cast("R", type(request).reply_type.load(reply))
