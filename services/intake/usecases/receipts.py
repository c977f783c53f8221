"""Receipts, and the code on them by which a petitioner asks without giving a name.

The code is computed from the petition's number with a key of the vault, so it need not be kept:
only its digest is, to find the petition when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from services.intake.documents import receipt_content, receipt_text
from services.intake.models import IssuedReceipt, Petition
from shared.contracts.fields import Document
from shared.contracts.intake import ReceiptUnknown
from shared.messaging.work import Work

_CODE_DIGITS: Final = 16


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt as it is handed over: its number and hash, the code, the text to print."""

    document: Document
    code: str
    text: str


def receipt_code(work: Work, petition_no: str) -> str:
    """Compute the code for asking after a petition: 16 digits that only the vault can make."""
    number = int(work.vault.digest(f"receipt|{petition_no}"), 16) % 10**_CODE_DIGITS
    return f"{number:0{_CODE_DIGITS}d}"


def digest_of_code(work: Work, code: str) -> str:
    """Digest a code for storing and finding."""
    return work.vault.digest(f"receipt_code|{code}")


def issue_receipt(
    work: Work,
    *,
    petition_no: str,
    visit_no: str,
    sorting_due_on: date | None,
    repeat: bool,
) -> Receipt:
    """Issue a receipt: keep what it says, and write it out with the code."""
    content = receipt_content(
        petition_no=petition_no,
        visit_no=visit_no,
        registered_on=work.today,
        sorting_due_on=sorting_due_on,
        repeat=repeat,
    )
    document = work.document(petition_no, "RC", content)
    code = receipt_code(work, petition_no)
    work.append(
        IssuedReceipt(
            receipt_no=document.no,
            petition_no=petition_no,
            visit_no=visit_no,
            content=content,
            sha256=document.sha256,
            issued_at=work.now,
        )
    )
    return Receipt(
        document=document,
        code=code,
        text=receipt_text(receipt_no=document.no, content=content, receipt_code=code),
    )


def petition_with_code(work: Work, code: str) -> Petition:
    """Find the petition a receipt code stands for.

    Raises:
        ReceiptUnknown: there is none.
    """
    petition = work.session.scalars(
        select(Petition).where(Petition.receipt_digest == digest_of_code(work, code))
    ).one_or_none()
    if petition is None:
        msg = "no petition has this receipt code; check the 16 digits on the receipt"
        raise ReceiptUnknown(msg)
    return petition
