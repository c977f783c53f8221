"""Which nodes are retired, this one above all, and what a retired one refuses (D-30)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from services.reception.models import Base, NodeAnnouncement, NodeRetirement
from services.reception.rules.retirement import is_retired, may_begin_work
from services.reception.usecases.refusing import require
from shared.contracts.reception import NodeRetired
from shared.contracts.triage import NodeRetiredV1
from shared.messaging import Work


def keep_retirement(work: Work, event: NodeRetiredV1) -> None:
    """Keep that a node was retired."""
    if work.session.get(NodeRetirement, (event.node, event.retired_at)) is None:
        work.session.add(
            NodeRetirement(node=event.node, retired_at=event.retired_at, parent=event.parent)
        )
        work.session.flush()


def retired_since(work: Work, node: str, *, announced_at: datetime | None) -> datetime | None:
    """Tell since when a node is retired that told of itself last at an instant; None if open.

    The same holds of what it told: a session published before the retirement is withdrawn.
    """
    retired_at = work.session.scalar(
        select(NodeRetirement.retired_at)
        .where(NodeRetirement.node == node)
        .order_by(NodeRetirement.retired_at.desc())
        .limit(1)
    )
    retired = is_retired(announced_at=announced_at, retired_at=retired_at)
    return retired_at if retired else None


def own_retirement(work: Work) -> datetime | None:
    """Tell since when this node is retired; None while it is open."""
    announced_at = work.session.scalar(
        select(NodeAnnouncement.announced_at)
        .order_by(NodeAnnouncement.announcement_no.desc())
        .limit(1)
    )
    return retired_since(work, work.source.node, announced_at=announced_at)


def require_open(work: Work) -> None:
    """Go on only at a node that is open.

    Raises:
        NodeRetired: this one is retired.
    """
    require(
        may_begin_work(retired=own_retirement(work) is not None),
        {
            "node_is_open": NodeRetired(
                f"node {work.source.node} is retired; plan sessions at the node above it,"
                " see triage.list_nodes"
            )
        },
    )


def count_rows(work: Work, of: type[Base], *conditions: ColumnElement[bool]) -> int:
    """Count the rows of a table that meet some conditions."""
    query = select(func.count()).select_from(of).where(*conditions)
    return int(work.session.scalar(query) or 0)
