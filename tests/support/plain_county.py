"""A county on compose as the files say it, with one township: played on, copied, taken down."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from balian.deployments import OnBroker
from balian.ledger import Ledger, read_ledger
from shared.messaging.client import BusClient
from tests.support.faults.deployment import ROOT, DockerFailed, FaultyCounty, has_docker

TOWNSHIP: Final = "sanchakou"
HOW_TO_GET_IT: Final = "no Docker engine answers; docs/deploy.md says what it takes"
_LONGEST_PLAY: Final = 900
_LONGEST_SCRIPT: Final = 900


@dataclass
class PlainCounty(FaultyCounty):
    """A county with nothing added to it, and its township, each command as an operator gives it."""

    version: str = field(default_factory=lambda: os.environ.get("BALIAN_VERSION", "local"))
    _overrides: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Give what compose and the scripts read of this deployment."""
        return {
            **super().environment,
            "NODES_DIR": str(self.directory / "nodes"),
            "TERRITORY": TOWNSHIP,
            "BALIAN_VERSION": self.version,
        }

    def deploy(self, script: str, *arguments: str) -> str:
        """Run one of the scripts of `deploy`.

        Raises:
            DockerFailed: it fails; what it said last is in the message.
        """
        done = subprocess.run(
            [str(ROOT / "deploy" / script), *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST_SCRIPT,
            check=False,
        )
        if done.returncode:
            msg = f"deploy/{script} failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}"
            raise DockerFailed(msg)
        return done.stdout

    def up(self) -> None:
        """Start the county, and the township."""
        self.deploy("up")
        self.deploy("up", "--township", TOWNSHIP)

    def down(self) -> None:
        """Take everything down, with all it holds, but for the secrets."""
        self.deploy("down", "--volumes")

    def scale(self, services: Sequence[str], count: int) -> None:
        """Run so many instances of some services."""
        scales = [part for name in services for part in ("--scale", f"{name}={count}")]
        self.compose("up", "-d", "--no-recreate", *scales)
        self.wait_until_healthy()

    def listeners(self, services: Sequence[str]) -> dict[str, int]:
        """Count the instances of services that take calls."""
        with closing(BusClient(self.bus())) as client:
            return client.listeners(services)

    def begin_play(self, casebook: Path, *arguments: str) -> subprocess.Popen[str]:
        """Begin to play a casebook as an operator would."""
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "balian", "play", str(casebook)),
                *("--bus", f"amqp://operator@127.0.0.1:{self.amqp_port}/balian"),
                *("--bus-password-file", str(self.secrets_directory / "amqp_operator")),
                *("--dir", str(self.directory / "played")),
                *("--ledger", str(self.directory / "ledger.jsonl")),
                *arguments,
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end_play(self, play: subprocess.Popen[str]) -> Ledger:
        """Wait for the end of a play, which must go as written, and read its ledger."""
        try:
            _, talk = play.communicate(timeout=_LONGEST_PLAY)
        finally:
            play.kill()
        assert play.returncode == 0, talk[-3000:]
        return read_ledger(self.directory / "ledger.jsonl")

    def play(self, casebook: Path, *arguments: str) -> Ledger:
        """Play a casebook to its end, or to the line where one is told."""
        return self.end_play(self.begin_play(casebook, *arguments))

    def parked(self) -> int:
        """Count the parked messages, by asking every service."""
        headers = {"actor": "operator:test", "roles": "operator", "now": "2027-01-01T00:00:00Z"}
        with closing(OnBroker(self.bus(), places=[TOWNSHIP], now=headers["now"])) as services:
            work = services.pending(headers, services.services)
        return sum(service.parked for service in work.values())


@contextmanager
def plain_county(directory: Path) -> Iterator[PlainCounty]:
    """Run a county for the block, where there is Docker; nothing of it is left afterwards."""
    if not has_docker():
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    county = PlainCounty(directory)
    try:
        county.up()
        yield county
    finally:
        county.down()
