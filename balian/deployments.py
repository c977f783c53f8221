"""The three places where services run: a host of this process, one behind a socket, a broker.

All three answer the same calls; what they cannot do, they say in the words of the command line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from balian.faults import HostUnreachable
from balian.host import EmbeddedHost
from balian.socket import NoHost, SocketClient
from shared.clock import ClockKind
from shared.contracts.every_service import DueInstant, PendingWork
from shared.messaging.client import BusClient, CallTimedOut, ServiceUnknown
from shared.messaging.topology import Topology, node_service


class OwnHost:
    """An embedded host in this process."""

    def __init__(self, host: EmbeddedHost) -> None:
        self._host = host
        self.services = host.services
        self.topology = host.topology

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""
        return self._host.call_raw(service, method, mapping, headers)

    def pending(self, headers: Mapping[str, str]) -> Mapping[str, PendingWork]:
        """Ask every service what it still has to do, without a call for each."""
        del headers
        return self._host.pending()

    def next_due(self, headers: Mapping[str, str]) -> Mapping[str, datetime | None]:
        """Ask every service when its next deadline fires, without a call for each."""
        del headers
        return self._host.next_due()


class _AskedOneByOne(ABC):
    """Services in other processes: what is asked of all of them is a call to each."""

    services: tuple[str, ...]

    @abstractmethod
    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""

    def pending(self, headers: Mapping[str, str]) -> Mapping[str, PendingWork]:
        """Ask every service what it still has to do."""
        return {
            service: PendingWork.load(self.call_raw(service, "pending", {}, headers))
            for service in self.services
        }

    def next_due(self, headers: Mapping[str, str]) -> Mapping[str, datetime | None]:
        """Ask every service when its next deadline fires."""
        return {
            service: DueInstant.load(self.call_raw(service, "next_due", {}, headers)).at
            for service in self.services
        }


class RunningHost(_AskedOneByOne):
    """The host of a store directory, in another process, by its socket."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._client = SocketClient(directory)
        self.services = self._client.services
        self.topology = self._client.topology
        self.clock = ClockKind(self._client.clock)

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""
        try:
            return self._client.call_raw(service, method, mapping, headers)
        except NoHost as gone:
            raise HostUnreachable(
                what=f"the host of {self.directory} went away",
                why=str(gone),
                todo="Start it again with `balian up`, then send the same again; it is done once.",
            ) from None

    def close(self) -> None:
        """Close the line to the host."""
        self._client.close()


class OnBroker(_AskedOneByOne):
    """Services on a broker; which nodes there are must be told."""

    def __init__(self, uri: str, *, nodes: Sequence[str]) -> None:
        self._client = BusClient(uri)
        self.topology = Topology(nodes=tuple(nodes))
        self.services = (
            "intake",
            "triage",
            *(node_service(node) for node in nodes),
            "supervision",
            "accountability",
        )

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""
        try:
            return self._client.call_raw(service, method, mapping, headers)
        except (CallTimedOut, ServiceUnknown) as silent:
            raise HostUnreachable(
                what=f"nobody answers {service}.{method} on the bus",
                why=str(silent),
                todo="Check the address given with --bus, and that the service runs.",
            ) from None

    def close(self) -> None:
        """Close the connections to the broker."""
        self._client.close()
