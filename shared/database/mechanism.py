"""The tables of the reliable-messaging mechanism, which every store holds beside its own.

They stand in the service's own database because that is the whole idea: what a use case
changed, what it announced, that it was asked and that it handled a message are one
transaction, so they are true together or not at all.

Nothing here is ever deleted.
A sent outbox row is the ledger; an inbox row must live as long as any replay is possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Exists,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    exists,
    text,
)

from shared.database.types import ROW_NUMBER, Instant


class CommandOutcome(StrEnum):
    """How a command ended."""

    REPLIED = "replied"
    REFUSED = "refused"


class InboxOutcome(StrEnum):
    """What became of a message that reached this store."""

    HANDLED = "handled"
    REFUSED = "refused"
    EARLY = "early"
    PARKED = "parked"


class DeadlineState(StrEnum):
    """Where a deadline stands; only a pending one can still fire."""

    PENDING = "pending"
    FIRED = "fired"
    MET = "met"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """The mechanism's tables of one store."""

    outbox_messages: Table
    processed_messages: Table
    early_messages: Table
    parked_messages: Table
    handling_attempts: Table
    commands: Table
    refused_calls: Table
    deadlines: Table
    document_counters: Table
    case_versions: Table

    def someone_waits(self) -> Exists:
        """Ask whether any message waits for its predecessor, within a statement sent anyway."""
        return exists().where(self.early_messages.c.settled_at.is_(None))


def add_mechanism(metadata: MetaData) -> Mechanism:
    """Declare the mechanism's tables in a service's metadata."""
    return Mechanism(
        outbox_messages=_outbox_messages(metadata),
        processed_messages=_processed_messages(metadata),
        early_messages=_early_messages(metadata),
        parked_messages=_parked_messages(metadata),
        handling_attempts=_handling_attempts(metadata),
        commands=_commands(metadata),
        refused_calls=_refused_calls(metadata),
        deadlines=_deadlines(metadata),
        document_counters=Table(
            "document_counters",
            metadata,
            Column("petition_no", String(64), primary_key=True),
            Column("kind", String(2), primary_key=True),
            Column("last", Integer, nullable=False),
        ),
        case_versions=Table(
            "case_versions",
            metadata,
            # The empty number counts the events that belong to no petition.
            Column("petition_no", String(64), primary_key=True),
            Column("version", Integer, nullable=False),
        ),
    )


def _outbox_messages(metadata: MetaData) -> Table:
    table = Table(
        "outbox_messages",
        metadata,
        Column("seq", ROW_NUMBER, primary_key=True, autoincrement=True),
        Column("event_id", String(36), nullable=False, unique=True),
        Column("type", String(128), nullable=False),
        Column("node", String(64)),
        Column("routing_key", String(255), nullable=False),
        Column("petition_no", String(64), index=True),
        Column("case_version", Integer, nullable=False),
        Column("envelope", Text, nullable=False),
        Column("headers", JSON, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("attempts", Integer, nullable=False, default=0),
        Column("next_try_at", Instant),
        Column("last_failure", String(200)),
        Column("sent_at", Instant),
    )
    unsent = text("sent_at IS NULL")
    Index(
        "ix_outbox_messages_unsent",
        table.c.seq,
        sqlite_where=unsent,
        postgresql_where=unsent,
    )
    return table


def _processed_messages(metadata: MetaData) -> Table:
    return Table(
        "processed_messages",
        metadata,
        Column("message_id", String(100), primary_key=True),
        Column("consumer", String(64), primary_key=True),
        Column("type", String(128), nullable=False),
        Column("petition_no", String(64), index=True),
        Column("outcome", String(16), nullable=False),
        Column("error", String(100)),
        Column("message", Text),
        Column("processed_at", Instant, nullable=False),
    )


def _early_messages(metadata: MetaData) -> Table:
    table = Table(
        "early_messages",
        metadata,
        Column("early_no", ROW_NUMBER, primary_key=True, autoincrement=True),
        Column("message_id", String(100), nullable=False),
        Column("consumer", String(64), nullable=False),
        Column("type", String(128), nullable=False),
        Column("petition_no", String(64)),
        Column("waits_for", String(128), nullable=False),
        Column("envelope", Text, nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("settled_at", Instant),
        UniqueConstraint("message_id", "consumer"),
    )
    waiting = text("settled_at IS NULL")
    Index(
        "ix_early_messages_waiting",
        table.c.petition_no,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    return table


def _parked_messages(metadata: MetaData) -> Table:
    return Table(
        "parked_messages",
        metadata,
        Column("parked_no", ROW_NUMBER, primary_key=True, autoincrement=True),
        Column("message_id", String(200), nullable=False),
        Column("consumer", String(64), nullable=False),
        Column("type", String(128), nullable=False),
        Column("petition_no", String(64)),
        Column("reason", String(64), nullable=False),
        Column("detail", Text, nullable=False),
        Column("incident_id", String(36)),
        Column("times_seen", Integer, nullable=False),
        Column("first_seen_at", Instant, nullable=False),
        Column("last_seen_at", Instant, nullable=False),
        Column("preview", JSON, nullable=False),
        Column("sealed_body", Text, nullable=False),
        Column("replays", Integer, nullable=False),
        Column("settled_at", Instant),
        UniqueConstraint("message_id", "consumer"),
    )


def _handling_attempts(metadata: MetaData) -> Table:
    return Table(
        "handling_attempts",
        metadata,
        Column("message_id", String(100), primary_key=True),
        Column("consumer", String(64), primary_key=True),
        Column("attempts", Integer, nullable=False),
        Column("last_error", String(100), nullable=False),
        Column("incident_id", String(36), nullable=False),
        Column("first_failed_at", Instant, nullable=False),
        Column("last_failed_at", Instant, nullable=False),
    )


def _commands(metadata: MetaData) -> Table:
    table = Table(
        "commands",
        metadata,
        Column("request_id", String(100), primary_key=True),
        Column("method", String(128), nullable=False),
        Column("actor", String(100), nullable=False),
        Column("request_hash", String(64), nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("reply", Text),
        Column("reply_sealed", Boolean, nullable=False),
        Column("error", String(100)),
        Column("message", Text),
        # Of the one that makes a petition its event tells the number.
        Column("petition_no", String(64)),
        Column("correlation_id", String(100)),
        Column("now", Instant, nullable=False),
        Column("done_at", Instant, nullable=False),
    )
    about_one = text("petition_no IS NOT NULL")
    Index(
        "ix_commands_of_petition",
        table.c.petition_no,
        sqlite_where=about_one,
        postgresql_where=about_one,
    )
    return table


def _refused_calls(metadata: MetaData) -> Table:
    return Table(
        "refused_calls",
        metadata,
        Column("call_no", ROW_NUMBER, primary_key=True, autoincrement=True),
        Column("method", String(128), nullable=False),
        Column("actor", String(100), nullable=False),
        Column("roles", String(200), nullable=False),
        Column("request_id", String(100)),
        Column("correlation_id", String(100), nullable=False),
        Column("error", String(100), nullable=False),
        Column("message", Text, nullable=False),
        Column("refused_at", Instant, nullable=False),
    )


def _deadlines(metadata: MetaData) -> Table:
    table = Table(
        "deadlines",
        metadata,
        Column("deadline_no", ROW_NUMBER, primary_key=True, autoincrement=True),
        Column("kind", String(64), nullable=False),
        Column("subject", String(128), nullable=False),
        Column("version", Integer, nullable=False),
        Column("petition_no", String(64), index=True),
        Column("due_on", Date),
        Column("fires_at", Instant, nullable=False),
        Column("state", String(16), nullable=False),
        Column("explanation", JSON, nullable=False),
        Column("scheduled_at", Instant, nullable=False),
        Column("settled_at", Instant),
        Column("correlation_id", String(100), nullable=False),
        Column("causation_id", String(100)),
        Column("attempts", Integer, nullable=False, default=0),
        Column("next_try_at", Instant),
        Column("error", String(100)),
        UniqueConstraint("kind", "subject", "version"),
    )
    pending = text("state = 'pending'")
    Index(
        "ix_deadlines_pending",
        table.c.fires_at,
        table.c.kind,
        table.c.subject,
        table.c.version,
        sqlite_where=pending,
        postgresql_where=pending,
    )
    return table
