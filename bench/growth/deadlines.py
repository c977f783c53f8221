"""Deadlines against size: petitions that wait for sorting, each with its day, and few of them due.

Every due date fires at the midnight its day ends at (D-23), so thousands may fall due at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from psycopg.sql import SQL, Identifier

from bench.conversations import Call, ask
from bench.county import a_petition, await_relayed, connected_to
from bench.figures import Lap
from bench.ground import Ground, say
from bench.growth.copies import PETITION_NO, Copied, copy
from bench.load import Callers, CallFailed
from bench.simulated import BEGINNING, simulated_county

_SERVICES: Final = ("intake", "triage")
_DAYS_AHEAD: Final = 1000
_AT_A_TIME: Final = 500_000
_FIRST: Final = "timestamptz '2026-06-01 00:00+08'"
_FIRST_MIDNIGHT: Final = datetime.fromisoformat("2026-06-01T00:00:00+08:00")


@dataclass
class Deadlines:
    """A triage with so many pending deadlines, of which some fall due each midnight.

    The first midnights have the same number in a store of any size, and the others have the rest.
    """

    callers: Callers
    each_midnight: int
    _passed: int = field(default=0)

    def settle(self) -> None:
        """Let fire what has nothing to do with the benchmark: the start's, the first petition's."""
        self._sweep(_FIRST_MIDNIGHT - timedelta(hours=1))

    def look(self, times: int) -> Lap:
        """Sweep where nothing is due; an operation is one sweep."""
        at = _FIRST_MIDNIGHT + timedelta(days=self._passed, hours=-1)
        latencies = []
        begun = time.perf_counter()
        for _ in range(times):
            since = time.perf_counter()
            if self._sweep(at):
                msg = "a deadline fired before it was due"
                raise CallFailed(msg)
            latencies.append(time.perf_counter() - since)
        return Lap(
            operations=times,
            seconds=time.perf_counter() - begun,
            latencies=tuple(latencies),
        )

    def fire(self) -> Lap:
        """Let the next midnight come; an operation is one deadline fired, with what it sets off."""
        at = _FIRST_MIDNIGHT + timedelta(days=self._passed)
        begun = time.perf_counter()
        fired = self._sweep(at)
        seconds = time.perf_counter() - begun
        self._passed += 1
        if fired != self.each_midnight:
            msg = f"{fired} deadlines fired where {self.each_midnight} were due"
            raise CallFailed(msg)
        return Lap(operations=fired, seconds=seconds)

    def _sweep(self, at: datetime) -> int:
        swept = ask(self.callers, Call(method="triage.sweep", actor="operator:bench", at=at))
        return int(swept["fired"])


@contextmanager
def pending_deadlines(
    ground: Ground, *, pending: int, midnights: int, each_midnight: int
) -> Iterator[Deadlines]:
    """Run a triage with so many pending deadlines for the block."""
    with simulated_county(ground, name=f"deadlines_{pending}", services=_SERVICES) as simulated:
        county = simulated.county
        simulated.start(*_SERVICES)
        with Callers(county.uri) as callers:
            petition_no = _register_one(callers)
            await_relayed(county.store("triage"))
            county.processes.stop("intake")
            _fill(
                county.store("triage"),
                petition_no=petition_no,
                pending=pending,
                soon=midnights * each_midnight,
                each_midnight=each_midnight,
            )
            deadlines = Deadlines(callers=callers, each_midnight=each_midnight)
            deadlines.settle()
            yield deadlines


def _register_one(callers: Callers) -> str:
    registered = ask(
        callers,
        Call(
            method="intake.register_petition",
            actor="clerk:window_1",
            at=BEGINNING,
            says=a_petition(),
        ),
        not_heard_yet=("DirectoryMissing",),
    )
    number = str(registered["petition_no"])
    heard = Call(
        method="triage.get_sorting",
        actor="officer:desk_1",
        at=BEGINNING,
        says={"petition_no": number},
        is_question=True,
    )
    ask(callers, heard, not_heard_yet=("PetitionNotFound",))
    return number


def _fill(store: str, *, petition_no: str, pending: int, soon: int, each_midnight: int) -> None:
    """Copy the one petition and its deadline until there are so many that wait."""
    for copied in (
        Copied(
            table="triaged_petitions",
            where="petition_no = %(petition_no)s",
            changed={"petition_no": PETITION_NO},
        ),
        Copied(
            table="deadlines",
            where="petition_no = %(petition_no)s",
            changed=_deadline(soon=soon, each_midnight=each_midnight),
        ),
    ):
        with connected_to(store) as connection:
            for first in range(0, pending, _AT_A_TIME):
                last = min(first + _AT_A_TIME, pending) - 1
                copy(connection, copied, petition_no=petition_no, first=first, last=last)
            connection.execute(SQL("VACUUM ANALYZE {}").format(Identifier(copied.table)))
    say(f"  a triage with {pending:,} pending deadlines")


def _deadline(*, soon: int, each_midnight: int) -> Mapping[str, str]:
    """Tell what is other in the deadline of copy n: its petition, and its day."""
    day = (
        f"(CASE WHEN n < {soon} THEN n / {each_midnight} ELSE 365 + mod(n, {_DAYS_AHEAD}) END)::int"
    )
    return {
        "petition_no": PETITION_NO,
        "subject": PETITION_NO,
        "due_on": f"date '2026-05-31' + {day}",
        "fires_at": f"{_FIRST} + make_interval(days => {day})",
    }
