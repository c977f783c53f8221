"""What one running service lets be seen of itself beside what it counts.

How it stands is told from what samplers left: of the mechanism every 5 seconds, of the service's
own business and its pages every 15.  Workers and connections are told as they are at the moment.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import QueuePool, func, select
from sqlalchemy.orm import Session

from shared.clock import ClockKind, machine_now
from shared.database import Store
from shared.deadlines import AT_ONCE
from shared.messaging.backlog import Backlog, backlog_told, look_at_backlog
from shared.messaging.common_calls import version
from shared.messaging.engine import Engine
from shared.messaging.sampling import Sampler, looking_into
from shared.metrics import STANDING, PageLook, Standing, StandingGauge, StandingLook

MECHANISM_INTERVAL: Final = 5.0
BUSINESS_INTERVAL: Final = 15.0

BUILD: Final = StandingGauge(
    name="balian_build_info",
    documentation="1, with the version of this software and of Python.",
    labels=("version", "python"),
)
WORKERS_BUSY: Final = StandingGauge(
    name="balian_workers_busy", documentation="Workers that have a call or a message in hand."
)
WORKERS: Final = StandingGauge(
    name="balian_workers", documentation="Workers that there may be at once."
)
CONNECTIONS_BUSY: Final = StandingGauge(
    name="balian_store_connections_in_use",
    documentation="Connections to the store that are in use.",
)
CONNECTIONS: Final = StandingGauge(
    name="balian_store_connections",
    documentation="Connections to the store that there may be at once.",
)
MECHANISM_UP: Final = StandingGauge(
    name="balian_mechanism_state_up",
    documentation="1 where the store could be looked into for what waits in it, 0 where not.",
)
BUSINESS_UP: Final = StandingGauge(
    name="balian_business_state_up",
    documentation="1 where the store could be looked into for the business in it, 0 where not.",
)
BUSINESS_AT: Final = StandingGauge(
    name="balian_business_state_timestamp_seconds",
    documentation=(
        "Instant, by the deployment's clock, at which the business in the store was last looked up."
    ),
)


@dataclass(frozen=True, kw_only=True)
class Workers:
    """How many workers of a service are busy, and how many there may be."""

    busy: Callable[[], int]
    most: int


@dataclass(frozen=True)
class _Business:
    standings: tuple[Standing, ...]
    at: float


class Observed:
    """One service as those who watch it see it.

    Args:
        engine: its mechanism.
        workers: its workers.
        standing: looks up how its business stands, in its own store.
        pages: look up what its listener shows, by path.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        workers: Workers,
        standing: StandingLook | None = None,
        pages: Mapping[str, PageLook] | None = None,
    ) -> None:
        self._engine = engine
        self._workers = workers
        build = {"version": version(), "python": platform.python_version()}
        self._build = Standing(gauge=BUILD, labels=build, value=1)
        self._mechanism = self._sampler("mechanism", MECHANISM_INTERVAL, self._look_at_backlog)
        self._business = (
            None
            if standing is None
            else self._sampler(
                "business", BUSINESS_INTERVAL, partial(self._look_at_business, standing)
            )
        )
        self._pages = {
            path: self._sampler(path, BUSINESS_INTERVAL, partial(self._look_at_page, look))
            for path, look in (pages or {}).items()
        }
        self._leave: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to look, and to tell."""
        for sampler in self._samplers():
            sampler.start()
        self._leave = STANDING.join(self._engine.source.service, self.standings)

    def close(self) -> None:
        """Look and tell no more; a second time changes nothing."""
        for sampler in self._samplers():
            sampler.close()
        if self._leave is not None:
            self._leave()

    def standings(self) -> Iterator[Standing]:
        """Tell how this service stands, from what was left; from any thread."""
        yield self._build
        yield Standing(gauge=WORKERS_BUSY, value=self._workers.busy())
        yield Standing(gauge=WORKERS, value=self._workers.most)
        busy, most = connections_of(self._engine.store)
        yield Standing(gauge=CONNECTIONS_BUSY, value=busy)
        yield Standing(gauge=CONNECTIONS, value=most)
        yield from self._mechanism_told()
        if self._business is not None:
            yield from _business_told(self._business)

    def page(self, path: str) -> bytes | None:
        """Give a page as it was last looked up; None where it never was.  From any thread.

        A page that cannot be looked up anew is given as it was: who finds others by it would
        rather know where they were than nothing.

        Raises:
            KeyError: there is no such page.
        """
        sampler = self._pages[path]
        sampler.ask()
        latest = sampler.latest
        return None if latest is None else latest.found

    @property
    def pages(self) -> Mapping[str, Callable[[], bytes | None]]:
        """Give each page by its path, for the listener."""
        return {path: partial(self.page, path) for path in self._pages}

    def _mechanism_told(self) -> Iterator[Standing]:
        self._mechanism.ask()
        yield from _up(MECHANISM_UP, self._mechanism)
        fresh = self._mechanism.fresh
        if fresh is not None:
            yield from backlog_told(fresh.found, machine_now())

    def _samplers(self) -> Iterator[Sampler[Any]]:
        yield self._mechanism
        if self._business is not None:
            yield self._business
        yield from self._pages.values()

    def _sampler(self, what: str, interval: float, look: Callable[[], Any]) -> Sampler[Any]:
        service = self._engine.source.service
        return Sampler(what=what, service=service, interval=interval, look=look)

    # --- Looking, in green threads -------------------------------------------------------------

    def _look_at_backlog(self) -> Backlog:
        store = self._engine.store
        with looking_into(store) as session:
            told_now = self._now(session) if self._is_told else None
            return look_at_backlog(session, store.tables, told_now=told_now)

    def _look_at_business(self, look: StandingLook) -> _Business:
        with looking_into(self._engine.store) as session:
            now: datetime = self._now(session)
            standings: Sequence[Standing] = look(session, now=now)
        # By the deployment's clock, as what stands there: ages are right in told time too.
        return _Business(tuple(standings), now.timestamp())

    def _look_at_page(self, look: PageLook) -> bytes:
        with looking_into(self._engine.store) as session:
            content = look(session, now=self._now(session))
        return json.dumps(content, ensure_ascii=False).encode() + b"\n"

    @property
    def _is_told(self) -> bool:
        return self._engine.clock.kind is ClockKind.SIMULATED

    def _now(self, session: Session) -> Any:
        if not self._is_told:
            return machine_now()
        commands = self._engine.store.tables.commands
        return session.execute(select(func.max(commands.c.now))).scalar() or AT_ONCE


def connections_of(store: Store) -> tuple[int, int]:
    """Count a store's connections that are in use, and how many there may be.

    It reads what the pool has without the pool's lock, which is a green one.
    """
    pool = store.engine.pool
    if not isinstance(pool, QueuePool):
        return 0, 1  # One connection in memory, which is handed round.
    idle = len(pool._pool.queue)  # type: ignore[attr-defined]  # noqa: SLF001 - see above.
    return max(0, pool.size() + pool.overflow() - idle), pool.size() + max(0, pool._max_overflow)  # noqa: SLF001


def _business_told(sampler: Sampler[_Business]) -> Iterator[Standing]:
    sampler.ask()
    yield from _up(BUSINESS_UP, sampler)
    if sampler.latest is not None:
        yield Standing(gauge=BUSINESS_AT, value=sampler.latest.found.at)
    if sampler.fresh is not None:
        yield from sampler.fresh.found.standings


def _up(gauge: StandingGauge, sampler: Sampler[Any]) -> Iterator[Standing]:
    works = sampler.works
    if works is not None:
        yield Standing(gauge=gauge, value=works)
