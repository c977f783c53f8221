"""The life of a township's node in a county: it opens, receives, is retired, and opens again.

Each stage comes by messages that nothing else does, and names the crash points at which services
die meanwhile, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from tests.support.faults.crashes import CrashAt
from tests.support.faults.declared import (
    COMMAND_POINTS,
    DEADLINE_POINT,
    EVENT_POINTS,
    PUBLISHING_POINT,
)
from tests.support.faults.desk import Desk
from tests.support.faults.lives_of_offices import DIRECTORY, LONG_DAY, OFFICE_HEAD, put_directory
from tests.support.faults.steps import (
    Matter,
    at,
    attend,
    decide,
    notify,
    record_opinion,
    register,
    route,
    sort,
)

TOWN: Final = "sanchakou"
TOWN_SERVICE: Final = f"reception_{TOWN}"
REGIME: Final = "weekly_rota"
CLERK_OF_TOWN: Final = "officer:town"
SWEEPER: Final = "operator:harness"

_MATTER: Final = Matter("land", "l_town_vice_head", f"township_{TOWN}")
_AUTHORISED_AFTER: Final = timedelta(days=20)


@dataclass(frozen=True)
class Stage:
    """One stage: what happens, and where services die meanwhile."""

    name: str
    act: Callable[[Desk], None]
    crashes: tuple[CrashAt, ...]


class TownshipLife:
    """The life of one township's node, from a Monday on.

    Args:
        monday: the day on which it opens.
        start: starts the node, under the name of its opening.
        rest: waits until all that was set off has come to its end.
    """

    def __init__(
        self, monday: date, *, start: Callable[[str], None], rest: Callable[[], object]
    ) -> None:
        self._monday = monday
        self._start = start
        self._rest = rest
        self._returned = ""

    def stages(self) -> Iterator[Stage]:
        """Iterate over the stages, in their order."""
        yield Stage("a township opens", self.open, OPENING)
        yield Stage("a township receives", self.receive, RECEIVING)
        yield Stage("a township is retired", self.retire, RETIRING)
        yield Stage("a township opens again", self.open_again, OPENING_AGAIN)

    def open(self, desk: Desk) -> None:
        """The node starts and tells of itself; the committees authorise later in the month."""
        self._start("first")
        self._announce(desk, self._monday)
        self._rest()
        put_directory(desk, self._monday, moved=0, authorisations=self._authorisations())

    def receive(self, desk: Desk) -> None:
        """One petition waits for a day, leaders change places, one is heard and two stay open."""
        day = self._monday
        heard = self._routed(desk, day)
        self._rest()
        period = {
            "from_on": day.isoformat(),
            "until_on": (day + timedelta(days=27)).isoformat(),
        }
        plan = {"place": "镇政府会议室", **LONG_DAY, **period}
        self._ask(desk, "plan_sessions", day, **plan)
        published = self._ask(desk, "publish_sessions", day, **period)
        self._rest()
        first, second = published["sessions"][:2]
        self._ask(
            desk,
            "swap_duty",
            day,
            session=first["session"],
            counterpart=second["seats"][0]["leader"],
            reason="因公外出",
        )
        self._rest()
        record_opinion(desk, heard, day, _MATTER, node=TOWN_SERVICE)
        notice = notify(desk, heard, day, node=TOWN_SERVICE)
        held_on = date.fromisoformat(notice["on"])
        attend(desk, heard, held_on, _MATTER, node=TOWN_SERVICE)
        leader = Matter(_MATTER.field, notice["leader"], _MATTER.unit)
        decide(desk, heard, held_on, leader, days=28, node=TOWN_SERVICE)
        self._routed(desk, held_on)
        self._returned = self._routed(desk, held_on, field="labour")

    def retire(self, desk: Desk) -> None:
        """It is retired: one petition goes on in the county, and a person sorts the other anew."""
        self._rest()
        day = self._monday + timedelta(days=2)
        # Nobody in the county is in charge of labour: where that goes, only a person can tell.
        leaders = [
            {**one, "portfolio": []} if one["code"] == "l_vice_head_labour" else one
            for one in DIRECTORY["leaders"]
        ]
        put_directory(desk, day, moved=0, leaders=leaders, authorisations=self._authorisations())
        self._rest()
        retirement = {"node": TOWN, "reason": "乡镇撤并"}
        desk.order("triage.retire_node", OFFICE_HEAD, at(day, "09:00"), **retirement)
        self._rest()
        sort(
            desk,
            self._returned,
            at(day, "16:00"),
            outcome="forward",
            field="labour",
            lead_unit="labour_bureau",
            severity="ordinary",
            severity_reason="事实清楚",
        )

    def open_again(self, desk: Desk) -> None:
        """It is started for another opening; the decision of its first is authorised at last."""
        day = self._monday + timedelta(days=3)
        put_directory(desk, day, moved=0, authorisations=self._authorisations())
        self._start("second")
        self._announce(desk, day)
        self._rest()
        begun = at(self._monday + _AUTHORISED_AFTER, "09:00")
        desk.order("supervision.sweep", SWEEPER, begun)
        put_directory(desk, begun.date(), moved=1)

    def _authorisations(self) -> list[dict[str, Any]]:
        begins_on = self._monday + _AUTHORISED_AFTER
        return [{**one, "issued_on": begins_on.isoformat()} for one in DIRECTORY["authorisations"]]

    def _announce(self, desk: Desk, day: date) -> None:
        desk.order(f"{TOWN_SERVICE}.sweep", SWEEPER, at(day, "08:25"))

    def _ask(self, desk: Desk, method: str, day: date, **request: Any) -> dict[str, Any]:
        return desk.order(f"{TOWN_SERVICE}.{method}", CLERK_OF_TOWN, at(day, "10:00"), **request)

    def _routed(self, desk: Desk, day: date, *, field: str = _MATTER.field) -> str:
        number = str(register(desk, day, _MATTER, territory=TOWN)["petition_no"])
        route(desk, number, day, replace(_MATTER, field=field))
        return number


def _ordered(service: str, *methods: str) -> tuple[CrashAt, ...]:
    owner = "reception" if service == TOWN_SERVICE else service
    return tuple(
        CrashAt(service, point, f"{owner}.{method}")
        for method in methods
        for point in COMMAND_POINTS
    )


def _heard(wire_type: str, *services: str) -> tuple[CrashAt, ...]:
    return tuple(
        CrashAt(service, point, wire_type) for service in services for point in EVENT_POINTS
    )


def _told(service: str, *wire_types: str) -> tuple[CrashAt, ...]:
    return tuple(CrashAt(service, PUBLISHING_POINT, wire_type) for wire_type in wire_types)


OPENING: Final = (
    CrashAt(TOWN_SERVICE, DEADLINE_POINT, "announce_node"),
    *_told(TOWN_SERVICE, "node_opened.v1"),
    *_heard("node_opened.v1", "triage", "reception_county"),
    *_told("reception_county", "node_described.v1"),
    *_heard("node_described.v1", TOWN_SERVICE),
    *_heard("directory_changed.v1", TOWN_SERVICE),
)
RECEIVING: Final = (
    *_told(TOWN_SERVICE, "session_awaited.v1", "sessions_published.v1", "duty_swapped.v1"),
    *_ordered(TOWN_SERVICE, "swap_duty"),
    *_heard("session_awaited.v1", "intake"),
    *_heard("sessions_published.v1", "reception_county"),
)
RETIRING: Final = (
    *_ordered("triage", "retire_node"),
    *_told("triage", "node_retired.v1", "petition_returned.v1"),
    *_heard("node_retired.v1", TOWN_SERVICE, "reception_county"),
    *_told(TOWN_SERVICE, "work_handed_over.v1", "sessions_withdrawn.v1"),
    *_heard("work_handed_over.v1", "intake", "triage", "supervision"),
    *_heard("petition_returned.v1", "intake", "supervision"),
)
OPENING_AGAIN: Final = (
    CrashAt(TOWN_SERVICE, DEADLINE_POINT, "begin_opening"),
    CrashAt("supervision", DEADLINE_POINT, "authorisation_begins"),
)
EVERY_DEATH: Final = (*OPENING, *RECEIVING, *RETIRING, *OPENING_AGAIN)
"""Where services die in the life of a township."""
