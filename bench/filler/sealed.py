"""Where each sealed value of a store belongs, which is what it is opened and sealed with.

The services name these places in their use cases; a place that is missing or wrong here is found
out at once, because a value that was really sealed does not open with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.vault import SealBroken, Vault

_SEALED: Final = re.compile(r"b1\.[0-9]+(?:\.[A-Za-z0-9_-]+){4}")

_PLACES: Final[Mapping[str, str]] = {
    "commands.reply": "commands|{request_id}|reply",
    "intake.access_log.sealed_reason": "access_log|{petition_no}-{opened}|sealed_reason",
    "intake.evaluations.sealed_comment": "evaluations|{petition_no}-{party}|sealed_comment",
    "intake.petition_contents.sealed": "petition_contents|{petition_no}-{version}|sealed",
    "intake.petitioners.sealed": "petitioners|{petition_no}-{position}|sealed",
    "intake.representatives.sealed": "representatives|{petition_no}-{version}-{position}|sealed",
    "intake.splits.sealed_reason": "splits|{accusation_no}|sealed_reason",
    "intake.visits.sealed_note": "visits|{visit_no}|sealed_note",
    "triage.issued_documents.sealed": "issued_documents|{document_no}|text",
    "triage.sorting_entries.sealed": "sorting_entries|{petition_no}/{position}|sealed",
    "triage.suggestions.answer_reason_sealed": "suggestions|{suggestion_no}|answer_reason",
    "triage.suggestions.text_sealed": "suggestions|{suggestion_no}|text",
    "triage.suggestions.title_sealed": "suggestions|{suggestion_no}|title",
    "triage.transfer_answers.reason_sealed": "transfer_answers|{transfer_no}|reason",
    "reception.attendance_parties.excuse_sealed": (
        "attendance_parties|{attendance_no}/{party}/{unit}|excuse"
    ),
    "reception.card_sets.reason_sealed": "card_sets|{set_no}|reason",
    "reception.preliminary_opinions.opinion_sealed": "preliminary_opinions|{opinion_no}|opinion",
    "reception.receptions.record_sealed": "receptions|{record_no}|record",
    "reception.receptions.text_sealed": "receptions|{record_no}|text",
    "reception.session_corrections.reason_sealed": "session_corrections|{document_no}|reason",
    "reception.unit_positions.position_sealed": "unit_positions|{opinion_no}/{unit}|position",
    "supervision.issued_documents.content_sealed": "issued_documents|{document_no}|content_sealed",
    "supervision.slips.instruction_sealed": "slips|{slip_no}|instruction_sealed",
    "accountability.circular_answers.answer_sealed": "circular_answers|{circular_no}|{party}",
    "accountability.circulars.reason_sealed": "circulars|{circular_no}|reason",
    "accountability.circulars.text_sealed": "circulars|{circular_no}|text",
    "accountability.grounds.consequence_sealed": "grounds|{ground_no}|consequence",
    "accountability.grounds.facts_sealed": "grounds|{ground_no}|facts",
}


class PlaceUnknown(LookupError):
    """Raised when a sealed value stands where none was known to stand; add its place above."""


def is_sealed(value: object) -> bool:
    """Tell whether a value is sealed."""
    return isinstance(value, str) and _SEALED.fullmatch(value) is not None


def place_of(owner: str, table: str, column: str, row: Mapping[str, Any]) -> str:
    """Name the place of a sealed value, from the row it stands in.

    Raises:
        PlaceUnknown: as its docstring says.
    """
    place = _PLACES.get(f"{owner}.{table}.{column}") or _PLACES.get(f"{table}.{column}")
    if place is None:
        msg = f"a sealed value stands in {owner}.{table}.{column}"
        raise PlaceUnknown(msg)
    return place.format_map({name: getattr(value, "value", value) for name, value in row.items()})


def opened(vault: Vault, value: str, place: str) -> str:
    """Open a sealed value.

    Raises:
        PlaceUnknown: it does not open there.
    """
    try:
        return vault.open(value, context=place)
    except SealBroken:
        table, _, field = place.split("|")
        msg = f"a sealed value of {table} does not open as its {field}"
        raise PlaceUnknown(msg) from None
