"""The bus inside one process keeps what RabbitMQ keeps, as far as a process can."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from amqp.exceptions import ChannelError, NotFound
from kombu.connection import Connection
from kombu.entity import Exchange, Queue

from shared.messaging import embedded
from shared.messaging.broker import SCHEME, broker_at, forget_broker, matches

embedded.register_transport()


@pytest.mark.parametrize(
    ("pattern", "key", "is_taken"),
    [
        ("x", "x", True),
        ("x", "x.y", False),
        ("x.*", "x.y", True),
        ("x.*", "x", False),
        ("x.*", "x.y.z", False),
        ("x.#", "x", True),
        ("x.#", "x.y.z", True),
        ("#", "x.y", True),
        ("#.z", "z", True),
        ("#.z", "x.y.z", True),
        ("*.y.#", "x.y", True),
        ("*.y.#", "y", False),
    ],
)
def test_topics_match_as_the_protocol_says(pattern: str, key: str, is_taken: bool) -> None:
    assert matches(pattern.split("."), key.split(".")) is is_taken


@pytest.fixture
def uri() -> Iterator[str]:
    address = f"{SCHEME}://test-{uuid.uuid4().hex}"
    yield address
    forget_broker(address)


@pytest.fixture
def connection(uri: str) -> Iterator[Connection]:
    opened = Connection(uri)
    yield opened
    opened.release()


def queue_of(name: str, **arguments: Any) -> Queue:
    exchange = Exchange("news", type="topic", durable=True)
    return Queue(name, exchange=exchange, routing_key="item.#", queue_arguments=arguments)


def publish(connection: Connection, key: str = "item", **more: Any) -> None:
    connection.Producer().publish({"n": 1}, exchange="news", routing_key=key, **more)


def test_a_message_keeps_its_content_type_among_its_properties(connection: Connection) -> None:
    queue = queue_of("q")(connection.default_channel)
    queue.declare()
    publish(connection)

    message = queue.get()

    assert message is not None
    assert message.properties["content_type"] == "application/json"
    assert message.payload == {"n": 1}


def test_a_publication_wakes_the_consumer_at_once(connection: Connection) -> None:
    import eventlet  # noqa: PLC0415

    seen: list[float] = []

    def see(_body: object, message: Any) -> None:
        seen.append(time.monotonic())
        message.ack()

    with connection.Consumer(queue_of("q"), callbacks=[see]):
        eventlet.spawn_after(0.2, publish, connection)
        started = time.monotonic()
        connection.drain_events(timeout=5)

    assert 0.15 < seen[0] - started < 0.4


def test_an_unacknowledged_message_returns_to_its_queue_when_the_channel_closes(
    uri: str, connection: Connection
) -> None:
    queue_of("q")(connection.default_channel).declare()
    publish(connection)
    with Connection(uri) as other:
        first = queue_of("q")(other.channel()).get()
        assert first is not None
        assert not first.delivery_info["redelivered"]

    again = queue_of("q")(connection.default_channel).get()

    assert again is not None
    assert again.delivery_info["redelivered"]


def test_a_mandatory_message_to_nowhere_is_refused(connection: Connection) -> None:
    queue_of("q")(connection.default_channel).declare()

    with pytest.raises(ChannelError, match="NO_ROUTE"):
        publish(connection, key="other", mandatory=True)


def test_a_message_to_nowhere_that_is_not_mandatory_is_dropped(connection: Connection) -> None:
    queue_of("q")(connection.default_channel).declare()

    publish(connection, key="other")

    assert queue_of("q")(connection.default_channel).get() is None


def test_each_consumer_gets_no_more_than_its_prefetch(connection: Connection) -> None:
    held: list[Any] = []
    channel = connection.channel()
    consumer = channel.Consumer(
        queue_of("q"), callbacks=[lambda _body, message: held.append(message)]
    )
    consumer.qos(prefetch_count=3)
    with consumer:
        for _ in range(10):
            publish(connection)
        drain(connection)
        assert len(held) == 3

        held[0].ack()
        drain(connection)

        assert len(held) == 4


def test_a_message_delivered_too_often_ends_among_the_dead_letters(connection: Connection) -> None:
    channel = connection.default_channel
    graves = Exchange("graves", type="direct", durable=True)
    Queue("dead", exchange=graves, routing_key="q")(channel).declare()
    queue = queue_of(
        "q",
        **{
            "x-delivery-limit": 2,
            "x-dead-letter-exchange": "graves",
            "x-dead-letter-routing-key": "q",
        },
    )(channel)
    queue.declare()
    publish(connection)

    for _ in range(3):
        message = queue.get()
        assert message is not None
        message.requeue()

    assert queue.get() is None
    assert Queue("dead")(channel).get() is not None


def test_an_expired_queue_is_gone(connection: Connection) -> None:
    channel = connection.default_channel
    queue_of("q", **{"x-expires": 50})(channel).declare()
    time.sleep(0.1)

    queue_of("another")(channel).declare()

    with pytest.raises(NotFound):
        channel.queue_declare(queue="q", passive=True)


def test_whoever_publishes_may_wait_until_every_queue_has_acknowledged(
    uri: str, connection: Connection
) -> None:
    channel = connection.default_channel
    first, second = queue_of("first")(channel), queue_of("second")(channel)
    first.declare()
    second.declare()
    settled: list[str] = []
    broker_at(uri).expect("m1", settled.append)
    publish(connection, message_id="m1")

    one = first.get()
    assert one is not None
    one.ack()
    assert settled == []
    two = second.get()
    assert two is not None
    two.ack()

    assert settled == ["m1"]
    assert broker_at(uri).is_idle


def drain(connection: Connection) -> None:
    try:
        while True:
            connection.drain_events(timeout=0.05)
    except TimeoutError:
        pass
