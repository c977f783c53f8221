"""`balian secrets`: the passwords of a deployment, each in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from balian.commands.edge import NodeOption, faults_told
from balian.commands.provision import node_codes
from balian.speech import say


def secrets(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files are kept.")],
    *,
    node: NodeOption = None,
    retire: Annotated[
        str | None, typer.Option("--retire", metavar="CODE", help="A node that is no more.")
    ] = None,
) -> None:
    """Make the secrets of a deployment that are missing in DIR, and overwrite none."""
    # Imported here: it brings the contracts, which `balian --help` does not need.
    from balian.provisioning.secrets import SecretStore  # noqa: PLC0415

    with faults_told():
        store = SecretStore(directory)
        changed = store.complete(node_codes(node))
        if retire is not None:
            changed += store.retire(*node_codes([retire]))
        for name in dict.fromkeys(changed):
            say(f"{directory / name}")
        if not changed:
            say(f"Nothing was missing in {directory}.")
