"""Registration the plain way: FastStream on RabbitMQ, SQLAlchemy async on psycopg, pydantic.

It does what `intake.register_petition` is measured for and nothing more: the request is checked,
the next number of the day given, what must not be read encrypted with AES-256-GCM under one key,
people made findable by keyed digests, all of it committed together with an event, the receipt
replied; a task relays the events to quorum queues.  Everything is as durable as Balian's: quorum
queues, persistent messages, confirms, and commits that are on the disk.

It does without what Balian adds: a key for each value, a receipt to print, a repeat that answers
what was answered first, deadlines, standings, rights of the caller, rules with their citations.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
import uuid
from datetime import UTC, date, datetime
from typing import Any, Final

import uvloop
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from faststream import FastStream
from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange
from faststream.rabbit import RabbitQueue as Queue
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, Index, Text, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CALLS: Final = "faststream.register_petition"
EVENT: Final = "petition_registered.v1"
_WORKERS: Final = 10
_BATCH: Final = 200
_PAUSE: Final = 0.02

_cipher: Final = AESGCM(AESGCM.generate_key(bit_length=256))
_index_key: Final = os.urandom(32)


class Person(BaseModel):
    """Who petitions."""

    name: str = Field(min_length=1, max_length=100)
    phone: str | None = Field(default=None, max_length=30)
    address: str | None = Field(default=None, max_length=200)
    id_number: str | None = Field(default=None, max_length=30)


class RegisterPetition(BaseModel):
    """What a clerk enters."""

    request_id: uuid.UUID
    form: str = Field(pattern="^(visit|letter|call|online)$")
    petitioners: list[Person] = Field(max_length=200)
    headcount: int = Field(default=1, ge=1)
    territory: str = Field(pattern="^[a-z][a-z0-9_]{0,63}$")
    summary: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=20_000)
    field: str | None = None
    urgent: bool = False


class Receipt(BaseModel):
    """What the petitioner takes home."""

    petition_no: str
    registered_on: date


class Base(DeclarativeBase):
    """The base of the tables."""


class DayCount(Base):
    """The last number given on a day."""

    __tablename__ = "day_counts"

    on: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Petition(Base):
    """One entry of the register."""

    __tablename__ = "petitions"

    petition_no: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    form: Mapped[str]
    territory: Mapped[str]
    field: Mapped[str | None]
    headcount: Mapped[int]
    urgent: Mapped[bool]
    sealed_content: Mapped[str] = mapped_column(Text)
    registered_on: Mapped[date]


class Petitioner(Base):
    """One person behind a petition."""

    __tablename__ = "petitioners"

    petition_no: Mapped[str] = mapped_column(ForeignKey("petitions.petition_no"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    identity_digest: Mapped[str | None] = mapped_column(index=True)
    phone_digest: Mapped[str | None] = mapped_column(index=True)
    sealed: Mapped[str] = mapped_column(Text)


class OutboxMessage(Base):
    """One event on its way out."""

    __tablename__ = "outbox_messages"
    __table_args__ = (Index("ix_outbox_unsent", "seq", postgresql_where=text("sent_at IS NULL")),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID]
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


engine = create_async_engine(os.environ["STORE_URL"], pool_size=_WORKERS + 1)
sessions = async_sessionmaker(engine, expire_on_commit=False)
broker = RabbitBroker(os.environ["AMQP_URI"], default_channel=Channel(prefetch_count=_WORKERS))
app = FastStream(broker)
events = RabbitExchange("faststream.events", type=ExchangeType.TOPIC, durable=True)


@broker.subscriber(Queue(CALLS, queue_type=QueueType.QUORUM, durable=True))
async def register_petition(request: RegisterPetition) -> Receipt:
    """Register a petition."""
    today = datetime.now(UTC).date()
    async with sessions.begin() as session:
        number = await _next_of_day(session, today)
        petition_no = f"XF-{today:%Y%m%d}-{number:04d}"
        session.add(
            Petition(
                petition_no=petition_no,
                request_id=request.request_id,
                form=request.form,
                territory=request.territory,
                field=request.field,
                headcount=request.headcount,
                urgent=request.urgent,
                sealed_content=_seal(
                    json.dumps({"summary": request.summary, "text": request.text}), petition_no
                ),
                registered_on=today,
            )
        )
        session.add_all(
            Petitioner(
                petition_no=petition_no,
                position=position,
                identity_digest=_digest(f"{person.name}|{person.id_number}"),
                phone_digest=_digest(person.phone) if person.phone else None,
                sealed=_seal(person.model_dump_json(), f"{petition_no}-{position}"),
            )
            for position, person in enumerate(request.petitioners, start=1)
        )
        session.add(_registered(request, petition_no=petition_no, on=today))
    return Receipt(petition_no=petition_no, registered_on=today)


async def _next_of_day(session: AsyncSession, on: date) -> int:
    counted = insert(DayCount).values(on=on, last=1)
    number: int | None = await session.scalar(
        counted.on_conflict_do_update(
            index_elements=[DayCount.on], set_={"last": DayCount.last + 1}
        ).returning(DayCount.last)
    )
    if number is None:
        msg = "no number was given"
        raise RuntimeError(msg)
    return number


def _registered(request: RegisterPetition, *, petition_no: str, on: date) -> OutboxMessage:
    event_id = uuid.uuid4()
    event = {
        "event_id": str(event_id),
        "type": EVENT,
        "occurred_at": datetime.now(UTC).isoformat(),
        "petition_no": petition_no,
        "form": request.form,
        "territory": request.territory,
        "registered_on": on.isoformat(),
        "headcount": request.headcount,
        "urgent": request.urgent,
    }
    return OutboxMessage(event_id=event_id, body=json.dumps(event))


def _seal(value: str, place: str) -> str:
    nonce = os.urandom(12)
    return (nonce + _cipher.encrypt(nonce, value.encode(), place.encode())).hex()


def _digest(value: str) -> str:
    return hmac.new(_index_key, value.encode(), hashlib.sha256).hexdigest()


async def relay() -> None:
    """Bring what is in the outbox onto the bus, a batch at a time, until cancelled."""
    while True:
        if not await _relayed_some():
            await asyncio.sleep(_PAUSE)


async def _relayed_some() -> bool:
    async with sessions.begin() as session:
        unsent = select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
        rows = (
            await session.scalars(
                unsent.order_by(OutboxMessage.seq).limit(_BATCH).with_for_update(skip_locked=True)
            )
        ).all()
        # Published at once, each waiting for its own confirmation.
        await asyncio.gather(*(_publish(row) for row in rows))
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.seq.in_([row.seq for row in rows]))
            .values(sent_at=datetime.now(UTC).replace(tzinfo=None))
        )
    return bool(rows)


async def _publish(row: OutboxMessage) -> Any:
    return await broker.publish(
        row.body.encode(),
        exchange=events,
        routing_key=EVENT,
        content_type="application/json",
        message_id=str(row.event_id),
        persist=True,
    )


@app.on_startup
async def _make_tables() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@app.after_startup
async def _begin() -> None:
    exchange = await broker.declare_exchange(events)
    for name in os.environ["EVENT_QUEUES"].split(","):
        queue = await broker.declare_queue(Queue(name, queue_type=QueueType.QUORUM, durable=True))
        await queue.bind(exchange, routing_key=EVENT)
    _tasks.add(asyncio.create_task(relay()))
    sys.stderr.write("the peer takes calls.\n")
    sys.stderr.flush()


_tasks: Final[set[asyncio.Task[None]]] = set()


if __name__ == "__main__":
    uvloop.run(app.run())
