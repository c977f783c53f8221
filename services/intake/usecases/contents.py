"""What petitions say: sealed, versioned, and opened only for who may read it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from sqlalchemy import select

from services.intake.models import PetitionContent
from services.intake.rules import next_version
from shared.contracts.common import PetitionCategory
from shared.documents import canonical_json
from shared.messaging.work import Work


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a petition says, and of whom."""

    summary: str
    text: str
    field: str | None = None
    concerned_units: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()

    def write(self) -> str:
        """Write the content out, ready to be sealed."""
        return canonical_json(dataclasses.asdict(self))

    @classmethod
    def read(cls, written: str) -> Content:
        """Read what `write` wrote."""
        read = json.loads(written)
        return cls(
            summary=read["summary"],
            text=read["text"],
            field=read["field"],
            concerned_units=tuple(read["concerned_units"]),
            accused=tuple(read["accused"]),
        )


def store_content(
    work: Work,
    *,
    petition_no: str,
    content: Content,
    declared_category: PetitionCategory | None,
) -> None:
    """Seal a content as the next version; the earlier ones stay."""
    latest = latest_content(work, petition_no)
    _store(
        work,
        petition_no=petition_no,
        version=next_version(latest=latest.version if latest else None),
        content=content,
        declared_category=declared_category,
    )


def store_first_content(
    work: Work,
    *,
    petition_no: str,
    content: Content,
    declared_category: PetitionCategory | None,
) -> None:
    """Seal what a petition says that has just been entered."""
    _store(
        work,
        petition_no=petition_no,
        version=next_version(latest=None),
        content=content,
        declared_category=declared_category,
    )


def _store(
    work: Work,
    *,
    petition_no: str,
    version: int,
    content: Content,
    declared_category: PetitionCategory | None,
) -> None:
    work.append(
        PetitionContent(
            petition_no=petition_no,
            version=version,
            declared_category=declared_category,
            sealed=work.vault.seal(content.write(), context=_place(petition_no, version)),
            written_by=work.actor.id,
            written_at=work.now,
        )
    )


def latest_content(work: Work, petition_no: str) -> PetitionContent | None:
    """Find the version of a content in force, still sealed."""
    return work.session.scalars(
        select(PetitionContent)
        .where(PetitionContent.petition_no == petition_no)
        .order_by(PetitionContent.version.desc())
        .limit(1)
    ).one_or_none()


def open_content(work: Work, row: PetitionContent) -> Content:
    """Open a content."""
    place = _place(row.petition_no, row.version)
    return Content.read(work.vault.open(row.sealed, context=place))


def _place(petition_no: str, version: int) -> str:
    return f"petition_contents|{petition_no}-{version}|sealed"
