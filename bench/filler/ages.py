"""Plays the sample county's week, and keeps its stores as they stood at one age after the other.

It is a program of its own, because the host it plays on needs a process that is green throughout::

    python -m bench.filler.ages DIRECTORY 2026-06-03T10:00:00+08:00 2026-06-10T10:00:00+08:00 ...
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from balian.casebook_lines import Line

CASEBOOK: Final = Path(__file__).resolve().parents[2] / "samples" / "county-week.jsonl"
PLAYED: Final = "played"
KEYS: Final = "keys"

_LAST: Final = "last"


def kept_at(directory: Path, age: int) -> Path:
    """Name the directory of the stores as they stood at the instant of this number."""
    return directory / f"{age:02d}"


def kept_ages(directory: Path) -> list[Path]:
    """List what was kept, from the youngest age to the end."""
    return sorted(kept for kept in directory.iterdir() if kept.name != PLAYED)


def monday_played() -> date:
    """Give the Monday of the week that is played."""
    with CASEBOOK.open(encoding="utf-8") as lines:
        begins = datetime.fromisoformat(json.loads(lines.readline())["start"])
    return begins.date() - timedelta(days=begins.weekday())


def kept_at_the_end(directory: Path) -> Path:
    """Name the directory of the stores as they stood when all was played."""
    return directory / _LAST


@dataclass
class Keeper:
    """Watches a play, and keeps the stores at each of the instants when its moment has come.

    Args:
        directory: where the play's stores are, and where they are kept.
        instants: when they are kept, the earliest first.
    """

    directory: Path
    instants: Sequence[datetime]
    _kept: int = field(default=0)

    def plays(self, line: Line) -> None:
        """Keep the stores before a line that stands at one of the instants or behind it."""
        while self._kept < len(self.instants) and self.instants[self._kept] <= line.at:
            keep(self.directory / PLAYED, kept_at(self.directory, self._kept))
            self._kept += 1

    def passes(self, at: datetime, service: str, fired: int) -> None:
        """See deadlines fire: what they did is kept at the next instant."""


def keep(played: Path, kept: Path) -> None:
    """Copy every store of a host as it stands, whole."""
    kept.mkdir()
    for store in sorted(played.glob("*.sqlite3")):
        with closing(sqlite3.connect(store)) as opened:
            opened.execute("VACUUM INTO ?", (str(kept / store.name),))


def play_and_keep(directory: Path, instants: Sequence[datetime]) -> None:
    """Play the casebook to its end, keeping the stores at each instant and at the end.

    Raises:
        CommandFault: a line went otherwise than it says.
    """
    from balian.casebook import read_casebook  # noqa: PLC0415 - only in a green process.
    from balian.casebook_lines import AdvanceLine  # noqa: PLC0415
    from balian.connection import own_host  # noqa: PLC0415
    from balian.deployments import OwnHost  # noqa: PLC0415
    from balian.player import Player  # noqa: PLC0415
    from shared.clock import ClockKind  # noqa: PLC0415

    book = read_casebook(CASEBOOK)
    # A line on which nobody does anything: the deadlines up to its moment have fired when it comes.
    moments: list[Any] = [AdvanceLine(number=book.last_number + 1, at=at) for at in instants]
    lines = tuple(sorted((*book.lines, *moments), key=lambda line: line.at.astimezone(UTC)))
    with own_host(directory / PLAYED, clock=ClockKind.SIMULATED) as host:
        Player(
            casebook=dataclasses.replace(book, lines=lines),
            deployment=OwnHost(host),
            watcher=Keeper(directory=directory, instants=instants),
        ).play()
    keep(directory / PLAYED, kept_at_the_end(directory))


def main() -> None:
    """Play and keep, as the command line tells."""
    from shared.messaging.patching import make_green  # noqa: PLC0415 - before anything else is.

    make_green()
    directory, *instants = sys.argv[1:]
    play_and_keep(Path(directory), [datetime.fromisoformat(each) for each in instants])


if __name__ == "__main__":
    main()
