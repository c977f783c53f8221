"""`balian trace PETITION_NO`: a petition's path across services, with times and causes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Final

import typer
from rich.console import Console

from balian.commands.edge import (
    USUAL_DIRECTORY,
    BusOption,
    BusPasswordOption,
    DirectoryOption,
    JsonOption,
    NodeOption,
    NowOption,
    PartyOption,
    caller,
    faults_told,
    headers_of,
)
from balian.connection import OnBus, clock_told_by, deployment_at
from balian.deployment import Deployment
from balian.faults import HostUnreachable
from balian.petition_path import PetitionPath, path_of
from balian.petition_path_words import tree_of, waiting_lines
from balian.speech import put, say
from shared.clock import ClockKind, machine_now
from shared.contracts.common import PetitionNotFound
from shared.contracts.every_service import PetitionTrace, TracePetition
from shared.contracts.mechanism import Fault

_INTAKE: Final = "intake"
_TIMEOUT: Final = 5.0
"""Seconds after which a service on a bus is taken for silent; a question is asked once."""
_WIDTH: Final = 500


def trace(
    *,
    petition_no: Annotated[
        str, typer.Argument(metavar="PETITION_NO", help="Such as XF-20260601-0001.")
    ],
    party: PartyOption = "operator:console",
    nodes: NodeOption = None,
    now: NowOption = None,
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
    as_json: JsonOption = False,
) -> None:
    """Show which calls, messages and deadlines a petition went by, and what waits now.

    Names, ids and instants only, nothing a petition says; a silent service is named and left out.
    """
    instant = now or machine_now().isoformat()
    on_bus = OnBus(
        places=tuple(nodes or ()),
        now=instant,
        timeout=_TIMEOUT,
        attempts=1,
        is_partial=True,
    )
    with (
        faults_told(),
        deployment_at(
            bus=bus, bus_password_file=bus_password_file, directory=directory, on_bus=on_bus
        ) as deployment,
    ):
        told = _asked(deployment, petition_no, party, instant=instant, now=now)
        if told.is_empty:
            raise _unknown(told)
        if as_json:
            put(told.dump())
        else:
            _show(told)
        _tell_what_is_missing(told)


def _asked(
    deployment: Deployment, petition_no: str, party: str, *, instant: str, now: str | None
) -> PetitionPath:
    """Ask every service, and go on where one is silent.

    Raises:
        Refusal: the caller may not ask, or the number is none.
        HostUnreachable: none of them answers.
    """
    claimed = caller(party)
    silent: list[str] = []
    traces: dict[str, PetitionTrace] = {}
    headers: Mapping[str, str] | None = None
    for service in deployment.services:
        try:
            if headers is None:
                kept = clock_told_by(deployment, now=instant, service=service)
                headers = headers_of(claimed, instant if kept is ClockKind.SIMULATED else now)
            answer = deployment.call_raw(
                service, TracePetition.method_name, {"petition_no": petition_no}, headers
            )
        except (HostUnreachable, Fault):
            silent.append(service)
        else:
            traces[service] = PetitionTrace.load(answer)
    if not traces:
        raise HostUnreachable(
            what="no service answers",
            why=f"Asked: {', '.join(silent)}.",
            todo="Check --bus or --dir, and that the services run.",
        )
    return path_of(petition_no, traces, missing=silent, subscribers=deployment.topology.subscribers)


def _unknown(path: PetitionPath) -> Exception:
    """Tell that nobody knows the petition: for certain only where its register has answered."""
    if _INTAKE in path.traces:
        msg = f"no service has heard of {path.petition_no}; check the number"
        return PetitionNotFound(msg)
    return HostUnreachable(
        what=f"none of the services that answer has heard of {path.petition_no}",
        why=f"Silent: {', '.join(path.missing)}; {_INTAKE} keeps the register.",
        todo="Ask again when they run.",
    )


def _show(path: PetitionPath) -> None:
    # A terminal folds a long line; a file or another program gets it whole.
    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(file=sys.stdout, highlight=False, width=width)
    console.print(tree_of(path))
    waiting = waiting_lines(path)
    console.print("正在等待：" if waiting else "没有等待的消息或期限。", markup=False)
    for line in waiting:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _tell_what_is_missing(path: PetitionPath) -> None:
    if path.missing:
        say(f"没有应答、未计入的服务：{'、'.join(path.missing)}。")
    if path.cut:
        say(f"记录过多、只列最早部分的服务：{'、'.join(path.cut)}。")
