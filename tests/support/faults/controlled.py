"""The harness against the negative control: the same load, faults and questions, other services.

Each number is registered until it is answered; then the stores must hold it exactly once.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Final

import sqlalchemy

from balian.provisioning.management import Management
from shared.contracts.mechanism import Fault as NoAnswer
from shared.messaging.client import BusClient
from tests.support.faults.control import BACK, FRONT, TABLES
from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.desk import ONE_ANSWER
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Finding, Harm

_CLIENTS: Final = 4
_OVERRIDE: Final = "compose.control.yml"


class Controlled:
    """The two plain services on a county's broker and server, with a load of their own."""

    def __init__(self, county: FaultyCounty) -> None:
        self._county = county
        self._answered: set[str] = set()
        self._numbers = count(1)
        self._is_stopping = threading.Event()

    def start(self) -> None:
        """Make a virtual host, a database and a user for the control, and start it."""
        self._on_the_broker()
        self._in_postgres()
        self._county.add(_OVERRIDE, FRONT, BACK)
        with closing(self._client()) as client:
            ends = time.monotonic() + 60
            while not self._registers(client, "begin") and time.monotonic() < ends:
                time.sleep(0.5)

    def endure(self, faults: list[Fault], *, calm: float = 3.0) -> None:
        """Register numbers while one fault after the other comes and goes."""
        clients = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        for fault in faults:
            time.sleep(calm)
            fault.inject(self._county)
            fault.hold(self._county)
            fault.heal(self._county)
        time.sleep(calm)
        self._is_stopping.set()
        for client in clients:
            client.join(timeout=60)

    def stop(self) -> None:
        """Take the two services away; what they have written stays."""
        self._county.remove(_OVERRIDE, FRONT, BACK)

    @property
    def answered(self) -> int:
        """Count the registrations that were answered."""
        return len(self._answered)

    def findings(self) -> Iterator[Finding]:
        """Hold the stores against what was answered, once nothing moves any more."""
        registered, received = self._at_rest()
        for number in sorted(self._answered - set(registered)):
            yield Finding("control", Harm.LOST, f"{number} was answered and is not there")
        for number in sorted(set(registered) - set(received)):
            yield Finding("control", Harm.LOST, f"{number} was never heard of")
        for table in (registered, received):
            for number, times in table.items():
                if times > 1:
                    yield Finding("control", Harm.DOUBLED, f"{number} {times} times")

    def _work(self, client_number: int) -> None:
        with closing(self._client()) as client:
            while not self._is_stopping.is_set():
                number = f"{client_number}-{next(self._numbers)}"
                # A caller repeats what was not answered: it cannot know what became of it.
                while not self._registers(client, number) and not self._is_stopping.is_set():
                    time.sleep(0.2)

    def _registers(self, client: BusClient, number: str) -> bool:
        try:
            client.call_raw(FRONT, "register", {"number": number}, {})
        except NoAnswer:
            return False
        self._answered.add(number)
        return True

    def _at_rest(self) -> tuple[Counter[str], Counter[str]]:
        before: tuple[Counter[str], Counter[str]] | None = None
        while True:
            now = (self._numbers_in("registrations"), self._numbers_in("received"))
            if now == before:
                return now
            before = now
            time.sleep(3)

    def _numbers_in(self, table: str) -> Counter[str]:
        engine = sqlalchemy.create_engine(
            self._county.administrator("control"), poolclass=sqlalchemy.NullPool
        )
        with engine.connect() as connection:
            statement = f"SELECT number FROM {table}"  # noqa: S608 - our own names.
            return Counter(connection.scalars(sqlalchemy.text(statement)).all())

    def _client(self) -> BusClient:
        password = self._county.control_password
        port = self._county.amqp_port
        uri = f"amqp://control:{password}@127.0.0.1:{port}/control"
        return BusClient(uri, timeout=ONE_ANSWER, attempts=1)

    def _on_the_broker(self) -> None:
        broker = Management(
            f"http://127.0.0.1:{self._county.pages_port}",
            user="provisioner",
            password=self._county.secret("rabbitmq_admin"),
        )
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        broker.put("vhosts", "control")
        user = {"password": self._county.control_password, "tags": ""}
        broker.put("users", "control", value=user)
        broker.put("permissions", "control", "control", value=everything)

    def _in_postgres(self) -> None:
        password = self._county.control_password
        for database, statements in (
            (
                "postgres",
                (f"CREATE ROLE control LOGIN PASSWORD '{password}'", "CREATE DATABASE control"),
            ),
            (
                "control",
                (
                    *TABLES,
                    "GRANT ALL ON ALL TABLES IN SCHEMA public TO control",
                    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO control",
                ),
            ),
        ):
            engine = sqlalchemy.create_engine(
                self._county.administrator(database),
                poolclass=sqlalchemy.NullPool,
                isolation_level="AUTOCOMMIT",
            )
            with engine.connect() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
