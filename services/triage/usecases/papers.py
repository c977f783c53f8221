"""Issuing a document: numbered, hashed, its text sealed in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from services.triage import documents
from services.triage.models import IssuedDocument
from services.triage.usecases.directory import DirectoryInForce
from shared.contracts.fields import Document
from shared.messaging import Work

NOTICE: Final = "NT"  # 告知书、答复书
TRANSFER: Final = "TR"  # 转送函、交办函
SEALED_TRANSFER: Final = "ST"  # 密封转送函
URGENT_REPORT: Final = "UR"  # 重大紧急事项报告
OBJECTION_DECISION: Final = "OD"  # 异议核实意见


def issue(
    work: Work,
    *,
    petition_no: str,
    kind: str,
    directory: DirectoryInForce,
    write: Callable[[documents.Head], str],
    petitioner: str | None = None,
    summary: str | None = None,
) -> tuple[Document, str]:
    """Issue one document and give it with its text.

    Args:
        work: the unit of work.
        petition_no: the petition it belongs to.
        kind: one of the kinds above.
        directory: the directory in force, which names the office.
        write: composes the text from the head.
        petitioner: whom a notice addresses by name; None where the paper names nobody.
        summary: the matter in a line; None where the paper does not tell it.
    """
    office = directory.view.office
    no = work.number(petition_no, kind)
    text = write(
        documents.Head(
            no=no,
            petition_no=petition_no,
            on=work.today,
            office=office.name,
            office_address=office.address,
            office_phone=office.phone,
            petitioner=petitioner,
            summary=summary,
        )
    )
    document = work.numbered(no, {"kind": kind, "petition_no": petition_no, "text": text})
    work.append(
        IssuedDocument(
            document_no=no,
            petition_no=petition_no,
            sha256=document.sha256,
            sealed=work.vault.seal(text, context=_context(no)),
            issued_at=work.now,
        )
    )
    return document, text


def read_document(work: Work, no: str) -> tuple[Document, str]:
    """Read an issued document back with its text."""
    row = work.session.get_one(IssuedDocument, no)
    text = work.vault.open(row.sealed, context=_context(no))
    return Document(no=row.document_no, sha256=row.sha256), text


def _context(no: str) -> str:
    return f"issued_documents|{no}|text"
