"""The services as users of their own, with no right they do not need: the same story as ever."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from nameko.standalone.rpc import ClusterRpcProxy

from balian.deployments import OnBroker
from balian.host import NODES, bring_up_to_date, county_services
from balian.provisioning.objects import COUNTY_NODE, VHOST
from balian.provisioning.provisioner import NotAsProvisioned
from shared.contracts.every_service import ReplayUnreadable
from shared.messaging.client import BusClient, CallForbidden
from shared.messaging.rights import DESK, OPERATOR, PROVISIONER
from shared.messaging.runner import Services
from shared.messaging.topology import QueueMissing, Topology
from shared.settings import Settings
from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.postgres import session_postgres
from tests.support.provisioned import Provisioned, provisioned

NOW = "2026-06-01T09:00:00+08:00"
AS_OPERATOR = {"actor": "operator:duty", "now": NOW}
ROOT = Path(__file__).resolve().parents[2]
TOWNSHIPS = tuple(node for node in NODES if node != COUNTY_NODE)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    directory = tmp_path_factory.mktemp("county")
    with session_postgres() as postgres, provisioned(postgres, directory, nodes=TOWNSHIPS) as made:
        yield made


@contextmanager
def services_on(servers: Provisioned, directory: Path) -> Iterator[None]:
    """Run the five services, each as the user of its own name, from one configuration."""
    config = {
        "AMQP_URI": f"amqp://{{service}}@127.0.0.1:{servers.rabbitmq.port}/balian",
        "AMQP_PASSWORD_FILE": str(servers.secrets.directory / "amqp_{service}"),
        "BUS_RIGHTS": "own",
        "STORE_DIR": str(directory),
        "CLOCK": "simulated",
        "NODES": ",".join(NODES),
    }
    settings = Settings.from_mapping(config)
    classes = county_services(NODES)
    for service_class in classes:
        owner = service_class.messaging.owner  # type: ignore[attr-defined]
        bring_up_to_date(owner, settings.store_url(service_class.name))  # type: ignore[attr-defined]
    services = Services(classes, config)
    services.start()
    try:
        yield
    finally:
        services.stop(grace=30.0)


def test_a_story_is_the_same_where_nobody_has_a_right_too_much(
    servers: Provisioned, tmp_path: Path
) -> None:
    casebook = CASEBOOKS / "main_path.jsonl"
    with county_at(tmp_path / "embedded") as county:
        embedded = play(casebook, county)

    with (
        services_on(servers, tmp_path / "own"),
        closing(OnBroker(servers.uri(OPERATOR), nodes=NODES)) as deployment,
    ):
        own = play(casebook, deployment)

    assert own.ledger.without_random_ids() == embedded.ledger.without_random_ids()
    assert own.summary == embedded.summary
    servers.provisioner().check()


def test_front_ends_call_with_any_nameko_client_and_only_what_is_meant_for_people(
    servers: Provisioned, tmp_path: Path
) -> None:
    config = {"AMQP_URI": servers.uri(DESK)}
    context = {"actor": "officer:li", "now": NOW}
    with services_on(servers, tmp_path):
        with ClusterRpcProxy(config, context_data=context, timeout=20) as county:
            status = county.triage.service_status(request={})
        with BusClient(servers.uri(DESK)) as desk, pytest.raises(CallForbidden):
            desk.call_raw("triage", "list_parked", {}, AS_OPERATOR)

    assert status["service"] == "triage"


EVENTS = "supervision.events"
HEARD_BY_INTAKE = "intake.promise_made.v1"
PROMISE = ROOT / "tests/contracts/samples/supervision/PromiseMadeV1.json"


def publish_promise(servers: Provisioned, *, user: str, claims: str | None) -> str:
    """Publish a sound event of supervision's as a user, claiming to be one; give its id."""
    data = json.loads(PROMISE.read_text())
    envelope = {
        "event_id": str(uuid.uuid4()),
        "type": "promise_made.v1",
        "occurred_at": NOW,
        "source": {"service": "supervision", "node": ""},
        "petition_no": data["petition_no"],
        "case_version": 1,
        "correlation_id": "by-hand",
        "causation_id": None,
        "actor": "unit:by_hand",
        "data": data,
    }
    sender = {} if claims is None else {"user_id": claims}
    with servers.connected(user) as connection, connection.channel() as channel:
        message = channel.prepare_message(
            json.dumps(envelope).encode(),
            content_type="application/json",
            content_encoding="utf-8",
            properties={
                "message_id": envelope["event_id"],
                "type": envelope["type"],
                "delivery_mode": 2,
                **sender,
            },
        )
        channel.basic_publish(message, exchange=EVENTS, routing_key="promise_made.v1")
    return str(envelope["event_id"])


def give_up_on_it(servers: Provisioned) -> None:
    """Refuse intake's copy for good, as the broker does after too many deliveries."""
    with servers.connected(PROVISIONER) as connection, connection.channel() as channel:
        message = channel.basic_get(HEARD_BY_INTAKE)
        channel.basic_reject(message.delivery_tag, requeue=False)


@pytest.mark.parametrize("claims", [None, PROVISIONER], ids=["nobody", "another"])
def test_an_event_the_broker_does_not_vouch_for_is_parked_and_cannot_be_replayed(
    servers: Provisioned, tmp_path: Path, claims: str | None
) -> None:
    with (
        services_on(servers, tmp_path),
        closing(OnBroker(servers.uri(OPERATOR), nodes=NODES)) as county,
    ):
        event_id = publish_promise(servers, user=PROVISIONER, claims=claims)
        parked = eventually_parked(county)
        with pytest.raises(ReplayUnreadable):
            replayed(county, parked["parked_no"])

    assert (parked["reason"], parked["message_id"]) == ("sender_unproven", event_id)


@pytest.mark.parametrize("claims", [None, PROVISIONER], ids=["nobody", "another"])
def test_a_dead_letter_nobody_vouches_for_is_not_handled_by_a_replay_either(
    servers: Provisioned, tmp_path: Path, claims: str | None
) -> None:
    event_id = publish_promise(servers, user=PROVISIONER, claims=claims)
    give_up_on_it(servers)
    with (
        services_on(servers, tmp_path),
        closing(OnBroker(servers.uri(OPERATOR), nodes=NODES)) as county,
    ):
        parked = eventually_parked(county)
        with pytest.raises(ReplayUnreadable, match="not sent by the service it names"):
            replayed(county, parked["parked_no"])
        still = eventually_parked(county)

    assert (parked["reason"], parked["message_id"]) == ("delivered_too_often", event_id)
    assert still["parked_no"] == parked["parked_no"]


def test_a_dead_letter_of_the_service_it_names_is_handled_by_a_replay(
    servers: Provisioned, tmp_path: Path
) -> None:
    publish_promise(servers, user="supervision", claims="supervision")
    give_up_on_it(servers)
    with (
        services_on(servers, tmp_path),
        closing(OnBroker(servers.uri(OPERATOR), nodes=NODES)) as county,
    ):
        parked = eventually_parked(county)
        # Its petition is not in this register, so that intake keeps it until it comes.
        outcome = replayed(county, parked["parked_no"])
        left = county.call_raw("intake", "list_parked", {}, AS_OPERATOR)["messages"]

    assert outcome == "early"
    assert left == []


def test_a_call_to_be_answered_where_its_service_may_not_is_parked_and_holds_nobody_up(
    servers: Provisioned, tmp_path: Path
) -> None:
    with (
        services_on(servers, tmp_path),
        closing(OnBroker(servers.uri(OPERATOR), nodes=NODES)) as county,
    ):
        with servers.connected(DESK) as connection, connection.channel() as channel:
            message = channel.prepare_message(
                json.dumps({"args": [], "kwargs": {"request": {}}}).encode(),
                content_type="application/json",
                content_encoding="utf-8",
                properties={"reply_to": "intake.register_petition", "correlation_id": "by-hand"},
            )
            channel.basic_publish(message, exchange="nameko-rpc", routing_key="intake.track")
        parked = eventually_parked(county)

    assert parked["reason"] == "reply_to_foreign"


def replayed(county: OnBroker, parked_no: int) -> str:
    request = {"request_id": f"replay-{uuid.uuid4()}", "parked_no": parked_no}
    return str(county.call_raw("intake", "replay_parked", request, AS_OPERATOR)["outcome"])


def eventually_parked(county: OnBroker) -> dict[str, Any]:
    for _ in range(200):
        messages = county.call_raw("intake", "list_parked", {}, AS_OPERATOR)["messages"]
        if messages:
            return dict(messages[0])
        time.sleep(0.05)
    pytest.fail("intake parked nothing")


def test_a_missing_queue_is_named_and_made_by_the_next_provisioning(
    servers: Provisioned,
) -> None:
    topology = Topology(nodes=NODES, is_provisioned=True)
    servers.management.delete("queues", VHOST, "intake.case_opened.v1")

    with servers.connected("intake") as connection:
        with pytest.raises(QueueMissing, match=r"intake\.case_opened\.v1"):
            topology.require(connection, "intake")
        with pytest.raises(NotAsProvisioned) as differs:
            servers.provisioner().check()
        servers.provisioner().provision()
        topology.require(connection, "intake")

    assert differs.value.why.splitlines() == [
        "missing: queue intake.case_opened.v1",
        'missing: binding of intake.case_opened.v1 to supervision.events by "case_opened.v1"',
    ]
