"""The office directory: put whole, kept in versions, announced by codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from services.triage.models import DirectoryVersion
from services.triage.rules.directory import (
    Directory,
    FieldEntry,
    LeaderEntry,
    TerritoryEntry,
    UnitEntry,
    directory_faults,
)
from services.triage.rules.terms import Side, UnitKind
from shared.contracts.common import DirectoryMissing
from shared.contracts.fields import PLACE_NAME
from shared.contracts.triage import (
    AuthorisationRow,
    DirectoryChangedV1,
    DirectoryInconsistent,
    DirectoryStored,
    DirectoryView,
    FieldRow,
    GetDirectory,
    LeaderRow,
    PutDirectory,
    TerritoryRow,
    UnitRow,
    UnitView,
)
from shared.documents import content_hash
from shared.messaging import Work

# Built once: making a statement costs as much as sending it.
_NEWEST: Final = (
    select(DirectoryVersion.version, DirectoryVersion.sha256)
    .order_by(DirectoryVersion.version.desc())
    .limit(1)
)

_KEPT_PARSED: Final = 4
_parsed: Final[dict[tuple[int, str], DirectoryInForce]] = {}
"""Versions already read, by number and hash: a version never changes, and reading one is slow."""


@dataclass(frozen=True, kw_only=True)
class DirectoryInForce:
    """One version of the directory: with names for printing, and with codes for the rules."""

    view: DirectoryView
    codes: Directory

    def name_of_organ(self, code: str) -> str | None:
        """Name a territory or department as it may be told; None where it has no such name.

        The directory takes any line as a name, and an event only what has the form of one.
        """
        names = {unit.code: unit.name for unit in self.view.units}
        names |= {territory.code: territory.name for territory in self.view.territories}
        name = names.get(code, "")
        return name if re.fullmatch(PLACE_NAME.regex, name) else None

    def name_of_unit(self, code: str) -> str:
        """Name a unit, or give its code where this version no longer has it."""
        return next((unit.name for unit in self.view.units if unit.code == code), code)

    @property
    def version(self) -> int:
        """Give the version's number."""
        return self.view.version

    def unit_view(self, code: str) -> UnitView:
        """Give a unit with its name; the code is known to be in the directory."""
        return next(unit for unit in self.view.units if unit.code == code)


def put_directory(work: Work, request: PutDirectory) -> DirectoryStored:
    """Put a new version of the directory, unless it is the one in force already.

    Raises:
        DirectoryInconsistent: lists every fault; nothing is stored.
    """
    content = {name: value for name, value in request.dump().items() if name != "request_id"}
    sha256 = content_hash(content)
    last = _newest(work)
    if last is not None and last.sha256 == sha256:
        return _stored(last.version, request)
    version = 1 if last is None else last.version + 1
    directory = _parse(version, content)
    faults = directory_faults(directory.codes)
    if faults:
        msg = f"The directory has {len(faults)} faults; correct them: {'; '.join(faults)}."
        raise DirectoryInconsistent(msg)
    work.session.add(
        DirectoryVersion(
            version=version,
            content=content,
            sha256=sha256,
            put_by=work.actor.id,
            put_at=work.now,
        )
    )
    work.record(_announcement(directory.view))
    return _stored(version, request)


def tell_directory(work: Work) -> None:
    """Tell the directory in force once more, for a node that was not there when it changed.

    Whoever has this version already takes nothing over.
    """
    if _newest(work) is not None:
        work.record(_announcement(directory_in_force(work).view))


def get_directory(work: Work, _request: GetDirectory) -> DirectoryView:
    """Show the directory in force.

    Raises:
        DirectoryMissing: none has been put.
    """
    return directory_in_force(work).view


def directory_in_force(work: Work) -> DirectoryInForce:
    """Read the newest version of the directory.

    Raises:
        DirectoryMissing: none has been put.
    """
    newest = work.session.execute(_NEWEST).first()
    if newest is None:
        msg = "No directory has been put; call triage.put_directory first."
        raise DirectoryMissing(msg)
    key = (newest.version, newest.sha256)
    if key not in _parsed:
        content = work.session.scalars(
            select(DirectoryVersion.content).where(DirectoryVersion.version == newest.version)
        ).one()
        while len(_parsed) >= _KEPT_PARSED:
            _parsed.pop(next(iter(_parsed)))
        _parsed[key] = _parse(newest.version, content)
    return _parsed[key]


def _newest(work: Work) -> DirectoryVersion | None:
    return work.session.scalars(
        select(DirectoryVersion).order_by(DirectoryVersion.version.desc()).limit(1)
    ).first()


def _stored(version: int, request: PutDirectory) -> DirectoryStored:
    return DirectoryStored(version=version, leaders=len(request.leaders), units=len(request.units))


def _parse(version: int, content: dict[str, Any]) -> DirectoryInForce:
    view = DirectoryView.load({**content, "version": version})
    return DirectoryInForce(view=view, codes=_codes_of(view))


def _codes_of(view: DirectoryView) -> Directory:
    return Directory(
        office=view.office.code,
        territories=tuple(
            TerritoryEntry(code=territory.code, parent=territory.parent)
            for territory in view.territories
        ),
        fields=tuple(
            FieldEntry(code=field.code, side=Side(field.side.value)) for field in view.fields
        ),
        leaders=tuple(
            LeaderEntry(
                code=leader.code,
                organ=leader.organ,
                posts=leader.posts,
                portfolio=leader.portfolio,
                deputy=leader.deputy,
            )
            for leader in view.leaders
        ),
        units=tuple(
            UnitEntry(
                code=unit.code,
                kind=UnitKind(unit.kind.value),
                organ=unit.organ,
                fields=unit.fields,
                parent=unit.parent,
                has_address=unit.address is not None,
            )
            for unit in view.units
        ),
        authorising=tuple(authorisation.organ for authorisation in view.authorisations),
    )


def _announcement(view: DirectoryView) -> DirectoryChangedV1:
    return DirectoryChangedV1(
        version=view.version,
        office=view.office.code,
        territories=tuple(
            TerritoryRow(code=territory.code, parent=territory.parent)
            for territory in view.territories
        ),
        fields=tuple(FieldRow(code=field.code, side=field.side) for field in view.fields),
        leaders=tuple(
            LeaderRow(
                code=leader.code,
                organ=leader.organ,
                posts=leader.posts,
                portfolio=leader.portfolio,
                deputy=leader.deputy,
            )
            for leader in view.leaders
        ),
        units=tuple(
            UnitRow(
                code=unit.code,
                kind=unit.kind,
                organ=unit.organ,
                fields=unit.fields,
                parent=unit.parent,
            )
            for unit in view.units
        ),
        authorisations=tuple(
            AuthorisationRow(
                number=authorisation.number,
                issued_on=authorisation.issued_on,
                organ=authorisation.organ,
            )
            for authorisation in view.authorisations
        ),
    )
