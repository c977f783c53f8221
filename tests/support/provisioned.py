"""A RabbitMQ and a PostgreSQL as `balian provision` leaves them, and the secrets to both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kombu.connection import Connection
from sqlalchemy.engine import make_url

from balian.provisioning.management import Management
from balian.provisioning.objects import VHOST
from balian.provisioning.postgres import DatabaseServer
from balian.provisioning.provisioner import Provisioner
from balian.provisioning.secrets import SecretStore
from shared.messaging.rights import PROVISIONER
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ, running_rabbitmq

WAIT = 30.0


@dataclass(frozen=True)
class Provisioned:
    """The two servers, and who may do what with them."""

    rabbitmq: RabbitMQ
    postgres: Postgres
    secrets: SecretStore

    @property
    def management(self) -> Management:
        password = self.secrets.broker_password(PROVISIONER)
        return Management(self.rabbitmq.api, user=PROVISIONER, password=password)

    @property
    def admin_url(self) -> str:
        """Give the database administrator's address; its socket asks for no password."""
        return str(make_url(self.postgres.database()).set(database="postgres"))

    def provisioner(self) -> Provisioner:
        return Provisioner(
            management=self.management,
            database=DatabaseServer(self.admin_url, None),
            secrets=self.secrets,
            wait=WAIT,
        )

    def uri(self, user: str, vhost: str = VHOST) -> str:
        """Give the address of the broker for a user."""
        password = self.secrets.broker_password(user)
        return f"amqp://{user}:{password}@127.0.0.1:{self.rabbitmq.port}/{vhost}"

    @contextmanager
    def connected(self, user: str, vhost: str = VHOST) -> Iterator[Connection]:
        """Connect as a user; what is published is confirmed before the next line."""
        options = {"confirm_publish": True}
        with Connection(self.uri(user, vhost), transport_options=options) as connection:
            connection.ensure_connection(max_retries=1)
            yield connection


@contextmanager
def provisioned(
    postgres: Postgres, directory: Path, *, nodes: Sequence[str] = ()
) -> Iterator[Provisioned]:
    """Run a RabbitMQ that knows nobody but its administrator, and provision it with nodes."""
    secrets = SecretStore(directory / "secrets")
    secrets.complete(nodes)
    with running_rabbitmq(management=True) as rabbitmq:
        rabbitmq.control("add_user", PROVISIONER, secrets.broker_password(PROVISIONER))
        rabbitmq.control("set_user_tags", PROVISIONER, "administrator")
        servers = Provisioned(rabbitmq, postgres, secrets)
        servers.provisioner().provision()
        for node in nodes:
            servers.provisioner().provision([node])
        yield servers
