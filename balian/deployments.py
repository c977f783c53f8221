"""The three places where services run: a host of this process, one behind a socket, a broker.

All three answer the same calls; what they cannot do, they say in the words of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from balian.faults import HostUnreachable
from balian.host import NODES, EmbeddedHost
from balian.socket import NoHost, SocketClient
from shared.clock import ClockKind, machine_now
from shared.contracts.every_service import PendingWork
from shared.contracts.mechanism import NowMissing, NowNotAllowed
from shared.messaging.client import (
    BusClient,
    CallForbidden,
    CallTimedOut,
    Question,
    ServiceUnknown,
)
from shared.messaging.topology import NODE_OWNER, Topology, node_service

T = TypeVar("T")

NO_PATIENCE: Final = 0.0
TIMEOUT: Final = 10.0
ATTEMPTS: Final = 3
_ASKING: Final = {"actor": "operator:balian", "roles": "operator"}


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

    def pending(
        self, headers: Mapping[str, str], services: Iterable[str]
    ) -> Mapping[str, PendingWork]:
        """Ask every service what it still has to do, without a call for each."""
        del headers, services
        return self._host.pending()


class RunningHost:
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

    def pending(
        self, headers: Mapping[str, str], services: Iterable[str]
    ) -> Mapping[str, PendingWork]:
        """Ask services what they still have to do, one after the other."""
        return {
            service: PendingWork.load(self.call_raw(service, "pending", {}, headers))
            for service in services
        }

    def close(self) -> None:
        """Close the line to the host."""
        self._client.close()


class OnBroker:
    """Services on a broker.

    Args:
        uri: the broker's address, with the password; never shown.
        nodes: the reception nodes there are; found out where they are not told.
        needed: nodes that are taken to be there in any case.
        places: the codes at which a node may listen that has not announced itself yet.
        now: the instant at which it is asked which nodes there are, in simulated time.
        patience: seconds for which a call that nobody answers is sent again.
        when_waiting: told what is waited for, each time before it is sent again.
        timeout: seconds for which one answer is waited for.
        attempts: how often a call that nobody answers is sent at least.
        is_partial: whether to go on where triage does not tell which nodes there are.
    """

    def __init__(
        self,
        uri: str,
        *,
        nodes: Sequence[str] = (),
        needed: Sequence[str] = (),
        places: Sequence[str] = (),
        now: str | None = None,
        patience: float = NO_PATIENCE,
        when_waiting: Callable[[str], None] | None = None,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        is_partial: bool = False,
    ) -> None:
        self._client = BusClient(
            uri,
            timeout=timeout,
            attempts=attempts,
            patience=patience,
            when_waiting=when_waiting,
        )
        self._is_partial = is_partial
        self._told_nodes = tuple(nodes)
        self._needed = tuple(needed)
        self._places = tuple(places)
        self._now = now

    @cached_property
    def topology(self) -> Topology:
        """Tell who listens to what, and which nodes there are."""
        found = self._told_nodes or (*self._known(), *self._listening())
        return Topology(nodes=tuple(sorted({*found, *self._needed})))

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Name every service, each node by its own name."""
        nodes = (node_service(node) for node in self.topology.nodes)
        return ("intake", "triage", *nodes, "supervision", "accountability")

    def _known(self) -> tuple[str, ...]:
        try:
            return tuple(self._announced())
        except HostUnreachable:
            if not self._is_partial:
                raise
            return ()

    def _announced(self) -> Iterator[str]:
        """Iterate over the nodes the office directory knows and has not retired."""
        headers = {**_ASKING, **({} if self._now is None else {"now": self._now})}
        try:
            found = self.call_raw("triage", "list_nodes", {}, headers)
        except (NowMissing, NowNotAllowed):
            # It keeps another clock than was thought.
            now = {} if "now" in headers else {"now": machine_now().isoformat()}
            found = self.call_raw("triage", "list_nodes", {}, {**_ASKING, **now})
        return (node["node"] for node in found["nodes"] if node.get("retired_at") is None)

    def _listening(self) -> Iterator[str]:
        """Iterate over the nodes that take calls now, whether or not they have announced it."""
        services = [node_service(code) for code in dict.fromkeys((*NODES, *self._places))]
        listeners = self._told("any node", lambda: self._client.listeners(services))
        return (name.removeprefix(f"{NODE_OWNER}_") for name in services if listeners[name])

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method."""
        return self._told(
            f"{service}.{method}",
            lambda: self._client.call_raw(service, method, mapping, headers),
        )

    def pending(
        self, headers: Mapping[str, str], services: Iterable[str]
    ) -> Mapping[str, PendingWork]:
        """Ask services what they still have to do, all at once."""
        names = tuple(services)
        questions = [
            Question(service=name, method="pending", mapping={}, headers=headers) for name in names
        ]
        asked = f"pending of {', '.join(names)}"
        answers = self._told(asked, lambda: self._client.call_all(questions))
        return {name: PendingWork.load(answer) for name, answer in zip(names, answers, strict=True)}

    def close(self) -> None:
        """Close the connection to the broker."""
        self._client.close()

    @staticmethod
    def _told(what: str, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (CallTimedOut, ServiceUnknown) as silent:
            raise HostUnreachable(
                what=f"nobody answers {what} on the bus",
                why=str(silent),
                todo="Check the address given with --bus, and that the service runs.",
            ) from None
        except CallForbidden as forbidden:
            raise HostUnreachable(
                what=f"the broker does not let this user ask {what}",
                why=str(forbidden),
                todo="Check the user in --bus and the password file; docs/deploy.md names them.",
            ) from None
