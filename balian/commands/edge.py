"""What every command shares at its edge: its options, and how a fault becomes an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from balian.calls import Party, PartyUnreadable, party_named
from balian.connection import clock_told_by, deployment_at
from balian.deployment import Deployment
from balian.exit_codes import ExitCode
from balian.faults import CommandFault, WrongUsage
from balian.onlooker import PlayStopped
from balian.speech import say_fault, say_refusal
from shared.clock import ClockKind, machine_now
from shared.contracts.base import Refusal
from shared.contracts.mechanism import Fault

USUAL_DIRECTORY: Final = Path("var/balian")

BusOption = Annotated[
    str | None, typer.Option("--bus", metavar="URL", help="A broker, amqp://user@host/vhost.")
]
BusPasswordOption = Annotated[
    Path | None,
    typer.Option(
        "--bus-password-file",
        metavar="FILE",
        envvar="AMQP_PASSWORD_FILE",
        help="The file with the password of the user in --bus.",
    ),
]
DirectoryOption = Annotated[
    Path, typer.Option("--dir", metavar="DIR", help="The store directory of the embedded host.")
]
NodeOption = Annotated[
    list[str] | None,
    typer.Option("--node", metavar="CODE", help="A reception node; may be given several times."),
]
NowOption = Annotated[
    str | None, typer.Option("--now", metavar="ISO", help="The instant, in simulated time only.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON on stdout.")]
PartyOption = Annotated[
    str, typer.Option("--as", metavar="ROLE:NAME", help="Who calls: clerk:window_1.")
]


@contextmanager
def faults_told() -> Iterator[None]:
    """Say every expected fault of a command and end it with the fault's exit code."""
    try:
        yield
    except CommandFault as fault:
        say_fault(fault)
        raise typer.Exit(fault.exit_code) from None
    except Refusal as refusal:
        say_refusal(refusal)
        raise typer.Exit(ExitCode.NOT_AS_WRITTEN) from None
    except Fault as fault:
        todo = "Send the same request again, with the same request id; it is done once."
        say_fault(CommandFault(what="the call was not answered", why=str(fault), todo=todo))
        raise typer.Exit(ExitCode.FAULT) from None
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        say_fault(CommandFault(what=f"{where}{fault.strerror or type(fault).__name__}"))
        raise typer.Exit(ExitCode.BAD_INPUT) from None
    except (PlayStopped, KeyboardInterrupt):
        todo = "Play again from line 1 to go on; nothing is done twice."
        say_fault(CommandFault(what="stopped as asked", todo=todo))
        raise typer.Exit(ExitCode.INTERRUPTED) from None


@contextmanager
def deployment_told(
    *, bus: str | None, bus_password_file: Path | None, directory: Path
) -> Iterator[Deployment]:
    """Give the deployment that the options name, and say every expected fault of the block."""
    with (
        faults_told(),
        deployment_at(bus=bus, bus_password_file=bus_password_file, directory=directory) as found,
    ):
        yield found


def caller(text: str) -> Party:
    """Read who calls, from an option.

    Raises:
        WrongUsage: it is not written as `role:name`.
    """
    try:
        return party_named(text)
    except PartyUnreadable as unreadable:
        raise WrongUsage(what=f"--as: {unreadable}") from None


def headers_of(party: Party, now: str | None) -> dict[str, str]:
    """Give the headers of a call."""
    headers = {"actor": party.id, "roles": ",".join(party.roles)}
    if now is not None:
        headers["now"] = now
    return headers


def headers_for(deployment: Deployment, party: str, now: str | None = None) -> Mapping[str, str]:
    """Give the headers of a call to a deployment whose clock is not known.

    In simulated time every call must tell its instant: the machine's, where none is told.

    Args:
        deployment: whom to call.
        party: who calls, as the option says it.
        now: the instant as the option says it; a deployment on the system clock refuses it.

    Raises:
        WrongUsage: the party is not written as `role:name`.
        HostUnreachable: nobody answers.
    """
    instant = now or machine_now().isoformat()
    is_simulated = clock_told_by(deployment, now=instant) is ClockKind.SIMULATED
    return headers_of(caller(party), instant if is_simulated else now)
