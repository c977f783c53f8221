"""The sealed part of a sorting entry: what was found and of whom, opened only where needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.triage.models import SortingEntry, TriagedPetition
from shared.documents import canonical_json
from shared.messaging import Work


def seal_entry(work: Work, *, petition_no: str, position: int, sealed: Mapping[str, Any]) -> str:
    """Seal what must not be read in the store of one entry."""
    return work.vault.seal(canonical_json(sealed), context=_place(petition_no, position))


def open_entry(work: Work, entry: SortingEntry) -> dict[str, Any]:
    """Open what `seal_entry` sealed."""
    opened: dict[str, Any] = json.loads(
        work.vault.open(entry.sealed, context=_place(entry.petition_no, entry.position))
    )
    return opened


def accused_in_split_part(work: Work, petition: TriagedPetition) -> list[str]:
    """Give whom the accusation complains of that was parted from this claim, once it is sorted."""
    if petition.split_part is None:
        return []
    entry = work.session.scalars(
        select(SortingEntry)
        .where(SortingEntry.petition_no == petition.split_part)
        .order_by(SortingEntry.position.desc())
        .limit(1)
    ).first()
    if entry is None:
        return []
    return [str(code) for code in open_entry(work, entry)["accused"]]


def _place(petition_no: str, position: int) -> str:
    return f"sorting_entries|{petition_no}/{position}|sealed"
