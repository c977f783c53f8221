"""`balian provision`: the broker and the database of a deployment, made ready before it starts."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from balian.commands.edge import NodeOption, faults_told
from balian.faults import WrongUsage

_NODE: Final = re.compile(r"[a-z][a-z0-9_]{0,45}")
"""A node's code, short enough that the database takes ``reception_`` with it as a name."""

CheckOption = Annotated[
    bool, typer.Option("--check", help="Change nothing; tell every difference, code 10 if any.")
]


def provision(
    *,
    node: NodeOption = None,
    retire: Annotated[
        str | None, typer.Option("--retire", metavar="CODE", help="Take a node off the broker.")
    ] = None,
    await_cluster: Annotated[
        int, typer.Option("--await-cluster", metavar="N", min=1, help="Wait for N broker nodes.")
    ] = 1,
    check: CheckOption = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long at the most.")
    ] = 120.0,
) -> None:
    """Make broker users, rights, queues, and database roles (see docs/cli.md)."""
    # Imported here: it brings the contracts and PostgreSQL, which `balian --help` does not need.
    from balian.provisioning.provisioner import Provisioner  # noqa: PLC0415

    with faults_told():
        nodes = node_codes(node)
        if retire is not None and (nodes or check):
            raise WrongUsage(what="--retire stands alone", todo="Leave --node and --check out.")
        provisioner = Provisioner.from_environment(os.environ, wait=wait)
        if retire is not None:
            provisioner.retire(*node_codes([retire]))
        elif check:
            provisioner.check(nodes)
        else:
            provisioner.provision(nodes, broker_nodes=await_cluster)


def node_codes(codes: Sequence[str] | None) -> tuple[str, ...]:
    """Read the codes of nodes from an option.

    Raises:
        WrongUsage: one is no code.
    """
    for code in codes or ():
        if not _NODE.fullmatch(code):
            raise WrongUsage(
                what=f"{code!r} is no code of a node",
                todo="A code is at most 46 small letters, digits and _, a letter first.",
            )
    return tuple(dict.fromkeys(codes or ()))
