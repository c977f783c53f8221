"""The checker: every invariant over every store of a deployment, and what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.support.faults.findings import Check, Expected, Finding, Harm
from tests.support.faults.mechanism import MECHANISM
from tests.support.faults.procedure import PROCEDURE
from tests.support.faults.stores import Stores

CHECKS: Final[Mapping[str, Check]] = {**MECHANISM.checks, **PROCEDURE.checks}
"""Every check by the rule it holds."""


@dataclass(frozen=True)
class Verdict:
    """Everything the checker found, in no case more than once."""

    findings: tuple[Finding, ...]

    def count(self, harm: Harm) -> int:
        """Count the findings of one kind of harm."""
        return Counter(finding.harm for finding in self.findings)[harm]

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings) or "clean"


def check(stores: Stores, expected: Expected | None = None) -> Verdict:
    """Hold every rule against what stands in the stores; the bus must be at rest."""
    found = [
        finding for rule in CHECKS.values() for finding in rule(stores, expected or Expected())
    ]
    return Verdict(tuple(dict.fromkeys(found)))
