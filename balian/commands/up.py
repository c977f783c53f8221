"""`balian up`: the embedded host in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import eventlet
import typer

from balian.commands.edge import (
    USUAL_DIRECTORY,
    DirectoryOption,
    JsonOption,
    faults_told,
)
from balian.connection import own_host
from balian.faults import WrongUsage
from balian.node_setups import NodeSetup, NodeSetupUnreadable, node_told
from balian.socket import SOCKET_NAME
from balian.speech import put, say
from balian.tracing import traced_as_asked
from shared.clock import ClockKind
from shared.logs import configure_logging
from shared.messaging.runner import stop_asked


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def up(
    *,
    directory: DirectoryOption = USUAL_DIRECTORY,
    clock: Annotated[
        ClockKind | None,
        typer.Option(help="Whose time it is; a directory keeps its first clock, else system."),
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node",
            metavar="CODE[:REGIME]",
            help="A reception node, of the county's regime unless told; may be given repeatedly.",
        ),
    ] = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much the log tells.")] = LogLevel.INFO,
    as_json: JsonOption = False,
) -> None:
    """Start every service in this process and serve calls on a socket in DIR."""
    with faults_told(), stop_asked() as asked, traced_as_asked():
        configure_logging(log_level)
        nodes = _nodes(node or ())
        setups = {code: setup for code, setup in nodes.items() if setup is not None}
        with own_host(directory, clock=clock, nodes=tuple(nodes), setups=setups) as host:
            where = directory / SOCKET_NAME
            say(f"八联已启动：{where}（{host.clock} 时钟）；按 Ctrl-C 停止。")
            say(f"balian is up with {', '.join(host.services)}; calls go to {where}.")
            if as_json:
                put({"socket": str(where), "clock": host.clock, "services": list(host.services)})
            ended = eventlet.spawn(host.wait)
            ended.link(lambda _thread: asked.ready() or asked.send(None))
            asked.wait()
            say("正在停止：处理完手上的工作……")
        ended.wait()
        say("已停止。")


def _nodes(told: Sequence[str]) -> dict[str, NodeSetup | None]:
    try:
        return dict(map(node_told, told))
    except NodeSetupUnreadable as unreadable:
        raise WrongUsage(what=f"--node: {unreadable}") from None
