"""The patterns that the broker is given, read as the broker reads them."""

from __future__ import annotations

import re
import uuid

import pytest

from shared.contracts.base import events, requests
from shared.contracts.flows import CALLS, LISTENS
from shared.messaging.rights import DESK, NOTHING, OPERATOR, PROVISIONER, Rights, RightsMap
from shared.messaging.topology import (
    RPC_EXCHANGE,
    Topology,
    asked_key,
    call_key,
    reply_key,
    reply_queue_name,
)

NUMBER = str(uuid.uuid4())
SERVICES = tuple(Topology(nodes=("county", "sanchakou")).consumers())
USERS = (*SERVICES, DESK, OPERATOR)


def lets(pattern: str, name: str) -> bool:
    return re.search(pattern, name) is not None


def rights_of(user: str) -> Rights:
    return RightsMap().of(user)


def topic_patterns(user: str, exchange: str) -> tuple[str, str]:
    """Give what a user may write and bind there; without a line for it RabbitMQ allows all."""
    found = [topic for topic in rights_of(user).topics if topic.exchange == exchange]
    return (found[0].write, found[0].read) if found else (".*", ".*")


@pytest.mark.parametrize("user", USERS)
def test_every_pattern_is_anchored_at_both_ends(user: str) -> None:
    rights = rights_of(user)
    topics = [pattern for topic in rights.topics for pattern in (topic.write, topic.read)]

    for pattern in (rights.configure, rights.write, rights.read, *topics):
        assert pattern == NOTHING or (pattern.startswith("^(") and pattern.endswith(")$"))


@pytest.mark.parametrize("user", USERS)
def test_every_topic_exchange_a_user_may_write_or_bind_has_its_topics_said(user: str) -> None:
    rights = rights_of(user)
    exchanges = [RPC_EXCHANGE, *(f"{owner}.events" for owner in LISTENS), "amq.topic"]

    open_ones = [name for name in exchanges if lets(rights.write, name) or lets(rights.read, name)]

    assert set(open_ones) == {topic.exchange for topic in rights.topics}


@pytest.mark.parametrize("user", USERS)
def test_nobody_but_the_administrator_has_a_tag(user: str) -> None:
    assert rights_of(user).tags == ()
    assert rights_of(PROVISIONER).tags == ("administrator",)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_every_queue_it_consumes_and_declares_only_that_of_its_replies(
    service: str,
) -> None:
    rights = rights_of(service)
    queues = [queue.name for queue in Topology().queues_of(service)]

    assert all(lets(rights.read, name) for name in queues)
    assert not any(lets(rights.configure, name) for name in queues)
    assert lets(rights.configure, reply_queue_name(service, NUMBER))
    assert lets(topic_patterns(service, RPC_EXCHANGE)[1], reply_key(service, NUMBER))


def test_a_node_does_not_read_the_queues_of_one_whose_code_begins_like_its_own() -> None:
    read = rights_of("reception_county").read

    for queue in Topology().queues_of("reception_county_2"):
        assert not lets(read, queue.name)
    assert not lets(read, reply_queue_name("reception_county-2", NUMBER))
    assert not lets(read, reply_queue_name("reception_county_2", NUMBER))


@pytest.mark.parametrize("owner", CALLS)
def test_a_service_asks_exactly_the_questions_the_map_names(owner: str) -> None:
    service = "reception_county" if owner == "reception" else owner
    write, _read = topic_patterns(service, RPC_EXCHANGE)

    asked = {call for call in requests() if lets(write, asked_key(call.owner, call.method_name))}
    called = {call for call in requests() if lets(write, call_key(call.owner, call.method_name))}

    assert asked == called == set(CALLS[owner])


@pytest.mark.parametrize("owner", LISTENS)
def test_a_service_publishes_every_event_it_owns_also_to_one_node(owner: str) -> None:
    service = "reception_sanchakou" if owner == "reception" else owner
    write, read = topic_patterns(service, f"{owner}.events")

    for event in events(owner):
        assert lets(write, event.wire_type)
        assert lets(write, f"{event.wire_type}.county") == (event.addressed_by is not None)
    assert read == NOTHING


def test_front_ends_may_not_do_what_only_operators_and_services_do() -> None:
    write, _read = topic_patterns(DESK, RPC_EXCHANGE)

    assert lets(write, "intake.register_petition")
    assert lets(write, "reception_xinzhai.hold_reception")
    assert not lets(write, "intake.sweep")
    assert not lets(write, "reception_xinzhai.replay_parked")


def test_the_operator_may_call_everything_on_nodes_that_join_later_too() -> None:
    write, _read = topic_patterns(OPERATOR, RPC_EXCHANGE)

    assert lets(write, "reception_joined_later.replay_parked")
    assert lets(write, "triage.put_directory")
    assert not lets(write, "triage.no_such_method")


def test_replies_go_to_those_who_may_ask_and_to_plain_clients() -> None:
    triage, _read = topic_patterns("triage", RPC_EXCHANGE)
    accountability, _read = topic_patterns("accountability", RPC_EXCHANGE)

    assert lets(triage, reply_key("accountability", NUMBER))
    assert lets(triage, reply_key("reception_joined_later", NUMBER))
    assert lets(triage, NUMBER)
    assert not lets(triage, reply_key("intake", NUMBER))
    assert not lets(accountability, reply_key("triage", NUMBER))
    assert lets(accountability, reply_key(DESK, NUMBER))
