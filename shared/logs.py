"""The log: one line of JSON for each outcome, on stderr, with a constant text and known fields.

A log is read by people who may not read petitions.
So the text is constant, the fields are a closed list of ids, codes and figures, and an exception
is told by its class and its place, never by its arguments, which may quote anything.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

FIELDS: Final = frozenset(
    {
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
        "trace",
    }
)
"""Every field a log line may carry; nothing a person wrote is among them."""

_ROOT: Final = Path(__file__).resolve().parent.parent


class UnknownLogField(TypeError):
    """Raised for a field that is not of the closed list: add it there, if it can hold no person."""


class Log:
    """The log of one module."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, text: str, **fields: object) -> None:
        """Tell what only a developer looks for."""
        self._write(logging.DEBUG, text, fields)

    def info(self, text: str, **fields: object) -> None:
        """Tell an outcome."""
        self._write(logging.INFO, text, fields)

    def warning(self, text: str, **fields: object) -> None:
        """Tell what someone should look at."""
        self._write(logging.WARNING, text, fields)

    def error(self, text: str, **fields: object) -> None:
        """Tell what someone must look at."""
        self._write(logging.ERROR, text, fields)

    def _write(self, level: int, text: str, fields: dict[str, object]) -> None:
        unknown = fields.keys() - FIELDS
        if unknown:
            msg = f"no log field is called {', '.join(sorted(unknown))}"
            raise UnknownLogField(msg)
        self._logger.log(level, text, extra={"balian": fields})


def trace_of(error: BaseException) -> list[str]:
    """Tell where an exception came from: file, line and function, without a word of its text."""
    places = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__
    return places if cause is None else [*trace_of(cause), type(cause).__name__, *places]


def configure_logging(level: str) -> None:
    """Send the log of this process to stderr, from a level such as `INFO` upwards.

    What libraries say goes through the same form, so that none of them prints a message's body.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("balian", "services", "shared"):
        logging.getLogger(ours).setLevel(level)


class JsonLines(logging.Formatter):
    """One record, one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; of a library's record only its unfilled text and the error's class."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": str(record.msg),
        }
        line |= getattr(record, "balian", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = trace_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
