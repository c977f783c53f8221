"""What a process logs while a test looks on: every line, ours and the libraries', in our form."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.logs import JsonLines

_OURS = ("balian", "services", "shared")


@dataclass
class WrittenLog:
    """What was written so far."""

    written: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        return self.written.getvalue()

    def lines(self, text: str | None = None) -> list[dict[str, Any]]:
        """Give the lines, or those with one text."""
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if text is None or line["text"] == text]


@contextmanager
def log_written(level: int = logging.DEBUG) -> Iterator[WrittenLog]:
    """Take down the log of this process from a level upwards, whoever writes it."""
    log = WrittenLog()
    handler = logging.StreamHandler(log.written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, _OURS)]
    before = [logger.level for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(level)
    try:
        yield log
    finally:
        for logger, its_level in zip(loggers, before, strict=True):
            logger.setLevel(its_level)
        root.removeHandler(handler)
