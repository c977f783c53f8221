"""Supervision's own copy of the office directory, by codes, from what triage announces."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from services.supervision.models import DirectoryVersion
from services.supervision.rules.addressees import Authorisation, Directory, PostHolder
from shared.contracts.triage import DirectoryChangedV1
from shared.messaging import Work

# Built once: making a statement costs as much as sending it.
_NEWEST: Final = select(DirectoryVersion).order_by(DirectoryVersion.version.desc()).limit(1)


def store_directory(work: Work, event: DirectoryChangedV1) -> bool:
    """Keep a version of the directory; tell whether it is now the one in force.

    A version that comes late is kept and not used.
    """
    newest = work.session.scalar(select(func.max(DirectoryVersion.version))) or 0
    if work.session.get(DirectoryVersion, event.version) is not None:
        return False
    work.session.add(
        DirectoryVersion(version=event.version, content=event.dump(), stored_at=work.now)
    )
    work.session.flush()
    return event.version > newest


def directory_in_force(work: Work) -> Directory | None:
    """Give the directory in force as the rules read it; None before the first has come."""
    row = work.session.scalars(_NEWEST).one_or_none()
    if row is None:
        return None
    stored = DirectoryChangedV1.load(row.content)
    return Directory(
        office=stored.office,
        leaders=tuple(
            PostHolder(
                code=leader.code,
                organ=leader.organ,
                posts=frozenset(leader.posts),
                portfolio=frozenset(leader.portfolio),
            )
            for leader in stored.leaders
        ),
        parents={territory.code: territory.parent for territory in stored.territories},
        authorisations=tuple(
            Authorisation(no=given.number, issued_on=given.issued_on, organ=given.organ)
            for given in stored.authorisations
        ),
    )
