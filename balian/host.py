"""The embedded host: all five services, one reception for each node, in this process.

Its store directory holds everything there is: a SQLite file for each service, the keys, the lock
that keeps a second host out, and the socket by which other processes call it.
A kill at any moment loses nothing: what was committed is there, what was not yet delivered is
unsent in an outbox, and the next host of the directory goes on with it.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self, cast

import eventlet

from balian.node_setups import NodeSetup
from balian.socket import CallServer
from shared.clock import ClockKind
from shared.contracts.every_service import PendingWork
from shared.messaging.broker import SCHEME, broker_at, forget_broker
from shared.messaging.client import BusClient
from shared.messaging.provider import Messaging
from shared.messaging.rest import came_to_rest
from shared.messaging.runner import Services
from shared.messaging.topology import Topology
from shared.settings import Settings

LOCK_NAME: Final = "balian.lock"
NODES: Final = ("county", "sanchakou")

_PRIVATE: Final = 0o700
_PAUSES: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.03)
_CALL_TIMEOUT: Final = 60.0


class DirectoryLocked(RuntimeError):
    """Raised when another host holds the store directory: use its socket, or stop it first."""


class EmbeddedHost:
    """Every service in this process, over one store directory.

    Args:
        directory: where the stores, keys, lock and socket are; made if it is not there.
        clock: whose time it is; simulated time passes only when calls say so.
        nodes: the reception nodes, by code.
        setups: of nodes that are not of the county's regime, or not of a territory of their code.
        services: the service classes; the five of the system unless a test has others.
        settings: further configuration keys, as `shared.settings` names them.
        prepare: brings a store to its newest schema, from its owner and URL; the migrations
            unless a test has none.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: ClockKind = ClockKind.SYSTEM,
        nodes: Sequence[str] = NODES,
        setups: Mapping[str, NodeSetup] | None = None,
        services: Sequence[type] | None = None,
        settings: Mapping[str, Any] | None = None,
        prepare: Callable[[str, str], None] | None = None,
    ) -> None:
        self._prepare = prepare or bring_up_to_date
        self.directory = directory
        self.clock = ClockKind(clock)
        self.nodes = tuple(nodes)
        self._setups = dict(setups or {})
        self._classes = services
        self._uri = f"{SCHEME}://host-{uuid.uuid4().hex}"
        self._settings = dict(settings or {})
        self._running: Services | None = None
        self._lock: int | None = None
        self._server: CallServer | None = None
        self._clients: list[BusClient] = []

    # --- From start to stop --------------------------------------------------------------------

    def start(self) -> None:
        """Lock the directory, bring the stores up to date, start the services, open the socket.

        Raises:
            DirectoryLocked: another host holds the directory.
            StoreUnavailable: a store cannot be opened.
            RegimeInvalid: the regime of a node cannot be used.
            ServiceMisdeclared: a service does not say the same as its contracts.
        """
        self.directory.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        self._lock = _locked(self.directory / LOCK_NAME)
        try:
            classes = self._classes
            if classes is None:
                classes = county_services(self.nodes, self._setups)
            config = self.config()
            settings = Settings.from_mapping(config)
            for service_class in cast("list[Any]", classes):
                owner = service_class.messaging.owner
                self._prepare(owner, settings.store_url(service_class.name))
            running = Services(classes, config)
            running.start()
            self._running = running
            self._server = CallServer(self.directory, answer=self.call_raw, about=self._about())
            self._server.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close the socket, finish what is in hand, stop the services, unlock the directory."""
        if self._server is not None:
            self._server.refuse()
        if self._running is not None:
            self._running.stop(grace=self._grace)
            self._running = None
        if self._server is not None:
            # The last answers are on their way to the callers: let them be written.
            eventlet.sleep(0)
            self._server.stop()
            self._server = None
        while self._clients:
            self._clients.pop().close()
        forget_broker(self._uri)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def wait(self) -> None:
        """Return when the services have ended.

        Raises:
            Exception: whatever one of them died of.
        """
        if self._running is not None:
            self._running.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def config(self) -> dict[str, Any]:
        """Give the configuration mapping of the services, as nameko takes it."""
        return {
            "AMQP_URI": self._uri,
            "STORE_DIR": str(self.directory),
            "CLOCK": self.clock.value,
            "NODES": list(self.nodes),
            **self._settings,
        }

    # --- Calls ---------------------------------------------------------------------------------

    @property
    def services(self) -> tuple[str, ...]:
        """Name the services, each node by its own name."""
        return tuple(self._containers)

    @property
    def topology(self) -> Topology:
        """Tell who listens to what."""
        topology: Topology = next(iter(self._messagings.values())).topology
        return topology

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method of one service.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            Fault: it could not be answered.
        """
        client = (
            self._clients.pop()
            if self._clients
            else BusClient(self._uri, timeout=_CALL_TIMEOUT, attempts=1)
        )
        try:
            return client.call_raw(service, method, mapping, headers)
        finally:
            self._clients.append(client)

    # --- Rest ----------------------------------------------------------------------------------

    def pending(self) -> dict[str, PendingWork]:
        """Ask every service what it still has to do, without a call for each.

        Counting in the stores costs more than a look at what moves, so it waits a little until
        nothing does.
        """
        for pause in _PAUSES:
            if self._is_still:
                break
            eventlet.sleep(pause)
        return {name: messaging.pending() for name, messaging in self._messagings.items()}

    def next_due(self) -> dict[str, datetime | None]:
        """Ask every service when its next deadline fires, without a call for each."""
        return {name: messaging.engine.next_due() for name, messaging in self._messagings.items()}

    def await_rest(self, *, timeout: float = 60.0) -> bool:
        """Wait until the bus is at rest; tell whether it came to rest in time."""
        ends = monotonic() + timeout
        pauses = iter(_PAUSES)

        def wait() -> bool:
            eventlet.sleep(next(pauses, _PAUSES[-1]))
            return monotonic() < ends

        return came_to_rest(self.pending, self.topology, wait=wait)

    # --- Parts ---------------------------------------------------------------------------------

    @property
    def _is_still(self) -> bool:
        return broker_at(self._uri).is_idle and all(
            messaging.is_still for messaging in self._messagings.values()
        )

    @property
    def _containers(self) -> Mapping[str, Any]:
        return {} if self._running is None else self._running.containers

    @property
    def _messagings(self) -> dict[str, Messaging]:
        return {
            name: dependency
            for name, container in self._containers.items()
            for dependency in container.dependencies
            if isinstance(dependency, Messaging)
        }

    @property
    def _grace(self) -> float:
        graces = [messaging.grace for messaging in self._messagings.values()]
        return max(graces, default=0.0) + 5.0

    def _about(self) -> dict[str, Any]:
        return {
            "services": list(self.services),
            "nodes": list(self.nodes),
            "clock": self.clock.value,
        }


def county_services(
    nodes: Sequence[str], setups: Mapping[str, NodeSetup] | None = None
) -> list[type]:
    """Give the five services of a county, with one reception for each node.

    Raises:
        RegimeInvalid: the regime of a node cannot be used.
    """
    # Imported here: a service brings its tables and rules, and `balian --help` needs none.
    from services.accountability.service import AccountabilityService  # noqa: PLC0415
    from services.intake.service import IntakeService  # noqa: PLC0415
    from services.supervision.service import SupervisionService  # noqa: PLC0415
    from services.triage.service import TriageService  # noqa: PLC0415

    return [
        IntakeService,
        TriageService,
        *(_reception(node, (setups or {}).get(node, NodeSetup())) for node in nodes),
        SupervisionService,
        AccountabilityService,
    ]


def _reception(node: str, setup: NodeSetup) -> type:
    from services.reception.service import make_reception_service  # noqa: PLC0415 - as above.

    return make_reception_service(
        node, territory=setup.territory, department=setup.department, regime=setup.regime
    )


def bring_up_to_date(owner: str, url: str) -> None:
    """Bring the store of a service to its newest schema; one that is ahead is left alone.

    Raises:
        StoreConflict: another transaction was in the way, such as another migration.
        StoreUnavailable: the store cannot be opened.
    """
    # Imported here, because it brings Alembic, which only a start needs.
    from shared.database.migrations import is_behind, upgrade  # noqa: PLC0415

    if is_behind(owner, url):
        upgrade(owner, url)


def _locked(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
        os.close(lock)
        msg = (
            f"{path.parent} is in use by another host"
            + (f" (process {holder})" if holder.isdigit() else "")
            + ": call it by its socket, or stop it first"
        )
        raise DirectoryLocked(msg) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock
