"""`balian run`: one service on the broker of the settings, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from balian.commands.edge import faults_told
from balian.faults import BadInput, CommandFault, HostUnreachable, WrongUsage
from balian.host import bring_up_to_date
from balian.one_service import OneService, unusable
from balian.speech import say
from balian.tracing import traced_as_asked
from shared.database import StoreUnavailable
from shared.health import PortUnusable
from shared.logs import Log, configure_logging, trace_of
from shared.messaging.runner import serve
from shared.messaging.starting import BusUnreachable, StoreBehind
from shared.settings import SettingsInvalid
from shared.vault import KeysUnusable

log: Final = Log(__name__)


def run(
    service: Annotated[
        str,
        typer.Argument(
            help="intake, triage, supervision, accountability, reception_NODE, or reception (of"
            " NODE in the environment)."
        ),
    ],
    *,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring its store to the newest schema first.")
    ] = False,
) -> None:
    """Run one service on the broker and store that the environment names (see docs/cli.md)."""
    with faults_told():
        told = OneService.told(service)
        settings = told.settings
        if settings.is_embedded:
            raise WrongUsage(
                what="AMQP_URI names the bus inside a process, where nobody could call the service",
                todo="Name a RabbitMQ, or run every service in one process with `balian up`.",
            )
        configure_logging(settings.log_level)
        with traced_as_asked(), _deaths_told(told.name):
            settings.check(told.name)
            service_class = told.make_class()
            if migrate:
                bring_up_to_date(told.owner, settings.store_url(told.name))
            serve(
                [service_class],
                told.config,
                grace=settings.stop_grace,
                when_started=lambda: say(f"{told.name} takes calls."),
            )
        say(f"{told.name} has stopped.")


@contextmanager
def _deaths_told(service: str) -> Iterator[None]:
    """Say what a service cannot start or go on for; never with a traceback's values."""
    # Imported here: it brings the rules of reception, which only a running service needs.
    from services.reception.regime import RegimeInvalid  # noqa: PLC0415

    try:
        yield
    except (CommandFault, KeyboardInterrupt):
        raise
    except SettingsInvalid as invalid:
        raise unusable(invalid) from None
    except (KeysUnusable, PortUnusable, RegimeInvalid) as fault:
        raise BadInput(what=f"{service} cannot start", why=str(fault)) from None
    except StoreBehind:
        raise BadInput(
            what=f"the store of {service} is behind this version of balian",
            why="It has an older schema, or none yet.",
            todo=f"Run `balian migrate {service}`, then start it again.",
        ) from None
    except (BusUnreachable, StoreUnavailable) as away:
        place = "broker" if isinstance(away, BusUnreachable) else "store"
        raise HostUnreachable(
            what=f"{service} has no {place}",
            why=str(away) if isinstance(away, BusUnreachable) else "it does not answer",
            todo="Start it again when it does; whoever supervises the service may do so at once.",
        ) from None
    except Exception as died:  # noqa: BLE001 - whatever it is, its text may quote a petition.
        log.error(  # noqa: TRY400 - which is why the log gets no text of it.
            "a service died", service=service, error=type(died).__name__, trace=trace_of(died)
        )
        raise CommandFault(
            what=f"{service} died of {type(died).__name__}",
            todo="The log tells where; start it again, what was in hand is still on the queue.",
        ) from None
