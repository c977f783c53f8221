"""The reception nodes, as each announces itself."""

from __future__ import annotations

from sqlalchemy import select

from services.triage.models import Node
from services.triage.rules.nodes import NodeEntry
from shared.contracts.reception import NodeOpenedV1
from shared.contracts.triage import ListNodes, NodeList, NodeView
from shared.messaging import Envelope, Work


def on_node_opened(work: Work, event: NodeOpenedV1, envelope: Envelope) -> None:
    """Enter a node; of two announcements the later counts, whichever comes first."""
    node = work.session.get(Node, event.node)
    if node is None:
        node = Node(node=event.node, opened_at=envelope.occurred_at)
        work.session.add(node)
    elif envelope.occurred_at < node.opened_at:
        return
    node.service = event.service
    node.territory = event.territory
    node.regime = event.regime
    node.opened_at = envelope.occurred_at


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
                opened_at=node.opened_at.isoformat(),
            )
            for node in nodes
        )
    )


def node_entries(work: Work) -> tuple[NodeEntry, ...]:
    """Give the nodes as the rules see them."""
    rows = work.session.execute(select(Node.node, Node.territory).order_by(Node.node))
    return tuple(NodeEntry(node=row.node, territory=row.territory) for row in rows)
