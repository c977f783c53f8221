"""What the digests of a store are made of, so that a copy can have its own.

It is worked out from the rows themselves: a digest that something else is made of than was thought
is an error here, and not a copy that nobody finds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.filler.snapshots import Row
from shared.documents import canonical_json, content_hash, document_content
from shared.vault import Vault

CODE_DIGITS: Final = 16


class DigestUnexplained(LookupError):
    """Raised when a digest by which something is found cannot be made for a copy."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What the digests of a snapshot are made of."""

    hashes: Mapping[str, str]
    """By hash: the canonical text it is of."""
    keyed: Mapping[str, tuple[str, str]]
    """By digest or code: its kind, and the text it is made of."""


def explain(rows: Sequence[Row], vault: Vault) -> Explained:
    """Explain the digests in some rows.

    Raises:
        DigestUnexplained: as its docstring says.
    """
    return Explained(hashes=dict(_hashes(rows)), keyed=_keyed(rows, vault))


def receipt_code(made_of: str, vault: Vault) -> str:
    """Give the code by which a petitioner asks, from the text it is made of."""
    return f"{int(vault.digest(made_of), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _hashes(rows: Iterable[Row]) -> Iterable[tuple[str, str]]:
    """Give the content of each paper and of each archived file, by its hash."""
    for row in rows:
        content: Any = None
        match row.store, row.table:
            case "intake", "issued_receipts":
                content = _paper(row, "receipt_no", json.loads(row.text_of("content")))
            case "triage", "issued_documents":
                no, petition = row.text_of("document_no"), row.text_of("petition_no")
                text = row.text_of("sealed")
                kind = no.removeprefix(petition).split("-")[1]
                content = _paper(
                    row, "document_no", {"kind": kind, "petition_no": petition, "text": text}
                )
            case "supervision", "issued_documents":
                content = _paper(row, "document_no", json.loads(row.text_of("content_sealed")))
            case "supervision", "sealed_files":
                content = {
                    "petition_no": row.text_of("petition_no"),
                    "documents": json.loads(row.text_of("documents")),
                }
            case _:
                continue
        digest = content_hash(content)
        if digest not in row.cells.values():
            msg = f"a paper of {row.store}.{row.table} is hashed otherwise than was thought"
            raise DigestUnexplained(msg)
        yield digest, canonical_json(content)


def _paper(row: Row, number: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    return document_content(no=row.text_of(number), content=content)


def _keyed(rows: Iterable[Row], vault: Vault) -> dict[str, tuple[str, str]]:
    """Explain the digests by which people and receipts are found.

    Raises:
        DigestUnexplained: a row is found by another digest than was thought.
    """
    explained: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.table == "petitions":
            made_of = f"receipt|{row.text_of('petition_no')}"
            code = receipt_code(made_of, vault)
            explained[code] = ("code", made_of)
            explained[vault.digest(f"receipt_code|{code}")] = ("digest", f"receipt_code|{code}")
        if row.table in {"petitioners", "representatives"}:
            person = json.loads(row.text_of("sealed"))
            for made_of in (
                f"person|{person['name']}|{person.get('id_number')}",
                f"phone|{person.get('phone')}",
            ):
                explained[vault.digest(made_of)] = ("digest", made_of)
    for row in rows:
        for name in ("receipt_digest", "identity_digest", "phone_digest"):
            digest = row.cells.get(name)
            if digest is not None and digest not in explained:
                msg = f"{row.store}.{row.table}.{name} is made of something else than was thought"
                raise DigestUnexplained(msg)
    return explained
