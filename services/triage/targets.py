"""Which reception nodes there are to be watched, for Prometheus to find them by HTTP.

The directory of nodes decides, and nothing else: a node that is down stays listed, so that its
silence is seen, and one that was retired goes.
The form is that of Prometheus's HTTP service discovery: groups of targets, each with its labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.triage.models import Node
from services.triage.rules.retirement import is_node_open


def nodes_to_watch(session: Session, *, now: datetime) -> Sequence[Mapping[str, Any]]:
    """List the nodes that are not retired and told where their metrics are, by their codes."""
    del now
    nodes = session.scalars(select(Node).where(Node.metrics.is_not(None)).order_by(Node.node)).all()
    return [
        {
            "targets": [node.metrics],
            "labels": {"node": node.node, "territory": node.territory},
        }
        for node in nodes
        if is_node_open(opened_at=node.opened_at, retired_at=node.retired_at)
    ]
