"""What the checker finds: each finding names the rule, the kind of harm and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tests.support.faults.stores import Stores


class Harm(StrEnum):
    """What kind of harm a finding is."""

    LOST = "lost"
    DOUBLED = "doubled"
    PARKED = "parked"
    VIOLATION = "violation"


@dataclass(frozen=True)
class Finding:
    """One thing that must not be, found in the stores; ids and codes only."""

    rule: str
    harm: Harm
    what: str

    def __str__(self) -> str:
        return f"{self.rule} {self.harm}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is known from outside the stores.

    Args:
        accepted: the commands that callers were answered: service, request id and wire name.
        swept_until: the simulated instant up to which every deadline must have fired.
        canaries: texts that must stand nowhere in the clear.
        poison: how many messages that nobody can read were sent on purpose.
    """

    accepted: frozenset[tuple[str, str, str]] = frozenset()
    swept_until: datetime | None = None
    canaries: tuple[str, ...] = ()
    poison: int = 0


Check = Callable[[Stores, Expected], Iterator[Finding]]


@dataclass
class Checks:
    """The checks of one chapter, each registered under the rule it holds."""

    checks: dict[str, Check] = field(default_factory=dict)

    def of(self, rule: str) -> Callable[[Callable[..., Iterator[Finding]]], Check]:
        """Register a check under a rule's name."""

        def register(check: Check) -> Check:
            assert rule not in self.checks, rule
            self.checks[rule] = check
            return check

        return register
