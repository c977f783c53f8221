"""The unit of work: what one use case is given, and all it may do besides reading and writing rows.

A use case records what happened and goes on; it never commits and never publishes.
What it records becomes rows of the same transaction, so an event exists if and only if the
change it tells of does.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast

from prometheus_client import Counter
from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from shared import tracing
from shared.calendar import WorkingCalendar, local_date
from shared.clock import machine_now
from shared.contracts.base import Event
from shared.contracts.envelope import Envelope, Source
from shared.contracts.fields import Document
from shared.database.gathering import gathered_in
from shared.database.mechanism import Mechanism
from shared.deadlines import Deadlines
from shared.documents import (
    canonical_json,
    content_hash,
    document_content,
    document_no,
    sheet_nos,
)
from shared.messaging.context import Actor
from shared.metrics import require_labels
from shared.vault import Vault

T = TypeVar("T")

NO_PETITION: Final = ""
"""Under this number the events that belong to no petition are counted."""


class TooEarly(Exception):
    """An event came before the one it builds on; its argument names that one's type.

    The mechanism stores the message and applies it when the predecessor has been committed.
    """


class ForeignEvent(TypeError):
    """Raised when a service records an event that another service owns."""


class ReadOnlyWork(TypeError):
    """Raised when a query tries to record, number or schedule something."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What set this work going: the actor named in what it records, and the ids that tie it."""

    actor_id: str
    correlation_id: str
    causation_id: str | None
    simulated: bool = False


@dataclass(kw_only=True)
class Work:
    """One use case, one transaction.

    `now` is an aware UTC instant: a command's from its entrypoint, a handler's from its message,
    a deadline's from the instant it fires at.
    """

    session: Session
    now: datetime
    actor: Actor
    source: Source
    vault: Vault
    calendar: WorkingCalendar
    owner: str
    tables: Mechanism
    cause: Cause
    read_only: bool = False
    recorded_on: list[str] = field(default_factory=list)
    """The petitions this work has recorded events of, in order; empty text for none."""
    counted: list[tuple[Counter, dict[str, str]]] = field(default_factory=list)
    _begun: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.deadlines = Deadlines(
            session=self.session,
            table=self.tables.deadlines,
            now=self.now,
            correlation_id=self.cause.correlation_id,
            causation_id=self.cause.causation_id,
        )

    @property
    def today(self) -> date:
        """Give the local date of `now` in Asia/Shanghai."""
        return local_date(self.now)

    def record(self, event: Event, *, petition_no: str | None = None) -> None:
        """Record an event into the outbox, in this transaction.

        Without `petition_no` the event's own field of that name counts, where it has one.

        Raises:
            ForeignEvent: the event is another service's.
            ReadOnlyWork: this is a query.
        """
        self._require_writing()
        if event.owner != self.owner:
            msg = f"{self.owner} cannot record {type(event).__name__} of {event.owner}"
            raise ForeignEvent(msg)
        number = petition_no or getattr(event, "petition_no", None)
        envelope = Envelope(
            event_id=str(uuid.uuid4()),
            type=event.wire_type,
            occurred_at=self.now,
            source=self.source,
            petition_no=number,
            case_version=self.next_of(
                self.tables.case_versions, "version", petition_no=number or NO_PETITION
            ),
            correlation_id=self.cause.correlation_id,
            causation_id=self.cause.causation_id,
            actor=self.cause.actor_id,
            data=event.dump(),
        )
        node = getattr(event, event.addressed_by) if event.addressed_by else None
        gathered_in(self.session).insert(
            self.tables.outbox_messages,
            {
                "event_id": envelope.event_id,
                "type": envelope.type,
                "node": node,
                "routing_key": f"{envelope.type}.{node}" if node else envelope.type,
                "petition_no": envelope.petition_no,
                "case_version": envelope.case_version,
                "envelope": canonical_json(envelope.dump()),
                "headers": self._headers(),
                "created_at": machine_now(),
                "attempts": 0,
            },
        )
        self.recorded_on.append(number or NO_PETITION)

    def append(self, *entries: object) -> None:
        """Have entries of the models written that are not changed any more.

        They go to the database with the other rows of their tables, at the end of the work or
        when a statement asks for their table; from then on it gives entries of its own.

        Raises:
            NotAppendable: one has columns that cannot be told from it.
            ReadOnlyWork: this is a query.
        """
        self._require_writing()
        for entry in entries:
            gathered_in(self.session).append(entry)

    def remember(self, model: type[DeclarativeBase], find: Callable[[], T]) -> T:
        """Find the one fact for which a table is read by everybody, such as the newest directory.

        Those who write together find it once, until something is written to the table.
        """
        if self.read_only:
            return find()
        return gathered_in(self.session).remember(cast("Table", model.__table__), find)

    def begin(self, petition_no: str) -> None:
        """Tell that a petition is new in this store: nothing of it has been counted here."""
        self._begun.add(petition_no)

    def count(self, counter: Counter, **labels: str) -> None:
        """Count something that happened once the transaction is committed, and only then.

        Args:
            counter: one that has the label `service`, which is filled in here.
            labels: its other labels, from closed sets.

        Raises:
            LabelUndeclared: the counter is not declared for them.
        """
        require_labels(counter, labels)
        self.counted.append((counter, labels))

    def next_of(self, table: Table, column: str, **key: str | date) -> int:
        """Count one further in a counter row, making the row where there is none.

        Args:
            table: where the counters stand.
            column: the one that counts.
            key: its other columns, which are its primary key.

        Raises:
            ReadOnlyWork: this is a query.
        """
        self._require_writing()
        is_new = key.get("petition_no") in self._begun
        return gathered_in(self.session).count(table, column, key, is_new=is_new)

    def number(self, petition_no: str, kind: str) -> str:
        """Take the next number of a kind of document of a petition.

        Args:
            petition_no: the number it hangs on, such as XF-20260601-0001.
            kind: two capital letters, such as CA for a card set.

        Raises:
            MalformedDocument: one of the two has not its form.
            ReadOnlyWork: this is a query.
        """
        self._require_writing()
        document_no(petition_no=petition_no, kind=kind, count=0)
        count = self.next_of(
            self.tables.document_counters, "last", petition_no=petition_no, kind=kind
        )
        return document_no(petition_no=petition_no, kind=kind, count=count)

    def numbers_of(self, petition_no: str) -> dict[str, int]:
        """Give the last number of each kind of document a petition has here, by kind."""
        counters = self.tables.document_counters
        rows = self.session.execute(
            select(counters.c.kind, counters.c.last)
            .where(counters.c.petition_no == petition_no)
            .order_by(counters.c.kind)
        )
        return {row.kind: row.last for row in rows}

    def count_on(self, petition_no: str, kind: str, *, last: int) -> None:
        """Go on after a number that another node of this service gave, unless this one is further.

        Raises:
            ReadOnlyWork: this is a query.
        """
        self._require_writing()
        if self.numbers_of(petition_no).get(kind, 0) >= last:
            return
        counters = self.tables.document_counters
        dialect = self.session.get_bind().dialect.name
        upsert = (sqlite if dialect == "sqlite" else postgresql).insert(counters)
        self.session.execute(
            upsert.values(petition_no=petition_no, kind=kind, last=last).on_conflict_do_update(
                index_elements=["petition_no", "kind"], set_={"last": last}
            )
        )

    def sheet_numbers(self, petition_no: str, kind: str, count: int) -> list[str]:
        """Take the next number of a set and number its sheets, such as ...-CA-1-1 to ...-CA-1-4.

        Raises:
            MalformedDocument, ReadOnlyWork: as `number`.
        """
        return sheet_nos(set_no=self.number(petition_no, kind), count=count)

    def document(self, petition_no: str, kind: str, content: Mapping[str, Any]) -> Document:
        """Give a document its number and its hash; the content itself is the caller's to keep.

        Raises:
            MalformedDocument: the content has no canonical form, or as `number`.
            ReadOnlyWork: this is a query.
        """
        return self.numbered(self.number(petition_no, kind), content)

    def numbered(self, no: str, content: Mapping[str, Any]) -> Document:
        """Hash the content of a document that has its number already, such as a sheet of a set.

        Raises:
            MalformedDocument: the content has no canonical form.
        """
        return Document(no=no, sha256=content_hash(document_content(no=no, content=content)))

    def _headers(self) -> dict[str, str]:
        # No roles: an event carries its actor as data, and what it sets going acts as the service.
        headers = {
            "actor": self.cause.actor_id,
            "correlation_id": self.cause.correlation_id,
        }
        if self.cause.causation_id is not None:
            headers["causation_id"] = self.cause.causation_id
        if self.cause.simulated:
            headers["now"] = self.now.isoformat()
        return headers | tracing.headers()

    def _require_writing(self) -> None:
        if self.read_only:
            msg = f"a query of {self.owner} tried to change something"
            raise ReadOnlyWork(msg)
