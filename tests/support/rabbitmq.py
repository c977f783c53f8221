"""A RabbitMQ of the tests' own: an ordinary process on loopback, with its own ports and files.

Debian's package starts a server for the whole machine; here only its program is used, so the
tests neither need that server nor disturb it.
"""

from __future__ import annotations

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

_PROGRAMS: Final = "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
_METRICS: Final = "prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {port}\n"
_START_LIMIT: Final = 60.0
_VHOSTS_AT_ONCE: Final = 16
_ADD_VHOSTS: Final = """
lists:foreach(fun(Name) ->
    ok = rabbit_vhost:add(Name, <<"tests">>),
    ok = rabbit_auth_backend_internal:set_permissions(
        <<"guest">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)
end, [%s]).
"""
HOW_TO_GET_IT: Final = (
    "RabbitMQ is not installed: apt-get install --no-install-recommends rabbitmq-server"
)


class RabbitMQFailed(RuntimeError):
    """Raised when the server does not come up or does not obey; its log is in the message."""


def programs() -> Path | None:
    """Find where Debian keeps RabbitMQ's own programs."""
    found = sorted(glob.glob(_PROGRAMS))  # noqa: PTH207 - the pattern begins at the root.
    return Path(found[-1]) if found and shutil.which("erl") else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RabbitMQ:
    """One running server; with its management API, or its metrics, where a test asks for them."""

    def __init__(
        self,
        sbin: Path,
        directory: Path,
        *,
        management: bool = False,
        prometheus: bool = False,
        further: str = "",
    ) -> None:
        self.port = _free_port()
        self.api = f"http://127.0.0.1:{_free_port()}"
        self.metrics_port = _free_port()
        self._sbin = sbin
        self._directory = directory
        self._log = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._vhosts: list[str] = []
        name = f"balian{uuid.uuid4().hex[:8]}@localhost"
        (directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "loopback_users.guest = true\n"
            "vm_memory_high_watermark.absolute = 400MB\n"
            "disk_free_limit.absolute = 10MB\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.api.rpartition(':')[2]}\n"
            + (_METRICS.format(port=self.metrics_port) if prometheus else "")
            + further
        )
        chosen = {"rabbitmq_management": management, "rabbitmq_prometheus": prometheus}
        plugins = ",".join(plugin for plugin, is_wanted in chosen.items() if is_wanted)
        (directory / "enabled_plugins").write_text(f"[{plugins}].\n")
        self._environment = {
            **os.environ,
            "HOME": str(directory),
            "RABBITMQ_NODENAME": name,
            "RABBITMQ_MNESIA_BASE": str(directory / "mnesia"),
            "RABBITMQ_LOG_BASE": str(directory / "log"),
            "RABBITMQ_PID_FILE": str(directory / "pid"),
            "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(_free_port()),
            "ERL_EPMD_PORT": str(_free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # Lets the port mapper be ended although the node it knew was killed.
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "true",
            "LANG": "C.UTF-8",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }

    def uri(self, vhost: str = "") -> str:
        """Give the address of the server, or of one of its virtual hosts."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{vhost}"

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            RabbitMQFailed: it does not.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._sbin / "rabbitmq-server"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ends = time.monotonic() + _START_LIMIT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise RabbitMQFailed(self._log.read_text(errors="replace")[-3000:])
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server as its operator would; its files stay."""
        if self._process is not None:
            # The Erlang machine dies with its process group, whatever it is doing.
            self.control("stop")
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(timeout=10)
            self._process = None

    def kill(self) -> None:
        """Kill the server at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # It ended by itself; why, its log tells.
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=10)
            self._process = None

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """Let the server answer nothing for a while, as behind a network that swallows packets."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            # A stop takes hold of one thread after the other, and a running one still answers.
            while not _has_stopped(self._process.pid):
                time.sleep(0.005)
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def close(self) -> None:
        """Kill the server, and the port mapper it started."""
        self.kill()
        epmd = shutil.which("epmd")
        if epmd is not None:
            self._run([epmd, "-kill"], check=False)

    def control(self, *command: str) -> str:
        """Run ``rabbitmqctl`` and give what it prints.

        Raises:
            RabbitMQFailed: it fails.
        """
        return self._run([str(self._sbin / "rabbitmqctl"), "--quiet", *command])

    def vhost(self) -> str:
        """Give the name of a virtual host nobody has used yet."""
        if not self._vhosts:
            # One call of the control program takes longer than most tests: make several.
            self._vhosts = [f"test-{uuid.uuid4().hex[:12]}" for _ in range(_VHOSTS_AT_ONCE)]
            self.control("eval", _ADD_VHOSTS % ",".join(f'<<"{name}">>' for name in self._vhosts))
        return self._vhosts.pop()

    def queue_depths(self, vhost: str) -> dict[str, int]:
        """Give how many messages wait in each queue, delivered and unacknowledged ones too."""
        listed = self.control(
            "list_queues", "--vhost", vhost, "--no-table-headers", "name", "messages"
        )
        rows = (line.split("\t") for line in listed.splitlines() if "\t" in line)
        return {name: int(count) for name, count in rows}

    def _run(self, command: Sequence[str], *, check: bool = True) -> str:
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=90, check=False
        )
        if check and done.returncode:
            raise RabbitMQFailed(done.stdout + done.stderr)
        return done.stdout

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(probe.recv(1))
        except OSError:
            return False


def _has_stopped(group: int) -> bool:
    """Tell whether every thread of every process of a process group is stopped."""
    states = []
    for stat in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        with suppress(OSError):
            # What stands in brackets is a name, which may hold anything.
            state, _parent, of_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group:
                states.append(state)
    return all(state in ("T", "t", "Z", "X") for state in states)


@contextmanager
def running_rabbitmq(
    *, management: bool = False, prometheus: bool = False, further: str = ""
) -> Iterator[RabbitMQ]:
    """Run a server for as long as the block lasts; ``further`` are lines for its configuration.

    Where there is none the tests that need it are skipped, aloud; in CI that is a failure.
    """
    sbin = programs()
    if sbin is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    directory = Path(tempfile.mkdtemp(prefix="balian-rabbitmq-"))
    server = RabbitMQ(
        sbin, directory, management=management, prometheus=prometheus, further=further
    )
    try:
        server.start()
        yield server
    finally:
        server.close()
        shutil.rmtree(directory, ignore_errors=True)
