"""The faults: each breaks one thing of a deployment, and mends what does not mend itself.

What must mend itself, such as a process that was killed, is not touched again.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy
from sqlalchemy import text

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.findings import Finding, Harm
from tests.support.faults.republishing import Republisher, send_poison

ADMINISTRATOR: Final = "AUTOCOMMIT"
_SMALL: Final = "/small"
_ATTEMPTS: Final = 20


class Fault(ABC):
    """One thing that goes wrong."""

    seconds: float = 0.0
    """For how long it stays broken."""

    poisoned: int = 0
    """How many messages that nobody can read it sends."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Say what goes wrong, and where."""

    @abstractmethod
    def inject(self, county: FaultyCounty) -> None:
        """Break it."""

    def hold(self, county: FaultyCounty) -> None:
        """Leave it broken for a while."""
        del county
        time.sleep(self.seconds)

    def heal(self, county: FaultyCounty) -> None:
        """Mend what does not mend itself."""
        del county

    def tidy(self, county: FaultyCounty) -> None:
        """Put away what the fault needed, once the county is whole again."""
        del county

    def missed(self) -> Sequence[Finding]:
        """Tell what of it did not come about, which would make the test empty."""
        return ()


@dataclass
class Together(Fault):
    """Several things go wrong at once."""

    faults: Sequence[Fault]

    @property
    def name(self) -> str:
        return " + ".join(fault.name for fault in self.faults)

    def inject(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.inject(county)
        self.poisoned = sum(fault.poisoned for fault in self.faults)

    def hold(self, county: FaultyCounty) -> None:
        holding = [
            threading.Thread(target=fault.hold, args=(county,), daemon=True)
            for fault in self.faults
        ]
        for thread in holding:
            thread.start()
        for thread in holding:
            thread.join()

    def heal(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.heal(county)

    def tidy(self, county: FaultyCounty) -> None:
        for fault in self.faults:
            fault.tidy(county)

    def missed(self) -> Sequence[Finding]:
        return [finding for fault in self.faults for finding in fault.missed()]


# --- Processes ----------------------------------------------------------------------------------


@dataclass
class Signalled(Fault):
    """A service, the broker or PostgreSQL gets a signal; Docker starts it again."""

    service: str
    signal: str
    seconds: float = 1.0
    _before: int = 0
    _after: int = 0

    @property
    def name(self) -> str:
        return f"{self.service} gets SIG{self.signal}"

    def inject(self, county: FaultyCounty) -> None:
        self._before = county.restarts(self.service)
        county.signal(self.service, self.signal)

    def hold(self, county: FaultyCounty) -> None:
        ends = time.monotonic() + _STOPS_WITHIN
        while self._after <= self._before and time.monotonic() < ends:
            time.sleep(0.2)
            self._after = county.restarts(self.service)

    def missed(self) -> Sequence[Finding]:
        if self._after > self._before:
            return ()
        return (Finding("fault", Harm.VIOLATION, f"{self.name}: it did not start again"),)


_STOPS_WITHIN: Final = 40.0


@dataclass
class Restarted(Fault):
    """The broker or PostgreSQL is stopped in good order and started again after a while."""

    service: str
    seconds: float = 0.0

    @property
    def name(self) -> str:
        lasting = f" for {self.seconds:g} s" if self.seconds else " and started"
        return f"{self.service} is stopped{lasting}"

    def inject(self, county: FaultyCounty) -> None:
        county.stop(self.service)

    def heal(self, county: FaultyCounty) -> None:
        county.start(self.service)


# --- The network --------------------------------------------------------------------------------


@dataclass
class Disturbed(Fault):
    """The lines of a service, to the broker, to PostgreSQL or to both, behave otherwise."""

    service: str
    mode: str
    line: str = "*"
    seconds: float = 9.0

    @property
    def name(self) -> str:
        return f"{self.service}.{self.line} {self.mode} for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        county.proxy(f"{self.service}.{self.line}", self.mode)

    def heal(self, county: FaultyCounty) -> None:
        county.proxy("*", "pass")


# --- Delivery -----------------------------------------------------------------------------------


@dataclass
class DeliveredTwice(Fault):
    """What a service has published comes again, one to three times, in any order."""

    service: str
    seed: int = 0
    seconds: float = 1.0
    _sent: int = 0

    @property
    def name(self) -> str:
        return f"events of {self.service} come again in another order"

    def inject(self, county: FaultyCounty) -> None:
        self._sent = Republisher(county, self.service, seed=self.seed).republish()

    def missed(self) -> Sequence[Finding]:
        if self._sent:
            return ()
        return (Finding("fault", Harm.VIOLATION, f"{self.name}: there was none"),)


@dataclass
class Reordered(Fault):
    """Each event of a service leaves its store after a delay of its own: the order is chance's."""

    service: str
    seconds: float = 6.0

    @property
    def name(self) -> str:
        return f"events of {self.service} leave in any order for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        _administer(
            county,
            self.service,
            "CREATE OR REPLACE FUNCTION faults_delay() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN NEW.next_try_at := clock_timestamp() + random() * interval '4 seconds';"
            " RETURN NEW; END $$",
            "CREATE OR REPLACE TRIGGER faults_delay BEFORE INSERT ON outbox_messages"
            " FOR EACH ROW EXECUTE FUNCTION faults_delay()",
        )

    def heal(self, county: FaultyCounty) -> None:
        _administer(county, self.service, "DROP TRIGGER faults_delay ON outbox_messages")


@dataclass
class Poisoned(Fault):
    """Every message of the poison corpus reaches a service, as calls and as events."""

    service: str
    seconds: float = 2.0
    poisoned: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        return f"the poison corpus at {self.service}"

    def inject(self, county: FaultyCounty) -> None:
        self.poisoned = send_poison(county, self.service)


# --- Stores -------------------------------------------------------------------------------------


@dataclass
class LockHeld(Fault):
    """Somebody else's transaction holds the outbox of one store, and with it every writer."""

    service: str
    seconds: float = 10.0

    @property
    def name(self) -> str:
        return f"the store of {self.service} is locked for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        self._engine = sqlalchemy.create_engine(county.administrator(self.service))
        self._connection = self._engine.connect()
        # One table, for two could be taken in another order than by those who use them.
        self._connection.execute(text("LOCK TABLE outbox_messages IN ACCESS EXCLUSIVE MODE"))

    def heal(self, county: FaultyCounty) -> None:
        del county
        self._connection.close()
        self._engine.dispose()


class DiskNotFull(RuntimeError):
    """Raised when the small disk is filled and still takes more: the fault would be none."""


@dataclass
class DiskFull(Fault):
    """The disk under one store is full; every other store, and PostgreSQL's own log, have room."""

    service: str
    seconds: float = 6.0

    @property
    def name(self) -> str:
        return f"the disk of {self.service} is full for {self.seconds:g} s"

    def inject(self, county: FaultyCounty) -> None:
        _administer(county, "postgres", *_unless_there(county))
        _administer(county, self.service, *_moved("pg_default", "small"))
        # Until nothing fits any more; that `dd` fails is what is wanted.
        fill = f"dd if=/dev/zero of={_SMALL}/ballast bs=4k 2>/dev/null; sync {_SMALL}; true"
        county.execute("postgres", "sh", "-c", fill)
        try:
            _administer(
                county,
                self.service,
                "CREATE TABLE faults_probe TABLESPACE small AS SELECT generate_series(1, 100000)",
            )
        except sqlalchemy.exc.OperationalError:
            return
        msg = f"the small disk of {self.service} takes more"
        raise DiskNotFull(msg)

    def heal(self, county: FaultyCounty) -> None:
        county.execute("postgres", "rm", "-f", f"{_SMALL}/ballast")

    def tidy(self, county: FaultyCounty) -> None:
        _administer(county, self.service, *_moved("small", "pg_default"))


def _unless_there(county: FaultyCounty) -> Sequence[str]:
    engine = sqlalchemy.create_engine(county.administrator(), poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT 1 FROM pg_tablespace WHERE spcname = 'small'"))
    return () if found else (f"CREATE TABLESPACE small LOCATION '{_SMALL}'",)


def _moved(source: str, target: str) -> Sequence[str]:
    return (
        f"ALTER TABLE ALL IN TABLESPACE {source} SET TABLESPACE {target}",
        f"ALTER INDEX ALL IN TABLESPACE {source} SET TABLESPACE {target}",
    )


def _administer(county: FaultyCounty, database: str, *statements: str) -> None:
    url = county.administrator(database)
    engine = sqlalchemy.create_engine(
        url, poolclass=sqlalchemy.NullPool, isolation_level=ADMINISTRATOR
    )
    with engine.connect() as connection:
        for statement in statements:
            _insist(connection, statement)


def _insist(connection: sqlalchemy.Connection, statement: str) -> None:
    """Execute a statement that the services' own transactions may be in the way of."""
    for _ in range(_ATTEMPTS):
        try:
            connection.exec_driver_sql(statement)
        except sqlalchemy.exc.OperationalError as failed:
            if not isinstance(failed.orig, psycopg.errors.DeadlockDetected):
                raise
        else:
            return
    msg = f"the services are always in the way of {statement}"
    raise RuntimeError(msg)


# --- Crash points -------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class CrashAt:
    """One crash point of one service, for one kind of message."""

    service: str
    point: str
    message: str

    @property
    def specification(self) -> str:
        """Give what arms it."""
        return f"{self.point}@{self.message}"

    def __str__(self) -> str:
        return f"{self.service}:{self.specification}"


@dataclass
class Crashed(Fault):
    """Services die at a crash point, each with one kind of message in hand."""

    crashes: Sequence[CrashAt]
    seconds: float = 45.0
    """The longest it may take until the load has come by every point."""

    _armed: dict[Path, CrashAt] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " + ".join(str(crash) for crash in self.crashes)

    def inject(self, county: FaultyCounty) -> None:
        self._armed = {
            county.arm(crash.service, crash.specification): crash for crash in self.crashes
        }

    def hold(self, county: FaultyCounty) -> None:
        del county
        ends = time.monotonic() + self.seconds
        while any(file.exists() for file in self._armed) and time.monotonic() < ends:
            time.sleep(0.1)

    def heal(self, county: FaultyCounty) -> None:
        del county
        for file in list(self._armed):
            if not file.exists():
                del self._armed[file]
            file.unlink(missing_ok=True)

    def missed(self) -> Sequence[Finding]:
        return [
            Finding("fault", Harm.VIOLATION, f"{crash}: nothing came by")
            for crash in self._armed.values()
        ]
