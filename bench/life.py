"""Lives of petitions, each from the window to its closing, one call after another.

News between services takes its time, so a call may come before the service it goes to has heard of
the petition: it is refused, and made again a moment later, as a clerk would do it.
What that takes counts.
"""

from __future__ import annotations

import heapq
import itertools
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bench.county import CLERK, a_petition, target
from bench.figures import Lap
from bench.load import Callers, CallFailed
from bench.patience import pause_after
from shared.calendar import LOCAL_ZONE

_HEARD_WITHIN: Final = 30.0
_SILENCE: Final = 30.0
_HANDLED_WITHIN: Final = timedelta(days=20)
_UNIT: Final = "labour_bureau"
_OFFICER: Final = {"nameko.actor": "officer:desk_1", "nameko.roles": "officer"}
_UNIT_ITSELF: Final = {"nameko.actor": f"unit:{_UNIT}", "nameko.roles": "unit"}

NOT_HEARD_YET: Final = frozenset({"CaseNotFound", "PetitionNotFound", "WrongStage"})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of a life: who makes it, and what it says beside the petition's number."""

    method: str
    headers: Mapping[str, str]
    says: Callable[[], Mapping[str, Any]]
    names_petition: bool = True


def _assigned() -> Mapping[str, Any]:
    return {
        "category": "claim",
        "outcome": "assign",
        "reason": "需要反馈结果，限期办理",
        "field": "labour",
        "lead_unit": _UNIT,
        "due_on": str((datetime.now(LOCAL_ZONE) + _HANDLED_WITHIN).date()),
        "severity": "ordinary",
        "severity_reason": "欠薪线索清楚，一个单位即可办理",
    }


STEPS: Final = (
    Step(method="intake.register_petition", headers=CLERK, says=a_petition, names_petition=False),
    Step(method="triage.sort_petition", headers=_OFFICER, says=_assigned),
    Step(method="supervision.accept_transfer", headers=_UNIT_ITSELF, says=dict),
    Step(
        method="supervision.report_result",
        headers=_UNIT_ITSELF,
        says=lambda: {"result": "已按交办要求办理完毕，附办结报告。"},
    ),
    Step(
        method="supervision.deliver_opinion",
        headers=_UNIT_ITSELF,
        says=lambda: {
            "outcome": "supported",
            "claim": "按来访登记的请求办理",
            "facts": "经调查核实，反映的情况属实。",
            "opinion": "予以支持，已按规定办理完毕。",
            "legal_basis": "《信访工作条例》第三十二条及相关业务规定",
        },
    ),
    Step(
        method="supervision.close_case",
        headers=_OFFICER,
        says=lambda: {"evaluation_invited": True, "verification": "已电话核实，办理结果属实。"},
    ),
    Step(
        method="intake.find_petitions",
        headers=CLERK,
        says=lambda: {"territory": "county", "limit": 10},
        names_petition=False,
    ),
)
"""Register, assign, report the result and close, find: with what the law wants between them."""


@dataclass
class Life:
    """One petition on its way, and when each of its calls was due and answered.

    Args:
        due: when it was to begin, which in an open load is not when it could begin.
    """

    due: float
    petition_no: str = ""
    step: int = 0
    step_began: float = 0.0
    refusals: int = 0
    """How often the call it is at was refused so far, since news of the petition was under way."""
    ended: float | None = None
    failed_with: str | None = None
    calls: list[float] = field(default_factory=list)
    """How long each call took, counted from when it was due, with all that were made again."""

    @property
    def latency(self) -> float:
        """Give how long it took from when it was due.

        Raises:
            ValueError: it has not ended.
        """
        if self.ended is None:
            msg = "a life that goes on has no length"
            raise ValueError(msg)
        return self.ended - self.due


@dataclass
class Walk:
    """Lives under way on one connection.

    Args:
        callers: whose connection carries the calls.
        ended: told of each life that came to its end, or failed.
        steps: the calls of one life, in their order.
        heard_within: in seconds, how long a service may take to hear of a petition.
    """

    callers: Callers
    ended: Callable[[Life], None]
    steps: Sequence[Step] = STEPS
    heard_within: float = _HEARD_WITHIN
    under_way: int = 0
    made_again: int = 0
    _later: list[tuple[float, int, Life]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)

    def begin(self, due: float) -> None:
        """Let one more petition come to the window."""
        self.under_way += 1
        self._call(Life(due=due, step_began=due))

    def go_on(self, *, until: float | None = None) -> bool:
        """Make the calls that are to be made again, and wait for what comes next.

        Tells whether anything came, or was to come later.

        Args:
            until: when somebody has something else to do.
        """
        now = time.perf_counter()
        while self._later and self._later[0][0] <= now:
            self._call(heapq.heappop(self._later)[2])
        waits = [at for at in (until, self._later[0][0] if self._later else None) if at is not None]
        seconds = max(min(waits) - now, 0.001) if waits else _SILENCE
        return self.callers.wait(seconds) or bool(waits)

    def _call(self, life: Life) -> None:
        step = self.steps[life.step]

        def said() -> Mapping[str, Any]:
            if not step.names_petition:
                return step.says()
            # A call that was refused is another one when it is made again.
            named = {"request_id": str(uuid.uuid4()), "petition_no": life.petition_no}
            return {**named, **step.says()}

        def answered(answer: Any, _latency: float) -> None:
            self._answered(life, answer)

        self.callers.begin(target(step.method, said, step.headers), answered)

    def _answered(self, life: Life, answer: Any) -> None:
        now = time.perf_counter()
        error = (answer.get("error") or {}).get("exc_type")
        if error in NOT_HEARD_YET and now - life.step_began < self.heard_within:
            self.made_again += 1
            life.refusals += 1
            at = now + pause_after(life.refusals)
            heapq.heappush(self._later, (at, next(self._order), life))
            return
        life.calls.append(now - life.step_began)
        if error is None:
            life.petition_no = life.petition_no or answer["result"]["petition_no"]
            life.step, life.step_began, life.refusals = life.step + 1, now, 0
            if life.step < len(self.steps):
                self._call(life)
                return
        else:
            life.failed_with = f"{self.steps[life.step].method}: {error}"
        life.ended = now
        self.under_way -= 1
        self.ended(life)


@dataclass
class Lives:
    """So many lives at once: the next petition comes when one is closed.

    Args:
        callers: whose connection carries the calls.
        steps: the calls of one life, in their order.
    """

    callers: Callers
    steps: Sequence[Step] = STEPS

    def run(self, *, at_once: int, more: Callable[[int], bool]) -> Lap:
        """Let petitions live until there were enough and all of them are closed.

        Raises:
            CallFailed: a call was refused for good, or not answered.
        """
        latencies: list[float] = []
        made = 0

        def begin_if_more() -> None:
            nonlocal made
            if more(made):
                made += 1
                walk.begin(time.perf_counter())

        def ended(life: Life) -> None:
            if life.failed_with is not None:
                msg = f"a call was refused for good: {life.failed_with}"
                raise CallFailed(msg)
            latencies.append(life.latency)
            begin_if_more()

        walk = Walk(callers=self.callers, ended=ended, steps=self.steps)
        begun = time.perf_counter()
        for _ in range(at_once):
            begin_if_more()
        while walk.under_way:
            if not walk.go_on():
                msg = f"no answer within {_SILENCE:g} s"
                raise CallFailed(msg)
        return Lap(
            operations=made,
            seconds=time.perf_counter() - begun,
            latencies=tuple(latencies),
            facts={"calls made again, each life": walk.made_again / made},
        )
