"""How a node announces itself: by a deadline due at a start that finds something new to tell.

A start is no moment of simulated time, and nothing may be told outside of one; the sweep that
follows is.

An opening that was begun has a deadline of its own, named for it; the row stays and tells a
restart from a new opening.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from services.reception.models import NodeAnnouncement
from services.reception.node import Node
from services.reception.rules.retirement import may_open_again
from services.reception.usecases.retired_nodes import own_retirement
from shared.contracts.reception import NodeOpenedV1
from shared.deadlines import AT_ONCE, Deadline, DeadlineState
from shared.messaging import Work

ANNOUNCE_NODE: Final = "announce_node"
BEGIN_OPENING: Final = "begin_opening"


def announce(work: Work, *, node: Node) -> None:
    """Schedule this node's announcement at a start, unless the others know all of it already.

    An announcement opens a retired node again; that its metrics have moved is no reason to.
    """
    is_retired = own_retirement(work) is not None
    _begin_opening(work, node, is_retired=is_retired)
    known, told = _announced(work), _of(node)
    if known is not None and is_retired:
        told = replace(told, metrics=known.metrics)
    pending = work.deadlines.find(kind=ANNOUNCE_NODE, subject=node.code)
    is_pending = pending is not None and pending.state is DeadlineState.PENDING
    if known != told and not is_pending:
        work.deadlines.schedule_at(kind=ANNOUNCE_NODE, subject=node.code, fires_at=AT_ONCE)


def announcement_fell_due(work: Work, deadline: Deadline, *, node: Node) -> None:
    """Tell the others that this node has opened and receives from now on (D-30)."""
    del deadline
    event = _of(node)
    if _announced(work) != event:
        _tell(work, event)


def opening_fell_due(work: Work, deadline: Deadline, *, node: Node) -> None:
    """Open again a retired node that was started for a new opening (D-30)."""
    del deadline
    if own_retirement(work) is not None:
        _tell(work, _of(node))


def _begin_opening(work: Work, node: Node, *, is_retired: bool) -> None:
    """Remember the opening that this start belongs to, and open again where it is a new one."""
    if node.opening is None:
        return
    opening = {"kind": BEGIN_OPENING, "subject": f"{node.code}/{node.opening}"}
    begun = work.deadlines.find(**opening) is not None
    opens_again = may_open_again(opening=node.opening, begun_before=begun, retired=is_retired)
    if not begun:
        work.deadlines.schedule_at(**opening, fires_at=AT_ONCE)
        if not opens_again:
            work.deadlines.meet(**opening)


def _tell(work: Work, event: NodeOpenedV1) -> None:
    work.session.add(
        NodeAnnouncement(
            service=event.service,
            territory=event.territory,
            department=event.department,
            regime=event.regime,
            leader_assignment=event.leader_assignment,
            metrics=event.metrics,
            announced_at=work.now,
        )
    )
    work.record(event)


def _of(node: Node) -> NodeOpenedV1:
    return NodeOpenedV1(
        node=node.code,
        service=node.service,
        territory=node.territory,
        department=node.department,
        regime=node.regime.regime,
        leader_assignment=node.regime.leader_assignment,
        metrics=node.metrics,
    )


def _announced(work: Work) -> NodeOpenedV1 | None:
    last = work.session.scalars(
        select(NodeAnnouncement).order_by(NodeAnnouncement.announcement_no.desc()).limit(1)
    ).first()
    if last is None:
        return None
    return NodeOpenedV1(
        node=work.source.node,
        service=last.service,
        territory=last.territory,
        department=last.department,
        regime=last.regime,
        leader_assignment=last.leader_assignment,
        metrics=last.metrics,
    )
