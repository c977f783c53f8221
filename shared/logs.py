"""The log: one line of JSON for each outcome, on stderr, with a constant text and known fields.

A log is read by people who may not read petitions.
So the text is constant, the fields are a closed list of ids, codes and figures, and an exception
is told by its class and its place, never by its arguments, which may quote anything.
`shared.log_lines` holds every line to that, whoever writes it.

What a line is about need not be repeated by whoever writes it: between the first line of a call or
a message and its last, `about` adds the ids that tie them together.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

from shared.log_lines import ABOUT, FIELDS, OURS, JsonLines, short, trace_of

__all__ = [
    "FIELDS",
    "JsonLines",
    "Log",
    "UnknownLogField",
    "about",
    "configure_logging",
    "trace_of",
]


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
        _require_known(fields)
        if not self._logger.isEnabledFor(level):
            return
        # Made here, because `Logger.log` first walks the stack for a place that no line shows.
        record = logging.LogRecord(self._logger.name, level, "", 0, text, None, None)
        vars(record)[OURS] = {**ABOUT.get(), **fields}
        self._logger.handle(record)


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Add fields to every line that is written within the block, by this green thread.

    Those of an inner block come before those of an outer one; None adds nothing.

    Raises:
        UnknownLogField: a field is not of the closed list.
    """
    _require_known(fields)
    known = {name: value for name, value in fields.items() if value is not None}
    token = ABOUT.set({**ABOUT.get(), **known})
    try:
        yield
    finally:
        ABOUT.reset(token)


def configure_logging(level: str) -> None:
    """Send the log of this process to stderr, from a level such as `INFO` upwards.

    What libraries say goes through the same form, so that none of them prints a message's body,
    and so does what Python warns of.
    """
    # What a record could tell beside, no line shows, and each costs as much as a field.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("balian", "services", "shared"):
        logging.getLogger(ours).setLevel(level)
    warnings.showwarning = _log_warning


def _log_warning(  # noqa: PLR0917 - as Python calls it.
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Tell the class and the place of a warning; its text may quote what it warns of."""
    del message, file, line
    place = f"{short(filename)}:{lineno} warning"
    Log(__name__).warning("a warning was raised", error=category.__name__, trace=[place])


def _require_known(fields: Mapping[str, Any]) -> None:
    unknown = fields.keys() - FIELDS
    if unknown:
        msg = f"no log field is called {', '.join(sorted(unknown))}"
        raise UnknownLogField(msg)
