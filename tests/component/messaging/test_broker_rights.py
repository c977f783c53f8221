"""What the broker lets each user do, and what it refuses: tried with every user, one by one.

What is expected stands here as the map says it, in events and calls; the patterns that the broker
was given are made elsewhere, and are what is tried.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed

from balian.provisioning.objects import BrokerObjects
from shared.contracts.base import Event, Request, events, requests
from shared.contracts.flows import CALLS, LISTENS
from shared.messaging.rights import DESK, OPERATOR, PROVISIONER
from shared.messaging.topology import (
    RPC_EXCHANGE,
    Topology,
    asked_key,
    reply_key,
    reply_queue_name,
)
from shared.policy import POLICY, Role

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.provisioned import Provisioned

NODES = ("county", "sanchakou")
TOPOLOGY = Topology(nodes=NODES)
SERVICES = tuple(TOPOLOGY.consumers())
USERS = (*SERVICES, DESK, OPERATOR)
COUNTY = BrokerObjects.of_county(NODES)
QUEUES = tuple(queue.name for queue in COUNTY.queues)
EXCHANGES = tuple(exchange.name for exchange in COUNTY.exchanges)
BUILT_IN = ("", "amq.direct", "amq.fanout", "amq.headers", "amq.match", "amq.topic")


@pytest.fixture(scope="module")
def servers(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    from tests.support.provisioned import provisioned  # noqa: PLC0415 - after the green world.

    with provisioned(postgres, tmp_path_factory.mktemp("county"), nodes=NODES[1:]) as made:
        yield made


class Attempts:
    """What one user tries, each on a channel of its own, since a refusal closes the channel."""

    def __init__(self, connection: Any, user: str) -> None:
        self._connection = connection
        self.user = user
        self.number = str(uuid.uuid4())
        self.reply_queue = reply_queue_name(user, self.number)

    def may(self, attempt: Callable[[Any], object]) -> bool:
        """Tell whether the broker lets it be done."""
        channel = self._connection.channel()
        try:
            attempt(channel)
        except AccessRefused:
            return False
        channel.close()
        return True

    def may_publish(self, exchange: str, routing_key: str, **properties: Any) -> bool:
        def publish(channel: Any) -> None:
            message = channel.prepare_message(b"{}", properties=properties)
            channel.basic_publish(message, exchange=exchange, routing_key=routing_key)

        return self.may(publish)

    def may_bind(self, queue: str, exchange: str, routing_key: str) -> bool:
        return self.may(
            lambda channel: channel.queue_bind(queue, exchange, routing_key=routing_key)
        )

    def may_declare(self, queue: str) -> bool:
        arguments = {"x-expires": 60_000}
        return self.may(
            lambda channel: channel.queue_declare(
                queue, durable=True, auto_delete=False, arguments=arguments
            )
        )

    def may_delete(self, queue: str) -> bool:
        return self.may(lambda channel: channel.queue_delete(queue))

    def may_make_exchange(self, name: str) -> bool:
        return self.may(
            lambda channel: channel.exchange_declare(name, "topic", durable=True, auto_delete=False)
        )

    def may_tap_exchange(self, source: str) -> bool:
        return self.may(
            lambda channel: channel.exchange_bind(RPC_EXCHANGE, source, routing_key="#")
        )

    def may_delete_exchange(self, name: str) -> bool:
        return self.may(lambda channel: channel.exchange_delete(name))

    def may_get(self, queue: str) -> bool:
        return self.may(lambda channel: channel.basic_get(queue, no_ack=True))


@contextmanager
def attempts_of(servers: Provisioned, user: str) -> Iterator[Attempts]:
    with servers.connected(user) as connection:
        yield Attempts(connection, user)


@pytest.fixture(params=USERS)
def attempts(request: pytest.FixtureRequest, servers: Provisioned) -> Iterator[Attempts]:
    """One user after the other; what they could publish is thrown away after."""
    with attempts_of(servers, request.param) as made:
        yield made
    with servers.connected(PROVISIONER) as connection, connection.channel() as channel:
        for queue in QUEUES:
            channel.queue_purge(queue)


def owner_of(user: str) -> str:
    return TOPOLOGY.owner_of(user)


def services_of(request: type[Request[Any]]) -> tuple[str, ...]:
    if request.owner == "every_service":
        return SERVICES
    return tuple(service for service in SERVICES if owner_of(service) == request.owner)


def is_callable_by(request: type[Request[Any]], user: str) -> bool:
    match user:
        case "operator":
            return True
        case "desk":
            return bool(POLICY[request.wire_name()] - {Role.OPERATOR, Role.SERVICE})
        case _:
            return request in CALLS[owner_of(user)]


def declared_calls() -> list[type[Request[Any]]]:
    return [one for one in requests() if one.owner in (*LISTENS, "every_service")]


def declared_events() -> list[type[Event]]:
    return [event for owner in LISTENS for event in events(owner)]


def own_queues(user: str) -> set[str]:
    return {queue.name for queue in TOPOLOGY.queues_of(user)} if user in SERVICES else set()


def routing_key(event: type[Event]) -> str:
    return f"{event.wire_type}.county" if event.addressed_by else event.wire_type


def test_a_user_may_call_what_the_map_names_and_nothing_else(attempts: Attempts) -> None:
    called = {
        f"{service}.{call.method_name}": is_callable_by(call, attempts.user)
        for call in declared_calls()
        for service in services_of(call)
    }

    found = {key: attempts.may_publish(RPC_EXCHANGE, key) for key in called}

    assert found == called


def test_only_services_come_by_the_queues_of_what_services_ask(attempts: Attempts) -> None:
    asked = {
        asked_key(service, call.method_name): attempts.user in SERVICES
        and is_callable_by(call, attempts.user)
        for call in declared_calls()
        for service in services_of(call)
    }

    found = {key: attempts.may_publish(RPC_EXCHANGE, key) for key in asked}

    assert found == asked


@pytest.mark.parametrize(
    "key",
    ["#", "*.*", "intake.*", "intake.no_such_method", "intake.get_petition.more", "get_petition",
     "intake.asked.*", "intake.asked.register_petition", "intake.asked.asked.get_petition",
     "xintake.get_petition", "intake.get_petition|", ""],
)  # fmt: skip
def test_nobody_may_publish_under_a_key_that_is_no_declared_call(
    attempts: Attempts, key: str
) -> None:
    assert not attempts.may_publish(RPC_EXCHANGE, key)


def test_a_service_publishes_its_own_events_and_nobody_elses(attempts: Attempts) -> None:
    own = owner_of(attempts.user) if attempts.user in SERVICES else None
    published = {
        (f"{event.owner}.events", routing_key(event)): event.owner == own
        for event in declared_events()
    }

    found = {where: attempts.may_publish(*where) for where in published}

    assert found == published


def test_no_event_goes_to_an_exchange_that_is_not_its_owners(attempts: Attempts) -> None:
    one_of_each = [next(events(owner)) for owner in LISTENS]
    elsewhere = [
        (exchange, routing_key(event))
        for event in one_of_each
        for exchange in EXCHANGES
        if exchange != f"{event.owner}.events"
    ]

    assert [where for where in elsewhere if attempts.may_publish(*where)] == []


def test_nobody_reaches_a_queue_past_the_exchanges(attempts: Attempts) -> None:
    queue = "rpc-intake"

    past = [name for name in (*BUILT_IN, "dead_letters") if attempts.may_publish(name, queue)]

    assert past == []
    assert not attempts.may_publish("dead_letters", "intake")


def test_nobody_sends_under_another_users_name(servers: Provisioned) -> None:
    for user in USERS:
        key = "intake.get_petition" if user in (DESK, OPERATOR) else None
        exchange = RPC_EXCHANGE if key else f"{owner_of(user)}.events"
        key = key or routing_key(next(events(owner_of(user))))
        with attempts_of(servers, user) as own:
            assert own.may_publish(exchange, key, user_id=user)
            for other in {*USERS, PROVISIONER} - {user}:
                with pytest.raises(PreconditionFailed):
                    own.may_publish(exchange, key, user_id=other)


def test_a_caller_makes_its_own_reply_queue_and_hears_its_own_replies(attempts: Attempts) -> None:
    queue = attempts.reply_queue

    assert attempts.may_declare(queue)
    assert attempts.may_bind(queue, RPC_EXCHANGE, reply_key(attempts.user, attempts.number))
    assert attempts.may_get(queue)


def test_nobody_hears_what_is_not_for_them(attempts: Attempts) -> None:
    assert attempts.may_declare(attempts.reply_queue)
    others = [reply_key(user, attempts.number) for user in USERS if user != attempts.user]
    calls = [f"{service}.{call}" for service in SERVICES for call in ("*", "#", "get_petition")]
    news = [(f"{event.owner}.events", routing_key(event)) for event in declared_events()]
    overheard = [
        *((RPC_EXCHANGE, key) for key in ("#", "*", "*.*", "", "reply-#", *calls, *others)),
        *((exchange, "#") for exchange in EXCHANGES),
        *news,
        ("dead_letters", "intake"),
    ]

    found = [where for where in overheard if attempts.may_bind(attempts.reply_queue, *where)]

    assert found == []


def test_only_a_plain_client_of_the_front_ends_hears_replies_under_a_bare_number(
    attempts: Attempts,
) -> None:
    assert attempts.may_declare(attempts.reply_queue)

    found = attempts.may_bind(attempts.reply_queue, RPC_EXCHANGE, attempts.number)

    assert found == (attempts.user == DESK)


def test_a_service_takes_from_its_own_queues_and_nobody_elses(attempts: Attempts) -> None:
    found = {queue for queue in QUEUES if attempts.may_get(queue)}

    assert found == own_queues(attempts.user)


def test_nobody_makes_binds_or_deletes_a_queue_of_the_deployment(attempts: Attempts) -> None:
    others = [reply_queue_name(user, attempts.number) for user in USERS if user != attempts.user]
    strange = ["strange", f"{attempts.user}.strange", f"rpc.reply-{attempts.user}-strange"]

    made = [queue for queue in (*QUEUES, *others, *strange) if attempts.may_declare(queue)]
    bound = [queue for queue in QUEUES if attempts.may_bind(queue, RPC_EXCHANGE, "intake.*")]
    deleted = [queue for queue in QUEUES if attempts.may_delete(queue)]

    assert (made, bound, deleted) == ([], [], [])


def test_nobody_makes_binds_or_deletes_an_exchange_but_the_front_ends_that_of_calls(
    attempts: Attempts,
) -> None:
    topics = [name for name in EXCHANGES if name != "dead_letters"]
    others = [name for name in EXCHANGES if name != RPC_EXCHANGE]

    made = [name for name in (*topics, "strange") if attempts.may_make_exchange(name)]
    tapped = [name for name in EXCHANGES if attempts.may_tap_exchange(name)]
    deleted = [name for name in others if attempts.may_delete_exchange(name)]

    # nameko's own client declares it each time; docs/broker-rights.md tells what that leaves open.
    assert made == ([RPC_EXCHANGE] if attempts.user == DESK else [])
    assert (tapped, deleted) == ([], [])


def test_who_may_not_declare_the_exchange_of_calls_may_not_delete_it(attempts: Attempts) -> None:
    if attempts.user == DESK:
        return

    assert not attempts.may_delete_exchange(RPC_EXCHANGE)


def test_nobody_enters_another_virtual_host(servers: Provisioned) -> None:
    for user in USERS:
        with pytest.raises(NotAllowed), servers.connected(user, vhost="/"):
            pass


def test_a_service_answers_those_who_may_ask_it_and_nobody_else(attempts: Attempts) -> None:
    keys = {user: reply_key(user, attempts.number) for user in USERS}
    asked_by = {
        user
        for user in SERVICES
        if any(call.owner == owner_of(attempts.user) for call in CALLS[owner_of(user)])
    }

    found = {user for user, key in keys.items() if attempts.may_publish(RPC_EXCHANGE, key)}

    assert found == (asked_by | {DESK, OPERATOR} if attempts.user in SERVICES else set())
