"""A county on compose that tests may break: started for them alone, and taken down at the end.

Everything is done through the Docker command line, as an operator could.
A process is killed from inside its container, because Docker does not restart what it was itself
told to kill.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from prometheus_client.parser import text_string_to_metric_families

from shared.messaging.crashpoints import ARMED
from shared.messaging.topology import node_service
from tests.support.faults.proxy import tell

ROOT: Final = Path(__file__).resolve().parents[3]
COMPOSE_DIRECTORY: Final = ROOT / "tests" / "compose"

CONTAINER_OF: Final[Mapping[str, str]] = {
    "intake": "intake",
    "triage": "triage",
    "reception_county": "reception",
    "supervision": "supervision",
    "accountability": "accountability",
}
"""The compose service in which each nameko service runs."""

SERVICES: Final = tuple(CONTAINER_OF)
_UP_LIMIT: Final = 180
_COMMAND_LIMIT: Final = 300
_LINES_KEPT: Final = "2000"
_ABSORBING: Final = ("balian_messages_duplicate_total", "balian_calls_repeated_total")


class DockerFailed(RuntimeError):
    """Raised when a command of Docker fails; what it said is in the message."""


def run(*command: str, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
    """Run a program and give what it prints.

    Raises:
        DockerFailed: it fails.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_COMMAND_LIMIT,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    if check and done.returncode:
        msg = f"{' '.join(command[:6])} failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        raise DockerFailed(msg)
    return done.stdout


def has_docker() -> bool:
    """Tell whether a Docker engine answers."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def _fresh_name() -> str:
    # What begins as scripts/test-deployment says is taken down by it, whatever becomes of us.
    return f"{os.environ.get('TEST_PROJECT', 'balian_test')}_{secrets.token_hex(4)}"


@dataclass
class FaultyCounty:
    """One deployment with its own name, secrets, ports and volumes."""

    directory: Path
    project: str = field(default_factory=_fresh_name)
    clock: str = "simulated"
    _overrides: list[str] = field(default_factory=lambda: ["compose.faults.yml"])
    _ids: dict[str, str] = field(default_factory=dict)
    _townships: list[str] = field(default_factory=list)
    _armed: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _counts: dict[tuple[str, ...], float] = field(default_factory=dict)
    _absorbed: float = 0.0

    def __post_init__(self) -> None:
        amqp, pages, postgres, proxy = free_ports(4)
        self.amqp_port, self.pages_port = amqp, pages
        self.postgres_port, self.proxy_port = postgres, proxy
        self.control_password = secrets.token_hex(16)

    @property
    def secrets_directory(self) -> Path:
        """Give the directory of this deployment's secrets."""
        return self.directory / "secrets"

    @property
    def environment(self) -> dict[str, str]:
        """Give what compose reads of this deployment."""
        return {
            "COMPOSE_PROJECT_NAME": self.project,
            "SECRETS_DIR": str(self.secrets_directory),
            "NODES_DIR": str(self.directory / "nodes"),
            "FAULTS_DIR": str(self.directory),
            "AMQP_PORT": str(self.amqp_port),
            "RABBITMQ_UI_PORT": str(self.pages_port),
            "FAULTS_POSTGRES_PORT": str(self.postgres_port),
            "FAULTS_PROXY_PORT": str(self.proxy_port),
            "CONTROL_PASSWORD": self.control_password,
            "CLOCK": self.clock,
            "LOG_LEVEL": "WARNING",
        }

    @property
    def leading_arguments(self) -> tuple[str, ...]:
        """Say to deploy/compose what kind of county this is."""
        return ()

    # -- from up to down

    def up(self) -> None:
        """Start the county and wait until all of it is healthy.

        Raises:
            DockerFailed: it is not in time; the last lines of what failed are in the message.
        """
        for service in SERVICES:
            self._make_crash_directory(service)
        for parent in (self.directory, self.directory / "crash"):
            parent.chmod(0o755)
        run(sys.executable, "-m", "balian", "secrets", str(self.secrets_directory))
        self.compose("up", "-d")
        self.wait_until_healthy()

    def wait_until_healthy(self, *, within: int = _UP_LIMIT) -> None:
        """Wait until every container is.

        Raises:
            DockerFailed: one is not in time.
        """
        run(str(ROOT / "deploy" / "wait"), self.project, str(within))

    def down(self) -> None:
        """Take everything down, with its volumes, and remove its secrets."""
        for node in self._townships:
            self.compose_township(node, "down", "-v", "-t", "2", check=False)
        self.compose("down", "-v", "--remove-orphans", "-t", "2", check=False)
        shutil.rmtree(self.secrets_directory, ignore_errors=True)

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run compose on this deployment."""
        files = [part for name in self._overrides for part in ("-f", str(COMPOSE_DIRECTORY / name))]
        script = str(ROOT / "deploy" / "compose")
        command = [script, *self.leading_arguments, *files, *arguments]
        return run(*command, check=check, environment=self.environment)

    def compose_township(
        self,
        node: str,
        *arguments: str,
        check: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run compose on a township of this deployment."""
        command = (str(ROOT / "deploy" / "compose"), "--township", node)
        files = ("-f", str(COMPOSE_DIRECTORY / "compose.township.yml"))
        told = {**self.environment, **(environment or {})}
        return run(*command, *files, *arguments, check=check, environment=told)

    def join(self, node: str, *, regime: str, opening: str) -> None:
        """Start the node of a township, or start it for another opening.

        Raises:
            DockerFailed: it is not healthy in time.
        """
        service = node_service(node)
        self._make_crash_directory(service)
        (self.directory / "nodes").mkdir(exist_ok=True)
        run(sys.executable, "-m", "balian", "secrets", str(self.secrets_directory), "--node", node)
        if node not in self._townships:
            self._townships.append(node)
        told = {"TERRITORY": node, "REGIME": regime, "OPENING": opening}
        self.compose_township(node, "up", "-d", environment=told)
        run(str(ROOT / "deploy" / "wait"), f"{self.project}-{node}", str(_UP_LIMIT))
        self._ids[service] = self.compose_township(node, "ps", "-q", "node").strip()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Give the reception nodes, the county's own first."""
        return ("county", *self._townships)

    @property
    def services(self) -> tuple[str, ...]:
        """Give the services of the county, and those of the townships that have joined."""
        return (*SERVICES, *(node_service(node) for node in self._townships))

    def add(self, override: str, *services: str) -> None:
        """Start further services that an override adds."""
        self._overrides.append(override)
        self.compose("up", "-d", "--no-deps", *services)

    def remove(self, override: str, *services: str) -> None:
        """Take away what `add` has started."""
        self.compose("rm", "--stop", "--force", *services)
        self._overrides.remove(override)

    # -- containers

    def container(self, service: str) -> str:
        """Give the id of the container of a service."""
        if service not in self._ids:
            name = CONTAINER_OF.get(service, service)
            self._ids[service] = self.compose("ps", "-q", name).strip()
        return self._ids[service]

    def signal(self, service: str, signal: str) -> None:
        """Send a signal to the processes of a container, from inside."""
        # The shell itself is spared: a process that signals everybody does not signal itself.
        everybody = f"kill -{signal} -1"
        run("docker", "exec", self.container(service), "sh", "-c", everybody, check=False)

    def stop(self, service: str) -> None:
        """Stop a container as its operator would; nobody starts it again but `start`."""
        run("docker", "stop", self.container(service))

    def start(self, service: str) -> None:
        """Start a container that was stopped."""
        run("docker", "start", self.container(service))

    def restart(self, service: str) -> None:
        """Stop a container and start it again."""
        run("docker", "restart", self.container(service))

    def restarts(self, service: str) -> int:
        """Count how often Docker has started a container anew because its process had ended."""
        told = run("docker", "inspect", "-f", "{{.RestartCount}}", self.container(service))
        return int(told)

    def execute(self, service: str, *command: str, user: str | None = None) -> str:
        """Run a program in a container."""
        as_user = ("--user", user) if user else ()
        return run("docker", "exec", *as_user, self.container(service), *command)

    def keep_evidence(self, directory: Path) -> None:
        """Write down what every container has said lately, and how each of them stands."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "containers.txt").write_text(self.compose("ps", check=False), encoding="utf-8")
        others = self.compose("ps", "--services", check=False).split()
        joined = {node_service(node) for node in self._townships}
        for name in {*CONTAINER_OF.values(), *others, *joined}:
            said = subprocess.run(
                ["docker", "logs", "--timestamps", "--tail", _LINES_KEPT, self.container(name)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            (directory / f"{name}.log").write_bytes(said.stdout)

    # -- health and metrics

    def address(self, service: str) -> str:
        """Give a container's address on the deployment's network.

        Raises:
            DockerFailed: it has none, as while it starts again.
        """
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        address = run("docker", "inspect", "-f", form, self.container(service)).strip()
        if not address:
            msg = f"{service} has no address now"
            raise DockerFailed(msg)
        return address

    def is_ready(self, service: str) -> bool:
        """Tell whether a service says that it is ready."""
        try:
            with self._health(service, "readyz") as answer:
                return bool(answer.status == HTTPStatus.OK)
        except (OSError, HTTPException, DockerFailed):
            return False

    def await_ready(self, *, within: float) -> float:
        """Wait until every service is ready; give how long it took.

        Raises:
            TimeoutError: one is not in time; names it.
        """
        started = time.monotonic()
        waiting = list(self.services)
        while waiting:
            waiting = [service for service in waiting if not self.is_ready(service)]
            if waiting and time.monotonic() - started > within:
                msg = f"not ready after {within:g} s: {', '.join(waiting)}"
                raise TimeoutError(msg)
            time.sleep(0.2 if waiting else 0)
        return time.monotonic() - started

    def absorbed(self) -> int:
        """Count the duplicate deliveries and repeated commands that changed nothing, so far.

        They stand in metrics, which begin anew with each life of a process: what was counted after
        the last look at a life that has ended is missing.
        """
        for service in self.services:
            for key, value in self._duplicates(service).items():
                before = self._counts.get(key, 0.0)
                self._absorbed += value - before if value >= before else value
                self._counts[key] = value
        return int(self._absorbed)

    def _duplicates(self, service: str) -> dict[tuple[str, ...], float]:
        try:
            with self._health(service, "metrics") as answer:
                text = answer.read().decode()
        except (OSError, HTTPException, DockerFailed):
            return {}
        return {
            (service, sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name in _ABSORBING
        }

    def _health(self, service: str, path: str) -> Any:
        url = f"http://{self.address(service)}:9464/{path}"
        return urllib.request.urlopen(url, timeout=3)

    # -- what the tests reach it by

    def bus(self, user: str = "operator") -> str:
        """Give the address of the bus for a user, with the password."""
        password = quote(self.secret(f"amqp_{user}"), safe="")
        return f"amqp://{user}:{password}@127.0.0.1:{self.amqp_port}/balian"

    def store(self, service: str) -> str:
        """Give the URL of a service's store, as that service's own role."""
        return self._postgres(service, self.secret(f"store_{service}"), service)

    def administrator(self, database: str = "postgres") -> str:
        """Give the URL of a database for its administrator."""
        return self._postgres("postgres", self.secret("postgres_admin"), database)

    def stores(self) -> dict[str, str]:
        """Give the URL of every store."""
        return {service: self.store(service) for service in self.services}

    def secret(self, name: str) -> str:
        """Read one of this deployment's secrets."""
        return (self.secrets_directory / name).read_text(encoding="utf-8").strip()

    def _postgres(self, role: str, password: str, database: str) -> str:
        quoted = quote(password, safe="")
        host = f"127.0.0.1:{self.postgres_port}"
        return f"postgresql+psycopg://{role}:{quoted}@{host}/{database}"

    # -- what they break it by

    def proxy(self, lines: str, mode: str) -> None:
        """Let lines of the proxy behave in another way."""
        tell(("127.0.0.1", self.proxy_port), {"lines": lines, "mode": mode})

    def arm(self, service: str, specification: str) -> Path:
        """Arm a crash point of a running service; give the file, which goes when it dies."""
        self._make_crash_directory(service)
        place = self.directory / "crash" / CONTAINER_OF.get(service, service)
        armed = place / f"{ARMED}.{next(self._armed)}"
        unfinished = place / f".{armed.name}"
        unfinished.write_text(specification, encoding="utf-8")
        unfinished.chmod(0o666)
        unfinished.replace(armed)
        return armed

    def _make_crash_directory(self, service: str) -> None:
        place = self.directory / "crash" / CONTAINER_OF.get(service, service)
        place.mkdir(parents=True, exist_ok=True)
        # The process in the container is another user, and removes the file before it dies.
        place.chmod(0o777)


def free_ports(count: int) -> Sequence[int]:
    """Find ports of this machine that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def faulty_county(directory: Path) -> Iterator[FaultyCounty]:
    """Run a county for the block; nothing of it is left afterwards."""
    county = FaultyCounty(directory)
    try:
        county.up()
        yield county
    finally:
        county.down()
