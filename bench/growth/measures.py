"""Laps over one county: asking, registering, planning a docket, reading how the business stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench.conversations import Call, ask
from bench.county import await_relayed, connected_to, registrations, target
from bench.figures import Lap
from bench.growth.subject import Subject
from bench.load import for_seconds, so_many
from services.accountability.standing import how_it_stands as accountability_stands
from services.intake.standing import how_it_stands as intake_stands
from services.supervision.standing import how_it_stands as supervision_stands

_AT_ONCE: Final = 16
_FORGET_HOURS: Final = "DELETE FROM docket_hours WHERE session = %s AND petition_no = ANY(%s)"

INDICATORS: Final[dict[str, Callable[..., Sequence[Any]]]] = {
    "intake": intake_stands,
    "supervision": supervision_stands,
    "accountability": accountability_stands,
}
"""Who counts its business for those who watch."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What is measured in one county."""

    subject: Subject

    def ask(self, question: Call, times: int) -> Lap:
        """Ask a question so many times, one after the other."""
        entries = entries_of(ask(self.subject.callers, question))
        asked = target(question.method, question.request, question.headers)
        lap = self.subject.callers.run(asked, at_once=1, more=so_many(times))
        return replace(lap, facts={"entries of the answer": entries})

    def register(self, seconds: float) -> Lap:
        """Register petitions for so long, sixteen at a time, and wait until all are relayed."""
        begun = time.perf_counter()
        lap = self.subject.callers.run(registrations(), at_once=_AT_ONCE, more=for_seconds(seconds))
        await_relayed(self.subject.filled.county.store("intake"))
        taken = time.perf_counter() - begun
        return Lap(operations=lap.operations, seconds=taken, latencies=lap.latencies)

    def plan_docket(self, times: int) -> Lap:
        """Give the prepared petitions of a session their hours, each time as if they had none."""
        plan = Call(
            method="reception_county.plan_docket",
            actor="officer:desk_1",
            says={"session": self.subject.session},
        )
        own = [each.petition_no for each in self.subject.prepared]
        latencies, lines = [], 0
        with connected_to(self.subject.filled.county.store("reception_county")) as connection:
            for _ in range(times):
                connection.execute(_FORGET_HOURS, (self.subject.session, own))
                since = time.perf_counter()
                docket = ask(self.subject.callers, plan)
                latencies.append(time.perf_counter() - since)
                lines = len(docket["lines"])
        return Lap(
            operations=times,
            seconds=sum(latencies),
            latencies=tuple(latencies),
            facts={"lines of the docket": lines},
        )

    def count_business(self, service: str, times: int) -> Lap:
        """Read how the business of a service stands, as its listener has it read for a scrape."""
        engine = create_engine(self.subject.filled.county.store(service))
        latencies = []
        try:
            for _ in range(times):
                with Session(engine) as session:
                    session.execute(text("SET TRANSACTION READ ONLY"))
                    since = time.perf_counter()
                    INDICATORS[service](session, now=datetime.now(UTC))
                    latencies.append(time.perf_counter() - since)
        finally:
            engine.dispose()
        return Lap(operations=times, seconds=sum(latencies), latencies=tuple(latencies))


def entries_of(answer: Mapping[str, Any]) -> int:
    """Count the entries of an answer: those of its longest list, or the one it is itself."""
    return max((len(each) for each in answer.values() if isinstance(each, list)), default=1)
