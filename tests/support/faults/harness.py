"""The harness: a load on a county while one thing after the other goes wrong, and a check of each.

The load goes on from before a fault until the county is whole again; then callers pause, every
service must be ready and the bus at rest within the limit, what was begun is finished, and the
checker reads the stores.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from balian.deployments import OnBroker
from shared.messaging.rest import NOTHING_APART, Balance, balance_of
from tests.support.faults.checker import Verdict, check
from tests.support.faults.county import (
    OPERATOR,
    WEEKS_PLANNED,
    NotAtRest,
    come_to_rest,
    let_time_pass,
    open_county,
)
from tests.support.faults.crashes import CrashAt, Crashed
from tests.support.faults.deployment import DockerFailed, FaultyCounty
from tests.support.faults.desk import (
    LONGEST_CALL,
    Desk,
    Gate,
    NotAnswered,
    StillRefused,
    Tally,
    desk_at,
)
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Expected, Finding, Harm
from tests.support.faults.lives import LIVES
from tests.support.faults.lives_of_reception import AfterTheSweep
from tests.support.faults.load import FINISHES_WITHIN, Load
from tests.support.faults.reports import Report, ReportRow
from tests.support.faults.schedule import Passed
from tests.support.faults.steps import CANARIES, at
from tests.support.faults.stores import Stores, read_stores
from tests.support.faults.township import (
    EVERY_DEATH,
    REGIME,
    TOWN,
    TOWN_SERVICE,
    Stage,
    TownshipLife,
)

RECOVERS_WITHIN: Final = 30.0
"""Seconds from a fault's end within which a county is whole again, without a hand."""

FIRST_MONDAY: Final = date(2026, 8, 3)

_SWEPT_AHEAD: Final = timedelta(days=120)
_RESTS_WITHIN: Final = 75.0
_WEEKS_BEGUN_IN: Final = WEEKS_PLANNED - 20
"""Weeks in which lives begin; the sittings of the rest are for those that wait for a seat."""
_WARMS_UP_WITH: Final = 8
"""Orders that callers must have been answered before a fault begins."""


class Harness:
    """One county under load and faults, from its first directory to its last check."""

    def __init__(self, county: FaultyCounty, *, seed: int, report: Report) -> None:
        self.county = county
        self.report = report
        self.chance = random.Random(seed)  # noqa: S311 - repeatable chance, no secret.
        self.tally = Tally()
        self.gate = Gate()
        self.week = 0
        self._run = f"{seed:x}-{int(time.time()):x}"
        self._rounds = count(1)
        self._waiting: list[AfterTheSweep] = []
        self._poison = 0
        self._accepted: set[tuple[str, str, str]] = set()
        self._swept_until = at(FIRST_MONDAY, "08:00")
        self._deployment = OnBroker(county.bus("operator"), nodes=county.nodes)
        self._apart: Balance = NOTHING_APART
        self._unheard: dict[str, frozenset[str]] = {}

    def close(self) -> None:
        """Close the harness's own connection."""
        self._deployment.close()

    @property
    def monday(self) -> date:
        """Give the day on which the lives of this week begin."""
        return FIRST_MONDAY + timedelta(weeks=self.week)

    def name_of_client(self, number: int) -> str:
        """Name a client, as no client of any run was ever named."""
        return f"load-{self._run}-{next(self._rounds)}-{number}"

    @contextmanager
    def operator(self) -> Iterator[Desk]:
        """Open a desk that may do what operators may."""
        name = f"operator-{self._run}-{next(self._rounds)}"
        bus = self.county.bus("operator")
        with desk_at(bus, name=name, tally=self.tally, gate=Gate()) as desk:
            yield desk

    def begin(self) -> None:
        """Put the directory, plan the sittings."""
        with self.operator() as desk:
            open_county(desk, FIRST_MONDAY)

    def lead_every_life_once(self) -> Passed:
        """Lead each life once, undisturbed, and let the weeks pass; tell what was come by."""
        begun = self.stores()
        load = Load(self, lives=iter(list(LIVES)))
        load.start()
        load.finish(asked=False)
        self._rest(within=RECOVERS_WITHIN)
        before = self.stores()
        self.settle()
        return Passed.between(begun, before, self.stores())

    def lead(self, desk: Desk, life: str, matter: object) -> None:
        """Lead one life; what cannot be done is a failure of the run."""
        try:
            afterwards = LIVES[life](desk, self.monday, matter)  # type: ignore[arg-type]
        except (NotAnswered, StillRefused) as failed:
            self.tally.failed.append(f"{life}: {failed}")
        else:
            if afterwards is not None:
                self._waiting.append(afterwards)

    # -- a fault

    def endure(self, fault: Fault, *, lives: Sequence[str] | None = None) -> ReportRow:
        """Lead lives while a fault comes and goes, and report what became of them."""
        self._begin_row()
        load = Load(self, lives=self._shuffled(lives or list(LIVES)))
        load.start()
        load.await_orders(_WARMS_UP_WITH)
        try:
            recovery, findings = self._undergo(fault)
        finally:
            load.finish()
        return self._end_row(fault.name, recovery, findings)

    def pass_time_under(self, fault: Fault) -> ReportRow:
        """Let the weeks pass over lives in every state, while a fault comes and goes."""
        self._begin_row()
        load = Load(self, lives=iter(list(LIVES)))
        load.start()
        load.finish(asked=False)
        passing = threading.Thread(target=self.settle, daemon=True)
        passing.start()
        recovery, findings = self._undergo(fault, rests=False)
        passing.join(timeout=FINISHES_WITHIN)
        if passing.is_alive():
            self.tally.failed.append("the sweeps did not end")
        return self._end_row(fault.name, recovery, findings)

    def settle(self) -> None:
        """Sweep past every deadline of this week's lives, and do what is left to be done then."""
        until = max(self._swept_until, at(self.monday + _SWEPT_AHEAD, "09:00"))
        try:
            with self.operator() as desk:
                self._let_time_pass(desk, until)
                waiting, self._waiting = self._waiting, []
                for afterwards in waiting:
                    afterwards(desk, until)
                until += timedelta(days=30)
                self._let_time_pass(desk, until)
        except (NotAnswered, StillRefused, NotAtRest) as failed:
            self.tally.failed.append(f"letting time pass: {failed}")
        self._swept_until = until
        # Round and round: what is begun in a week gone by is swept with the next sweep.
        self.week = (self.week + 1) % _WEEKS_BEGUN_IN

    # -- a township

    def lead_a_township(self, deaths: Collection[CrashAt] = EVERY_DEATH) -> Iterator[ReportRow]:
        """Lead the life of a township's node; in each stage services die at its crash points.

        Args:
            deaths: at which of them; at every one unless told.
        """
        # Services that die over and over are started again after longer and longer pauses.
        rest = partial(self._rest, within=FINISHES_WITHIN)
        life = TownshipLife(self.monday, start=self._start_town, rest=rest)
        for stage in life.stages():
            yield self._die_in(stage, [crash for crash in stage.crashes if crash in deaths])

    def _die_in(self, stage: Stage, crashes: Sequence[CrashAt]) -> ReportRow:
        self._begin_row()
        crashed = Crashed(crashes)
        crashed.inject(self.county)
        try:
            with self.operator() as desk:
                stage.act(desk)
            crashed.hold(self.county)
        except (NotAnswered, StillRefused, NotAtRest, DockerFailed) as failed:
            self.tally.failed.append(f"{stage.name}: {failed}")
        finally:
            crashed.heal(self.county)
        recovery, findings = self._recover(time.monotonic())
        return self._end_row(stage.name, recovery, [*findings, *crashed.missed()])

    def _start_town(self, opening: str) -> None:
        joins = TOWN not in self.county.nodes
        self.county.join(TOWN, regime=REGIME, opening=opening)
        if not joins:
            return
        self._deployment.close()
        self._deployment = OnBroker(self.county.bus("operator"), nodes=self.county.nodes)
        # What was told before it came, it never hears; that must not look like something lost.
        headers = {"actor": OPERATOR, "now": self._swept_until.isoformat()}
        work = self._deployment.pending(headers, self._deployment.services)
        self._apart = balance_of(work, self._deployment.topology)
        told = frozenset(row["event_id"] for row in self.stores().published)
        self._unheard[TOWN_SERVICE] = told

    def _rest(self, *, within: float = _RESTS_WITHIN) -> None:
        come_to_rest(self._deployment, self._swept_until, within=within, apart=self._apart)

    def _let_time_pass(self, desk: Desk, until: datetime) -> None:
        let_time_pass(desk, self._deployment, until, within=_RESTS_WITHIN, apart=self._apart)

    def _undergo(self, fault: Fault, *, rests: bool = True) -> tuple[float, list[Finding]]:
        """Break, hold, mend, and wait until the county is whole; give how long that took."""
        try:
            fault.inject(self.county)
            self._poison += fault.poisoned
            fault.hold(self.county)
        finally:
            fault.heal(self.county)
        recovery, findings = self._recover(time.monotonic(), rests=rests)
        fault.tidy(self.county)
        return recovery, [*findings, *fault.missed()]

    def _recover(self, mended: float, *, rests: bool = True) -> tuple[float, list[Finding]]:
        """Wait until the county is whole; give how long that took, and that it took too long."""
        findings: list[Finding] = []
        try:
            if rests:
                with self.gate.closed():
                    self._become_whole(mended)
            else:
                self.county.await_ready(within=RECOVERS_WITHIN)
        except (TimeoutError, NotAtRest) as late:
            findings.append(Finding("recovery", Harm.VIOLATION, str(late)))
        return time.monotonic() - mended, findings

    def _become_whole(self, since: float) -> None:
        self.county.await_ready(within=RECOVERS_WITHIN)
        left = since + RECOVERS_WITHIN - time.monotonic()
        self._rest(within=max(1.0, left))

    # -- the report

    def _begin_row(self) -> None:
        self._accepted |= self.tally.accepted
        self.tally = Tally()
        self._absorbed = self.county.absorbed()

    def _end_row(self, fault: str, recovery: float, findings: list[Finding]) -> ReportRow:
        try:
            self._rest(within=RECOVERS_WITHIN)
        except NotAtRest as restless:
            findings.append(Finding("rest", Harm.VIOLATION, str(restless)))
        verdict = self.verdict()
        found = [*findings, *verdict.findings]
        found += [Finding("load", Harm.VIOLATION, failure) for failure in self.tally.failed]
        if self.tally.slowest > LONGEST_CALL:
            slow = f"a call took {self.tally.slowest:.1f} s"
            found.append(Finding("bounded", Harm.VIOLATION, slow))
        row = ReportRow(
            fault=fault,
            attempted=self.tally.attempted,
            accepted=len(self.tally.accepted),
            refused=sum(self.tally.refused.values()),
            lost=verdict.count(Harm.LOST),
            doubled=verdict.count(Harm.DOUBLED),
            absorbed=self.county.absorbed() - self._absorbed,
            parked=verdict.count(Harm.PARKED),
            recovery_seconds=recovery,
            slowest_call_seconds=self.tally.slowest,
            findings=tuple(str(finding) for finding in found),
        )
        self.report.add(row)
        if not row.is_clean:
            self.county.keep_evidence(self.report.path.parent / f"evidence-{len(self.report.rows)}")
        return row

    def stores(self) -> Stores:
        """Read every store."""
        return read_stores(self.county.stores(), unheard=self._unheard)

    def verdict(self) -> Verdict:
        """Check every store against every rule, and against what callers were answered."""
        expected = Expected(
            accepted=frozenset(self._accepted | self.tally.accepted),
            canaries=CANARIES,
            poison=self._poison,
        )
        return check(self.stores(), expected)

    def _shuffled(self, lives: Sequence[str]) -> Iterator[str]:
        """Give the lives over and over, every round in an order of its own."""
        while True:
            yield from self.chance.sample(list(lives), len(lives))


@contextmanager
def harness_at(county: FaultyCounty, *, seed: int, report: Report) -> Iterator[Harness]:
    """Open a harness on a county for the block."""
    harness = Harness(county, seed=seed, report=report)
    with closing(harness):
        harness.begin()
        yield harness
