"""Benchmark 5, the relay: events a second from a filled outbox onto the bus.

It is compared with publishing the same bytes under the same headers to the same exchange over one
plain connection, the confirms collected while more is published: with what the broker takes when
no store stands behind it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import amqp

from bench.county import County, await_relayed, connected_to
from bench.cpu import taken_since
from bench.figures import Lap, ratio_between
from bench.ground import Ground, say
from bench.load import Callers, CallFailed
from bench.outcome import Outcome
from bench.turns import Contender, in_turns
from shared.contracts.intake import PetitionRegisteredV1

BALIAN: Final = "Balian's relay"
RAW: Final = "raw publishing of the same bytes"

_AT_LEAST_OF_RAW: Final = 0.5
_WARM_UP: Final = 1000
_TOGETHER: Final = 200
_UNCONFIRMED: Final = 400
_PERSISTENT: Final = 2
_EXCHANGE: Final = "intake.events"

_FILL: Final = """
INSERT INTO outbox_messages
    (event_id, type, routing_key, petition_no, case_version, envelope, headers, created_at,
     attempts)
SELECT made.event_id, one.type, one.routing_key, one.petition_no, one.case_version,
       replace(one.envelope, one.event_id, made.event_id), one.headers, one.created_at, 0
FROM (SELECT * FROM outbox_messages WHERE type = %(type)s ORDER BY seq LIMIT 1) AS one,
     (SELECT gen_random_uuid()::text AS event_id
      FROM generate_series(1, %(count)s) OFFSET 0) AS made
"""
_RELAYED: Final = """
SELECT extract(epoch FROM max(sent_at) - min(sent_at)),
       count(*) - count(*) FILTER (WHERE sent_at = first.at)
FROM outbox_messages,
     (SELECT min(sent_at) AS at FROM outbox_messages WHERE seq > %(after)s) AS first
WHERE seq > %(after)s
"""
_ONE: Final = """
SELECT event_id, envelope, headers FROM outbox_messages WHERE type = %(type)s ORDER BY seq LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Relayed:
    """The relay of a running intake, given a filled outbox at once."""

    ground: Ground
    county: County
    callers: Callers

    def run(self, operations: int) -> Lap:
        """Fill the outbox and measure from the first batch that was sent to the last.

        When the relay begins is its own affair, so the first batch is the start and not counted.
        """
        store = self.county.store("intake")
        before = self.ground.cpu("intake")
        with connected_to(store) as connection:
            row = connection.execute("SELECT coalesce(max(seq), 0) FROM outbox_messages").fetchone()
            after = row[0] if row else 0
            connection.execute(_FILL, {"type": PetitionRegisteredV1.wire_type, "count": operations})
            filled = self.ground.cpu("intake")
            await_relayed(store)
            seconds, counted = connection.execute(_RELAYED, {"after": after}).fetchone() or (0, 0)
        cpu = taken_since(before, self.ground.cpu("intake"))
        # Filling it is the benchmark's own work.
        cpu["postgres"] -= filled["postgres"] - before["postgres"]
        for queue in self.county.hearers:
            if self.callers.purge(queue) < operations:
                msg = f"{queue} got fewer events than were in the outbox"
                raise CallFailed(msg)
        return Lap(operations=int(counted), seconds=float(seconds), cpu=cpu)


@dataclass(frozen=True, kw_only=True)
class Raw:
    """One plain connection with confirms, publishing without waiting for each."""

    ground: Ground
    county: County
    callers: Callers

    def run(self, operations: int) -> Lap:
        """Publish so many messages and wait until each is confirmed."""
        with connected_to(self.county.store("intake")) as connection:
            row = connection.execute(_ONE, {"type": PetitionRegisteredV1.wire_type}).fetchone()
        if row is None:
            msg = "there is no event to publish"
            raise CallFailed(msg)
        event_id, envelope, headers = row
        bodies = [envelope.replace(event_id, str(uuid.uuid4())).encode() for _ in range(operations)]
        before = self.ground.cpu()
        begun = time.perf_counter()
        publish(self.callers.connection, bodies, headers=_on_the_wire(headers))
        seconds = time.perf_counter() - begun
        cpu = taken_since(before, self.ground.cpu())
        for queue in self.county.hearers:
            self.callers.purge(queue)
        return Lap(operations=operations, seconds=seconds, cpu=cpu)


def publish(connection: Any, bodies: list[bytes], *, headers: Mapping[str, str]) -> None:
    """Publish messages in one stream, with at most so many unconfirmed at a time."""
    unconfirmed: set[int] = set()

    # ruff: noqa: FBT001 - py-amqp passes the flag by its place.
    def confirm(delivery_tag: int, multiple: bool) -> None:
        if multiple:
            unconfirmed.difference_update([tag for tag in unconfirmed if tag <= delivery_tag])
        else:
            unconfirmed.discard(delivery_tag)

    with connection.channel() as channel:
        channel.confirm_select()
        channel.events["basic_ack"].add(confirm)
        for number, body in enumerate(bodies, start=1):
            unconfirmed.add(number)
            message = amqp.Message(
                body,
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=_PERSISTENT,
                message_id=str(uuid.uuid4()),
                type=PetitionRegisteredV1.wire_type,
                application_headers=dict(headers),
            )
            channel.basic_publish(
                message,
                exchange=_EXCHANGE,
                routing_key=PetitionRegisteredV1.wire_type,
                mandatory=True,
            )
            while number % _TOGETHER == 0 and len(unconfirmed) > _UNCONFIRMED - _TOGETHER:
                connection.drain_events(timeout=30)
        while unconfirmed:
            connection.drain_events(timeout=30)


def run(ground: Ground) -> Outcome:
    """Measure the relay beside raw publishing."""
    county = ground.county
    say(f"  the relay of {county.intake}")
    rounds = ground.scale.choose(quick=3, full=9)
    operations = ground.scale.choose(quick=4000, full=20_000)
    with Callers(county.uri) as callers:
        # Whatever registrations left there is none of this.
        await_relayed(county.store("intake"))
        for queue in county.hearers:
            callers.purge(queue)
        measured = {
            BALIAN: Relayed(ground=ground, county=county, callers=callers).run,
            RAW: Raw(ground=ground, county=county, callers=callers).run,
        }
        contenders = [
            Contender(name=name, run=partial(lap, operations), warm_up=partial(lap, _WARM_UP))
            for name, lap in measured.items()
        ]
        laps = in_turns(contenders, rounds=rounds, say=say)
    return Outcome(
        name="relay",
        title="Relay",
        operation="one event taken from the outbox, confirmed by the broker, and marked as sent",
        laps=laps,
        ratios=(ratio_between(laps, BALIAN, RAW, target=_AT_LEAST_OF_RAW),),
        conditions={
            "events in the outbox": operations,
            "queues that get each event": len(county.hearers),
            "rounds": rounds,
        },
    )


def _on_the_wire(headers: Any) -> dict[str, str]:
    told = json.loads(headers) if isinstance(headers, str) else headers
    return {f"nameko.{name}": value for name, value in told.items()}
