"""The command line `balian` as a whole: which commands there are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from balian.commands.call import call
from balian.commands.doctor import doctor
from balian.commands.migrate import migrate
from balian.commands.node import node
from balian.commands.parked import parked
from balian.commands.play import play
from balian.commands.provision import provision
from balian.commands.republish import republish
from balian.commands.run import run
from balian.commands.secrets import secrets
from balian.commands.trace import trace
from balian.commands.up import up

# A traceback with the values of its variables could show what a petition says.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Balian (八联) carries a petition office's leaders' reception day.",
)
app.command()(up)
app.command()(run)
app.command()(migrate)
app.command()(republish)
app.command()(play)
app.command()(call)
app.command()(trace)
app.command()(doctor)
app.command()(secrets)
app.command()(provision)
app.add_typer(parked, name="parked")
app.add_typer(node, name="node")


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer gives it the flag alone.
    if asked:
        from shared.messaging.common_calls import version  # noqa: PLC0415 - brings the whole bus.

        sys.stdout.write(f"balian {version()}\n")
        raise typer.Exit


@app.callback()
def balian(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Tell it.")
    ] = False,
) -> None:
    """Carry a petition office's leaders' reception day (八联)."""
    del version
