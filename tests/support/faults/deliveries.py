"""Faults of delivery: messages that come twice, in another order, or that nobody can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.faults.deployment import FaultyCounty
from tests.support.faults.fault import Fault
from tests.support.faults.findings import Finding, Harm
from tests.support.faults.republishing import Republisher, send_poison
from tests.support.faults.store_faults import administer


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
        administer(
            county,
            self.service,
            "CREATE OR REPLACE FUNCTION faults_delay() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN NEW.next_try_at := clock_timestamp() + random() * interval '4 seconds';"
            " RETURN NEW; END $$",
            "CREATE OR REPLACE TRIGGER faults_delay BEFORE INSERT ON outbox_messages"
            " FOR EACH ROW EXECUTE FUNCTION faults_delay()",
        )

    def heal(self, county: FaultyCounty) -> None:
        administer(county, self.service, "DROP TRIGGER faults_delay ON outbox_messages")


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
