"""`balian up`: the embedded host in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import eventlet
import typer

from balian.commands.edge import (
    USUAL_DIRECTORY,
    DirectoryOption,
    JsonOption,
    NodeOption,
    faults_told,
)
from balian.connection import own_host
from balian.socket import SOCKET_NAME
from balian.speech import put, say
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
    node: NodeOption = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much the log tells.")] = LogLevel.INFO,
    as_json: JsonOption = False,
) -> None:
    """Start every service in this process and serve calls on a socket in DIR."""
    with faults_told(), stop_asked() as asked:
        configure_logging(log_level)
        with own_host(directory, clock=clock, nodes=node or ()) as host:
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
