"""Messages that came before their predecessor: kept, and applied as soon as they can be.

Order is not the bus's to keep; a message that says what it waits for is stored with its envelope,
acknowledged, and tried again whenever its petition has moved on, and every few seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.clock import machine_now
from shared.database import StoreUnavailable
from shared.logs import Log
from shared.messaging import watching
from shared.messaging.handling import Patience
from shared.messaging.records import Records
from shared.messaging.work import NO_PETITION
from shared.messaging.workplace import Workplace

log: Final = Log(__name__)

Retry = Callable[[Row[Any]], bool]


class EarlyMessages:
    """The messages of one store that wait.

    Args:
        workplace: whose messages they are; it tells which petitions have moved on.
        records: where they are kept.
        patience: how long one that failed unforeseen is left alone.
        retry: tries one once more, and tells whether it waits no longer.
    """

    def __init__(
        self, workplace: Workplace, records: Records, patience: Patience, retry: Retry
    ) -> None:
        self._workplace = workplace
        self._records = records
        self._patience = patience
        self._retry = retry
        self._wanted: set[str] = set()
        self._applying: set[str] = set()
        workplace.after_commit.append(self.apply_moved_on)

    def apply(self, petition_no: str | None = None) -> int:
        """Apply the messages that waited, of one petition or all, until none of them can be.

        Returns:
            How many were settled.

        Raises:
            StoreUnavailable: the store cannot be used now.
        """
        key = petition_no or NO_PETITION
        self._wanted.add(key)
        if key in self._applying:
            # Whoever applies them now looks once more; so neither waits for the other, and a
            # message that moves the petition on does not lead deeper and deeper.
            return 0
        self._applying.add(key)
        settled = 0
        try:
            while key in self._wanted:
                self._wanted.discard(key)
                settled += sum(1 for row in self._waiting(petition_no) if self._tried(row))
        finally:
            self._applying.discard(key)
        return settled

    def _tried(self, row: Row[Any]) -> bool:
        """Try a message once more; tell whether it waits no longer."""
        with watching.early(self._workplace.source, row.type, json.loads(row.envelope)):
            settled = self._retry(row)
            if settled:
                log.info("early message settled")
        return settled

    def apply_moved_on(self, petition_nos: Iterable[str]) -> None:
        """Apply what waited for a commit, now that it is done; never fail the one who committed."""
        for petition_no in sorted(petition_nos):
            try:
                self.apply(petition_no if petition_no != NO_PETITION else None)
            except StoreUnavailable:
                return  # The poll comes by again.
            except Exception as unexpected:  # noqa: BLE001 - the commit stands, whatever this is.
                self._workplace.incident("waiting messages could not be applied", unexpected)

    def _waiting(self, petition_no: str | None) -> list[Row[Any]]:
        with self._workplace.store.reading() as session:
            rows = self._records.early(session, petition_no)
            return [row for row in rows if not self._rests(session, row)]

    def _rests(self, session: Session, row: Row[Any]) -> bool:
        """Tell whether a message that failed unforeseen is still to be left alone."""
        failed = self._records.failures(session, message_id=row.message_id, consumer=row.consumer)
        if failed is None:
            return False
        attempts, last_failed_at = failed
        return last_failed_at + timedelta(seconds=self._patience.delay_after(attempts)) > (
            machine_now()
        )
