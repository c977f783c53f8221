"""Messages that no service would send: copies of what it has sent, and what nobody can read.

They are published with that service's own credentials, because the broker takes them from nobody
else.
"""

from __future__ import annotations

import json
import random
import uuid
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy
from kombu.connection import Connection

from shared.messaging.outbox import OutboxRow
from shared.messaging.publishing import BusAddress
from shared.messaging.relay import RabbitCarrier
from shared.messaging.topology import RPC_EXCHANGE, Topology, event_exchange
from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.stores import BASES, owner_of
from tests.support.poison import (
    ANY_MESSAGE,
    NOTHING,
    ONLY_CALLS,
    ONLY_EVENTS,
    Poison,
    on_the_wire,
    unreadable_properties,
)

_MOST_TIMES: Final = 3
_LATEST: Final = 150

CALL_OF: Final = {
    "intake": "register_petition",
    "triage": "sort_petition",
    "reception_county": "deliver_card",
    "supervision": "report_result",
    "accountability": "decide_circular",
}
"""A call of each service, which poison pretends to be."""

EVENT_FOR: Final = {
    "intake": ("triage", "petition_sorted.v1"),
    "triage": ("intake", "petition_registered.v1"),
    "reception_county": ("triage", "petition_routed.v1.county"),
    "supervision": ("intake", "handling_evaluated.v1"),
    "accountability": ("supervision", "explanation_overdue.v1"),
}
"""An event each service hears, with its owner; poison pretends to be it."""


class Republisher:
    """Publishes again what a service has published."""

    def __init__(self, county: FaultyCounty, service: str, *, seed: int) -> None:
        self._county = county
        self._service = service
        self._chance = random.Random(seed)  # noqa: S311 - a repeatable order, no secret.

    def republish(self) -> int:
        """Publish the latest events again, each once to three times, shuffled; give how many."""
        rows = [row for row in self._rows() for _ in range(self._chance.randint(1, _MOST_TIMES))]
        self._chance.shuffle(rows)
        carrier = RabbitCarrier(
            address=BusAddress(uri=self._county.bus(self._service), user_id=self._service),
            topology=Topology(nodes=self._county.nodes, is_provisioned=True),
            owner=owner_of(self._service),
        )
        with closing(carrier):
            for first in range(0, len(rows), 100):
                offered = carrier.offer(rows[first : first + 100])
                if offered.failure is not None:
                    raise offered.failure
        return len(rows)

    def _rows(self) -> list[OutboxRow]:
        table = BASES[owner_of(self._service)].metadata.tables["outbox_messages"]
        engine = sqlalchemy.create_engine(
            self._county.store(self._service), poolclass=sqlalchemy.NullPool
        )
        query = (
            sqlalchemy.select(table)
            .where(table.c.sent_at.is_not(None))
            .order_by(table.c.seq.desc())
            .limit(_LATEST)
        )
        with engine.connect() as connection:
            return [_row(row) for row in connection.execute(query)]


def _row(row: Any) -> OutboxRow:
    return OutboxRow(
        seq=row.seq,
        event_id=row.event_id,
        type=row.type,
        node=row.node,
        routing_key=row.routing_key,
        petition_no=row.petition_no,
        written=row.envelope,
        headers=row.headers,
        attempts=row.attempts,
        created_at=row.created_at,
        sent=True,
    )


def send_poison(county: FaultyCounty, service: str) -> int:
    """Send the poison corpus to a service, as calls and as an event; give how many it must park."""
    # One that says where to answer is refused there; one that does not can only be parked.
    calls = (
        *(replace(poison, reply_to=None) for poison in (*ANY_MESSAGE, *ONLY_CALLS)),
        *unreadable_properties(),
    )
    request = json.dumps({"args": [], "kwargs": {"request": {}}}).encode()
    called = f"{service}.{CALL_OF[service]}"
    _send(county, _Way("operator", RPC_EXCHANGE, called), corpus=calls, sound=request)
    owner, routing_key = EVENT_FOR[service]
    events = (*ANY_MESSAGE, *ONLY_EVENTS, *unreadable_properties())
    way = _Way(owner, event_exchange(owner).name, routing_key)
    _send(county, way, corpus=events, sound=b"{}")
    wire_type, _, node = routing_key.partition(".v1")
    topology = Topology(nodes=county.nodes)
    hearers = topology.subscribers(f"{wire_type}.v1", node.removeprefix(".") or None)
    return len(calls) + len(events) * len(hearers)


@dataclass(frozen=True)
class _Way:
    """Who publishes, and where to."""

    user: str
    exchange: str
    routing_key: str


def _send(county: FaultyCounty, way: _Way, *, corpus: tuple[Poison, ...], sound: bytes) -> None:
    # Each is confirmed: what a broker has not confirmed may be lost with the connection.
    options = {"confirm_publish": True}
    with (
        Connection(county.bus(way.user), transport_options=options) as connection,
        connection.channel() as channel,
    ):
        for poison in corpus:
            properties: dict[str, Any] = {
                "delivery_mode": 2,
                "correlation_id": str(uuid.uuid4()),
                # Of its own each time: what was parked under an id before is not parked anew.
                "message_id": f"poison-{uuid.uuid4()}",
                "user_id": way.user,
            }
            if poison.reply_to is not None:
                properties["reply_to"] = poison.reply_to
            message = channel.prepare_message(
                sound if poison.body is NOTHING else poison.body,
                content_type=poison.content_type,
                content_encoding=poison.content_encoding,
                headers=poison.headers,
                properties=properties,
            )
            message = on_the_wire(poison, message)
            channel.basic_publish(message, exchange=way.exchange, routing_key=way.routing_key)
