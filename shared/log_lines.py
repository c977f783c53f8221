"""The form of a line of the log, and what may stand in it: an allow-list of names and of values.

A name that nobody declared cannot be written at all.  A value must look like an id, a code, a
figure or a place in the code; any other is withheld, for it may be something a person wrote.

The text of a library's line is shown only where it stands in the library's own source.  What was
put together at run time, from a body or the words of an error, does not.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

FIELDS: Final = frozenset(
    {
        "actor",
        "attempt",
        "consumer",
        "correlation_id",
        "count",
        "error",
        "incident_id",
        "kind",
        "message_id",
        "message_type",
        "method",
        "node",
        "outcome",
        "petition_no",
        "queue",
        "reason",
        "request_id",
        "seconds",
        "seq",
        "service",
        "span_id",
        "trace",
        "trace_id",
    }
)
"""Every field a log line may carry; nothing a person wrote is among them."""

WITHHELD: Final = "withheld"
"""What stands for a value or a text that might be a person's words."""

_NOTHING: Final[Mapping[str, object]] = {}
ABOUT: Final[ContextVar[Mapping[str, object]]] = ContextVar("about", default=_NOTHING)
"""What every line of this green thread is about, until the block that said so ends."""

_ROOT: Final = Path(__file__).resolve().parent.parent
OURS: Final = "balian"
"""Under this name a record of our own carries its fields."""
_WORD: Final = re.compile(r"[A-Za-z0-9_.:/<>+\-]{1,200}")
_PETITION_NO: Final = re.compile(r"[A-Z]{2}-\d{8}-\d{4,8}(?:-[A-Z0-9\-]{1,40})?")
_PLACE: Final = re.compile(r"[A-Za-z0-9_./<>\-]{1,300}(?::\d+ [A-Za-z0-9_.<>]{1,100})?")
_OWN_ID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|deadline:\d{1,19}"
)
_MOST_PLACES: Final = 100


class JsonLines(logging.Formatter):
    """One record, one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; of a library's record only its own words and the error's class."""
        own: Mapping[str, object] | None = getattr(record, OURS, None)
        fields = ABOUT.get() if own is None else own
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": str(record.msg) if own is not None else text_of(record),
        }
        line |= {
            name: shown(name, value)
            for name, value in fields.items()
            if name in FIELDS and value is not None
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = shown("trace", trace_of(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def trace_of(error: BaseException) -> list[str]:
    """Tell where an exception came from: file, line and function, without a word of its text."""
    places = [
        f"{short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__
    return places if cause is None else [*trace_of(cause), type(cause).__name__, *places]


def short(filename: str) -> str:
    """Name a file by its path here, or of a library by its own name."""
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def shown(name: str, value: object) -> object:
    """Give the value of a field as the log may show it."""
    match value:
        case int() | float():
            return value if math.isfinite(value) else WITHHELD
        case str():
            return _shown_text(name, value)
        case datetime():
            return value.isoformat()
        case list() | tuple() if name == "trace":
            return [_place(one) for one in value[-_MOST_PLACES:]]
        case _:
            return WITHHELD


def text_of(record: logging.LogRecord) -> str:
    """Give the unfilled text of a library's record, if the library's source holds it."""
    if isinstance(record.msg, str) and record.msg in _written_in(record.pathname):
        return record.msg
    return WITHHELD


def _shown_text(name: str, value: str) -> str:
    """Show a code or an id; of a message's, only one that this system made.

    Whoever sends a message may have put anything where its id stands.
    """
    if name != "message_id":
        form = _PETITION_NO if name == "petition_no" else _WORD
        return str(value) if form.fullmatch(value) else WITHHELD
    if _OWN_ID.fullmatch(value):
        return value
    return f"sha256:{hashlib.sha256(value.encode(errors='replace')).hexdigest()[:16]}"


def _place(place: object) -> str:
    return place if isinstance(place, str) and _PLACE.fullmatch(place) else WITHHELD


@lru_cache(maxsize=256)
def _written_in(path: str) -> frozenset[str]:
    """Collect the texts that stand in a file of Python; none where it cannot be read."""
    try:
        code = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(_texts(code))


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _texts(constant)
