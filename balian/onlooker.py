"""Shows on stderr how a play goes: the day, the line, what happens; and stops it when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from balian.casebook import CallLine, Casebook, Line
from balian.speech import talk
from balian.wording import CALLS, day_of

_MOST_CALLS_SHOWN = 6
_BAR_WIDTH = 24
_BETWEEN_SENTENCES = 10.0


class PlayStopped(Exception):
    """Raised between two lines when the play was asked to stop; everything before is done."""


class Onlooker:
    """Watches one play of a casebook.

    On a terminal a bar moves with every line; each past day leaves one sentence there, and
    those sentences are all that is written where there is no terminal.
    """

    def __init__(self, casebook: Casebook, *, is_asked_to_stop: Callable[[], bool]) -> None:
        self._is_asked_to_stop = is_asked_to_stop
        self._console = talk()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=_BAR_WIDTH),
            MofNCompleteColumn(),
            TextColumn("{task.fields[doing]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=len(casebook.lines), doing="")
        self._day = ""
        self._told_waiting_at = -_BETWEEN_SENTENCES
        self._done: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end_day()
        self._progress.stop()

    def plays(self, line: Line) -> None:
        """See that a line's turn has come.

        Raises:
            PlayStopped: someone asked the play to stop.
        """
        if self._is_asked_to_stop():
            raise PlayStopped
        doing = "时间推移"
        if isinstance(line, CallLine):
            doing = CALLS[line.target.wire_name]
        self._turn_to(line.at)
        self._done[doing] += isinstance(line, CallLine)
        self._progress.update(
            self._task, advance=1, description=self._day, doing=f"第 {line.number} 行 {doing}"
        )

    def passes(self, at: datetime, service: str, fired: int) -> None:
        """See that deadlines of a service have fired at their instant."""
        del service
        self._turn_to(at)
        self._done["到期处理"] += fired

    def waits(self, what: str) -> None:
        """See that nobody answers now, and what is being waited for.

        Raises:
            PlayStopped: someone asked the play to stop.
        """
        if self._is_asked_to_stop():
            raise PlayStopped
        self._progress.update(self._task, doing=f"等待应答：{what}")
        if monotonic() - self._told_waiting_at >= _BETWEEN_SENTENCES:
            self._told_waiting_at = monotonic()
            self._console.print(f"等待应答：{what}", markup=False, soft_wrap=True)

    def _turn_to(self, at: datetime) -> None:
        day = day_of(at)
        if day != self._day:
            self._end_day()
            self._day = day

    def _end_day(self) -> None:
        done = [(what, count) for what, count in self._done.most_common() if count]
        if done:
            shown = "、".join(f"{what} {count}" for what, count in done[:_MOST_CALLS_SHOWN])
            more = " 等" if len(done) > _MOST_CALLS_SHOWN else ""
            self._console.print(f"{self._day}  {shown}{more}", markup=False, soft_wrap=True)
        self._done.clear()
