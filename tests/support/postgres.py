"""A PostgreSQL of the test session's own: Debian's binaries, a throw-away directory, a socket.

A `conftest.py` makes a fixture of it, importing this module within the fixture::

    with session_postgres() as server:
        yield server
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
import pytest

_BINARIES: Final = Path("/usr/lib/postgresql")
_SUPERUSER: Final = "balian"
_PORT: Final = 5432
"""Only part of the socket's name: the server listens on no network at all."""

_START_TIMEOUT: Final = 30.0
HOW_TO_GET_IT: Final = "PostgreSQL is not installed; get it with: apt-get install postgresql"


class PostgresFailed(RuntimeError):
    """Raised when the server did not start; the message holds the end of its log."""


@dataclass
class Postgres:
    """One running server; every `database()` is a new, empty one."""

    directory: Path
    binaries: Path
    user: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def start(self) -> None:
        """Initialise the cluster where it is new, and start the server.

        Raises:
            PostgresFailed: it did not come up.
        """
        if not (self.directory / "cluster").exists():
            self._run(
                "initdb",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                f"--username={_SUPERUSER}",
                "--no-sync",
                f"--pgdata={self.directory / 'cluster'}",
            )
        self._control("start", "--options", self._options)
        deadline = time.monotonic() + _START_TIMEOUT
        while not self._answers():
            if time.monotonic() > deadline:
                raise PostgresFailed(self._log_end())
            time.sleep(0.05)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast`, or `immediate` as a crash would."""
        self._control("stop", "--mode", mode)

    def database(self) -> str:
        """Make a new, empty database and give its URL."""
        name = f"store_{next(self._numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={self.directory}&port={_PORT}"

    @property
    def _options(self) -> str:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.directory),
            "port": str(_PORT),
            "max_connections": "200",
            # The tests of this session kill processes, not machines.
            "fsync": "off",
            "full_page_writes": "off",
        }
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _control(self, action: str, *arguments: str) -> None:
        log = self.directory / "server.log"
        self._run(
            "pg_ctl",
            action,
            f"--pgdata={self.directory / 'cluster'}",
            f"--log={log}",
            "--wait" if action == "stop" else "--no-wait",
            *arguments,
        )

    def _run(self, program: str, *arguments: str) -> None:
        finished = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=self.user if os.geteuid() == 0 else None,
            cwd=self.directory,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_START_TIMEOUT * 2,
            check=False,
        )
        if finished.returncode:
            msg = f"{program} failed: {finished.stderr.decode(errors='replace')[-500:]}"
            raise PostgresFailed(msg + self._log_end())

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
            return True
        return False

    def _dsn(self, database: str) -> str:
        return f"host={self.directory} port={_PORT} user={_SUPERUSER} dbname={database}"

    def _log_end(self) -> str:
        log = self.directory / "server.log"
        return log.read_text(errors="replace")[-1000:] if log.exists() else ""


@functools.cache
def find_binaries() -> Path | None:
    """Find the newest installed server's programs; None when there is none."""
    versions = sorted(
        (path for path in _BINARIES.glob("*/bin") if (path / "initdb").exists()),
        key=lambda path: float(path.parent.name),
    )
    return versions[-1] if versions else None


@contextlib.contextmanager
def running_postgres(binaries: Path) -> Iterator[Postgres]:
    """Run a server for as long as the context lasts, and leave nothing of it behind."""
    # A socket's path may hold about 100 bytes, so not below a long directory of the session.
    directory = Path(tempfile.mkdtemp(prefix="balian-pg-", dir="/tmp"))
    user = _ordinary_user()
    if os.geteuid() == 0:
        shutil.chown(directory, user)
    server = Postgres(directory=directory, binaries=binaries, user=user)
    try:
        server.start()
        yield server
    finally:
        with contextlib.suppress(PostgresFailed):
            server.stop("immediate")
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def session_postgres() -> Iterator[Postgres]:
    """Run a server for a test session, or skip aloud where there is none; in CI that fails."""
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    with running_postgres(binaries) as server:
        yield server


def _ordinary_user() -> str:
    """Name a user the server may run as: it refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    msg = "the server does not run as root, and there is no user postgres or nobody"
    raise PostgresFailed(msg)
