"""`balian parked list|show|replay`: the messages a service could not handle."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from balian.commands.edge import (
    USUAL_DIRECTORY,
    BusOption,
    BusPasswordOption,
    DirectoryOption,
    JsonOption,
    PartyOption,
    caller,
    faults_told,
    headers_of,
)
from balian.connection import clock_told_by, deployment_at
from balian.deployment import Deployment
from balian.faults import WrongUsage
from balian.speech import put, say
from shared.clock import ClockKind, machine_now

ServiceOption = Annotated[
    str | None, typer.Option("--service", help="Whose messages; of every service if left out.")
]
OneServiceOption = Annotated[str, typer.Option("--service", help="Whose message.")]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="As `parked list` shows it.")]

parked = typer.Typer(
    no_args_is_help=True, help="List, inspect and replay messages that could not be handled."
)


@parked.command("list")
def list_parked(
    *,
    service: ServiceOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was settled.")] = False,
    party: PartyOption = "operator:console",
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
    as_json: JsonOption = False,
) -> None:
    """List parked messages, oldest first."""
    with (
        faults_told(),
        deployment_at(
            bus=bus, bus_password_file=bus_password_file, directory=directory
        ) as deployment,
    ):
        headers = _headers(deployment, party)
        found = [
            {"service": name, **message}
            for name in ([_known(deployment, service)] if service else deployment.services)
            for message in deployment.call_raw(
                name, "list_parked", {"settled_too": everything}, headers
            )["messages"]
        ]
        if as_json:
            put(found)
        elif not found:
            say("没有搁置的消息。")
        else:
            Console(file=sys.stdout).print(_table(found))


@parked.command("show")
def show_parked(
    *,
    number: NumberArgument,
    service: OneServiceOption,
    party: PartyOption = "operator:console",
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
) -> None:
    """Show one parked message, redacted, and why it was parked."""
    with (
        faults_told(),
        deployment_at(
            bus=bus, bus_password_file=bus_password_file, directory=directory
        ) as deployment,
    ):
        request = {"parked_no": number}
        name = _known(deployment, service)
        put(deployment.call_raw(name, "show_parked", request, _headers(deployment, party)))


@parked.command("replay")
def replay_parked(
    *,
    number: NumberArgument,
    service: OneServiceOption,
    party: PartyOption = "operator:console",
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
) -> None:
    """Handle one parked message once more."""
    with (
        faults_told(),
        deployment_at(
            bus=bus, bus_password_file=bus_password_file, directory=directory
        ) as deployment,
    ):
        request = {"parked_no": number, "request_id": f"cli-{uuid.uuid4().hex}"}
        name = _known(deployment, service)
        put(deployment.call_raw(name, "replay_parked", request, _headers(deployment, party)))


def _known(deployment: Deployment, service: str) -> str:
    if service not in deployment.services:
        here = ", ".join(deployment.services)
        raise WrongUsage(what=f"no service {service!r} runs here; there are {here}")
    return service


def _headers(deployment: Deployment, party: str) -> Mapping[str, str]:
    # A message is handled at the moment it tells of, so which `now` is told here decides nothing.
    now = machine_now().isoformat()
    simulated = clock_told_by(deployment, now=now) is ClockKind.SIMULATED
    return headers_of(caller(party), now if simulated else None)


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("服务", "编号", "消息类型", "信访编号", "原因", "次数", "首次")
    for message in found:
        table.add_row(
            message["service"],
            str(message["parked_no"]),
            message["type"],
            message.get("petition_no") or "",
            message["reason"],
            str(message["times_seen"]),
            message["first_seen_at"],
        )
    return table
