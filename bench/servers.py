"""The RabbitMQ and the PostgreSQL of a run: of its own, on loopback, and as durable as deployed.

They are started as those of the tests are; what the tests save there, because they kill processes
and not machines, is not saved here.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from bench.machine import memory_mebibytes
from tests.support import postgres, rabbitmq

_SHARE: Final = 8
"""Of the machine's memory a PostgreSQL keeps one part in so many for itself: several of them run
side by side where counties of different sizes are compared."""

_WATERMARK = "vm_memory_high_watermark.absolute = 2GB\n"


class ServerMissing(RuntimeError):
    """Raised when a server's programs are not on this machine; says how to get them."""


class FreeRabbitMQ(rabbitmq.RabbitMQ):
    """A RabbitMQ that may use every core and as much memory as a deployment's."""

    def __init__(self, sbin: Path, directory: Path) -> None:
        super().__init__(sbin, directory, further=_WATERMARK)
        del self._environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]

    @property
    def pid(self) -> int:
        """Give the process at the top of the server's tree."""
        assert self._process is not None  # noqa: S101 - it is asked of a running server only.
        return self._process.pid

    def version(self) -> str:
        """Ask the server for its version."""
        return self.control("version").strip()


class DurablePostgres(postgres.Postgres):
    """A PostgreSQL whose commits are on the disk before they are answered."""

    @property
    def _settings(self) -> Mapping[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.directory),
            "port": "5432",
            "max_connections": "200",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "shared_buffers": f"{memory_mebibytes() // _SHARE}MB",
            "random_page_cost": "1.1",
        }

    @property
    def _options(self) -> str:
        return " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())

    def databases(self, names: Collection[str]) -> str:
        """Make databases; gives their address, in which ``{service}`` stands for the name."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            for name in names:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return f"postgresql+psycopg://balian@/{{service}}?host={self.directory}&port=5432"

    @property
    def pid(self) -> int:
        """Give the process at the top of the server's tree."""
        return int((self.directory / "cluster" / "postmaster.pid").read_text().split()[0])

    def version(self) -> str:
        """Ask the server for its version."""
        with psycopg.connect(self._dsn("postgres")) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else ""


@contextmanager
def running_rabbitmq() -> Iterator[FreeRabbitMQ]:
    """Run a RabbitMQ until the block ends.

    Raises:
        ServerMissing: its programs are not here.
    """
    sbin = rabbitmq.programs()
    if sbin is None:
        raise ServerMissing(rabbitmq.HOW_TO_GET_IT)
    directory = Path(tempfile.mkdtemp(prefix="balian-bench-rabbitmq-"))
    server = FreeRabbitMQ(sbin, directory)
    try:
        server.start()
        yield server
    finally:
        server.close()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def running_postgres() -> Iterator[DurablePostgres]:
    """Run a PostgreSQL until the block ends.

    Raises:
        ServerMissing: its programs are not here.
    """
    binaries = postgres.find_binaries()
    if binaries is None:
        raise ServerMissing(postgres.HOW_TO_GET_IT)
    with postgres.running_postgres(binaries) as quick:
        # The cluster is made as the tests make theirs; it runs under other settings.
        quick.stop()
        durable = DurablePostgres(
            directory=quick.directory, binaries=quick.binaries, user=quick.user
        )
        durable.start()
        yield durable
