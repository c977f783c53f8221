"""Document numbers and content hashes: what lets a paper be told from an altered one.

A document's content is hashed in one canonical form, so that whoever holds the content can
compute the hash again, in any language and any year.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

_KIND: Final = re.compile(r"[A-Z]{2}")
_WRITTEN_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_BASE: Final = re.compile(r"[A-Z]{2}-\d{8}-\d{4,8}")
_PARTS_OF_A_BASE: Final = 3


class MalformedDocument(ValueError):
    """Raised for content that has no canonical form, or a number that has not the common form."""


def canonical_json(content: object) -> str:
    """Write JSON in its one canonical form: keys sorted, UTF-8, no spaces; dates in ISO 8601.

    Raises:
        MalformedDocument: the content holds something JSON has no one form for.
    """
    try:
        return json.dumps(
            content,
            ensure_ascii=False,
            allow_nan=False,
            sort_keys=True,
            separators=(",", ":"),
            default=_plain,
        )
    except (TypeError, ValueError) as error:
        msg = f"the content has no canonical form: {type(error).__name__}"
        raise MalformedDocument(msg) from error


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            msg = "an instant without a time zone has no canonical form"
            raise TypeError(msg)
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} has no canonical form"
    raise TypeError(msg)


def storable(text: str) -> str:
    """Write a text so that every database takes it: what none can store is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def can_be_stored(content: object) -> bool:
    """Tell whether every text in some JSON content is one that every database takes.

    JSON can spell a NUL and half of a surrogate pair; no store and no document can hold them.
    """
    try:
        return _WRITTEN_NUL.search(canonical_json(content).encode().decode()) is None
    except (MalformedDocument, UnicodeEncodeError):
        return False


def content_hash(content: object) -> str:
    """Hash content in its canonical form: SHA-256, 64 lower-case hexadecimal digits.

    Raises:
        MalformedDocument: the content has no canonical form.
    """
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def document_content(*, no: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is hashed of a document: its number and its content, so that no two are equal."""
    return {"no": no, "content": dict(content)}


def document_no(*, petition_no: str, kind: str, count: int) -> str:
    """Compose a document's number, such as XF-20260601-0001-CA-1.

    Raises:
        MalformedDocument: the kind is not two capital letters, or the number it hangs on has
            not the common form.
    """
    if not _KIND.fullmatch(kind):
        msg = "a kind of document is two capital letters"
        raise MalformedDocument(msg)
    if not _BASE.fullmatch(petition_no):
        msg = "a document hangs on a number such as XF-20260601-0001"
        raise MalformedDocument(msg)
    return f"{petition_no}-{kind}-{count}"


def base_of(no: str) -> str:
    """Give the number that a document's hangs on: of XF-20260601-0001-SL-1-3, XF-20260601-0001."""
    return "-".join(no.split("-")[:_PARTS_OF_A_BASE])


def petition_in(subject: str) -> str | None:
    """Give the number of the petition that a subject is, or is a part of; None for any other.

    A part follows after a dash, as a document's number does, or after a slash, as a case's does.
    """
    found = _BASE.match(subject)
    if found is None or subject[found.end() : found.end() + 1] not in ("", "-", "/"):
        return None
    return found[0]


def sheet_nos(*, set_no: str, count: int) -> list[str]:
    """Give the numbers of a set's sheets, such as XF-20260601-0001-CA-1-1 to -4."""
    return [f"{set_no}-{sheet}" for sheet in range(1, count + 1)]
