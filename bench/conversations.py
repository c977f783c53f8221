"""Conversations: so many at once, each a row of calls of which a later one uses earlier answers.

News between services takes its time, so a call may come before the service it goes to has heard
what it builds on: it is refused, and made again a moment later, as a clerk would do it.
What that takes counts.
"""

from __future__ import annotations

import heapq
import itertools
import time
import uuid
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bench.county import target
from bench.figures import Lap
from bench.load import Callers, CallFailed
from bench.patience import pause_after

_HEARD_WITHIN: Final = 30.0
_SILENCE: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a conversation.

    Args:
        method: such as ``triage.sort_petition``.
        actor: who makes it, such as ``officer:desk_1``; the role is what stands before the colon.
        says: the request, but for its id.
        at: the instant it tells, where the county runs on the simulated clock.
        is_question: whether it only asks; what asks has no id, because asking twice does no harm.
    """

    method: str
    actor: str
    says: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    is_question: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers of the call as they go onto the wire."""
        told = {} if self.at is None else {"nameko.now": self.at.isoformat()}
        return {"nameko.actor": self.actor, "nameko.roles": self.actor.partition(":")[0], **told}

    def request(self) -> dict[str, Any]:
        """Give the request; a call that is made again after a refusal is another one."""
        named = {} if self.is_question else {"request_id": str(uuid.uuid4())}
        return {**self.says, **named}


Conversation = Generator[Call, Mapping[str, Any], None]
"""Yields a call, and is sent its answer."""


@dataclass
class _Talk:
    conversation: Conversation
    call: Call
    began: float = field(default_factory=time.perf_counter)
    call_began: float = field(default_factory=time.perf_counter)
    refusals: int = 0


@dataclass
class Conversations:
    """Many conversations on one connection.

    Args:
        callers: whose connection carries the calls.
        not_heard_yet: the refusals of a call that came before what it builds on was heard of.
    """

    callers: Callers
    not_heard_yet: Collection[str] = ()
    _begin: Callable[[], Conversation] = field(init=False)
    _more: Callable[[int], bool] = field(init=False)
    _made: int = 0
    _calls: int = 0
    _again: int = 0
    _under_way: int = 0
    _later: list[tuple[float, int, _Talk]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _latencies: list[float] = field(default_factory=list)

    def run(
        self, begin: Callable[[], Conversation], *, at_once: int, more: Callable[[int], bool]
    ) -> Lap:
        """Hold conversations until there were enough and all of them are at their end.

        Args:
            begin: begins one more.
            at_once: how many are under way at a time.
            more: tells, of how many were begun already, whether one more is to begin.

        Raises:
            CallFailed: a call was refused for good, or not answered.
        """
        self._begin, self._more = begin, more
        self._made = self._calls = self._again = self._under_way = 0
        self._later.clear()
        self._latencies.clear()
        begun = time.perf_counter()
        for _ in range(at_once):
            self._begin_if_more()
        while self._under_way:
            self._go_on()
        return Lap(
            operations=self._made,
            seconds=time.perf_counter() - begun,
            latencies=tuple(self._latencies),
            facts={
                "calls, each": self._calls / self._made,
                "calls made again, each": self._again / self._made,
            },
        )

    def _begin_if_more(self) -> None:
        if self._more(self._made):
            conversation = self._begin()
            self._made += 1
            self._under_way += 1
            self._call(_Talk(conversation=conversation, call=next(conversation)))

    def _go_on(self) -> None:
        now = time.perf_counter()
        while self._later and self._later[0][0] <= now:
            self._call(heapq.heappop(self._later)[2])
        seconds = max(self._later[0][0] - now, 0.001) if self._later else _SILENCE
        if not self.callers.wait(seconds) and not self._later:
            msg = f"no answer within {_SILENCE:g} s"
            raise CallFailed(msg)

    def _call(self, talk: _Talk) -> None:
        self._calls += 1
        self.callers.begin(
            target(talk.call.method, talk.call.request, talk.call.headers),
            lambda answer, _latency: self._answered(talk, answer),
        )

    def _answered(self, talk: _Talk, answer: Mapping[str, Any]) -> None:
        now = time.perf_counter()
        error = (answer.get("error") or {}).get("exc_type")
        if error in self.not_heard_yet and now - talk.call_began < _HEARD_WITHIN:
            self._again += 1
            talk.refusals += 1
            at = now + pause_after(talk.refusals)
            heapq.heappush(self._later, (at, next(self._order), talk))
            return
        if error is not None:
            msg = f"{talk.call.method} was answered with {error}"
            raise CallFailed(msg)
        try:
            talk.call = talk.conversation.send(answer["result"])
        except StopIteration:
            self._latencies.append(now - talk.began)
            self._under_way -= 1
            self._begin_if_more()
            return
        talk.call_began, talk.refusals = now, 0
        self._call(talk)


def ask(callers: Callers, call: Call, *, not_heard_yet: Collection[str] = ()) -> Mapping[str, Any]:
    """Make one call and give its answer, made again while what it builds on is not heard of.

    Raises:
        CallFailed: it was refused for good, or not answered.
    """
    answers: list[Mapping[str, Any]] = []

    def alone() -> Conversation:
        answers.append((yield call))

    Conversations(callers, not_heard_yet).run(alone, at_once=1, more=lambda made: made < 1)
    return answers[0]
