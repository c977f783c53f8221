"""Where a command's calls go: to the broker it names, to a running host, or to one of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from balian.deployment import Deployment
from balian.deployments import (
    ATTEMPTS,
    NO_PATIENCE,
    TIMEOUT,
    OnBroker,
    OwnHost,
    RunningHost,
)
from balian.faults import BadInput, DirectoryInUse, WrongUsage
from balian.host import NODES, DirectoryLocked, EmbeddedHost
from balian.node_setups import NodeSetup
from balian.socket import NoHost
from balian.store_directory import (
    Usage,
    nodes_for,
    remember,
    require_ours,
    setups_for,
    usage_of,
)
from shared.addresses import PasswordUnusable, password_in, user_of, with_password
from shared.clock import ClockKind
from shared.contracts.mechanism import NowNotAllowed
from shared.database import StoreUnavailable
from shared.health import PortUnusable
from shared.messaging.topology import node_service
from shared.settings import SettingsInvalid
from shared.vault import KeysUnusable

_FROM_ENVIRONMENT: Final = (
    "BALIAN_CRASHPOINT",
    "CALENDAR_DIR",
    "CALL_TIMEOUT",
    "CRASHPOINT_DIR",
    "HEALTH_HOST",
    "HEALTH_PORT",
    "STOP_GRACE",
)
"""What an embedded host takes from the environment; its directory tells the rest."""

_GREETING: Final = {"actor": "operator:balian", "roles": "operator"}


@dataclass(frozen=True, kw_only=True)
class OnBus:
    """How to go about services on a broker.

    `nodes` are the reception nodes there are, found out where there are none; `places` the codes at
    which one may listen that has not announced itself; `now` the instant at which to ask for them,
    in simulated time.
    For `patience` seconds a call without answer is sent again, and `when_waiting` is told; each
    time it is waited `timeout` seconds for an answer, and at least `attempts` times it is sent.
    With `is_partial` it is gone on also where triage does not tell which nodes there are.
    """

    nodes: Sequence[str] = ()
    places: Sequence[str] = ()
    now: str | None = None
    patience: float = NO_PATIENCE
    when_waiting: Callable[[str], None] | None = None
    timeout: float = TIMEOUT
    attempts: int = ATTEMPTS
    is_partial: bool = False


def bus_address(bus: str, password_file: Path | None) -> str:
    """Give the address of a bus with its password: never show or log it.

    Args:
        bus: the address as it was told.
        password_file: the file with the password; ``{service}`` in its name stands for the user.

    Raises:
        WrongUsage: the password cannot be had, or cannot be put into this address.
    """
    if password_file is None:
        return bus
    path = Path(str(password_file).replace("{service}", user_of(bus) or ""))
    try:
        return with_password(bus, password_in(path))
    except PasswordUnusable as unusable:
        raise WrongUsage(
            what=f"the password for --bus cannot be used: {unusable}",
            todo="Write --bus as amqp://user@host:port/vhost, and the password into the file.",
        ) from None


@contextmanager
def deployment_at(
    *,
    bus: str | None,
    directory: Path | None,
    clock: ClockKind | None = None,
    nodes: Sequence[str] = (),
    bus_password_file: Path | None = None,
    on_bus: OnBus | None = None,
    setups: Mapping[str, NodeSetup] | None = None,
) -> Iterator[Deployment]:
    """Give the services at `bus`, else behind the socket in `directory`, else of an own host.

    Args:
        bus: a broker's address.
        directory: a store directory; without one an own host lives in a temporary one.
        clock: what a new directory is to keep; system time where nothing says otherwise.
        nodes: the reception nodes needed.
        bus_password_file: the file with the password of the user in `bus`.
        on_bus: what else is to be known of a bus, where it is one.
        setups: what an own host is to make of them; services that run already keep theirs.

    Raises:
        HostUnreachable, DirectoryInUse, NotOurDirectory, BadInput: as their docstrings say.
    """
    with ExitStack() as stack:
        if bus is not None:
            how = on_bus or OnBus()
            on_broker = OnBroker(
                bus_address(bus, bus_password_file),
                nodes=how.nodes,
                needed=nodes,
                places=how.places,
                now=how.now,
                patience=how.patience,
                when_waiting=how.when_waiting,
                timeout=how.timeout,
                attempts=how.attempts,
                is_partial=how.is_partial,
            )
            stack.callback(on_broker.close)
            yield on_broker
            return
        running = None if directory is None else running_host(directory)
        if running is not None:
            stack.callback(running.close)
            _require_nodes(running, nodes)
            yield running
            return
        place = directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = own_host(place, clock=clock, nodes=(*NODES, *nodes), setups=setups)
        yield OwnHost(stack.enter_context(own))


def running_host(directory: Path) -> RunningHost | None:
    """Find the host that runs in a directory; None where none does."""
    try:
        return RunningHost(directory)
    except NoHost:
        return None


@contextmanager
def own_host(
    directory: Path,
    *,
    clock: ClockKind | None = None,
    nodes: Sequence[str] = (),
    setups: Mapping[str, NodeSetup] | None = None,
) -> Iterator[EmbeddedHost]:
    """Run an embedded host in this process for as long as the block.

    Raises:
        DirectoryInUse: another host holds the directory.
        NotOurDirectory: the directory holds things balian did not make.
        BadInput: the directory keeps another clock, or its keys, settings or a node's regime
            cannot be used.
    """
    # Imported here: it brings the rules of reception, which a call to a running host needs not.
    from services.reception.regime import RegimeInvalid  # noqa: PLC0415

    require_ours(directory)
    usage = Usage(
        clock=_clock_for(directory, clock),
        nodes=nodes_for(directory, nodes, default=NODES),
        setups=setups_for(directory, setups or {}),
    )
    told = {name: os.environ[name] for name in _FROM_ENVIRONMENT if os.environ.get(name)}
    host = EmbeddedHost(
        directory, clock=usage.clock, nodes=usage.nodes, setups=usage.setups, settings=told
    )
    try:
        if usage_of(directory) is None:
            # Before the first commit: a directory that was killed half made knows its clock too.
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            remember(directory, usage)
        host.start()
    except DirectoryLocked as locked:
        todo = "Use its socket (the same --dir), stop that host, or name another directory."
        raise DirectoryInUse(what=str(locked), todo=todo) from None
    except (
        KeysUnusable,
        PortUnusable,
        RegimeInvalid,
        SettingsInvalid,
        StoreUnavailable,
        PermissionError,
    ) as unusable:
        what = f"the host cannot start in {directory}"
        raise BadInput(what=what, why=str(unusable), todo="`balian doctor` tells more.") from None
    try:
        remember(directory, usage)
        yield host
    finally:
        host.stop()


def clock_told_by(deployment: Deployment, *, now: str, service: str = "triage") -> ClockKind:
    """Ask a deployment which clock it keeps, by any of its services.

    Raises:
        HostUnreachable: nobody answers.
    """
    try:
        headers = {**_GREETING, "now": now}
        status = deployment.call_raw(service, "service_status", {}, headers)
    except NowNotAllowed:
        return ClockKind.SYSTEM
    return ClockKind(status["clock"])


def _clock_for(directory: Path, wanted: ClockKind | None) -> ClockKind:
    before = usage_of(directory)
    if before is None:
        return wanted or ClockKind.SYSTEM
    if wanted not in (None, before.clock):
        raise BadInput(
            what=f"{directory} keeps the {before.clock} clock, not the {wanted} one",
            why="Its deadlines were set by that clock.",
            todo="Leave --clock out, or name another directory with --dir.",
        )
    return before.clock


def _require_nodes(running: RunningHost, nodes: Sequence[str]) -> None:
    missing = [node for node in nodes if node_service(node) not in running.services]
    if missing:
        raise BadInput(
            what=f"the running host has no node {', '.join(missing)}",
            todo="Start it with " + " ".join(f"--node {node}" for node in missing) + " as well.",
        )
