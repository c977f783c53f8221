"""How a node announces itself: once in its life, by a deadline due at its first start.

A start is no moment of simulated time, and nothing may be told outside of one; the sweep that
follows is.
"""

from __future__ import annotations

from typing import Final

from services.reception.models import NodeOpening
from services.reception.node import Node
from shared.contracts.reception import NodeOpenedV1
from shared.deadlines import AT_ONCE, Deadline
from shared.messaging import Work

ANNOUNCE_NODE: Final = "announce_node"


def announce(work: Work, *, node: Node) -> None:
    """Schedule this node's announcement at a start, unless it was announced or is about to be."""
    announced = work.session.get(NodeOpening, node.code) is not None
    if not announced and work.deadlines.find(kind=ANNOUNCE_NODE, subject=node.code) is None:
        work.deadlines.schedule_at(kind=ANNOUNCE_NODE, subject=node.code, fires_at=AT_ONCE)


def announcement_fell_due(work: Work, deadline: Deadline, *, node: Node) -> None:
    """Tell the others that this node has opened and receives from now on (D-30)."""
    del deadline
    if work.session.get(NodeOpening, node.code) is not None:
        return
    work.session.add(NodeOpening(node=node.code, opened_at=work.now))
    work.record(
        NodeOpenedV1(
            node=node.code,
            service=node.service,
            territory=node.territory,
            regime=node.regime.regime,
        )
    )
