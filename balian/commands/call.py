"""`balian call SERVICE.METHOD JSON`: one call, its reply as JSON on stdout."""

from __future__ import annotations

import sys
import uuid
from typing import Annotated, Any

import typer

from balian.calls import CallTarget, CallUnknown, JsonUnreadable, read_json, target_named
from balian.commands.edge import (
    USUAL_DIRECTORY,
    BusOption,
    BusPasswordOption,
    DirectoryOption,
    NowOption,
    PartyOption,
    caller,
    faults_told,
    headers_of,
)
from balian.connection import deployment_at
from balian.faults import BadInput, WrongUsage
from balian.speech import put, say
from shared.messaging.topology import NODE_OWNER


def call(
    *,
    target: Annotated[str, typer.Argument(metavar="SERVICE.METHOD", help="What to call.")],
    request: Annotated[
        str, typer.Argument(metavar="JSON", help="The request, or - to read it from stdin.")
    ] = "{}",
    party: PartyOption = "operator:console",
    request_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The same id again gives the first answer again."),
    ] = None,
    now: NowOption = None,
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
) -> None:
    """Call one method of one service and print its reply."""
    with faults_told():
        called = _target(target)
        mapping = _request(request)
        headers = headers_of(caller(party), now)
        if called.is_command and isinstance(mapping, dict):
            chosen = request_id or mapping.get("request_id") or f"cli-{uuid.uuid4().hex}"
            mapping = {**mapping, "request_id": chosen}
            say(f"request_id {chosen}")
        with deployment_at(
            bus=bus,
            bus_password_file=bus_password_file,
            directory=directory,
            nodes=_nodes(called),
        ) as deployment:
            put(deployment.call_raw(called.service, called.method, mapping, headers))


def _target(name: str) -> CallTarget:
    try:
        return target_named(name)
    except CallUnknown as unknown:
        raise WrongUsage(what=str(unknown)) from None


def _request(text: str) -> Any:
    try:
        return read_json(sys.stdin.read() if text == "-" else text)
    except JsonUnreadable as unreadable:
        raise BadInput(
            what=f"the request is {unreadable}",
            why="Nothing was sent.",
            todo='Correct it there; a JSON object looks like \'{"petition_no": "…"}\'.',
        ) from None


def _nodes(called: CallTarget) -> tuple[str, ...]:
    if called.request.owner == NODE_OWNER or called.service.startswith(f"{NODE_OWNER}_"):
        return (called.service.removeprefix(f"{NODE_OWNER}_"),)
    return ()
