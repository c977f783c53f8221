"""Playing casebooks in tests, and looking at what they left in the stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from balian.casebook import read_casebook
from balian.casebook_lines import Line
from balian.connection import own_host
from balian.deployment import Deployment
from balian.deployments import OwnHost
from balian.ledger import Ledger
from balian.memory import QuestionMemory
from balian.node_setups import NodeSetup
from balian.player import Player
from balian.summary import Summary, summarise
from shared.clock import ClockKind

CASEBOOKS = Path(__file__).resolve().parent.parent / "journeys" / "casebooks"
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "county-week.jsonl"

REFUSALS_KEPT = frozenset({"commands", "refused_calls", "access_log"})
"""The only tables in which a refused call leaves anything: the refusal itself, and who read what.

A petition's content that was read to decide a call has been read, whatever the decision was.
"""

Dump = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Play:
    """What a play came to."""

    ledger: Ledger
    summary: Summary


class Silent:
    """Watches a play and says nothing."""

    def plays(self, line: Line) -> None:
        """Say nothing."""

    def passes(self, at: datetime, service: str, fired: int) -> None:
        """Say nothing."""


@contextmanager
def county_at(
    directory: Path, *, setups: Mapping[str, NodeSetup] | None = None
) -> Iterator[OwnHost]:
    """Run the five services with two nodes in this process, in simulated time."""
    with own_host(directory, clock=ClockKind.SIMULATED, setups=setups) as host:
        yield OwnHost(host)


def play(
    casebook: Path,
    deployment: Deployment,
    *,
    directory: Path | None = None,
    until_line: int | None = None,
    run: str = "",
) -> Play:
    """Play a casebook on a deployment, up to a line where one is given.

    Questions are remembered in the directory, where one is given.
    """
    book = read_casebook(casebook)
    player = Player(
        casebook=book,
        deployment=deployment,
        watcher=Silent(),
        run=run,
        memory=QuestionMemory.of(book, directory, run=run),
    )
    played = player.play(until_line=until_line)
    ledger = player.ledger()
    summary = summarise(
        casebook=casebook.name,
        title=book.header.title,
        ledger=ledger,
        left_over=player.left_over(),
        played_lines=played.lines,
        refusals=played.refusals,
        duration_seconds=0.0,
    )
    return Play(ledger=ledger, summary=summary)


def rows_in(directory: Path, *, besides: frozenset[str] = frozenset()) -> Dump:
    """Read every row of every store of a directory, by `store.table`, but for some tables."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for file in sorted(directory.glob("*.sqlite3")):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
            tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in sorted(tables.fetchall()):
                if table not in besides:
                    found = store.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608
                    rows[f"{file.stem}.{table}"] = sorted(found, key=repr)
    return rows


def query(directory: Path, store: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask one store of a directory directly."""
    with closing(sqlite3.connect(f"file:{directory / store}.sqlite3?mode=ro", uri=True)) as opened:
        return opened.execute(sql, values).fetchall()
