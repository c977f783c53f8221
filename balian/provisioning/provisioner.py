"""The provisioner: broker and database brought to what a deployment needs, or compared with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import psycopg

from balian.exit_codes import ExitCode
from balian.faults import BadInput, CommandFault
from balian.provisioning.broker import Broker
from balian.provisioning.management import ApiRefused, ApiUnavailable, Management
from balian.provisioning.objects import COUNTY_NODE, BrokerObjects, node_of_user
from balian.provisioning.postgres import DatabaseServer
from balian.provisioning.retiring import retire
from balian.provisioning.secrets import (
    POSTGRES_ADMIN,
    SecretStore,
    broker_secret,
    store_secret,
    stores_of,
)
from balian.provisioning.waiting import wait_for
from balian.speech import say, talk
from shared.addresses import PasswordUnusable, password_in
from shared.messaging.rights import PROVISIONER

_API: Final = "http://rabbitmq:15672"
_DATABASE: Final = "postgresql+psycopg://postgres@postgres:5432/postgres"
_SECRETS: Final = "/run/secrets"
_AWAY: Final = (ApiUnavailable, psycopg.OperationalError)


class NotAsProvisioned(CommandFault):
    """The broker or the database differs from the map; run `balian provision` to put it right."""

    exit_code = ExitCode.NOT_AS_PROVISIONED


class NotProvisioned(CommandFault):
    """The broker or the database refuses what must be made; the message says which and why."""

    exit_code = ExitCode.FAULT


class Provisioner:
    """Makes one deployment ready; every step may be repeated, and by two at once."""

    def __init__(
        self, *, management: Management, database: DatabaseServer, secrets: SecretStore, wait: float
    ) -> None:
        self._broker = Broker(management)
        self._database = database
        self._secrets = secrets
        self._ends = time.monotonic() + wait

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, wait: float) -> Self:
        """Read where everything is: ``RABBITMQ_API``, ``POSTGRES_ADMIN_URL``, ``SECRETS_DIR``.

        Raises:
            BadInput: an administrator's password cannot be read.
        """
        directory = Path(environment.get("SECRETS_DIR") or _SECRETS)
        passwords = {
            name: _password(environment.get(name) or str(directory / usual))
            for name, usual in (
                ("RABBITMQ_ADMIN_PASSWORD_FILE", broker_secret(PROVISIONER)),
                ("POSTGRES_ADMIN_PASSWORD_FILE", POSTGRES_ADMIN),
            )
        }
        return cls(
            management=Management(
                environment.get("RABBITMQ_API") or _API,
                user=PROVISIONER,
                password=passwords["RABBITMQ_ADMIN_PASSWORD_FILE"],
            ),
            database=DatabaseServer(
                environment.get("POSTGRES_ADMIN_URL") or _DATABASE,
                passwords["POSTGRES_ADMIN_PASSWORD_FILE"],
            ),
            secrets=SecretStore(directory),
            wait=wait,
        )

    def provision(self, nodes: Sequence[str] = (), *, broker_nodes: int = 1) -> None:
        """Make the county ready, or nodes that join one.

        Args:
            nodes: the nodes that join; without any it is the county with its own node.
            broker_nodes: how many nodes of the broker must run before a queue is made.

        Raises:
            HostUnreachable: broker or database did not come in time.
            SecretMissing: a password is not there.
            NotProvisioned: broker or database refuses.
        """
        objects = BrokerObjects.of_nodes(nodes) if nodes else BrokerObjects.of_county()
        services = stores_of(objects)
        # Read before anything is touched: a missing secret leaves nothing half made.
        broker_passwords = {user: self._secrets.broker_password(user) for user in objects.users}
        store_passwords = {name: self._secrets.store_password(name) for name in services}
        self._await_servers(broker_nodes)
        changed = self._insisted(
            "PostgreSQL",
            lambda: self._database.bring_about(services, store_passwords.__getitem__),
        )
        changed += self._insisted(
            "RabbitMQ",
            lambda: self._broker.bring_about(objects, broker_passwords.__getitem__),
        )
        _tell(changed)
        said = ", ".join(nodes) if nodes else "the county"
        say(f"Broker and database are ready for {said}; {len(changed)} changes.")

    def check(self, nodes: Sequence[str] = ()) -> None:
        """Compare broker and database with the map and change nothing.

        Without nodes, every node is compared that the broker has a user for.

        Raises:
            NotAsProvisioned: names every difference.
            HostUnreachable: broker or database did not come in time.
            SecretMissing: a password is empty or cannot be read.
        """
        self._await_servers(1)
        found = [node for node in map(node_of_user, self._broker.users()) if node is not None]
        every_node = tuple(dict.fromkeys((COUNTY_NODE, *nodes, *found)))
        objects = BrokerObjects.of_county(every_node)
        services = stores_of(objects)
        differences = _done(
            lambda: [
                *self._broker.differences(
                    objects, lambda user: self._secrets.known(broker_secret(user))
                ),
                *self._database.differences(
                    services, lambda name: self._secrets.known(store_secret(name))
                ),
            ]
        )
        if differences:
            raise NotAsProvisioned(
                what=f"broker and database differ from the map in {len(differences)} places",
                why="\n".join(differences),
                todo="`balian provision` makes what is missing; remove by hand what is too much.",
            )
        say(f"Broker and database are as the map says, with the nodes {', '.join(every_node)}.")

    def retire(self, node: str) -> None:
        """Take a node off the broker; its database stays.

        Raises:
            BadInput: it is the county's own node.
            MessagesWait: messages wait for it, and nothing was changed.
            HostUnreachable: broker or database did not come in time.
        """
        if node == COUNTY_NODE:
            raise BadInput(what="the county's own node cannot be retired")
        self._await_servers(1)
        _tell(_done(lambda: list(retire(self._broker, node))))
        say(f"The broker has nothing of {node} any more; its database stays.")

    def _insisted(self, server: str, step: Callable[[], list[str]]) -> list[str]:
        """Do a step from its beginning again when the server goes away in the midst of it."""
        return _done(
            lambda: wait_for(
                server, step, until=self._ends, failures=_AWAY, todo="Run it again when it is back."
            )
        )

    def _await_servers(self, broker_nodes: int) -> None:
        logs = "Look at the server's log, and that its secrets are those of this directory."
        steps: Iterator[tuple[str, Any]] = iter(
            (
                ("PostgreSQL", self._database.require_ready),
                ("RabbitMQ", self._broker.require_ready),
                (f"{broker_nodes} broker nodes", lambda: self._broker.require_nodes(broker_nodes)),
            )
        )
        for what, attempt in steps:
            wait_for(
                what,
                attempt,
                until=self._ends,
                failures=_AWAY,
                todo=logs,
            )


def _tell(changes: Sequence[str]) -> None:
    console = talk()
    for change in changes:
        console.print(change, markup=False, soft_wrap=True)


def _done(step: Callable[[], list[str]]) -> list[str]:
    try:
        changed = step()
    except (ApiRefused, ApiUnavailable) as refused:
        raise NotProvisioned(
            what="RabbitMQ could not be provisioned",
            why=str(refused),
            todo="Run it again; what is done is not done twice.",
        ) from None
    except psycopg.Error as refused:
        raise NotProvisioned(
            what="PostgreSQL could not be provisioned",
            why=str(refused.diag.message_primary or type(refused).__name__),
            todo="Run it again; what is done is not done twice.",
        ) from None
    return changed


def _password(path: str) -> str:
    try:
        return password_in(Path(path))
    except PasswordUnusable as unusable:
        raise BadInput(
            what="an administrator's password cannot be read",
            why=str(unusable),
            todo="`balian secrets DIR` makes it; SECRETS_DIR says where it is.",
        ) from None
