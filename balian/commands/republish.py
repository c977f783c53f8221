"""`balian republish`: let services publish again what they published, after a restore."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from balian.commands.edge import faults_told
from balian.faults import HostUnreachable, WrongUsage
from balian.one_service import OneService, unusable
from balian.speech import say
from shared.database import Store, StoreUnavailable
from shared.logs import configure_logging
from shared.messaging.republishing import republish as mark_unsent
from shared.settings import SettingsInvalid


def republish(
    *,
    services: Annotated[
        list[str],
        typer.Argument(metavar="SERVICE...", help="As for `balian run`; their stores are marked."),
    ],
    since: Annotated[
        str | None,
        typer.Option(metavar="ISO", help="Only what was recorded at this instant or later."),
    ] = None,
) -> None:
    """Mark what services have published as unsent, so that they publish it once more.

    After a restore the queues are empty; what had been handled is absorbed by those who did.
    """
    with faults_told():
        instant = None if since is None else _instant(since)
        every = [OneService.told(service, without_bus=True) for service in services]
        configure_logging(every[0].settings.log_level)
        for told in every:
            say(f"{told.name} publishes {_marked(told, instant)} events once more.")


def _marked(told: OneService, since: datetime | None) -> int:
    # Imported here, because it brings Alembic, which only this and a start need.
    from shared.database.migrations import base_of  # noqa: PLC0415

    try:
        store = Store(base=base_of(told.owner), url=told.settings.store_url(told.name))
        try:
            return mark_unsent(store, since=since)
        finally:
            store.dispose()
    except SettingsInvalid as invalid:
        raise unusable(invalid) from None
    except StoreUnavailable as away:
        raise HostUnreachable(
            what=f"the store of {told.name} does not answer",
            why=type(away).__name__,
            todo="Start the database, then run this again; it may be run any number of times.",
        ) from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise WrongUsage(
            what=f"--since: {text!r} is no instant with a time zone",
            todo="Write it such as 2026-06-01T08:30:00+08:00.",
        )
    return instant
