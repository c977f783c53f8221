"""Texts with places left open: what stays the same in every copy, and what each copy has its own.

A text is taken apart once and put together a million times, so that must cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A text with open places.

    Args:
        woven: what stays, with something in every other place that is written over.
        slots: for each open place the number of the value that goes there.
    """

    woven: tuple[str, ...]
    slots: tuple[int, ...]

    @classmethod
    def of(cls, fixed: Sequence[str], slots: Sequence[int]) -> Text:
        """Make a text of what stays and what goes between: one fixed part more than slots."""
        woven = [""] * (2 * len(slots) + 1)
        woven[::2] = fixed
        return cls(woven=tuple(woven), slots=tuple(slots))

    def filled(self, values: Sequence[str]) -> str:
        """Put the values of one copy into it."""
        parts = list(self.woven)
        parts[1::2] = [values[slot] for slot in self.slots]
        return "".join(parts)


@dataclass
class Writer:
    """Writes a text piece by piece."""

    _fixed: list[str] = field(default_factory=lambda: [""])
    _slots: list[int] = field(default_factory=list)

    def write(self, words: str) -> None:
        """Write what stays."""
        self._fixed[-1] += words

    def leave_open(self, slot: int) -> None:
        """Leave a place open for a value."""
        self._slots.append(slot)
        self._fixed.append("")

    def append(self, text: Text, *, escaped: bool) -> None:
        """Write another text, as `COPY` reads it where it is to be escaped."""
        for number, words in enumerate(text.woven[::2]):
            if number:
                self.leave_open(text.slots[number - 1])
            self.write(for_copy(words) if escaped else words)

    @property
    def text(self) -> Text:
        """Give what was written."""
        return Text.of(self._fixed, self._slots)


def for_copy(words: str) -> str:
    """Escape a text as the text format of PostgreSQL's `COPY` wants it."""
    return (
        words.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
