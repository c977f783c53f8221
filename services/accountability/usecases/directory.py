"""Accountability's own copy of who is in the directory, by code, from what triage announces."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import func, select

from services.accountability.models import DirectoryEntry
from shared.contracts.common import LeaderUnknown, NotYourCase, UnitUnknown
from shared.contracts.envelope import Envelope
from shared.contracts.triage import DirectoryChangedV1
from shared.messaging import Work
from shared.policy import Role


class EntryKind(StrEnum):
    """What an entry of the directory is."""

    UNIT = "unit"
    LEADER = "leader"
    OFFICE = "office"


def on_directory_changed(work: Work, event: DirectoryChangedV1, envelope: Envelope) -> None:
    """Take over the codes of a newer directory; an older one that comes late changes nothing.

    A code that has left the directory stays known: its grounds and circulars stay too.
    """
    del envelope
    newest = work.session.scalar(select(func.max(DirectoryEntry.version))) or 0
    if event.version <= newest:
        return
    codes = [(EntryKind.OFFICE, event.office)]
    codes += [(EntryKind.UNIT, unit.code) for unit in event.units]
    codes += [(EntryKind.LEADER, leader.code) for leader in event.leaders]
    for kind, code in codes:
        work.session.merge(DirectoryEntry(kind=kind.value, code=code, version=event.version))


def require_unit(work: Work, code: str) -> None:
    """Make sure a unit is in the directory.

    Raises:
        UnitUnknown: it never was.
    """
    if work.session.get(DirectoryEntry, (EntryKind.UNIT.value, code)) is None:
        msg = f"the directory has no unit {code}; take a code from triage.get_directory"
        raise UnitUnknown(msg)


def require_leader(work: Work, code: str | None) -> None:
    """Make sure a leader is in the directory, where one is named.

    Raises:
        LeaderUnknown: they never were.
    """
    if (
        code is not None
        and work.session.get(DirectoryEntry, (EntryKind.LEADER.value, code)) is None
    ):
        msg = f"the directory has no leader {code}; take a code from triage.get_directory"
        raise LeaderUnknown(msg)


def own_or_asked(work: Work, asked: str | None) -> str | None:
    """Give the unit whose list is shown: a unit's own, for everyone else the one asked for.

    Raises:
        NotYourCase: a unit asks for another's.
    """
    if not work.actor.has(Role.UNIT):
        return asked
    if asked not in (None, work.actor.code):
        msg = f"{work.actor.id} sees its own list and no other unit's; leave the unit out"
        raise NotYourCase(msg)
    return work.actor.code


def petition_office(work: Work) -> str | None:
    """Give the code of the petition office, against which an absent petition officer counts."""
    return work.session.scalar(
        select(DirectoryEntry.code)
        .where(DirectoryEntry.kind == EntryKind.OFFICE.value)
        .order_by(DirectoryEntry.version.desc())
        .limit(1)
    )
