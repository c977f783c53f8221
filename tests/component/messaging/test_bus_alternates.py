"""A cluster's address: whichever of its nodes answers is used, wherever in the list it stands."""

from __future__ import annotations

import socket
import time

import pytest

from shared.messaging.publishing import BusAddress, BusPublisher, PublishFailed
from tests.support.bus.harness import CLERK, BusUnderTest
from tests.support.health import free_port
from tests.support.rabbitmq import RabbitMQ


def nobody_at() -> str:
    return f"amqp://guest:guest@127.0.0.1:{free_port()}/"


def test_the_last_of_three_is_found_when_the_others_are_down(rabbitmq: RabbitMQ) -> None:
    uri = ";".join([nobody_at(), nobody_at(), rabbitmq.uri(rabbitmq.vhost())])

    BusPublisher(BusAddress(uri=uri, timeout=3.0)).probe()


def test_a_node_that_takes_connections_and_says_nothing_is_tried_once_and_then_passed_over(
    rabbitmq: RabbitMQ,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"amqp://guest:guest@127.0.0.1:{silent.getsockname()[1]}/"
        address = BusAddress(uri=f"{place};{rabbitmq.uri(rabbitmq.vhost())}", timeout=1.0)
        BusPublisher(address).probe()
        began = time.monotonic()

        BusPublisher(address).probe()

    assert time.monotonic() - began < 0.9


def test_where_none_answers_the_attempt_fails() -> None:
    uri = ";".join(nobody_at() for _ in range(3))

    with pytest.raises(PublishFailed):
        BusPublisher(BusAddress(uri=uri, timeout=1.0)).probe()


def test_a_service_consumes_from_the_node_that_answers(rabbit_bus: BusUnderTest) -> None:
    rabbit_bus.spawn("counter", AMQP_URI=f"{nobody_at()};{nobody_at()};{rabbit_bus.uri}")

    assert rabbit_bus.client().call_raw("counter", "count_orders", {}, CLERK) == {"count": 0}
