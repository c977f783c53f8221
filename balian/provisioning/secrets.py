"""The secrets of a deployment: one file each, in a directory that is nobody else's business.

What is there is never made anew, so the command may run before every start.  The two files that
RabbitMQ loads hold every user with the hash of the password; they are written again when a node
joins or leaves, with every hash that still fits kept as it is.
"""

from __future__ import annotations

import json
import os
import secrets
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from balian.faults import BadInput
from balian.provisioning.objects import COUNTY_NODE, VHOST, BrokerObjects, node_of_user
from balian.provisioning.passwords import HASHING, broker_hash, is_broker_hash_of
from shared.messaging.rights import PROVISIONER
from shared.messaging.topology import Topology, node_service

DEFINITIONS: Final = "rabbitmq_definitions.json"
CLUSTER_DEFINITIONS: Final = "rabbitmq_definitions_cluster.json"
POSTGRES_ADMIN: Final = "postgres_admin"
ERLANG_COOKIE: Final = "erlang_cookie"
GRAFANA: Final = ("grafana_admin", "grafana_key")
"""The password of Grafana's administrator, and the key to what Grafana itself seals."""

_BYTES: Final = 32
_COOKIE_LETTERS: Final = 40
_DIRECTORY_MODE: Final = 0o700
# Read in the container by another user than the one who wrote it; the directory keeps others out.
_FILE_MODE: Final = 0o644


class SecretMissing(BadInput):
    """A secret is not where it should be; `balian secrets DIR` makes what is missing."""


class SecretStore:
    """The directory of a deployment's secrets."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def broker_password(self, user: str) -> str:
        """Give the broker password of a user.

        Raises:
            SecretMissing: there is none.
        """
        return self.read(broker_secret(user))

    def store_password(self, service: str) -> str:
        """Give the database password of a service.

        Raises:
            SecretMissing: there is none.
        """
        return self.read(store_secret(service))

    def known(self, name: str) -> str | None:
        """Give a secret, or None where it is kept elsewhere."""
        return self.read(name) if (self.directory / name).exists() else None

    def read(self, name: str) -> str:
        """Give a secret, without the blanks around it.

        Raises:
            SecretMissing: it is not there, is empty or cannot be read.
        """
        try:
            value = (self.directory / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as unreadable:
            value, why = "", type(unreadable).__name__
        else:
            why = "it is empty"
        if not value:
            raise SecretMissing(
                what=f"the secret {name} cannot be had from {self.directory}",
                why=why,
                todo="`balian secrets DIR` makes what is missing; --node CODE adds a node's.",
            )
        return value

    @property
    def nodes(self) -> tuple[str, ...]:
        """Name the nodes whose secrets are here; the county's first."""
        prefix = broker_secret("")
        users = sorted(path.name.removeprefix(prefix) for path in self.directory.glob(f"{prefix}*"))
        found = [node for node in map(node_of_user, users) if node is not None]
        return tuple(dict.fromkeys((COUNTY_NODE, *found)))

    def complete(self, nodes: Sequence[str] = ()) -> list[str]:
        """Make what is missing for the county and these nodes; name what was made or rewritten."""
        self.directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        self.directory.chmod(_DIRECTORY_MODE)
        every_node = tuple(dict.fromkeys((*self.nodes, *nodes)))
        made = [name for name, make in _wanted(every_node) if _create(self.directory / name, make)]
        return made + self._write_definitions(every_node)

    def retire(self, node: str) -> list[str]:
        """Remove the broker's secret of a node that is no more; name what was changed.

        The database's stays, because the database does.

        Raises:
            BadInput: the county's own node cannot be retired.
        """
        if node == COUNTY_NODE:
            raise BadInput(what="the county's own node cannot be retired")
        secret = self.directory / broker_secret(node_service(node))
        changed = [secret.name] if secret.exists() else []
        secret.unlink(missing_ok=True)
        return changed + self._write_definitions(self.nodes)

    def _write_definitions(self, nodes: tuple[str, ...]) -> list[str]:
        path = self.directory / DEFINITIONS
        hashes = _hashes_in(path)
        county = BrokerObjects.of_county(nodes)
        for user in county.users:
            password = self.broker_password(user)
            if not is_broker_hash_of(password, hashes.get(user, "")):
                hashes[user] = broker_hash(password)
        whole = definitions(county, hashes)
        cluster = {**whole, "queues": [], "bindings": []}
        written = ((DEFINITIONS, whole), (CLUSTER_DEFINITIONS, cluster))
        return [name for name, value in written if _replace(self.directory / name, value)]


def broker_secret(user: str) -> str:
    """Name the file with a broker user's password."""
    return "rabbitmq_admin" if user == PROVISIONER else f"amqp_{user}"


def store_secret(service: str) -> str:
    """Name the file with a service's database password."""
    return f"store_{service}"


def definitions(objects: BrokerObjects, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Write what the broker must hold in the form that RabbitMQ loads at its start."""
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": rights.user,
                "password_hash": hashes[rights.user],
                "hashing_algorithm": HASHING,
                "tags": list(rights.tags),
                "limits": {},
            }
            for rights in objects.rights
        ],
        "permissions": [
            {
                "user": rights.user,
                "vhost": VHOST,
                "configure": rights.configure,
                "write": rights.write,
                "read": rights.read,
            }
            for rights in objects.rights
        ],
        "topic_permissions": [
            {
                "user": rights.user,
                "vhost": VHOST,
                "exchange": topic.exchange,
                "write": topic.write,
                "read": topic.read,
            }
            for rights in objects.rights
            for topic in rights.topics
        ],
        "parameters": [],
        "global_parameters": [],
        "policies": [],
        "exchanges": [
            {
                "name": exchange.name,
                "vhost": VHOST,
                "type": exchange.type,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for exchange in objects.exchanges
        ],
        "queues": [
            {
                "name": queue.name,
                "vhost": VHOST,
                "durable": True,
                "auto_delete": False,
                "arguments": queue.arguments,
            }
            for queue in objects.queues
        ],
        "bindings": [
            {
                "source": binding.exchange,
                "vhost": VHOST,
                "destination": binding.queue,
                "destination_type": "queue",
                "routing_key": binding.routing_key,
                "arguments": {},
            }
            for binding in objects.bindings
        ],
    }


def _wanted(nodes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Iterate over the names of all secrets, each with a fresh value for it."""
    county = BrokerObjects.of_county(nodes)
    for user in county.users:
        yield broker_secret(user), secrets.token_urlsafe(_BYTES)
    for service in stores_of(county):
        yield store_secret(service), secrets.token_urlsafe(_BYTES)
    yield POSTGRES_ADMIN, secrets.token_urlsafe(_BYTES)
    letters = (secrets.choice(string.ascii_uppercase) for _ in range(_COOKIE_LETTERS))
    yield ERLANG_COOKIE, "".join(letters)
    for name in GRAFANA:
        yield name, secrets.token_urlsafe(_BYTES)


def stores_of(objects: BrokerObjects) -> tuple[str, ...]:
    """Name the services among the users: those that consume queues, and so have a store."""
    topology, queues = Topology(), {queue.name for queue in objects.queues}
    return tuple(user for user in objects.users if topology.call_queue(user).name in queues)


def _hashes_in(path: Path) -> dict[str, str]:
    try:
        users = json.loads(path.read_text(encoding="utf-8"))["users"]
        return {str(user["name"]): str(user["password_hash"]) for user in users}
    except (OSError, ValueError, KeyError, TypeError):
        # Not there yet, or not ours any more: written anew, with new salts.
        return {}


def _create(path: Path, value: str) -> bool:
    """Write a new file whole; False where there is one already, also of another writer's."""
    if path.exists():
        return False
    unfinished = _written_beside(path, f"{value}\n")
    try:
        # A link, unlike a rename, does not replace what another has made in the meantime.
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    return True


def _replace(path: Path, value: object) -> bool:
    """Write a file so that a reader sees the old or the new one; False where nothing changes."""
    text = json.dumps(value, indent=2) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    _written_beside(path, text).replace(path)
    return True


def _written_beside(path: Path, text: str) -> Path:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        # The process's umask may have taken away what the container's user needs.
        os.fchmod(file.fileno(), _FILE_MODE)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return unfinished
