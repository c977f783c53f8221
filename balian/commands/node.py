"""`balian node list|retire|remains`: the reception nodes of a deployment, and retiring one."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from balian.commands.edge import (
    USUAL_DIRECTORY,
    BusOption,
    BusPasswordOption,
    DirectoryOption,
    JsonOption,
    NowOption,
    PartyOption,
    deployment_told,
    headers_for,
)
from balian.faults import NotAtRest, WrongUsage
from balian.retiring import Remains, remains_at
from balian.speech import put, say

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help="Its code, such as sanchakou.")]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", help="How long to watch it hand over.")
]
_PAUSE: Final = 1.0

node = typer.Typer(no_args_is_help=True, help="List the reception nodes, and retire one.")


@node.command("list")
def list_nodes(
    *,
    party: PartyOption = "operator:console",
    now: NowOption = None,
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
    as_json: JsonOption = False,
) -> None:
    """List the nodes: code, territory or department, regime, since when, and whether retired."""
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        headers = headers_for(deployment, party, now)
        nodes = deployment.call_raw("triage", "list_nodes", {}, headers)["nodes"]
        if as_json:
            put(nodes)
        elif not nodes:
            say("还没有接访点开放。")
        else:
            Console(file=sys.stdout).print(_table(nodes))


@node.command("retire")
def retire(
    *,
    code: NodeArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept on record.")],
    wait: WaitOption = 60.0,
    party: PartyOption = "operator:console",
    now: NowOption = None,
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
    as_json: JsonOption = False,
) -> None:
    """Retire a node and watch it hand its open work over."""
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        asking = headers_for(deployment, party, now)
        if "now" in asking and now is None:
            raise WrongUsage(what="this deployment keeps simulated time: say when with --now")
        request = {"node": code, "reason": reason, "request_id": f"cli-{uuid.uuid4().hex}"}
        retired = deployment.call_raw("triage", "retire_node", request, asking)
        say(
            f"接访点 {code} 已撤销，今后由 {retired['parent']} 接访。"
            f"最后分流到 {code} 的事项共 {retired['sorted_to_it']} 件，其中未接访的正在移交。"
        )
        left = _watch(lambda: remains_at(deployment, code, asking), wait)
        _tell(left, retired if as_json else None)


@node.command("remains")
def remains(
    *,
    code: NodeArgument,
    party: PartyOption = "operator:console",
    now: NowOption = None,
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    directory: DirectoryOption = USUAL_DIRECTORY,
    as_json: JsonOption = False,
) -> None:
    """Tell what a retired node has still to hand over; exit 0 once it is drained."""
    with deployment_told(
        bus=bus, bus_password_file=bus_password_file, directory=directory
    ) as deployment:
        asking = headers_for(deployment, party, now)
        _tell(remains_at(deployment, code, asking), {} if as_json else None)


def _watch(look: Callable[[], Remains], wait: float) -> Remains:
    """Look until nothing remains or the time is up, and say each time that something changed."""
    until = time.monotonic() + wait
    left = look()
    while not left.is_drained and time.monotonic() < until:
        time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
        before, left = left, look()
        if left != before:
            say(_progress(left))
    return left


def _tell(left: Remains, data: Mapping[str, Any] | None) -> None:
    """Say what remains and what follows.

    Raises:
        NotAtRest: something remains, or the node is silent.
    """
    if data is not None:
        put({**data, **left.dump()})
    say(_progress(left))
    if not left.is_drained:
        raise NotAtRest(
            what=f"node {left.node} is not drained yet",
            why=(
                "What is open there, or waits in its queues, is handed over by the node itself."
                if left.answers
                else "The node does not answer; its queues keep what is for it until it runs again."
            ),
            todo=f"Let the node run, and ask again with `balian node remains {left.node}`.",
        )
    say(
        "移交完毕。打印移交告知书（reception.get_hand_over）送达信访人之后，"
        f"可以停止该接访点并删除其队列和用户（deploy/retire {left.node}）。"
    )


def _progress(left: Remains) -> str:
    if not left.answers:
        return f"接访点 {left.node} 没有应答，在办事项仍在该接访点。"
    if not left.heard_of_it:
        return f"接访点 {left.node} 尚未收到撤销通知，在办 {left.open} 件。"
    return (
        f"接访点 {left.node}：在办 {left.open} 件，已移交 {left.handed_over} 件，"
        f"在途 {left.on_the_way} 件，待重新分流 {left.not_taken_over} 件，"
        f"未发出 {left.unsent} 条，搁置 {left.aside} 条。"
    )


def _table(nodes: list[dict[str, Any]]) -> Table:
    table = Table("接访点", "属地或部门", "规程", "开放于", "撤销于")
    for each in nodes:
        table.add_row(
            each["node"],
            each.get("department") or each["territory"],
            each["regime"],
            each["opened_at"],
            each.get("retired_at") or "",
        )
    return table
