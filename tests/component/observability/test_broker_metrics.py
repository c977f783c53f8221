"""What the rules and dashboards ask of RabbitMQ, a real one tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kombu.connection import Connection
from prometheus_client.parser import text_string_to_metric_families

from shared.contracts.base import Event
from shared.contracts.flows import LISTENS
from shared.messaging.topology import Topology
from tests.support.bus.harness import eventually
from tests.support.health import ask
from tests.support.rabbitmq import RabbitMQ, running_rabbitmq
from tools.observability.exported import RABBITMQ

PER_QUEUE = ("messages", "messages_ready", "messages_unacked", "consumers")
QUEUES = "/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count"


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQ]:
    with running_rabbitmq(prometheus=True) as server:
        yield server


def told_by(server: RabbitMQ, page: str) -> dict[str, set[frozenset[str]]]:
    """Give the names on a page of the broker, each with the labels it has there."""
    text = ask(server.metrics_port, page).body.decode("utf-8")
    told: dict[str, set[frozenset[str]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            told.setdefault(sample.name, set()).add(frozenset(sample.labels))
    return told


def test_broker_tells_everything_that_is_asked_of_it(broker: RabbitMQ) -> None:
    consumer, events = next(iter(LISTENS.items()))
    topology = Topology(listens={consumer: events}, nodes=())

    with Connection(broker.uri(broker.vhost())) as connection:
        topology.declare(connection)
        wanted = {metric.name: metric.labels for metric in RABBITMQ}
        # The broker puts the figures of its queues together every few seconds.
        eventually(
            lambda: all(
                f"rabbitmq_detailed_queue_{one}" in told_by(broker, QUEUES) for one in PER_QUEUE
            ),
            within=30.0,
        )
        told = {**told_by(broker, "/metrics"), **told_by(broker, QUEUES)}

    assert wanted.keys() - told.keys() == set()
    assert {name: labels for name, labels in wanted.items() if told[name] != {labels}} == {}


def test_names_of_queues_are_those_that_alerts_look_for() -> None:
    event: type[Event] = next(iter(LISTENS.values()))[0]
    topology = Topology(listens={"triage": (event,)}, nodes=())

    names = {queue.name for queue in topology.queues_of("triage")}

    of_calls = {"rpc-triage", "rpc-triage-asked"}
    assert names == of_calls | {"triage.dead_letters", f"triage.{event.wire_type}"}
