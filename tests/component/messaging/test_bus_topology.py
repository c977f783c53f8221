"""The exchanges, queues and bindings: named for events and consumers, made from one map."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amqp.channel import Channel
from amqp.exceptions import NotFound

from shared.contracts import reception, triage
from shared.contracts.base import Event
from shared.messaging.topology import DELIVERY_LIMIT, Topology
from tests.support.bus.harness import BusUnderTest, eventually

COUNTY = Topology(nodes=("county", "sanchakou"))


def depths(bus: BusUnderTest) -> dict[str, int]:
    """Count what waits in each queue."""
    with bus.connection() as connection, connection.channel() as channel:
        found = {}
        for consumer in COUNTY.consumers():
            for event in COUNTY.events_for(consumer):
                queue = f"{consumer}.{event.wire_type}"
                found[queue] = channel.queue_declare(queue=queue, passive=True).message_count
    return found


def publish(bus: BusUnderTest, event: type[Event], routing_key: str) -> None:
    with bus.connection() as connection:
        connection.Producer().publish(
            {}, exchange=f"{event.owner}.events", routing_key=routing_key, serializer="json"
        )


def test_every_consumer_has_a_queue_for_each_event_it_hears_named_for_both(
    bus: BusUnderTest,
) -> None:
    with bus.connection() as connection:
        COUNTY.declare(connection)

    found = depths(bus)

    assert "triage.petition_registered.v1" in found
    assert "reception_county.petition_routed.v1" in found
    assert "reception_sanchakou.petition_routed.v1" in found
    assert not [name for name in found if name.startswith("reception.")]


def test_declaring_twice_changes_nothing(bus: BusUnderTest) -> None:
    for _ in range(2):
        with bus.connection() as connection:
            COUNTY.declare(connection)

    assert set(depths(bus).values()) == {0}


def _make_unknown(monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """Have the broker's library say of the next queues declared that they are not known."""
    unknown = iter([NotFound("in the making")] * times)
    declare = Channel.queue_declare

    def declared(*args: Any, **named: Any) -> Any:
        for failure in unknown:
            raise failure
        return declare(*args, **named)

    monkeypatch.setattr(Channel, "queue_declare", declared)


def test_a_queue_that_is_being_made_by_another_is_declared_once_more(
    rabbit_bus: BusUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_unknown(monkeypatch, times=2)

    with rabbit_bus.connection() as connection:
        COUNTY.declare(connection)

    assert set(depths(rabbit_bus).values()) == {0}


def test_a_queue_that_never_comes_to_be_is_told(
    rabbit_bus: BusUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_unknown(monkeypatch, times=50)

    with rabbit_bus.connection() as connection, pytest.raises(NotFound):
        COUNTY.declare(connection, limit=0.1)


def test_what_is_addressed_to_one_node_reaches_no_other(bus: BusUnderTest) -> None:
    with bus.connection() as connection:
        COUNTY.declare(connection)

    publish(bus, triage.PetitionRoutedV1, "petition_routed.v1.sanchakou")

    others = ("intake", "supervision", "accountability", "reception_sanchakou")
    expected = {f"{consumer}.petition_routed.v1" for consumer in others}
    assert eventually(lambda: {name for name, count in depths(bus).items() if count} == expected)


def test_what_is_for_everyone_reaches_everyone_once(bus: BusUnderTest) -> None:
    with bus.connection() as connection:
        COUNTY.declare(connection)

    publish(bus, reception.DecisionMadeV1, "decision_made.v1")

    expected = {"intake.decision_made.v1": 1, "supervision.decision_made.v1": 1}
    assert eventually(
        lambda: {name: count for name, count in depths(bus).items() if count} == expected
    )


def test_the_subscribers_are_those_the_bindings_reach() -> None:
    assert set(COUNTY.subscribers("petition_routed.v1", "sanchakou")) == {
        "intake",
        "supervision",
        "accountability",
        "reception_sanchakou",
    }
    assert set(COUNTY.subscribers("directory_changed.v1", None)) >= {
        "reception_county",
        "reception_sanchakou",
    }
    assert COUNTY.subscribers("nothing_like_it.v1", None) == ()


def test_nobody_binds_everything() -> None:
    keys = {
        key
        for consumer in COUNTY.consumers()
        for event in COUNTY.events_for(consumer)
        for key in COUNTY.binding_keys(consumer, event)
    }

    assert not [key for key in keys if "#" in key]
    assert [key for key in keys if "*" in key] == ["petition_routed.v1.*"]


def test_a_queue_is_a_quorum_queue_with_a_limit_and_dead_letters(rabbit_bus: BusUnderTest) -> None:
    with rabbit_bus.connection() as connection:
        COUNTY.declare(connection)

    assert rabbit_bus.server is not None
    listed = rabbit_bus.server.control(
        "list_queues",
        "--vhost",
        rabbit_bus.vhost,
        "--formatter",
        "json",
        "name",
        "type",
        "durable",
        "arguments",
    )

    queues: dict[str, Any] = {queue["name"]: queue for queue in json.loads(listed)}
    routed = queues["reception_county.petition_routed.v1"]
    arguments = {name: value for name, _kind, value in routed["arguments"]}
    assert {queue["type"] for queue in queues.values()} == {"quorum"}
    assert all(queue["durable"] for queue in queues.values())
    assert arguments["x-delivery-limit"] == DELIVERY_LIMIT
    assert arguments["x-dead-letter-routing-key"] == "reception_county"
    assert "reception_county.dead_letters" in queues


def test_a_message_refused_for_good_ends_among_its_consumers_dead_letters(
    bus: BusUnderTest,
) -> None:
    with bus.connection() as connection:
        COUNTY.declare(connection)
    publish(bus, reception.DecisionMadeV1, "decision_made.v1")
    queue, dead = "intake.decision_made.v1", "intake.dead_letters"

    with bus.connection() as connection, connection.channel() as channel:
        assert eventually(lambda: depths(bus)[queue] == 1)
        message = channel.basic_get(queue)
        channel.basic_reject(message.delivery_tag, requeue=False)

        def waiting() -> int:
            return int(channel.queue_declare(queue=dead, passive=True).message_count)

        assert eventually(lambda: waiting() == 1)


@pytest.mark.parametrize("wire_type", ["petition_routed.v1"])
def test_an_event_for_a_node_nobody_knows_is_still_heard_by_the_map(wire_type: str) -> None:
    assert COUNTY.is_heard(wire_type)
    assert "reception_unheard_of" not in COUNTY.subscribers(wire_type, "unheard_of")
