"""Where a command's calls go: to the broker it names, to a running host, or to one of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from balian.deployment import Deployment
from balian.deployments import OnBroker, OwnHost, RunningHost
from balian.faults import BadInput, DirectoryInUse
from balian.host import NODES, DirectoryLocked, EmbeddedHost
from balian.socket import NoHost
from balian.store_directory import Usage, nodes_for, remember, require_ours, usage_of
from shared.clock import ClockKind
from shared.contracts.mechanism import NowNotAllowed
from shared.database import StoreUnavailable
from shared.messaging.topology import node_service
from shared.settings import SettingsInvalid
from shared.vault import KeysUnusable

_FROM_ENVIRONMENT: Final = ("BALIAN_CRASHPOINT", "CALENDAR_DIR", "CALL_TIMEOUT", "STOP_GRACE")
"""What an embedded host takes from the environment; its directory tells the rest."""

_GREETING: Final = {"actor": "operator:balian", "roles": "operator"}


@contextmanager
def deployment_at(
    *,
    bus: str | None,
    directory: Path | None,
    clock: ClockKind | None = None,
    nodes: Sequence[str] = (),
) -> Iterator[Deployment]:
    """Give the services at `bus`, else behind the socket in `directory`, else of an own host.

    Args:
        bus: a broker's address.
        directory: a store directory; without one an own host lives in a temporary one.
        clock: what a new directory is to keep; system time where nothing says otherwise.
        nodes: the reception nodes needed.

    Raises:
        HostUnreachable, DirectoryInUse, NotOurDirectory, BadInput: as their docstrings say.
    """
    with ExitStack() as stack:
        if bus is not None:
            on_broker = OnBroker(bus, nodes=nodes or NODES)
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
        yield OwnHost(stack.enter_context(own_host(place, clock=clock, nodes=(*NODES, *nodes))))


def running_host(directory: Path) -> RunningHost | None:
    """Find the host that runs in a directory; None where none does."""
    try:
        return RunningHost(directory)
    except NoHost:
        return None


@contextmanager
def own_host(
    directory: Path, *, clock: ClockKind | None = None, nodes: Sequence[str] = ()
) -> Iterator[EmbeddedHost]:
    """Run an embedded host in this process for as long as the block.

    Raises:
        DirectoryInUse: another host holds the directory.
        NotOurDirectory: the directory holds things balian did not make.
        BadInput: the directory keeps another clock, or its keys or settings cannot be used.
    """
    require_ours(directory)
    usage = Usage(
        clock=_clock_for(directory, clock), nodes=nodes_for(directory, nodes, default=NODES)
    )
    told = {name: os.environ[name] for name in _FROM_ENVIRONMENT if os.environ.get(name)}
    host = EmbeddedHost(directory, clock=usage.clock, nodes=usage.nodes, settings=told)
    try:
        if usage_of(directory) is None:
            # Before the first commit: a directory that was killed half made knows its clock too.
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            remember(directory, usage)
        host.start()
    except DirectoryLocked as locked:
        todo = "Use its socket (the same --dir), stop that host, or name another directory."
        raise DirectoryInUse(what=str(locked), todo=todo) from None
    except (KeysUnusable, SettingsInvalid, StoreUnavailable, PermissionError) as unusable:
        what = f"the host cannot start in {directory}"
        raise BadInput(what=what, why=str(unusable), todo="`balian doctor` tells more.") from None
    try:
        remember(directory, usage)
        yield host
    finally:
        host.stop()


def clock_told_by(deployment: Deployment, *, now: str) -> ClockKind:
    """Ask a deployment which clock it keeps.

    Raises:
        HostUnreachable: nobody answers.
    """
    try:
        headers = {**_GREETING, "now": now}
        status = deployment.call_raw("triage", "service_status", {}, headers)
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
