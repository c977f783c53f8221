"""The reception nodes, as each announces itself."""

from __future__ import annotations

from sqlalchemy import select

from services.triage.models import Node
from services.triage.rules.nodes import NodeEntry
from services.triage.rules.retirement import is_node_open
from services.triage.usecases.directory import tell_directory
from shared.contracts.common import LeaderAssignment
from shared.contracts.reception import NodeOpenedV1
from shared.contracts.triage import ListNodes, NodeList, NodeView
from shared.messaging import Envelope, Work


def on_node_opened(work: Work, event: NodeOpenedV1, envelope: Envelope) -> None:
    """Enter a node and tell it the directory, of which it may have heard nothing.

    Of two announcements the later counts, whichever comes first.
    """
    node = work.session.get(Node, event.node)
    if node is None:
        node = Node(node=event.node, opened_at=envelope.occurred_at)
        work.session.add(node)
    elif envelope.occurred_at < node.opened_at:
        return
    node.service = event.service
    node.territory = event.territory
    node.regime = event.regime
    node.department = event.department
    node.leader_assignment = event.leader_assignment
    node.metrics = event.metrics
    node.opened_at = envelope.occurred_at
    tell_directory(work)


def list_nodes(work: Work, _request: ListNodes) -> NodeList:
    """List the nodes in the order of their codes."""
    nodes = work.session.scalars(select(Node).order_by(Node.node))
    return NodeList(
        nodes=tuple(
            NodeView(
                node=node.node,
                service=node.service,
                territory=node.territory,
                regime=node.regime,
                department=node.department,
                leader_assignment=node.leader_assignment,
                metrics=node.metrics,
                opened_at=node.opened_at.isoformat(),
                retired_at=_retired_at(node),
            )
            for node in nodes
        )
    )


def node_entries(work: Work) -> tuple[NodeEntry, ...]:
    """Give the nodes that receive, as the rules see them; a retired one does not."""
    rows = work.session.scalars(select(Node).order_by(Node.node))
    return tuple(
        NodeEntry(
            node=row.node,
            territory=row.serves,
            by_rota=row.leader_assignment is LeaderAssignment.ROTA,
        )
        for row in rows
        if is_open(row)
    )


def is_open(node: Node) -> bool:
    """Tell whether a node that has announced itself receives."""
    return is_node_open(opened_at=node.opened_at, retired_at=node.retired_at)


def _retired_at(node: Node) -> str | None:
    return None if is_open(node) or node.retired_at is None else node.retired_at.isoformat()
