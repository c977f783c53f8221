"""This node's own copy of the office directory, by code, from what triage announces."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.reception.models import DirectoryVersion
from services.reception.node import Node
from services.reception.rules.sessions import organ_of_node
from shared.contracts.common import DirectoryMissing
from shared.contracts.triage import DirectoryChangedV1, LeaderRow, TerritoryRow
from shared.messaging import Work

# Built once: making a statement costs as much as sending it.
_NEWEST: Final = select(DirectoryVersion).order_by(DirectoryVersion.version.desc()).limit(1)


def keep_directory(work: Work, event: DirectoryChangedV1) -> None:
    """Keep a version of the directory; the newest is in force, in whatever order they come."""
    if work.session.get(DirectoryVersion, event.version) is None:
        work.session.add(
            DirectoryVersion(
                version=event.version,
                territories=[territory.dump() for territory in event.territories],
                leaders=[leader.dump() for leader in event.leaders],
                received_at=work.now,
            )
        )
        work.session.flush()


def leaders_in_force(work: Work) -> dict[str, LeaderRow]:
    """Give the leaders of the directory in force, by code, in the directory's order.

    Raises:
        DirectoryMissing: no directory has reached this node.
    """
    rows = map(LeaderRow.load, _in_force(work).leaders)
    return {leader.code: leader for leader in rows}


def organ_in_force(work: Work, node: Node) -> str:
    """Give the organ whose leaders receive at a node.

    Raises:
        DirectoryMissing: no directory has reached this node.
    """
    territories = map(TerritoryRow.load, _in_force(work).territories)
    parents = {territory.code: territory.parent for territory in territories}
    return organ_of_node(node=node.code, territory=node.organ, parents=parents)


def leaders_of_node(work: Work, node: Node) -> tuple[str, ...]:
    """List the leaders of a node's organ by code, in the directory's order.

    Raises:
        DirectoryMissing: no directory has reached this node.
    """
    organ = organ_in_force(work, node)
    return tuple(code for code, leader in leaders_in_force(work).items() if leader.organ == organ)


def _in_force(work: Work) -> DirectoryVersion:
    newest = work.session.scalars(_NEWEST).first()
    if newest is None:
        msg = "no office directory has reached this node; call triage.put_directory first"
        raise DirectoryMissing(msg)
    return newest
