"""What is asked about: petitions of the benchmark's own, beside all that are stored."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bench.conversations import Call, Conversation, Conversations, ask
from bench.county import connected_to
from bench.filled import FilledCounty
from bench.full_case_calls import FIELDS, Prepared, Seat, prepared_petition
from bench.life import NOT_HEARD_YET
from bench.load import Callers
from shared.calendar import LOCAL_ZONE

_PLANNED_AHEAD: Final = timedelta(days=90)
_NOT_HEARD_YET: Final = NOT_HEARD_YET | {"CardsMissing"}
_MIDDLE: Final = """
SELECT petition_no FROM petition_standings
WHERE registered_on >= (SELECT min(registered_on) + (max(registered_on) - min(registered_on)) / 2
                        FROM petition_standings)
ORDER BY registered_on, day_number LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A county with many petitions stored, and some of its own that are prepared for a session.

    Args:
        filled: the county.
        callers: who asks.
        prepared: the petitions whose meeting is prepared.
        middle: the number of a petition in the middle of the register.
    """

    filled: FilledCounty
    callers: Callers
    prepared: tuple[Prepared, ...]
    middle: str

    @property
    def name(self) -> str:
        """Give the size of the county in words."""
        return f"{self.filled.petitions:,}"

    @property
    def session(self) -> str:
        """Give the session that the first of its petitions is prepared for."""
        return self.prepared[0].session


def subject_of(filled: FilledCounty, callers: Callers, *, petitions: int) -> Subject:
    """Plan sessions ahead, and prepare some petitions for them.

    Raises:
        CallFailed: a call was refused for good, or not answered.
    """
    today = datetime.now(LOCAL_ZONE).date()
    plan = Call(
        method="reception_county.plan_sessions",
        actor="office_head:petition_office",
        says={
            "from_on": str(today + timedelta(days=1)),
            "until_on": str(today + _PLANNED_AHEAD),
            "place": "云岭县信访局二楼接访大厅",
        },
    )
    ask(callers, plan, not_heard_yet=("DirectoryMissing",))
    leaders = itertools.cycle(FIELDS)
    seats = (Seat(held_on=today, leader=leader) for leader in leaders)
    prepared: list[Prepared] = []
    Conversations(callers, _NOT_HEARD_YET).run(
        lambda: _untimed(_prepared(next(seats), prepared)),
        at_once=2,
        more=lambda made: made < petitions,
    )
    with connected_to(filled.county.store("intake")) as connection:
        row = connection.execute(_MIDDLE).fetchone()
    return Subject(
        filled=filled,
        callers=callers,
        prepared=tuple(prepared),
        middle=str(row[0]) if row else prepared[0].petition_no,
    )


def _prepared(seat: Seat, into: list[Prepared]) -> Conversation:
    into.append((yield from prepared_petition(seat)))


def _untimed(conversation: Conversation) -> Conversation:
    """Let the machine's clock tell the time of each call."""
    calls: Iterator[Call] = conversation
    call = next(calls, None)
    while call is not None:
        answer = yield dataclasses.replace(call, at=None)
        try:
            call = conversation.send(answer)
        except StopIteration:
            call = None
