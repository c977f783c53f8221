"""What goes wrong on the bus of a county, done with the means of a broker's administrator."""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import quote

from kombu.connection import Connection

from balian.provisioning.management import Management
from shared.messaging.rights import NOTHING
from shared.messaging.topology import event_exchange
from tests.support.faults.deployment import FaultyCounty

VHOST: Final = "balian"
_WAITS: Final = 30.0
_LOOK: Final = 0.2


def take_publishing_away(county: FaultyCounty, service: str) -> None:
    """Take from a service the right to publish events; it stays on the bus and takes calls.

    A broker asks for rights once for each channel, so the service's connections are closed.
    """
    broker = management(county)
    value = {"exchange": event_exchange(service).name, "write": NOTHING, "read": NOTHING}
    broker.put("topic-permissions", VHOST, service, value=value)
    for connection in broker.get("connections"):
        if connection.get("user") == service:
            broker.delete("connections", connection["name"])


def give_publishing_back(county: FaultyCounty) -> None:
    """Give every service the rights it has, as an operator does: by provisioning once more."""
    county.compose("run", "--rm", "--no-deps", "-T", "provision")


def give_up_on_what_waits(county: FaultyCounty, service: str, queue: str) -> None:
    """Refuse the next message of a service's queue for good, as after too many deliveries.

    Raises:
        TimeoutError: none waits there.
    """
    password = quote(county.secret(f"amqp_{service}"), safe="")
    uri = f"amqp://{service}:{password}@127.0.0.1:{county.amqp_port}/{VHOST}"
    ends = time.monotonic() + _WAITS
    with Connection(uri) as connection, connection.channel() as channel:
        while (message := channel.basic_get(queue)) is None:
            if time.monotonic() > ends:
                msg = f"nothing waits in {queue}"
                raise TimeoutError(msg)
            time.sleep(_LOOK)
        channel.basic_reject(message.delivery_tag, requeue=False)


def queues(county: FaultyCounty) -> list[str]:
    """Name every queue of the county, as the broker's own pages do."""
    found: list[dict[str, Any]] = management(county).get("queues", VHOST)
    return [str(queue["name"]) for queue in found]


def management(county: FaultyCounty) -> Management:
    """Give the broker's management, asked as its administrator."""
    return Management(
        f"http://127.0.0.1:{county.pages_port}",
        user="provisioner",
        password=county.secret("rabbitmq_admin"),
    )
