"""A county that is watched, as an operator starts it, but for its rules, which wait less long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.faults.deployment import ROOT, free_ports, run
from tests.support.plain_county import TOWNSHIP, PlainCounty
from tests.support.watching import collector
from tests.support.watching.prometheus import Prometheus
from tests.support.watching.quicker import write_quicker

SETTINGS: Final = ROOT / "deploy" / "prometheus"
_COLLECTOR: Final = "collector"
NOWHERE: Final = "balian-test/none:none"
"""An image that nobody has: Grafana is not waited for, and Prometheus starts without it."""


@dataclass
class WatchedCounty(PlainCounty):
    """A county with its Prometheus; its township joins when it is told to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.prometheus_port,) = free_ports(1)

    @property
    def settings(self) -> Path:
        """Give the directory of what Prometheus is told."""
        return self.directory / "prometheus"

    @property
    def environment(self) -> dict[str, str]:
        """Give what compose and the scripts read of this deployment."""
        return {
            **super().environment,
            "PROMETHEUS_DIR": str(self.settings),
            "PROMETHEUS_PORT": str(self.prometheus_port),
            "GRAFANA_IMAGE": NOWHERE,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{_COLLECTOR}:{collector.PORT}",
            # A rota has one leader at a time, and may have none.
            "REGIME": "weekly_rota",
        }

    @property
    def prometheus(self) -> Prometheus:
        """Give its Prometheus."""
        return Prometheus(f"http://127.0.0.1:{self.prometheus_port}")

    def up(self) -> None:
        """Start the county and its Prometheus."""
        write_quicker(SETTINGS, self.settings)
        self.deploy("up", "--observability")

    def down(self) -> None:
        """Take everything down, with all it holds, and wait for nobody."""
        self.deploy("down", "--volumes", "--timeout", "2")

    def join_township(self) -> None:
        """Let the township join, or come back."""
        self.deploy("up", "--township", TOWNSHIP)

    def stop_township(self) -> None:
        """Stop the township's node, as a power cut there would, with nobody told."""
        run("docker", "kill", self.compose_township(TOWNSHIP, "ps", "-q", "node").strip())

    def kill(self, service: str) -> None:
        """Kill a service so that nobody starts it again but `start`."""
        run("docker", "kill", self.container(service))

    @contextmanager
    def hanging(self, service: str) -> Iterator[None]:
        """Let one instance of a service hang for the block: it takes calls and says nothing."""
        container, *_others = self.compose("ps", "-q", service).split()
        run("docker", "pause", container)
        try:
            yield
        finally:
            run("docker", "unpause", container)

    def start_collector(self) -> None:
        """Start what spans are sent to; until then they have nowhere to go, and harm nothing."""
        script = Path(collector.__file__)
        run(
            *("docker", "run", "--detach", "--name", self._collector),
            # Whatever becomes of the test, scripts/test-deployment takes it down by this.
            *("--label", f"com.docker.compose.project={self._collector}"),
            *("--network", f"{self.project}_default", "--network-alias", _COLLECTOR),
            *("--volume", f"{script}:/{script.name}:ro", "--entrypoint", "python3"),
            *(f"balian:{self.version}", f"/{script.name}"),
        )

    def stop_collector(self) -> None:
        """Stop it; the network cannot be taken down before."""
        run("docker", "rm", "--force", self._collector, check=False)

    def spans(self) -> list[Mapping[str, str]]:
        """Give what was sent to it so far."""
        return [json.loads(line) for line in run("docker", "logs", self._collector).splitlines()]

    @property
    def _collector(self) -> str:
        return f"{self.project}_{_COLLECTOR}"


@contextmanager
def watched_county(directory: Path) -> Iterator[WatchedCounty]:
    """Run a watched county for the block; nothing of it is left afterwards."""
    county = WatchedCounty(directory)
    try:
        county.up()
        county.start_collector()
        yield county
    finally:
        county.stop_collector()
        county.down()
