"""The provisioner on real servers: what it makes, finds, puts right, refuses, and survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from balian.exit_codes import ExitCode
from balian.faults import BadInput, HostUnreachable
from balian.provisioning.broker import Broker
from balian.provisioning.objects import VHOST, BrokerObjects
from balian.provisioning.provisioner import NotAsProvisioned
from balian.provisioning.retiring import MessagesWait
from balian.provisioning.secrets import CLUSTER_DEFINITIONS, DEFINITIONS, SecretMissing, SecretStore
from shared.messaging.rights import PROVISIONER

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.provisioned import Provisioned

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def county(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    from tests.support.provisioned import provisioned  # noqa: PLC0415 - after the green world.

    with provisioned(postgres, tmp_path_factory.mktemp("county")) as made:
        yield made


@pytest.fixture
def servers(county: Provisioned) -> Iterator[Provisioned]:
    """The servers as the map says, before the test and after it."""
    county.provisioner().check()
    yield county
    county.provisioner().provision()
    county.provisioner().check()


def differences(servers: Provisioned) -> list[str]:
    with pytest.raises(NotAsProvisioned) as found:
        servers.provisioner().check()
    return found.value.why.splitlines()


def balian(servers: Provisioned, *arguments: str) -> subprocess.Popen[str]:
    """Start `balian` as the provisioner of these servers."""
    return subprocess.Popen(
        [sys.executable, "-m", "balian", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "RABBITMQ_API": servers.rabbitmq.api,
            "POSTGRES_ADMIN_URL": servers.admin_url,
            "SECRETS_DIR": str(servers.secrets.directory),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _out, talk = process.communicate(timeout=90)
    return process.returncode, talk


def administer(servers: Provisioned, *statements: str, database: str = "postgres") -> None:
    run(servers.admin_url, *statements, database=database)


def run(url: str, *statements: str, database: str = "postgres") -> Any:
    """Run statements on a database, each on its own, and give the last one's rows."""
    place = url.replace("/postgres?", f"/{database}?")
    engine = create_engine(place, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        rows: Any = None
        for statement in statements:
            result = connection.execute(text(statement))
            rows = result.all() if result.returns_rows else None
    return rows


def as_role(servers: Provisioned, role: str) -> str:
    """Give the address of the database server for a role; its socket asks for no password."""
    return servers.admin_url.replace("://balian@", f"://{role}@")


# --- The broker ----------------------------------------------------------------------------------


def test_provisioning_again_changes_nothing(servers: Provisioned) -> None:
    code, talk = ended(balian(servers, "provision"))

    assert code == ExitCode.OK, talk
    assert "0 changes" in talk


def test_the_user_whose_password_everybody_knows_is_gone(servers: Provisioned) -> None:
    assert "guest" not in Broker(servers.management).users()


def test_a_check_names_every_difference_on_the_broker_and_changes_none(
    servers: Provisioned,
) -> None:
    api = servers.management
    api.delete("queues", VHOST, "rpc-intake")
    api.put("queues", VHOST, "left.over", value={"durable": True})
    where = ("bindings", VHOST, "e", "nameko-rpc", "q", "triage.dead_letters")
    api.post(*where, value={"routing_key": "#", "arguments": {}})
    api.delete("users", "accountability")
    api.put("users", "stranger", value={"password": "known", "tags": ""})
    api.put("users", "desk", value={"password": "known", "tags": ""})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    api.put("permissions", VHOST, "triage", value=everything)
    topics = {"exchange": "nameko-rpc", "write": ".*", "read": ".*"}
    api.put("topic-permissions", VHOST, "operator", value=topics)
    more = {"exchange": "triage.events", "write": ".*", "read": ".*"}
    api.put("topic-permissions", VHOST, "supervision", value=more)
    expected = {
        "missing: queue rpc-intake",
        'missing: binding of rpc-intake to nameko-rpc by "intake.*"',
        "too much: queue left.over",
        'too much: binding of triage.dead_letters to nameko-rpc by "#"',
        "missing: user accountability",
        "too much: user stranger",
        "user desk has another password or other tags",
        "user triage has other rights",
        "user operator has other topic rights",
        "user supervision has other topic rights",
    }

    found = [set(differences(servers)) for _ in range(2)]

    assert found == [expected, expected]
    servers.provisioner().provision()
    assert set(differences(servers)) == {"too much: queue left.over", "too much: user stranger"}
    api.delete("queues", VHOST, "left.over")
    api.delete("users", "stranger")


def test_a_queue_made_otherwise_is_told_and_not_touched(servers: Provisioned) -> None:
    api = servers.management
    api.delete("queues", VHOST, "rpc-intake")
    api.put("queues", VHOST, "rpc-intake", value={"durable": True})

    code, talk = ended(balian(servers, "provision"))

    assert code == ExitCode.FAULT
    assert "rpc-intake" in talk
    assert "queue rpc-intake was made with other arguments" in differences(servers)
    api.delete("queues", VHOST, "rpc-intake")


def test_a_check_of_a_deployment_that_differs_ends_with_its_own_code(servers: Provisioned) -> None:
    servers.management.delete("queues", VHOST, "rpc-intake")

    code, talk = ended(balian(servers, "provision", "--check"))

    assert code == ExitCode.NOT_AS_PROVISIONED
    assert "missing: queue rpc-intake" in talk


@pytest.mark.parametrize("file", [DEFINITIONS, CLUSTER_DEFINITIONS])
def test_a_broker_that_loads_the_definitions_has_what_the_provisioner_would_make(
    postgres: Postgres, tmp_path: Path, file: str
) -> None:
    from tests.support.provisioned import Provisioned  # noqa: PLC0415 - after the green world.
    from tests.support.rabbitmq import running_rabbitmq  # noqa: PLC0415 - the same.

    secrets = SecretStore(tmp_path)
    secrets.complete(["sanchakou"])
    objects = BrokerObjects.of_county(("county", "sanchakou"))
    loaded = f"load_definitions = {tmp_path / file}\n"

    with running_rabbitmq(management=True, further=loaded) as rabbitmq:
        made = Provisioned(rabbitmq, postgres, secrets)
        found = list(Broker(made.management).differences(objects, secrets.broker_password))

    later = len(objects.queues) + len(objects.bindings)
    assert len(found) == (0 if file == DEFINITIONS else later)
    assert all(one.startswith(("missing: queue", "missing: binding")) for one in found)


def test_a_node_joins_without_the_secrets_of_others(servers: Provisioned, tmp_path: Path) -> None:
    township = SecretStore(tmp_path)
    whole = servers.secrets
    whole.complete(["xinzhai"])
    for name in ("rabbitmq_admin", "amqp_reception_xinzhai", "store_reception_xinzhai"):
        (tmp_path / name).write_text(whole.read(name))

    provisioner = servers.provisioner()
    provisioner._secrets = township
    provisioner.provision(["xinzhai"])
    provisioner.check()

    with servers.connected("reception_xinzhai"):
        pass


def test_a_missing_secret_is_told_before_anything_is_made(servers: Provisioned) -> None:
    with pytest.raises(SecretMissing, match="amqp_reception_nowhere"):
        servers.provisioner().provision(["nowhere"])

    servers.provisioner().check()


def test_it_waits_for_the_nodes_of_a_cluster_and_says_how_many_there_are(
    servers: Provisioned,
) -> None:
    process = balian(servers, "provision", "--await-cluster", "3", "--wait", "2")

    code, talk = ended(process)

    assert code == ExitCode.UNREACHABLE
    assert "1 of 3 run" in talk


def test_two_at_once_do_each_others_work_and_no_harm(servers: Provisioned) -> None:
    for queue in BrokerObjects.of_county().queues:
        servers.management.delete("queues", VHOST, queue.name)
    administer(servers, "ALTER ROLE intake CREATEDB", "ALTER ROLE triage CREATEDB")

    both = [balian(servers, "provision") for _ in range(2)]
    codes = [ended(one)[0] for one in both]

    assert codes == [ExitCode.OK, ExitCode.OK]
    servers.provisioner().check()


def test_killed_at_any_moment_it_is_run_again_and_all_is_well(servers: Provisioned) -> None:
    for after in (1.0, 1.6):
        for queue in BrokerObjects.of_county().queues:
            servers.management.delete("queues", VHOST, queue.name)
        servers.management.delete("users", "intake")
        administer(servers, "ALTER ROLE intake CREATEDB")
        process = balian(servers, "provision")
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        ended(process)

        servers.provisioner().provision()

        servers.provisioner().check()


# --- A node that retires -------------------------------------------------------------------------


@pytest.fixture
def with_node(servers: Provisioned) -> Iterator[Provisioned]:
    """The county with one node that has joined, and nothing waiting for it, before and after."""
    servers.secrets.complete(["sanchakou"])
    servers.provisioner().provision(["sanchakou"])
    yield servers
    with servers.connected(PROVISIONER) as connection, connection.channel() as channel:
        for queue in BrokerObjects.of_nodes(["sanchakou"]).queues:
            if servers.management.get("queues", VHOST, queue.name):
                channel.queue_purge(queue.name)


def publish(servers: Provisioned, exchange: str, routing_key: str) -> None:
    with servers.connected(PROVISIONER) as connection, connection.channel() as channel:
        message = channel.prepare_message(b"{}", properties={"delivery_mode": 2})
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key)


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        ("triage.events", "petition_routed.v1.sanchakou"),
        ("nameko-rpc", "reception_sanchakou.list_sessions"),
        ("dead_letters", "reception_sanchakou"),
    ],
    ids=["a petition", "a call", "a dead letter"],
)
def test_a_node_for_which_something_waits_is_not_taken_off_the_broker(
    with_node: Provisioned, exchange: str, routing_key: str
) -> None:
    publish(with_node, exchange, routing_key)

    with pytest.raises(MessagesWait, match="nothing was removed"):
        with_node.provisioner().retire("sanchakou")

    with_node.provisioner().check()
    with with_node.connected("reception_sanchakou"):
        pass


def test_a_node_with_news_for_everyone_alone_retires_with_its_queues_and_user(
    with_node: Provisioned,
) -> None:
    publish(with_node, "triage.events", "directory_changed.v1")
    # As a node leaves one behind that dies.
    awaited_replies = f"rpc.reply-reception_sanchakou-{uuid.uuid4()}"
    with with_node.connected("reception_sanchakou") as node, node.channel() as channel:
        channel.queue_declare(awaited_replies, durable=True, auto_delete=False)
    queues = {queue.name for queue in BrokerObjects.of_nodes(["sanchakou"]).queues}
    queues.add(awaited_replies)

    with_node.provisioner().retire("sanchakou")
    with_node.provisioner().retire("sanchakou")

    left = {queue["name"] for queue in with_node.management.get("queues", VHOST)}
    assert not queues & left
    assert "reception_sanchakou" not in Broker(with_node.management).users()
    with_node.provisioner().check()
    assert run(
        as_role(with_node, "reception_sanchakou"), "SELECT 1", database="reception_sanchakou"
    )


def test_the_countys_own_node_stays(servers: Provisioned) -> None:
    with pytest.raises(BadInput, match="own node"):
        servers.provisioner().retire("county")


# --- The database --------------------------------------------------------------------------------


def is_let_in(url: str, database: str) -> bool:
    try:
        run(url, "SELECT 1", database=database)
    except OperationalError as refused:
        if "permission denied for database" not in str(refused):
            raise
        return False
    return True


def test_a_service_works_in_its_own_database_and_enters_no_other(servers: Provisioned) -> None:
    services = [name for name in BrokerObjects.of_county().users if name not in FRONTS]
    entered = set()
    for role in services:
        for database in (*services, "postgres", "template1"):
            if is_let_in(as_role(servers, role), database):
                entered.add((role, database))

    assert entered == {(service, service) for service in services}


FRONTS = ("provisioner", "desk", "operator")


def test_a_service_makes_its_tables_and_no_role_and_no_database(servers: Provisioned) -> None:
    own = as_role(servers, "intake")

    run(own, "CREATE TABLE proof (one int)", "DROP TABLE proof", database="intake")

    for statement in ("CREATE ROLE another", "CREATE DATABASE another", "SET ROLE triage"):
        with pytest.raises(Exception, match="permission denied"):
            run(own, statement, database="intake")


def test_a_check_names_every_difference_in_the_database(servers: Provisioned) -> None:
    administer(
        servers,
        "ALTER ROLE intake CREATEDB",
        "ALTER ROLE triage PASSWORD 'known'",
        "ALTER DATABASE supervision OWNER TO triage",
        "GRANT CONNECT ON DATABASE accountability TO PUBLIC",
    )

    assert differences(servers) == [
        "role intake may do more or less than a service needs",
        "role triage has another password",
        "database supervision belongs to triage",
        "database accountability is open to every role",
    ]


def test_nobody_waits_for_a_server_without_end(servers: Provisioned) -> None:
    provisioner = servers.provisioner()
    provisioner._broker = Broker(
        type(servers.management)("http://127.0.0.1:9", user="", password="")
    )
    provisioner._ends = time.monotonic() + 0.5

    with pytest.raises(HostUnreachable, match="RabbitMQ"):
        provisioner.provision()
