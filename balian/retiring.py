"""What is left to do at a retired node, counted from what triage and the node say of themselves.

A node is drained when everything that was routed to it has arrived there, nothing of it is open,
and triage has everything that was handed over.  Only then may its queues be removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from balian.deployment import Deployment
from balian.faults import HostUnreachable
from shared.contracts.every_service import PendingWork
from shared.contracts.reception import WorkHandedOverV1
from shared.contracts.triage import PetitionRoutedV1
from shared.messaging.topology import node_service

_TRIAGE: Final = "triage"


@dataclass(frozen=True, kw_only=True)
class Remains:
    """What remains at a node; all but `node` and `answers` is None where the node is silent.

    `heard_of_it` tells whether the node knows that it is retired; `on_the_way` counts petitions
    routed to it that it has not taken in, `not_taken_over` those it gave back that triage has not
    routed again, `unsent` what it has still to publish, `aside` what it parked or stored as early.
    """

    node: str
    answers: bool
    heard_of_it: bool | None = None
    open: int | None = None
    handed_over: int | None = None
    on_the_way: int | None = None
    not_taken_over: int | None = None
    unsent: int | None = None
    aside: int | None = None

    @property
    def is_drained(self) -> bool:
        """Tell whether nothing remains; of a silent node nobody knows."""
        left = (self.open, self.on_the_way, self.not_taken_over, self.unsent, self.aside)
        return self.answers and self.heard_of_it is True and not any(left)

    def dump(self) -> dict[str, Any]:
        """Give it as data."""
        return {**asdict(self), "drained": self.is_drained}


def remains_at(deployment: Deployment, node: str, headers: Mapping[str, str]) -> Remains:
    """Ask triage and a node what remains to be done there.

    Raises:
        HostUnreachable: triage does not answer.
    """
    service = node_service(node)
    routing = deployment.pending(headers, [_TRIAGE])[_TRIAGE]
    try:
        work = deployment.call_raw(service, "get_open_work", {}, headers)
        own = deployment.pending(headers, [service])[service]
    except HostUnreachable:
        return Remains(node=node, answers=False)
    return Remains(
        node=node,
        answers=True,
        heard_of_it=work["retired_at"] is not None,
        open=work["open"],
        handed_over=work["handed_over"],
        on_the_way=_published(routing, PetitionRoutedV1.wire_type, node=node)
        - _handled(own, PetitionRoutedV1.wire_type),
        not_taken_over=max(
            0,
            _published(own, WorkHandedOverV1.wire_type)
            - _handled(routing, WorkHandedOverV1.wire_type),
        ),
        unsent=own.unsent,
        aside=own.parked + own.early,
    )


def _published(work: PendingWork, wire_type: str, *, node: str | None = None) -> int:
    return sum(one.count for one in work.published if (one.type, one.node) == (wire_type, node))


def _handled(work: PendingWork, wire_type: str) -> int:
    return sum(one.count for one in work.handled if one.type == wire_type)
