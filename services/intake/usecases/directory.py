"""What intake knows of the office directory: its codes, so that nobody registers an unknown one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select

from services.intake.models import DirectoryVersion
from shared.contracts.common import (
    DirectoryMissing,
    FieldUnknown,
    LeaderUnknown,
    TerritoryUnknown,
    UnitUnknown,
)
from shared.contracts.envelope import Envelope
from shared.contracts.intake import RegisterPetition
from shared.contracts.triage import DirectoryChangedV1
from shared.messaging.work import Work

# Built once: making a statement costs as much as sending it.
_NEWEST: Final = select(DirectoryVersion).order_by(DirectoryVersion.version.desc()).limit(1)


def on_directory_changed(work: Work, event: DirectoryChangedV1, envelope: Envelope) -> None:
    """Keep a version of the directory; an older one that comes late is kept and not used."""
    if work.session.get(DirectoryVersion, event.version) is not None:
        return
    work.append(
        DirectoryVersion(
            version=event.version,
            territories=[territory.code for territory in event.territories],
            fields=[field.code for field in event.fields],
            units=[unit.code for unit in event.units],
            leaders=[leader.code for leader in event.leaders],
            announced_at=envelope.occurred_at,
        )
    )


def check_codes(work: Work, request: RegisterPetition) -> None:
    """Check every code of a registration against the directory in force.

    Codes of units and leaders are part of what a petition says, so a message tells which one of
    the list is unknown by its place and never repeats it.

    Raises:
        DirectoryMissing: none has arrived yet.
        TerritoryUnknown, FieldUnknown, UnitUnknown, LeaderUnknown: it holds no such code.
    """
    directory = _in_force(work)
    if request.territory not in directory.territories:
        msg = f"the directory has no territory {request.territory}; take a code it holds"
        raise TerritoryUnknown(msg)
    if request.field is not None and request.field not in directory.fields:
        msg = f"the directory has no field {request.field}; take a code it holds, or leave it out"
        raise FieldUnknown(msg)
    place = _first_unknown(request.concerned_units, directory.units)
    if place is not None:
        msg = f"concerned_units[{place}] is no unit of the directory; take a code it holds"
        raise UnitUnknown(msg)
    place = _first_unknown(request.accused, {*directory.units, *directory.leaders})
    if place is not None:
        msg = f"accused[{place}] is no leader and no unit of the directory; take a code it holds"
        raise LeaderUnknown(msg)


def check_accused(work: Work, accused: Collection[str]) -> None:
    """Check the accused of a split against the directory in force.

    Raises:
        DirectoryMissing, LeaderUnknown: as `check_codes`.
    """
    directory = _in_force(work)
    place = _first_unknown(accused, {*directory.units, *directory.leaders})
    if place is not None:
        msg = f"accused[{place}] is no leader and no unit of the directory; take a code it holds"
        raise LeaderUnknown(msg)


def _in_force(work: Work) -> DirectoryVersion:
    directory = work.remember(DirectoryVersion, lambda: work.session.scalars(_NEWEST).one_or_none())
    if directory is None:
        msg = "no office directory has arrived here; call triage.put_directory first"
        raise DirectoryMissing(msg)
    return directory


def _first_unknown(codes: Collection[str], known: Collection[str]) -> int | None:
    """Give the place, from 0, of the first code that is not known."""
    return next((place for place, code in enumerate(codes) if code not in known), None)
