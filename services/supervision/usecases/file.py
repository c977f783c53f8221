"""The file of a petition: every document, from whichever service, by number and hash."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select

from services.supervision.models import CaseEntry, FileEntry, IssuedDocument
from services.supervision.rules.archive import FileItem
from shared.contracts.accountability import CircularIssuedV1
from shared.contracts.envelope import Envelope
from shared.contracts.fields import Document
from shared.contracts.intake import HandlingEvaluatedV1, PetitionRegisteredV1
from shared.contracts.reception import (
    AppointmentNotifiedV1,
    AppointmentRescheduledV1,
    CardsIssuedV1,
    PreliminaryOpinionRecordedV1,
    ReceptionHeldV1,
    WorkHandedOverV1,
)
from shared.documents import canonical_json
from shared.messaging import Work


def on_petition_registered(work: Work, event: PetitionRegisteredV1, _envelope: Envelope) -> None:
    """Begin a petition's file with its receipt."""
    file_document(work, event.petition_no, FileItem.RECEIPT, event.document)


def on_cards_issued(work: Work, event: CardsIssuedV1, _envelope: Envelope) -> None:
    """File the four cards of a set, and the copies of its second."""
    for card in (*event.cards, *event.copies):
        file_document(work, event.petition_no, FileItem.CARD, card.document)


def on_preliminary_opinion_recorded(
    work: Work, event: PreliminaryOpinionRecordedV1, _envelope: Envelope
) -> None:
    """File the preliminary opinion."""
    file_document(work, event.petition_no, FileItem.PRELIMINARY_OPINION, event.document)


def on_appointment_notified(work: Work, event: AppointmentNotifiedV1, _envelope: Envelope) -> None:
    """File the appointment notice."""
    file_document(work, event.petition_no, FileItem.APPOINTMENT, event.document)


def on_appointment_rescheduled(
    work: Work, event: AppointmentRescheduledV1, _envelope: Envelope
) -> None:
    """File the notice of another day."""
    file_document(work, event.petition_no, FileItem.APPOINTMENT, event.document)


def on_work_handed_over(work: Work, event: WorkHandedOverV1, _envelope: Envelope) -> None:
    """File the notice that told the petitioner of a retired node; where it goes triage tells."""
    if event.document is not None:
        file_document(work, event.petition_no, FileItem.HAND_OVER, event.document)


def on_reception_held(work: Work, event: ReceptionHeldV1, _envelope: Envelope) -> None:
    """File the record of the meeting."""
    file_document(work, event.petition_no, FileItem.MEETING_RECORD, event.document)


def on_circular_issued(work: Work, event: CircularIssuedV1, _envelope: Envelope) -> None:
    """File a circular."""
    file_document(work, event.petition_no, FileItem.CIRCULAR, event.document)


def on_handling_evaluated(work: Work, event: HandlingEvaluatedV1, _envelope: Envelope) -> None:
    """Note in the file that the petitioner evaluated a party."""
    work.append(
        CaseEntry(
            petition_no=event.petition_no,
            step="handling_evaluated",
            at=work.now,
            by=work.actor.id,
            facts={"party": event.party.value, "grade": event.grade.value},
        )
    )


def file_document(work: Work, petition_no: str, item: FileItem, document: Document) -> None:
    """Put a document into the file; one that is there already stays as it was filed (P-6)."""
    if work.session.get(FileEntry, (petition_no, document.no)) is None:
        _file(work, petition_no, item, document)


def _file(work: Work, petition_no: str, item: FileItem, document: Document) -> None:
    work.append(
        FileEntry(
            petition_no=petition_no,
            document_no=document.no,
            item=item.value,
            sha256=document.sha256,
            filed_at=work.now,
        )
    )


def issue_document(
    work: Work, petition_no: str, item: FileItem, kind: str, content: Mapping[str, Any]
) -> Document:
    """Issue a paper of this service: number it, keep its content under seal, and file it."""
    document = work.document(petition_no, kind, content)
    keep_document(work, petition_no, item, document, content)
    return document


def keep_document(
    work: Work,
    petition_no: str,
    item: FileItem,
    document: Document,
    content: Mapping[str, Any],
) -> None:
    """Keep the content of a paper that has its number already, and file it."""
    work.append(
        IssuedDocument(
            document_no=document.no,
            petition_no=petition_no,
            item=item.value,
            sha256=document.sha256,
            content_sealed=work.vault.seal(
                canonical_json(content), context=_place_of_content(document.no)
            ),
            issued_at=work.now,
        )
    )
    _file(work, petition_no, item, document)


def content_of(work: Work, document_no: str) -> dict[str, Any]:
    """Open the content of a paper this service issued.

    Raises:
        LookupError: it issued none of this number.
    """
    row = work.session.get_one(IssuedDocument, document_no)
    opened = work.vault.open(row.content_sealed, context=_place_of_content(document_no))
    return cast("dict[str, Any]", json.loads(opened))


def documents_of(work: Work, petition_no: str) -> tuple[Document, ...]:
    """List a file's documents in the order of their numbers."""
    entries = work.session.scalars(
        select(FileEntry)
        .where(FileEntry.petition_no == petition_no)
        .order_by(FileEntry.document_no)
    )
    return tuple(Document(no=entry.document_no, sha256=entry.sha256) for entry in entries)


def items_held(work: Work, petition_no: str) -> Counter[FileItem]:
    """Count a file's documents by what they are."""
    items = work.session.scalars(select(FileEntry.item).where(FileEntry.petition_no == petition_no))
    return Counter(FileItem(item) for item in items)


def _place_of_content(document_no: str) -> str:
    return f"issued_documents|{document_no}|content_sealed"
