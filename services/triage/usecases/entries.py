"""The sealed part of a sorting entry: what was found and of whom, opened only where needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.triage.models import SortingEntry, SplitPart, TriagedPetition
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


def accused_in_split_parts(work: Work, petition: TriagedPetition) -> list[str]:
    """Give whom the accusations complain of that were parted from this claim, as far as sorted."""
    parts = {*parts_of(work, petition.petition_no), petition.split_part} - {None}
    entries = work.session.scalars(
        select(SortingEntry).where(SortingEntry.petition_no.in_(parts))
    ).all()
    return [str(code) for entry in entries for code in open_entry(work, entry)["accused"]]


def parts_of(work: Work, petition_no: str) -> list[str]:
    """List the accusations that were parted from a claim."""
    return list(
        work.session.scalars(select(SplitPart.part_no).where(SplitPart.petition_no == petition_no))
    )


def is_split_off(work: Work, petition_no: str) -> bool:
    """Tell whether a petition is an accusation that was parted from another one."""
    # An instance of the version before writes the last part into its petition only.
    whole = select(TriagedPetition.petition_no).where(TriagedPetition.split_part == petition_no)
    return (
        work.session.get(SplitPart, petition_no) is not None
        or work.session.scalars(whole).first() is not None
    )


def _place(petition_no: str, position: int) -> str:
    return f"sorting_entries|{petition_no}/{position}|sealed"
