"""`balian parked list|show|replay`: the messages a service could not handle."""

from __future__ import annotations

import sys
import uuid
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
    deployment_told,
    headers_for,
)
from balian.deployment import Deployment
from balian.faults import WrongUsage
from balian.speech import put, say

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
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        headers = headers_for(deployment, party)
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
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        request = {"parked_no": number}
        name = _known(deployment, service)
        put(deployment.call_raw(name, "show_parked", request, headers_for(deployment, party)))


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
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        request = {"parked_no": number, "request_id": f"cli-{uuid.uuid4().hex}"}
        name = _known(deployment, service)
        # It is handled at the moment it tells of: the instant of this call decides nothing.
        put(deployment.call_raw(name, "replay_parked", request, headers_for(deployment, party)))


def _known(deployment: Deployment, service: str) -> str:
    if service not in deployment.services:
        here = ", ".join(deployment.services)
        raise WrongUsage(what=f"no service {service!r} runs here; there are {here}")
    return service


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
