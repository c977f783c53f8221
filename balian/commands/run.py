"""`balian run`: one service on the broker of the settings, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from balian.commands.edge import faults_told
from balian.faults import BadInput, WrongUsage
from balian.host import bring_up_to_date, county_services
from balian.speech import say
from shared.logs import configure_logging
from shared.messaging.broker import is_embedded
from shared.messaging.runner import serve
from shared.messaging.topology import node_service
from shared.settings import SETTINGS, Settings, SettingsInvalid

_RECEPTION = node_service("")


def run(
    service: Annotated[
        str,
        typer.Argument(help="intake, triage, supervision, accountability or reception_NODE."),
    ],
    *,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring its store to the newest schema first.")
    ] = False,
) -> None:
    """Run one service on the broker and store that the environment names (see docs/cli.md)."""
    with faults_told():
        config = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
        try:
            settings = Settings.from_mapping(config)
        except SettingsInvalid as invalid:
            raise BadInput(
                what="the settings cannot be used",
                why="\n".join(invalid.faults),
                todo="Set them in the environment; docs/cli.md lists every one.",
            ) from None
        if is_embedded(settings.amqp_uri):
            raise WrongUsage(
                what="AMQP_URI names the bus inside a process, where nobody could call the service",
                todo="Name a RabbitMQ, or run every service in one process with `balian up`.",
            )
        service_class = _named(service)
        configure_logging(settings.log_level)
        if migrate:
            bring_up_to_date(_owner(service), settings.store_url(service))
        serve(
            [service_class],
            config,
            grace=settings.stop_grace,
            when_started=lambda: say(f"{service} takes calls."),
        )
        say(f"{service} has stopped.")


def _owner(service: str) -> str:
    return "reception" if service.startswith(_RECEPTION) else service


def _named(service: str) -> type:
    """Give the class of a service.

    Raises:
        WrongUsage: there is no such service.
    """
    node = service.removeprefix(_RECEPTION) if service.startswith(_RECEPTION) else None
    classes = {cls.name: cls for cls in county_services([node] if node else [])}  # type: ignore[attr-defined]
    if service not in classes:
        raise WrongUsage(
            what=f"there is no service {service}",
            todo=f"Name one of {', '.join(sorted(classes))}, or {_RECEPTION}NODE.",
        )
    return classes[service]
