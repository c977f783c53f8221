"""Looking into a store for those who scrape: never too often, never for nobody, never too long."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.database import StoreUnavailable
from shared.messaging import sampling
from shared.messaging.sampling import Sampler, looking_into

if TYPE_CHECKING:
    from tests.support.bench import ServiceBench

ENDLESS = {
    True: (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT count(*) FROM n WHERE i < 0"
    ),
    False: "SELECT pg_sleep(60)",
}
"""A statement that does not end by itself, on SQLite and not."""


@dataclass
class Looker:
    """A sampler under a clock that only moves when it is told to."""

    now: float = 1000.0
    takes: float = 0.0
    looks: int = 0
    fails: bool = False
    interval: timedelta = field(default=timedelta(seconds=5))

    def __post_init__(self) -> None:
        self.sampler = Sampler(
            what="test",
            service="intake",
            interval=self.interval.total_seconds(),
            look=self._look,
            clock=lambda: self.now,
        )

    def _look(self) -> int:
        self.looks += 1
        self.now += self.takes
        if self.fails:
            raise StoreUnavailable
        return self.looks

    def later(self, seconds: float, *, asked: bool = True) -> None:
        """Let time go by; the green thread looks in once at its end."""
        self.now += seconds
        if asked:
            self.sampler.ask()
        self.sampler.look_if_due()

    @property
    def found(self) -> int | None:
        fresh = self.sampler.fresh
        return None if fresh is None else fresh.found


def test_nothing_is_known_before_the_first_look_and_nobody_calls_it_a_failure() -> None:
    looker = Looker()

    assert (looker.found, looker.sampler.works) == (None, None)


def test_it_looks_at_most_once_in_an_interval() -> None:
    looker = Looker()

    looker.later(0)
    looker.later(4.9)
    within = looker.looks
    looker.later(0.1)

    assert (within, looker.looks) == (1, 2)
    assert (looker.found, looker.sampler.works) == (2, True)


def test_it_looks_for_no_more_than_a_twentieth_of_the_time() -> None:
    looker = Looker(takes=2.0)
    looker.later(0)

    looker.later(39)
    within = looker.looks
    looker.later(1)

    assert (within, looker.looks) == (1, 2)


def test_it_rests_when_nobody_asks_and_begins_again_when_somebody_does() -> None:
    looker = Looker()
    looker.later(0)
    looker.later(301, asked=False)
    rested = looker.looks

    looker.sampler.ask()
    unknown = (looker.found, looker.sampler.works)
    looker.sampler.look_if_due()

    assert rested == 1
    assert unknown == (None, None), "what was found is old, but nothing has failed"
    assert (looker.found, looker.sampler.works) == (2, True)


def test_a_look_that_fails_takes_away_what_was_found_until_one_succeeds() -> None:
    looker = Looker()
    looker.later(0)
    looker.fails = True

    looker.later(5)
    failed = (looker.found, looker.sampler.works)
    looker.fails = False
    looker.later(5)

    assert failed == (None, False)
    assert (looker.found, looker.sampler.works) == (3, True)


def test_a_look_that_hangs_takes_it_away_too() -> None:
    looker = Looker()
    looker.later(0)
    begun = looker.now

    looker.now = begun + 9.9
    looker.sampler.ask()
    growing_old = looker.found
    looker.now = begun + 10.1

    assert growing_old == 1
    assert (looker.found, looker.sampler.works) == (None, False)


def test_what_was_found_last_is_kept_for_those_who_take_it_old() -> None:
    looker = Looker()
    looker.later(0)
    looker.fails = True

    looker.later(5)

    assert looker.sampler.latest is not None
    assert looker.sampler.latest.found == 1


def test_a_statement_without_end_is_ended(
    bench: ServiceBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "STATEMENT_TIMEOUT", 0.3)

    with pytest.raises(Exception, match=r"interrupted|57014"), looking_into(bench.store) as session:
        session.execute(text(ENDLESS[bench.store.is_sqlite]))

    # The connection goes back as it was: whoever has it next may take his time.
    with bench.store.reading() as session:
        if bench.store.is_sqlite:
            counted = (
                "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
            )
            counted += " FROM n WHERE i < 2000000) SELECT i FROM n)"
            assert session.execute(text(counted)).scalar() == 2_000_000
        else:
            assert session.execute(text("SHOW statement_timeout")).scalar() == "15s"


def test_a_look_cannot_write(bench: ServiceBench) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"), looking_into(bench.store) as session:
        session.execute(text("DELETE FROM outbox_messages"))
