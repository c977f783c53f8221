"""`balian migrate`: stores and keys made ready, once and before the services start."""

from __future__ import annotations

from time import monotonic
from typing import Annotated

import eventlet
import typer

from balian.commands.edge import faults_told
from balian.faults import BadInput, HostUnreachable
from balian.host import bring_up_to_date
from balian.one_service import OneService, unusable
from balian.speech import say
from shared.database import StoreConflict, StoreUnavailable
from shared.logs import configure_logging
from shared.messaging.green import Delays
from shared.settings import SettingsInvalid
from shared.vault import KeysUnusable, Vault


def migrate(
    services: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE...",
            help="intake, triage, supervision, accountability, reception_NODE, or reception.",
        ),
    ],
) -> None:
    """Bring the stores of services to the newest schema, and make keys where there are none.

    What is done already is left alone, so it may be run again at any time, also by two at once.
    """
    with faults_told():
        every = [OneService.told(service, without_bus=True) for service in services]
        configure_logging(every[0].settings.log_level)
        for told in every:
            _make_ready(told)
            say(f"{told.name} is ready: its store has the newest schema, and its keys are there.")


def _make_ready(told: OneService) -> None:
    try:
        url = told.settings.store_url(told.name)
        _upgrade(told, url)
        Vault.open_or_create(told.settings.keys_directory(told.name))
    except SettingsInvalid as invalid:
        raise unusable(invalid) from None
    except KeysUnusable as unusable_keys:
        raise BadInput(what=f"{told.name} has no usable keys", why=str(unusable_keys)) from None


def _upgrade(told: OneService, url: str) -> None:
    """Upgrade one store, waiting for it where it does not answer, or where another upgrades it.

    Raises:
        HostUnreachable: it did not answer in time.
    """
    ends: float | None = None
    delays = Delays(first=0.5, most=3.0)
    while True:
        try:
            bring_up_to_date(told.owner, url)
        except (StoreConflict, StoreUnavailable) as away:
            # Counted from the first time: getting here may take a busy machine as long.
            ends = ends or monotonic() + told.settings.start_limit
            left = ends - monotonic()
            if left <= 0:
                raise HostUnreachable(
                    what=f"the store of {told.name} does not answer",
                    why=type(away).__name__,
                    todo="Check STORE_URL and STORE_PASSWORD_FILE, and that the database runs.",
                ) from None
            say(f"waiting for the store of {told.name}, {round(left)} s more")
            eventlet.sleep(delays.next())
        else:
            return
