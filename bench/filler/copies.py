"""What one copy has of its own: its week, its numbers, its people, and its chance."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Final

_ALL: Final = (1 << 128) - 1
_NOT_CHANCE: Final = (0xF << 76) | (0x3 << 62)
"""The bits by which a UUID says of what kind it is."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy of a group of petitions.

    Args:
        number: counts all copies of a filling; what is chance in a copy derives from it.
        weeks: by how many weeks everything in it is later than in the play.
        petitions: the numbers of its petitions, in the order of the group.
        first_person: the number of the first person in it; each filling counts its people.
    """

    number: int
    weeks: int
    petitions: Sequence[str]
    first_person: int

    @cached_property
    def chance(self) -> int:
        """Give 128 bits that no other copy has."""
        return int.from_bytes(hashlib.blake2b(b"%d" % self.number, digest_size=16).digest())


Basic = Callable[[Copy], str]
"""Gives a value that a copy has whatever else stands in it."""


def petition(position: int) -> Basic:
    """Give the number of one of its petitions."""
    return lambda copy: copy.petitions[position]


def day_number(position: int) -> Basic:
    """Give the place of one of its petitions among those of its day."""
    return lambda copy: str(int(copy.petitions[position].rpartition("-")[2]))


def day(played: date, written: str) -> Basic:
    """Give a day, later by the weeks of the copy, in one of the ways in which days are written."""
    return lambda copy: _day(played, copy.weeks, written)


def event(played: str) -> Basic:
    """Give a UUID of its own for each of the play's."""
    number = uuid.UUID(played).int

    def made(copy: Copy) -> str:
        written = f"{number ^ (copy.chance & _ALL & ~_NOT_CHANCE):032x}"
        parts = (written[:8], written[8:12], written[12:16], written[16:20], written[20:])
        return "-".join(parts)

    return made


def run() -> Basic:
    """Give what its request ids begin with."""
    return lambda copy: f"cb-{copy.chance >> 64:016x}"


def digits(played: str) -> Basic:
    """Give as many hexadecimal digits in place of a digest of which nothing more is known."""
    return lambda copy: hashlib.sha256(f"{played}{copy.number}".encode()).hexdigest()


def phone(position: int) -> Basic:
    """Give the telephone number of one of its people."""
    return lambda copy: f"198{copy.first_person + position:08d}"


def identity(position: int) -> Basic:
    """Give the identity number of one of its people."""
    return lambda copy: f"999902{copy.first_person + position:08d}1000"


@cache
def _day(played: date, weeks: int, written: str) -> str:
    later = played + timedelta(weeks=weeks)
    return written.format(day=later, year=later.year, month=later.month, number=later.day)
