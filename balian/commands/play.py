"""`balian play CASEBOOK`: play a casebook, show how it goes, write the ledger and the summary."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Final

import typer

from balian.casebook import CallLine, Casebook, read_casebook
from balian.commands.edge import (
    BusOption,
    BusPasswordOption,
    JsonOption,
    NodeOption,
    faults_told,
)
from balian.connection import OnBus, clock_told_by, deployment_at
from balian.deployment import Deployment
from balian.faults import NotAtRest, WrongUsage
from balian.ledger import write_whole
from balian.memory import QuestionMemory
from balian.onlooker import Onlooker
from balian.player import REST_WITHIN, Player
from balian.speech import put, say, say_summary
from balian.store_directory import make_empty
from balian.summary import Summary, summarise
from shared.clock import ClockKind
from shared.logs import configure_logging
from shared.messaging.runner import stop_asked
from shared.messaging.topology import NODE_OWNER

USUAL_PATIENCE: Final = 120.0


def play(
    *,
    casebook: Annotated[Path, typer.Argument(metavar="CASEBOOK", help="The casebook to play.")],
    bus: BusOption = None,
    bus_password_file: BusPasswordOption = None,
    patience: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0.0,
            help="On a bus: how long a call that nobody answers is sent again.",
        ),
    ] = USUAL_PATIENCE,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help=(
                "The store directory; its running host is used. A temporary one if left out."
                " With --bus: where the play remembers what it asked, to be played again."
            ),
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Empty DIR first, if it is a store directory.")
    ] = False,
    ledger: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every event published there.")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the summary there, as JSON.")
    ] = None,
    run: Annotated[
        str, typer.Option(metavar="NAME", help="Another name does everything once more.")
    ] = "",
    node: NodeOption = None,
    until_line: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Stop after line N of the file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a casebook in simulated time; exit 1, naming the line, if it goes otherwise."""
    with faults_told(), stop_asked() as asked:
        configure_logging("WARNING")
        begun = time.monotonic()
        book = read_casebook(casebook)
        if fresh:
            _empty(bus, directory)
        nodes = (*book.header.nodes, *_nodes_of(book))
        if bus is not None and directory is not None:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            Onlooker(book, is_asked_to_stop=asked.ready) as onlooker,
            deployment_at(
                bus=bus,
                bus_password_file=bus_password_file,
                directory=directory,
                clock=ClockKind.SIMULATED,
                nodes=nodes if bus else (*(node or ()), *nodes),
                setups=book.header.nodes,
                on_bus=OnBus(
                    nodes=tuple(node or ()),
                    places=book.places(),
                    now=book.header.start.isoformat(),
                    patience=patience,
                    when_waiting=onlooker.waits,
                ),
            ) as deployment,
        ):
            _require_simulated(deployment, book)
            player = Player(
                casebook=book,
                deployment=deployment,
                watcher=onlooker,
                run=run,
                memory=QuestionMemory.of(book, directory, run=run),
                rest_within=REST_WITHIN if bus is None else max(REST_WITHIN, patience),
            )
            played = player.play(until_line=until_line)
            whole = player.ledger()
            left_over = player.left_over()
        figures = summarise(
            casebook=casebook.name,
            title=book.header.title,
            ledger=whole,
            left_over=left_over,
            played_lines=played.lines,
            refusals=played.refusals,
            duration_seconds=time.monotonic() - begun,
        )
        if ledger is not None:
            whole.write(ledger)
        if summary is not None:
            write_whole(summary, figures.as_json() + "\n")
        if as_json:
            put(figures.as_mapping())
        say_summary(figures)
        for written in (ledger, summary):
            if written is not None:
                say(f"已写入 {written}")
        _require_nothing_left(figures)


def _empty(bus: str | None, directory: Path | None) -> None:
    if bus is not None:
        raise WrongUsage(what="--fresh empties a directory; with --bus there is none")
    if directory is not None:
        make_empty(directory)


def _nodes_of(book: Casebook) -> tuple[str, ...]:
    services = {line.target.service for line in book.lines if isinstance(line, CallLine)}
    prefix = f"{NODE_OWNER}_"
    return tuple(sorted(name.removeprefix(prefix) for name in services if name.startswith(prefix)))


def _require_simulated(deployment: Deployment, book: Casebook) -> None:
    if clock_told_by(deployment, now=book.header.start.isoformat()) is not ClockKind.SIMULATED:
        raise WrongUsage(
            what="these services run on the system clock, and a casebook tells its own time",
            todo="Start the host with `balian up --clock simulated` on a directory of its own.",
        )


def _require_nothing_left(figures: Summary) -> None:
    left = {
        "parked": figures.messages_parked,
        "unsent": figures.outbox_unsent,
        "early": figures.early_waiting,
    }
    if any(left.values()):
        raise NotAtRest(
            what="the casebook went as written, but messages are left over",
            why=", ".join(f"{count} {what}" for what, count in left.items() if count),
            todo="`balian parked list` shows those that could not be handled.",
        )
