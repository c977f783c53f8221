"""What every place where services run can do for a command: say who is there, and answer calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from shared.contracts.every_service import PendingWork
from shared.messaging.topology import Topology


class Deployment(Protocol):
    """Services that can be called, wherever they run."""

    @property
    def services(self) -> tuple[str, ...]:
        """Name every service, each node by its own name."""
        ...

    @property
    def topology(self) -> Topology:
        """Tell who listens to what, and which nodes there are."""
        ...

    def call_raw(
        self, service: str, method: str, mapping: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call one method.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            Fault: it could not be answered.
            HostUnreachable: there is nobody to answer any more.
        """
        ...

    def pending(
        self, headers: Mapping[str, str], services: Iterable[str]
    ) -> Mapping[str, PendingWork]:
        """Ask services what they still have to do, and when their next deadline fires.

        More of them may be answered for than were asked.
        """
        ...
