"""What a play remembers of its questions, so that playing again after a crash sees what it saw.

An order is answered by the service as it was the first time; a question is asked anew, and by
then its answer may be another.
So beside the stores one line is kept for every question played: how it was refused, or those
parts of its reply to which later lines refer, and nothing else of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from balian.casebook import CallLine, Casebook
from balian.references import follow

_PRIVATE: Final = 0o600


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """How a question ended: its refusal's name, or what later lines need of its reply."""

    refused: str | None = None
    reply: Mapping[str, Any] = field(default_factory=dict)


class QuestionMemory:
    """The questions of one run of a casebook, in a file beside the stores; nowhere without one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._entries: dict[int, Mapping[str, Any]] = {}
        if path is not None and path.exists():
            self._entries = {entry["line"]: entry for entry in _entries_of(path)}

    @classmethod
    def of(cls, casebook: Casebook, directory: Path | None, *, run: str = "") -> Self:
        """Open the memory of a run beside the stores in a directory."""
        name = f"{casebook.request_prefix(run)}.jsonl"
        return cls(None if directory is None else directory / name)

    def recall(self, line: CallLine) -> Remembered | None:
        """Give how a line's question ended before; None when it was never asked, or is another."""
        entry = self._entries.get(line.number)
        if entry is None or entry["digest"] != line.digest:
            return None
        return Remembered(refused=entry["refused"], reply=entry["reply"])

    def keep(self, line: CallLine, remembered: Remembered) -> None:
        """Keep how a line's question ended."""
        if self._path is None:
            return
        entry = {
            "line": line.number,
            "digest": line.digest,
            "refused": remembered.refused,
            "reply": remembered.reply,
        }
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            # The line break before it parts it from what a killed process may have left unfinished.
            file.write(f"\n{json.dumps(entry, ensure_ascii=False)}\n")


def parts_of(reply: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> Mapping[str, Any]:
    """Cut a reply down to the parts at some paths; a list becomes a mapping by position.

    A path that leads nowhere in this reply is left out: who follows it later is told.
    """
    kept: dict[str, Any] = {}
    for path in sorted(paths, key=len):
        if not path:
            return reply
        _plant(kept, path, reply)
    return kept


def _plant(kept: dict[str, Any], path: tuple[str, ...], reply: Mapping[str, Any]) -> None:
    try:
        value = follow(reply, path)
    except LookupError:
        return
    branch = kept
    for step in path[:-1]:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            return  # A shorter path keeps the whole list.
    branch[path[-1]] = value


def _entries_of(path: Path) -> Iterable[Mapping[str, Any]]:
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(text)
        except ValueError:
            # The last line of a process that was killed while it wrote: asked again.
            continue
