"""Benchmark 3, the full case: from the window to the archive, by way of a leader's table.

A petition is sorted to a leader, gets its four cards, is met by the four parties and decided; its
eight slips are signed for and come back; it is answered in writing, closed and archived.
All five services run, on the simulated clock, which lets the weeks between pass in no time.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bench import life
from bench.conversations import Call, Conversation, Conversations, ask
from bench.county import SERVICES, await_relayed
from bench.cpu import taken_since
from bench.figures import Lap
from bench.full_case_calls import Seat, full_case, seats_of
from bench.ground import Ground, say
from bench.load import Callers, CallFailed, for_seconds, so_many
from bench.outcome import Outcome
from bench.simulated import BEGINNING, SimulatedCounty, simulated_county
from bench.traffic import Traffic, moved_each
from bench.turns import Contender, in_turns

CASE: Final = "Balian, a full case"

_AT_ONCE: Final = 8
_WARM_UP: Final = 2
_LAST_SESSION: Final = date(2026, 12, 25)
NOT_HEARD_YET: Final = life.NOT_HEARD_YET | {"CardsMissing", "SlipNotFound", "FileIncomplete"}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A whole county under load."""

    county: SimulatedCounty
    conversations: Conversations
    seats: Iterator[Seat]
    traffic: Traffic

    def run(self, more: Callable[[int], bool]) -> Lap:
        """Begin cases until there are enough; ends when all are archived and everything is told."""
        moved = self.traffic.so_far()
        before = self.county.cpu()
        begun = time.perf_counter()
        lap = self.conversations.run(self._next, at_once=_AT_ONCE, more=more)
        for service in SERVICES:
            await_relayed(self.county.county.store(service))
        taken = time.perf_counter() - begun
        cpu = taken_since(before, self.county.cpu())
        each = moved_each(moved, self.traffic.so_far(), lap.operations)
        return dataclasses.replace(lap, seconds=taken, cpu=cpu, facts={**lap.facts, **each})

    def _next(self) -> Conversation:
        try:
            return full_case(next(self.seats))
        except StopIteration:
            msg = "the sessions of the county are full"
            raise CallFailed(msg) from None


def run(ground: Ground) -> Outcome:
    """Measure full cases on a county of five services."""
    rounds = ground.scale.choose(quick=1, full=9)
    seconds = ground.scale.choose(quick=3.0, full=20.0)
    with ExitStack() as stack:
        ground.filled.run_only()
        say("  a county on the simulated clock")
        county = stack.enter_context(simulated_county(ground, name="case"))
        county.start(*SERVICES)
        callers = stack.enter_context(Callers(county.county.uri))
        measured = Measured(
            county=county,
            conversations=Conversations(callers, NOT_HEARD_YET),
            seats=_seats(callers),
            traffic=Traffic(
                control=ground.rabbitmq.control,
                stores=[county.county.store(service) for service in SERVICES],
            ),
        )
        laps = in_turns(
            [
                Contender(
                    name=CASE,
                    run=lambda: measured.run(for_seconds(seconds)),
                    warm_up=lambda: measured.run(so_many(_WARM_UP)),
                )
            ],
            rounds=rounds,
            say=say,
        )
    return Outcome(
        name="case",
        title="Full case",
        operation="one petition from registration to the archive, with four cards, eight slips",
        laps=laps,
        conditions={"cases at once": _AT_ONCE, "seconds a lap": seconds, "rounds": rounds},
    )


def _seats(callers: Callers) -> Iterator[Seat]:
    """Plan and publish the sessions of the year; gives the hours there are before leaders."""
    period = {
        "from_on": str(BEGINNING.date() + timedelta(days=1)),
        "until_on": str(_LAST_SESSION),
    }
    planned = Call(
        method="reception_county.plan_sessions",
        actor="office_head:petition_office",
        at=BEGINNING,
        says={**period, "ends_at": "17:30", "place": "云岭县信访局二楼接访大厅"},
    )
    ask(callers, planned, not_heard_yet=("DirectoryMissing",))
    published = dataclasses.replace(
        planned, method="reception_county.publish_sessions", says=period
    )
    return seats_of(ask(callers, published)["sessions"])
